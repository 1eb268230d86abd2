"""Words of one site's and one place's link: the table in the terminal and the profile."""

TEXT: dict[str, dict[str, str]] = {
    "progress.link": {"en": "Working out the link", "zh": "计算链路"},
    "link.title": {"en": "{site} to {place}", "zh": "{site} → {place}"},
    "link.place.village": {"en": "{name} (village)", "zh": "{name}（村）"},
    "link.place.township": {"en": "{name} (township)", "zh": "{name}（乡镇）"},
    "link.place.keypoint": {"en": "{name} (key point)", "zh": "{name}（关键点）"},
    "link.path": {
        "en": "{distance} km, bearing {bearing}° from true north; the path leaves at {departure}° and arrives at "
        "{arrival}° of elevation.",
        "zh": "路径长{distance}公里，真北方位角{bearing}°；出射仰角{departure}°，到达仰角{arrival}°。",
    },
    "link.clear": {
        "en": "In sight: least room at {distance} km ({lon}, {lat}), {height} m above sea level, {below} m below the "
        "line of sight, {share} of the first Fresnel zone of {band}.",
        "zh": "通视：余隙最小处距站点{distance}公里（{lon}, {lat}），海拔{height}米，低于视线{below}米，"
        "为{band}第一菲涅耳区半径的{share}。",
    },
    "link.grazing": {
        "en": "In sight, but the first Fresnel zone of {band} is touched at {distance} km ({lon}, {lat}), {height} m above "
        "sea level, {below} m below the line of sight: {share} of the zone is left where 60% is needed.",
        "zh": "通视，但{band}第一菲涅耳区受阻：距站点{distance}公里（{lon}, {lat}），海拔{height}米，低于视线{below}米，"
        "余隙仅为菲涅耳区半径的{share}（需60%）。",
    },
    "link.blocked": {
        "en": "Blocked at {distance} km ({lon}, {lat}): ground {height} m above sea level stands {above} m above the line "
        "of sight; ridges that a stretched string touches: {ridges}.",
        "zh": "视线受阻：距站点{distance}公里处（{lon}, {lat}）地物海拔{height}米，高出视线{above}米；"
        "拉线法接触山脊{ridges}处。",
    },
    "link.several": {
        "en": "Behind several ridges a one-edge method such as P.1812's may be optimistic.",
        "zh": "多重山脊后，P.1812等单刃峰类方法可能偏乐观。",
    },
    "link.flat": {
        "en": "The loss is that of 3GPP TR 38.901 for flat ground: the profile has no part in it.",
        "zh": "损耗按 3GPP TR 38.901 平坦地形模型计算，与剖面无关。",
    },
    "link.omni": {
        "en": "The site tells no azimuths: its maximum gain is taken in every direction.",
        "zh": "站点未提供扇区方位角，各方向按最大增益计。",
    },
    "link.held": {
        "en": "SINR and rates are held at {share} of the locations, for a user alone in the cell.",
        "zh": "SINR与速率为{share}地点可达值，按小区内单用户计。",
    },
    "link.column": {"en": "Link budget", "zh": "链路预算"},
    "link.on_air": {"en": "On air today", "zh": "现网已开通"},
    "link.yes": {"en": "yes", "zh": "是"},
    "link.no": {"en": "no", "zh": "否"},
    "link.frequency": {"en": "Downlink (MHz)", "zh": "下行频率（MHz）"},
    "link.sector": {"en": "Serving sector (°)", "zh": "服务扇区方位角（°）"},
    "link.downlink": {"en": "Downlink SS-RSRP", "zh": "下行SS-RSRP"},
    "link.carrier_power_dbm": {"en": "Carrier power (dBm)", "zh": "载波功率（dBm）"},
    "link.per_resource_element_db": {"en": "To one RE (dB)", "zh": "折算至单个RE（dB）"},
    "link.ssb_offset_db": {"en": "SSB power offset (dB)", "zh": "SSB功率偏置（dB）"},
    "link.ssb_gain_dbi": {"en": "SSB beam gain (dBi)", "zh": "SSB波束增益（dBi）"},
    "link.pattern_db": {"en": "Antenna pattern (dB)", "zh": "天线方向图损失（dB）"},
    "link.cable_loss_db": {"en": "Feeder (dB)", "zh": "馈线损耗（dB）"},
    "link.free_space_db": {"en": "Free space (dB)", "zh": "自由空间损耗（dB）"},
    "link.diffraction_db": {"en": "Diffraction (dB)", "zh": "绕射损耗（dB）"},
    "link.path_loss_db": {"en": "Path loss (dB)", "zh": "路径损耗（dB）"},
    "link.clutter_db": {"en": "Clutter at the phone (dB)", "zh": "终端处地物损耗（dB）"},
    "link.body_loss_db": {"en": "Body loss (dB)", "zh": "人体损耗（dB）"},
    "link.penetration_loss_db": {"en": "Entry loss (dB)", "zh": "穿透损耗（dB）"},
    "link.steep_entry_db": {"en": "Entry at this elevation (dB)", "zh": "仰角附加穿透损耗（dB）"},
    "link.calibration_db": {"en": "Calibration (dB)", "zh": "实测校正（dB）"},
    "link.rsrp": {"en": "Median SS-RSRP (dBm)", "zh": "SS-RSRP中值（dBm）"},
    "link.shadow_margin_db": {"en": "Shadow margin (dB)", "zh": "阴影衰落余量（dB）"},
    "link.threshold": {"en": "Less the threshold (dBm)", "zh": "减SS-RSRP门限（dBm）"},
    "link.level_margin": {"en": "Margin of SS-RSRP (dB)", "zh": "SS-RSRP余量（dB）"},
    "link.sinr": {"en": "Downlink SINR, load {load}", "zh": "下行SINR（负荷{load}）"},
    "link.rsrp_dbm": {"en": "Median SS-RSRP (dBm)", "zh": "SS-RSRP中值（dBm）"},
    "link.noise_dbm": {"en": "Less the noise (dBm)", "zh": "减热噪声（dBm）"},
    "link.interference_rise_db": {"en": "Interference rise (dB)", "zh": "干扰抬升（dB）"},
    "link.sinr_db": {"en": "SS-SINR (dB)", "zh": "SS-SINR（dB）"},
    "link.downlink_mbps": {"en": "Edge rate (Mbit/s)", "zh": "边缘速率（Mbit/s）"},
    "link.uplink": {"en": "Uplink", "zh": "上行"},
    "link.phone_power_dbm": {"en": "Power of the phone (dBm)", "zh": "终端功率（dBm）"},
    "link.gain_dbi": {"en": "Receiving beam gain (dBi)", "zh": "接收波束增益（dBi）"},
    "link.noise_rise_db": {"en": "Interference margin (dB)", "zh": "上行干扰余量（dB）"},
    "link.uplink_sinr_db": {"en": "Uplink SINR (dB)", "zh": "上行SINR（dB）"},
    "link.uplink_blocks": {"en": "Resource blocks given", "zh": "分配RB数"},
    "link.uplink_mbps": {"en": "Edge rate (Mbit/s)", "zh": "边缘速率（Mbit/s）"},
    "link.uplink_margin": {"en": "Margin at {rate} Mbit/s (dB)", "zh": "{rate} Mbit/s时余量（dB）"},
    "link.plan": {"en": "In the plan", "zh": "规划判定"},
    "link.margin": {"en": "Margin of all tests (dB)", "zh": "综合余量（dB）"},
    "link.served": {"en": "served", "zh": "达标"},
    "link.not_served": {"en": "not served", "zh": "不达标"},
    "link.beyond": {"en": "> {radius} km", "zh": "> {radius}公里"},
    "link.interferers": {
        "en": "{band}: {count} sites interfere, the strongest {sites}.",
        "zh": "{band}：{count}个站点产生干扰，最强为{sites}。",
    },
    "link.interferer": {"en": "{site} {level} dBm", "zh": "{site} {level} dBm"},
    "link.file": {"en": "The profile is in {file}.", "zh": "剖面图已写入 {file}。"},
    "profile.height": {"en": "Height above sea level (m)", "zh": "海拔（米）"},
    "profile.distance": {"en": "Distance from the site (km)", "zh": "距站点（公里）"},
    "profile.mast": {"en": "antenna {height} m above ground", "zh": "天线挂高{height}米"},
    "profile.receiver": {"en": "phone {height} m above ground", "zh": "终端高{height}米"},
    "profile.level": {"en": "{level} m above sea level", "zh": "海拔{level}米"},
    "profile.ground": {"en": "Ground", "zh": "地面"},
    "profile.clutter": {"en": "What stands on it", "zh": "地物"},
    "profile.bulge": {
        "en": "Effective earth (k = {k}), {bulge} m half way",
        "zh": "等效地球（k={k}），中点凸起{bulge}米",
    },
    "profile.line": {"en": "Line of sight", "zh": "视线"},
    "profile.string": {"en": "Stretched string", "zh": "拉线"},
    "profile.zone": {"en": "0.6 of the first Fresnel zone, {band}", "zh": "{band} 0.6倍第一菲涅耳区"},
    "profile.obstacle": {"en": "{height} m at {distance} km", "zh": "{distance}公里处海拔{height}米"},
    "profile.obstacle.above": {"en": "{above} m above the line of sight", "zh": "高出视线{above}米"},
    "profile.obstacle.below": {
        "en": "{below} m below the line of sight, {share} F1",
        "zh": "低于视线{below}米，余隙{share} F1",
    },
    "profile.scale": {
        "en": "Heights are drawn {times} times as large as distances",
        "zh": "高程与距离比例为{times}:1",
    },
    "profile.figures": {
        "en": "{band} {frequency} MHz · {distance} km · bearing {bearing}° · {losses} · median SS-RSRP {rsrp} dBm · "
        "margin {margin} dB",
        "zh": "{band} {frequency} MHz · {distance}公里 · 方位角{bearing}° · {losses} · SS-RSRP中值{rsrp} dBm · 余量{margin} dB",
    },
    "profile.losses": {
        "en": "free space {free} dB, diffraction {diffraction} dB",
        "zh": "自由空间{free} dB，绕射{diffraction} dB",
    },
    "profile.loss": {"en": "path loss {loss} dB", "zh": "路径损耗{loss} dB"},
    "profile.description": {
        "en": "Terrain profile from {site} to {place} with line of sight, Fresnel zone and obstacle.",
        "zh": "{site}至{place}的地形剖面，含视线、菲涅耳区与障碍物。",
    },
}
