"""Words of the report."""

TEXT: dict[str, dict[str, str]] = {
    "report.kind": {"en": "Dual-gigabit coverage plan", "zh": "双千兆覆盖规划报告"},
    "report.date": {"en": "Date", "zh": "日期"},
    "report.plan_hash": {"en": "Plan", "zh": "方案编号"},
    "report.plan_hash.note": {
        "en": "The plan's mark is the beginning of the SHA-256 of plan.json; map and report of one plan carry the same.",
        "zh": "方案编号为 plan.json 的 SHA-256 前12位；同一方案的地图与报告编号一致。",
    },
    "report.contents": {"en": "Contents", "zh": "目录"},
    "report.verdict.met": {
        "en": "Every duty is met for {cost}, {share} of the budget of {budget}.",
        "zh": "全部必保目标均可实现：投资{cost}，占预算{budget}的{share}。",
    },
    "report.verdict.over_budget": {
        "en": "The budget of {budget} is not enough for every duty: {shortage} more would be needed. "
        "The plan spends {cost} and misses {missed} of {goals} goals.",
        "zh": "预算{budget}不足以满足全部必保目标，尚缺{shortage}；本方案投资{cost}，{goals}项目标中{missed}项未达标。",
    },
    "report.verdict.undecided": {
        "en": "Whether the budget of {budget} is enough for every duty is not decided: it lies between the proved "
        "bound and the best plan found. The plan spends {cost} and misses {missed} of {goals} goals.",
        "zh": "预算{budget}介于已证下界与最优已知方案之间，能否满足全部必保目标尚未判定；"
        "本方案投资{cost}，{goals}项目标中{missed}项未达标。",
    },
    "report.verdict.unreachable": {
        "en": "Some duties cannot be met with these candidates, whatever the money. "
        "The plan spends {cost} of {budget} and misses {missed} of {goals} goals.",
        "zh": "在现有候选条件下，部分必保目标无论投入多少均无法实现；"
        "本方案投资{cost}（预算{budget}），{goals}项目标中{missed}项未达标。",
    },
    "report.verdict.today": {
        "en": "Nothing is built in this report: today {met} of {goals} goals are met.",
        "zh": "本报告仅评估现状，不含建设内容：现状下{goals}项目标中{met}项达标。",
    },
    "report.outcome": {
        "en": "5G reaches {after_5g} of {villages} villages (today {before_5g}), gigabit fibre {after_gigabit} "
        "(today {before_gigabit}).",
        "zh": "共{villages}个行政村，规划后{after_5g}个通5G（现状{before_5g}个），"
        "{after_gigabit}个通千兆光网（现状{before_gigabit}个）。",
    },
    "report.fact.cost": {"en": "Cost", "zh": "投资"},
    "report.fact.cost.note": {"en": "of a budget of {budget}", "zh": "预算{budget}"},
    "report.fact.sites": {"en": "5G sites", "zh": "5G站点"},
    "report.fact.sites.note": {
        "en": "{new} new, {upgraded} upgraded",
        "zh": "新开通{new}个，升级{upgraded}个",
    },
    "report.fact.fibre": {"en": "Fibre", "zh": "光缆"},
    "report.fact.fibre.note": {
        "en": "of new route; {nodes} nodes new or upgraded",
        "zh": "新建路由；新建或升级光节点{nodes}个",
    },
    "report.fact.proof": {"en": "Proof", "zh": "最优性"},
    "report.fact.proof.gap": {"en": "gap {gap}", "zh": "差距{gap}"},
    "report.fact.proof.none": {"en": "nothing to prove", "zh": "无需证明"},
    "report.scoreboard": {"en": "Goals", "zh": "目标完成情况"},
    "report.scoreboard.none": {"en": "The project sets no goals.", "zh": "项目未设定目标。"},
    "report.scoreboard.met": {"en": "met", "zh": "达标"},
    "report.scoreboard.short": {"en": "{short} short", "zh": "缺{short}个"},
    "report.scoreboard.impossible": {"en": "not with these candidates", "zh": "现有候选无法补齐"},
    "report.scoreboard.key": {
        "en": "Dark: served today. Light: added by the plan. Line: required.",
        "zh": "深色为现状，浅色为规划新增，竖线为要求。",
    },
    "report.scoreboard.alone": {
        "en": "What the missing part costs is told for each goal by itself, beyond the plan.",
        "zh": "达标尚需投资按各目标单独测算，不含本方案已有投资。",
    },
    "report.money": {"en": "Money", "zh": "投资与预算"},
    "report.money.budget": {"en": "budget {budget}", "zh": "预算{budget}"},
    "report.money.short": {"en": "short {shortage}", "zh": "缺口{shortage}"},
    "report.money.left": {"en": "{left} of the budget is not spent.", "zh": "预算结余{left}。"},
    "report.money.chart": {
        "en": "Cost by kind: {parts}. Budget {budget}.",
        "zh": "投资构成：{parts}。预算{budget}。",
    },
    "report.money.none": {"en": "Nothing is built.", "zh": "无建设内容。"},
    "report.money.vat": {"en": "Prices without VAT.", "zh": "以上均为不含税价。"},
    "report.money.with_vat": {"en": "VAT of {vat} is a line of its own.", "zh": "增值税（{vat}）单列。"},
    "report.money.horizon": {
        "en": "Rent and energy are those of {years} years.",
        "zh": "租金与电费按{years}年计。",
    },
    "report.part.radio": {"en": "radio", "zh": "无线设备"},
    "report.part.structure": {"en": "towers, power, tracks", "zh": "铁塔、电源与便道"},
    "report.part.transport": {"en": "transport", "zh": "站点传输"},
    "report.part.running": {"en": "rent and energy", "zh": "租金与电费"},
    "report.part.trench": {"en": "cable routes", "zh": "光缆路由"},
    "report.part.node": {"en": "OLTs and ports", "zh": "OLT与端口"},
    "report.part.home": {"en": "homes", "zh": "用户侧"},
    "report.part.contingency": {"en": "contingency", "zh": "预备费"},
    "report.part.vat": {"en": "VAT", "zh": "增值税"},
    "report.part.other": {"en": "other", "zh": "其他"},
    "report.bill": {"en": "Bill of quantities", "zh": "工程量清单"},
    "report.bill.share": {"en": "Share", "zh": "占比"},
    "report.bill.of_amount": {"en": "{share} of {amount}", "zh": "{amount}的{share}"},
    "report.coverage": {"en": "Coverage", "zh": "覆盖情况"},
    "report.coverage.total": {"en": "In all", "zh": "总体"},
    "report.coverage.what": {"en": "Who", "zh": "对象"},
    "report.coverage.all": {"en": "There are", "zh": "总数"},
    "report.coverage.today": {"en": "Today", "zh": "现状"},
    "report.coverage.plan": {"en": "With the plan", "zh": "规划后"},
    "report.coverage.townships": {"en": "Townships", "zh": "乡镇"},
    "report.coverage.villages": {"en": "Villages", "zh": "行政村"},
    "report.coverage.people": {"en": "People", "zh": "人口"},
    "report.coverage.by_county": {"en": "By county and group", "zh": "分县、分组"},
    "report.coverage.by_township": {"en": "By township", "zh": "分乡镇"},
    "report.coverage.villages_5g": {"en": "Villages with 5G", "zh": "通5G行政村"},
    "report.coverage.villages_gigabit": {"en": "Villages with gigabit fibre", "zh": "通千兆光网行政村"},
    "report.coverage.township_itself": {"en": "Township itself", "zh": "乡镇本级"},
    "report.coverage.note": {
        "en": "Villages are administrative villages; urban communities are planned but not counted. "
        "A township itself is served as its standard says.",
        "zh": "行政村不含社区（社区参与规划，不计入统计）；乡镇本级按其达标口径判定。",
    },
    "report.coverage.mark.before": {"en": "served today", "zh": "现状已覆盖"},
    "report.coverage.mark.new": {"en": "newly served", "zh": "新增覆盖"},
    "report.coverage.mark.gap": {"en": "not served", "zh": "未覆盖"},
    "report.built": {"en": "What is built", "zh": "建设内容"},
    "report.built.sites": {"en": "Sites ({count})", "zh": "站点（{count}个）"},
    "report.built.nodes": {"en": "Fibre nodes ({count})", "zh": "光节点（{count}个）"},
    "report.built.links": {
        "en": "Villages connected or upgraded ({count})",
        "zh": "接入或升级的村（{count}个）",
    },
    "report.built.routes": {"en": "Cable routes ({count})", "zh": "光缆路由（{count}条）"},
    "report.built.nothing": {"en": "None.", "zh": "无。"},
    "report.built.uplink": {"en": "uplink of the node", "zh": "节点上联"},
    "report.more": {
        "en": "{count} more in {file}.",
        "zh": "其余{count}条见 {file}。",
    },
    "report.unmet": {"en": "What is not served, and why", "zh": "未覆盖对象及原因"},
    "report.unmet.none": {"en": "Every place has both services.", "zh": "全部对象均已实现双千兆覆盖。"},
    "report.unmet.reasons": {"en": "Places by reason", "zh": "按原因统计"},
    "report.unmet.duties": {"en": "Duties that are not met ({count})", "zh": "未满足的必保对象（{count}个）"},
    "report.unmet.duties.none": {
        "en": "None: whatever is left out is outside the duties.",
        "zh": "无。下列未覆盖对象均不在必保范围内。",
    },
    "report.unmet.others": {"en": "Outside the duties ({count})", "zh": "必保范围以外（{count}个）"},
    "report.unmet.cost": {
        "en": "The cost to serve is that of serving the place alone, beyond the plan.",
        "zh": "补盲费用为在本方案之外单独覆盖该对象的费用。",
    },
    "report.unmet.impossible": {"en": "not possible", "zh": "不可行"},
    "report.unmet.in_duty": {"en": "of them duties", "zh": "其中必保"},
    "report.count": {"en": "Places", "zh": "数量"},
    "report.fragile": {"en": "Where the propagation models disagree", "zh": "传播模型结果不一致（覆盖存疑）"},
    "report.fragile.none": {
        "en": "No served place depends on a path on which the second model disagrees.",
        "zh": "已覆盖对象均不依赖两种模型结果不一致的路径。",
    },
    "report.fragile.text": {
        "en": "{count} places count as served, but would not under the second model: on the paths that serve them the "
        "Irregular Terrain Model (ITM, medians, bare ground, beyond 1 km) sees at least {margin} dB more loss than "
        "P.1812, and no other path is left. Measure there before relying on them.",
        "zh": "以下{count}个对象按P.1812计为已覆盖，但其服务路径在不规则地形模型（ITM，中值、裸地、1公里以上）下损耗高出"
        "{margin} dB及以上，且无其他路径可用，按ITM则不达标。建议先实测核实。",
    },
    "report.conflicts": {"en": "Where the ledger contradicts the prediction", "zh": "台账与预测不一致"},
    "report.conflicts.none": {"en": "Nowhere.", "zh": "无。"},
    "report.conflicts.note": {
        "en": "The ledger counts; the prediction is told so that one of the two can be mended.",
        "zh": "统计以台账为准；列出预测结果以便核实其中之一。",
    },
    "report.conflicts.predicted": {"en": "Prediction", "zh": "预测"},
    "report.conflicts.ledger": {"en": "Ledger", "zh": "台账"},
    "report.conflicts.source": {"en": "Source", "zh": "来源"},
    "report.conflicts.served": {"en": "served", "zh": "已覆盖"},
    "report.conflicts.not_served": {"en": "not served", "zh": "未覆盖"},
    "report.assumptions": {"en": "What was assumed", "zh": "规划假设"},
    "report.standard": {"en": "When a place is served", "zh": "达标口径"},
    "report.standard.village": {"en": "Village, 5G", "zh": "行政村5G"},
    "report.standard.township": {"en": "Township, 5G", "zh": "乡镇5G"},
    "report.standard.gigabit": {"en": "Gigabit fibre", "zh": "千兆光网"},
    "report.standard.operator": {"en": "Operators", "zh": "运营商"},
    "report.standard.gigabit.text": {
        "en": "A cable within the optical budget joins the village to a 10G-PON node; a township has it when "
        "{share} of the people of its seat have.",
        "zh": "村通过光功率预算内的光缆接入10G-PON节点；乡镇以驻地{share}人口接入为准。",
    },
    "report.standard.miit_5g.text": {
        "en": "Committee, school and clinic (those that exist) are served.",
        "zh": "村委会、学校、卫生室（如有）均覆盖。",
    },
    "report.standard.miit_4g.text": {
        "en": "A site within 5 km of the committee; or committee, school, clinic and every settlement of 20 homes or more.",
        "zh": "村委会5公里内有站点；或村委会、学校、卫生室及20户以上自然村均覆盖。",
    },
    "report.standard.committee.text": {"en": "The committee is served.", "zh": "村委会覆盖。"},
    "report.standard.population.text": {
        "en": "{population} of the people are served (a township: of its seat).",
        "zh": "{population}的人口覆盖（乡镇指驻地人口）。",
    },
    "report.standard.area.text": {"en": "{area} of the area is served.", "zh": "{area}的面积覆盖。"},
    "report.standard.own": {
        "en": "{count} villages have a standard of their own.",
        "zh": "{count}个村另有单独口径。",
    },
    "report.standard.operator.any": {"en": "One operator suffices.", "zh": "任一运营商覆盖即达标。"},
    "report.standard.operator.each": {
        "en": "Each of {operators} must serve it.",
        "zh": "{operators}须分别覆盖。",
    },
    "report.standard.operator.named": {"en": "{operator} must serve it.", "zh": "须由{operator}覆盖。"},
    "report.link": {"en": "Downlink SS-RSRP budget of each band", "zh": "各频段下行SS-RSRP链路预算"},
    "report.link.model": {
        "en": "Median basic loss of ITU-R P.1812-8 (free space and delta-Bullington diffraction) over the terrain profile; "
        "receiver {height} m above ground; ΔN {delta_n} N-units/km; location variability {std} dB, threshold held at "
        "{share} of the locations.",
        "zh": "基本传输损耗中值按 ITU-R P.1812-8（自由空间与 delta-Bullington 绕射）沿地形剖面计算；"
        "接收高度{height}米；ΔN为{delta_n} N单位/公里；位置变化标准差{std} dB，门限在{share}地点得到保证。",
    },
    "report.link.model.tr38901_rma": {
        "en": "Basic loss of 3GPP TR 38.901 RMa for flat rural ground, with and without line of sight weighted by its "
        "probability, to 5 km: no terrain is looked at. Receiver {height} m above ground; location variability {std} dB, "
        "threshold held at {share} of the locations.",
        "zh": "基本传输损耗按 3GPP TR 38.901 RMa（平坦农村宏站，视距与非视距按视距概率加权，至5公里）计算，未考虑地形；"
        "接收高度{height}米；位置变化标准差{std} dB，门限在{share}地点得到保证。",
    },
    "report.link.model.tr38901_uma": {
        "en": "Basic loss of 3GPP TR 38.901 UMa for flat urban ground, with and without line of sight weighted by its "
        "probability, to 5 km: no terrain is looked at. Receiver {height} m above ground; location variability {std} dB, "
        "threshold held at {share} of the locations.",
        "zh": "基本传输损耗按 3GPP TR 38.901 UMa（平坦城区宏站，视距与非视距按视距概率加权，至5公里）计算，未考虑地形；"
        "接收高度{height}米；位置变化标准差{std} dB，门限在{share}地点得到保证。",
    },
    "report.link.antenna.none": {
        "en": "No site tells the azimuths of its sectors: each radiates its maximum gain in every direction.",
        "zh": "站点未提供扇区方位角，各方向均按最大增益计。",
    },
    "report.link.antenna": {
        "en": "{known} of {sites} sites tell the azimuths of their sectors and have the pattern of 3GPP TR 38.901 "
        "table 7.3-1, with the tilt; the others radiate their maximum gain in every direction.",
        "zh": "{sites}个站点中{known}个提供扇区方位角，按 3GPP TR 38.901 表7.3-1方向图及下倾角计算，其余各方向均按最大增益计。",
    },
    "report.link.indoor": {
        "en": "Targets are indoors: entry loss of ITU-R P.2109-2, {building}, not exceeded at {share} of them.",
        "zh": "目标位于室内，穿透损耗按 ITU-R P.2109-2（{building}，{share}不超过）计。",
    },
    "report.link.building.traditional": {"en": "traditional buildings", "zh": "传统建筑"},
    "report.link.building.thermally_efficient": {"en": "thermally efficient buildings", "zh": "节能建筑"},
    "report.link.sinr": {
        "en": "SS-SINR of {threshold} dB or more is asked for as well.",
        "zh": "同时要求SS-SINR不低于{threshold} dB。",
    },
    "report.link.downlink": {
        "en": "A downlink rate of {rate} Mbit/s at the cell edge is asked for as well.",
        "zh": "同时要求小区边缘下行速率不低于{rate} Mbit/s。",
    },
    "report.link.interferers.on_air": {
        "en": "The other sites that are on air today on the band interfere at a load of {load}.",
        "zh": "干扰来自同频段其他现网在用站点，负荷{load}。",
    },
    "report.link.interferers.all": {
        "en": "All other sites that may be on air on the band interfere at a load of {load}.",
        "zh": "干扰来自同频段其他全部现网及候选站点，负荷{load}。",
    },
    "report.link.uplink": {
        "en": "An uplink rate of {rate} Mbit/s at the cell edge is asked for as well, from a phone of {power} dBm over a "
        "noise rise of {rise} dB.",
        "zh": "同时要求小区边缘上行速率不低于{rate} Mbit/s（终端功率{power} dBm，上行干扰余量{rise} dB）。",
    },
    "report.link.interfered": {
        "en": "{count} places are served only as long as what the plan builds does not interfere.",
        "zh": "计入本方案新建站点的干扰后，{count}个地点不再达标。",
    },
    "report.link.ground.bare": {
        "en": "Buildings and trees on the path are not modelled.",
        "zh": "路径上的建筑物与树木未计入。",
    },
    "report.link.ground.clutter": {
        "en": "Buildings and trees on the path have the clutter heights of the land cover {file}.",
        "zh": "路径上的建筑物与树木按地表覆盖数据 {file} 的地物高度计入。",
    },
    "report.link.ground.surface": {
        "en": "Buildings and trees on the path are those of the surface model.",
        "zh": "路径上的建筑物与树木已含于数字表面模型。",
    },
    "report.link.p2108": {
        "en": "Where nothing is known of them, the median loss among buildings of ITU-R P.2108-1 is added at the receiver.",
        "zh": "无地物资料处，在接收端加计ITU-R P.2108-1建筑物附加损耗中值。",
    },
    "report.link.calibrated": {
        "en": "Offsets of a drive test are applied: {source}.",
        "zh": "已按路测校正：{source}。",
    },
    "report.prediction": {"en": "How the paths were computed", "zh": "路径计算方法"},
    "report.prediction.exact": {
        "en": "Each of the {paths} paths from {sites} sites to {points} points within the radius caps has an exact "
        "terrain profile of its own.",
        "zh": "{sites}个站点至{points}个判定点、半径上限内的{paths}条路径，逐条按精确地形剖面计算。",
    },
    "report.prediction.sweep": {
        "en": "The {paths} paths from {sites} sites to {points} points within the radius caps were computed by a radial "
        "sweep, in the centres of the points' terrain cells. The {exact} sites on air with the plan, and all paths to "
        "the places that it leaves unserved, were then computed again with exact profiles; what the plan says of them "
        "is what exact profiles say.",
        "zh": "{sites}个站点至{points}个判定点、半径上限内的{paths}条路径按径向扫描计算（取判定点所在地形栅格中心）。"
        "方案实施后在用的{exact}个站点，以及至未覆盖地点的全部路径，均按精确剖面复算，方案结果以复算为准。",
    },
    "report.prediction.check": {
        "en": "On the sites on air, over {paths} paths, the sweep differs from exact profiles by {mean} dB on average "
        "(standard deviation {std} dB). Of {points} points {lost} would be served by the sweep alone and {gained} by "
        "exact profiles alone.",
        "zh": "在用站点的{paths}条路径上，扫描结果与精确剖面平均相差{mean} dB，标准差{std} dB；"
        "{points}个判定点中，仅扫描达标的{lost}个，仅精确剖面达标的{gained}个。",
    },
    "report.prediction.same": {
        "en": "No township or village changes its verdict.",
        "zh": "乡镇、村的达标结论均无变化。",
    },
    "report.prediction.lost": {
        "en": "Served by the sweep alone, so not counted as served: {names}.",
        "zh": "仅扫描达标、不计为达标的地点：{names}。",
    },
    "report.prediction.gained": {
        "en": "Served by exact profiles alone, so counted as served: {names}.",
        "zh": "仅精确剖面达标、计为达标的地点：{names}。",
    },
    "report.prediction.caps.none": {
        "en": "No place is lost to a radius cap: sites up to twice as far would serve none of those that a band leaves "
        "unserved within it.",
        "zh": "半径上限未造成覆盖损失：查找至上限的2倍距离，未发现可由更远站点覆盖的地点。",
    },
    "report.prediction.caps": {
        "en": "Places lost to the radius cap, each band taken alone and undisturbed: no site within the cap serves them, "
        "a site beyond it would.",
        "zh": "因半径上限损失的地点（各频段单独考虑，不计干扰）：上限内无站点可覆盖，更远站点可覆盖。",
    },
    "report.prediction.cap": {
        "en": "{band}, {radius} km (looked for up to {wider} km): {count} of {examined} unserved: {names}.",
        "zh": "{band}，{radius}公里（查找至{wider}公里）：{examined}个未覆盖地点中{count}个：{names}。",
    },
    "report.prediction.sampled": {
        "en": "Of the {unserved} places that {band} leaves unserved, {examined} were looked at, evenly spread.",
        "zh": "{band}未覆盖的{unserved}个地点中均匀抽查{examined}个。",
    },
    "report.prediction.more": {"en": "and {count} more", "zh": "等另{count}个"},
    "report.link.frequency_mhz": {"en": "Frequency (MHz)", "zh": "频率（MHz）"},
    "report.link.resource_blocks": {"en": "Resource blocks", "zh": "RB数"},
    "report.link.carrier_power_dbm": {"en": "Carrier power (dBm)", "zh": "载波功率（dBm）"},
    "report.link.per_resource_element_db": {
        "en": "To one resource element (dB)",
        "zh": "折算至单个RE（dB）",
    },
    "report.link.ssb_offset_db": {"en": "SSB power offset (dB)", "zh": "SSB功率偏置（dB）"},
    "report.link.ssb_gain_dbi": {"en": "SSB beam gain (dBi)", "zh": "SSB波束增益（dBi）"},
    "report.link.cable_loss_db": {"en": "Feeder (dB)", "zh": "馈线损耗（dB）"},
    "report.link.body_loss_db": {"en": "Body loss (dB)", "zh": "人体损耗（dB）"},
    "report.link.penetration_loss_db": {"en": "Entry loss (dB)", "zh": "穿透损耗（dB）"},
    "report.link.calibration_db": {"en": "Calibration (dB)", "zh": "实测校正（dB）"},
    "report.link.shadow_margin_db": {"en": "Shadow margin (dB)", "zh": "阴影衰落余量（dB）"},
    "report.link.threshold_dbm": {"en": "Less the threshold (dBm)", "zh": "减SS-RSRP门限（dBm）"},
    "report.link.allowed_loss_db": {"en": "Allowed loss (dB)", "zh": "最大允许路径损耗（dB）"},
    "report.link.radius_km": {"en": "Radius cap (km)", "zh": "半径上限（km）"},
    "report.optics": {"en": "Optical budget", "zh": "光功率预算"},
    "report.optics.budget": {"en": "Optical budget (dB)", "zh": "光功率预算（dB）"},
    "report.optics.splitter": {"en": "Splitter 1:{split} (dB)", "zh": "1:{split}分光器损耗（dB）"},
    "report.optics.fixed": {"en": "Connectors, splices, ageing (dB)", "zh": "接头、熔接与老化（dB）"},
    "report.optics.left": {"en": "Left for the cable (dB)", "zh": "光缆可用（dB）"},
    "report.optics.cable": {"en": "Cable (dB/km)", "zh": "光缆衰减（dB/km）"},
    "report.optics.reach": {"en": "Longest cable (km)", "zh": "最远光缆（km）"},
    "report.optics.ports": {
        "en": "Ports: homes × take rate {take_rate} over split {split} × fill {fill}.",
        "zh": "PON口数为户数×实装率{take_rate}÷（分光比{split}×占用率{fill}），向上取整。",
    },
    "report.prices": {"en": "Cost book", "zh": "单价表"},
    "report.prices.none": {"en": "The cost book is empty.", "zh": "单价表为空。"},
    "report.proof": {"en": "What was proved", "zh": "最优性证明"},
    "report.proof.stage": {"en": "Stage", "zh": "阶段"},
    "report.proof.sense": {"en": "Sense", "zh": "方向"},
    "report.proof.min": {"en": "least", "zh": "最小"},
    "report.proof.max": {"en": "most", "zh": "最大"},
    "report.proof.value": {"en": "Value", "zh": "取值"},
    "report.proof.bound": {"en": "Proved bound", "zh": "已证界"},
    "report.proof.gap": {"en": "Gap", "zh": "差距"},
    "report.proof.method": {"en": "Method", "zh": "方法"},
    "report.proof.none": {"en": "Nothing was optimised.", "zh": "未进行优化。"},
    "report.proof.status": {"en": "Verdict: {status}; gap {gap}.", "zh": "结论：{status}，差距{gap}。"},
    "report.proof.order": {
        "en": "Each stage holds given the levels that the earlier ones reached. The gap of a cost is "
        "(value − bound) / value, that of a good (bound − value) / (bound − what stands today); 0 is proved optimal.",
        "zh": "各阶段以前序阶段结果为约束。费用类差距为（取值−界）/取值，效益类差距为（界−取值）/（界−现状）；0表示已证最优。",
    },
    "report.proof.good": {
        "en": "The good counts {villages} for each village and {people} for each person with one service.",
        "zh": "综合效益按每村每项业务计{villages}、每人每项业务计{people}累加。",
    },
    "report.proof.cny": {"en": "CNY {amount}", "zh": "{amount}元"},
    "report.proof.trench": {
        "en": "Proved for the unshared trench model: each village pays its own trench, so true shared cost can only be lower.",
        "zh": "证明针对路由不共享模型：每个村单独承担其光缆路由费用，实际共享路由时费用只会更低。",
    },
    "report.stage.reach": {"en": "Duties that can be met together", "zh": "可同时满足的必保对象数"},
    "report.stage.duty_within_budget": {
        "en": "Duties met within the budget",
        "zh": "预算内可满足的必保对象数",
    },
    "report.stage.duty_cost": {"en": "Least cost of the duties", "zh": "满足必保目标的最低投资"},
    "report.stage.balance": {"en": "Least excess of rule of balance", "zh": "均衡约束最小超出量"},
    "report.stage.most_good": {"en": "Most good within the budget", "zh": "预算内综合效益最大"},
    "report.stage.least_cost": {"en": "Least cost of the same service", "zh": "同等服务水平下的最低投资"},
    "report.level.-1": {"en": "locked sites", "zh": "必建站点"},
    "report.level.0": {"en": "townships", "zh": "乡镇"},
    "report.level.1": {"en": "priority villages", "zh": "重点行政村"},
    "report.level.2": {"en": "eligible villages", "zh": "有条件行政村"},
    "report.level.3": {"en": "all villages", "zh": "全部行政村"},
    "report.method.branch_and_bound": {"en": "branch and bound (HiGHS)", "zh": "分支定界（HiGHS）"},
    "report.method.local_search+branch_and_bound": {
        "en": "local search, then branch and bound (HiGHS)",
        "zh": "局部搜索 + 分支定界（HiGHS）",
    },
    "report.method.local_search+relaxation": {
        "en": "local search, bound of the relaxation",
        "zh": "局部搜索 + 松弛界",
    },
    "report.method.local_search+dual_bound": {
        "en": "local search, dual bound",
        "zh": "局部搜索 + 对偶界",
    },
    "report.method.dual_bound": {"en": "dual bound", "zh": "对偶界"},
    "report.method.prices+branch_and_bound": {
        "en": "Lagrangian relaxation, branch and bound part by part (HiGHS)",
        "zh": "拉格朗日松弛 + 分部分支定界（HiGHS）",
    },
    "report.method.branch_and_bound+pool": {
        "en": "branch and bound over promising options (HiGHS), bound of an earlier stage",
        "zh": "优选候选分支定界（HiGHS），界取自前序步骤",
    },
    "report.method.local_search+dual_bound+windows": {
        "en": "local search, dual bound, exact windows (HiGHS)",
        "zh": "局部搜索 + 对偶界 + 局部窗口精确求解（HiGHS）",
    },
    "report.method.dual_bound+windows": {
        "en": "dual bound, exact windows (HiGHS)",
        "zh": "对偶界 + 局部窗口精确求解（HiGHS）",
    },
    "report.method.local_search+dual_bound+core": {
        "en": "local search, dual bound, branch and bound over the most promising options (HiGHS)",
        "zh": "局部搜索 + 对偶界 + 优选候选分支定界（HiGHS）",
    },
    "report.method.dual_bound+core": {
        "en": "dual bound, branch and bound over the most promising options (HiGHS)",
        "zh": "对偶界 + 优选候选分支定界（HiGHS）",
    },
    "report.method.local_search+dual_bound+fixing": {
        "en": "local search, dual bound, branch and bound of what it leaves open (HiGHS)",
        "zh": "局部搜索 + 对偶界 + 缩减后分支定界（HiGHS）",
    },
    "report.method.dual_bound+fixing": {
        "en": "dual bound, branch and bound of what it leaves open (HiGHS)",
        "zh": "对偶界 + 缩减后分支定界（HiGHS）",
    },
    "report.method.relaxation": {"en": "relaxation", "zh": "松弛界"},
    "report.inputs": {"en": "Inputs", "zh": "输入数据"},
    "report.inputs.name": {"en": "Input", "zh": "数据"},
    "report.inputs.file": {"en": "File", "zh": "文件"},
    "report.inputs.rows": {"en": "Rows", "zh": "记录数"},
    "report.inputs.sha256": {"en": "SHA-256", "zh": "SHA-256"},
    "report.inputs.caveat": {"en": "What is synthetic or approximate", "zh": "合成或近似说明"},
    "report.input.townships": {"en": "Townships", "zh": "乡镇"},
    "report.input.villages": {"en": "Villages", "zh": "行政村"},
    "report.input.terrain": {"en": "Terrain", "zh": "地形"},
    "report.input.clutter": {"en": "Land cover", "zh": "地表覆盖"},
    "report.input.sites": {"en": "Sites", "zh": "站址"},
    "report.input.nodes": {"en": "Fibre nodes", "zh": "光节点"},
    "report.input.roads": {"en": "Roads", "zh": "道路"},
    "report.input.keypoints": {"en": "Key points", "zh": "关键点"},
    "report.input.demand": {"en": "Demand points", "zh": "需求点"},
    "report.input.population": {"en": "Population", "zh": "人口栅格"},
    "report.input.status": {"en": "Status ledger", "zh": "覆盖台账"},
    "report.input.exclusions": {"en": "Exclusions", "zh": "禁建区"},
    "report.input.project": {"en": "Project file", "zh": "项目文件"},
    "report.warnings": {"en": "Warnings about the inputs", "zh": "输入数据告警"},
    "report.warnings.none": {"en": "None.", "zh": "无。"},
    "report.warnings.note": {
        "en": "As `dualgig check` tells them.",
        "zh": "以下为 dualgig check 输出的英文原文。",
    },
    "report.warnings.row": {"en": "Row", "zh": "行"},
    "report.warnings.column": {"en": "Column", "zh": "列"},
    "report.warnings.problem": {"en": "Problem", "zh": "问题"},
    "report.warnings.mend": {"en": "Mend", "zh": "处理办法"},
    "report.software": {
        "en": "Made by DualGig {version}. {packages}. Seed {seed}.",
        "zh": "由 DualGig {version} 生成。{packages}。随机种子{seed}。",
    },
    "report.colon": {"en": ": ", "zh": "："},
    "report.separator": {"en": ", ", "zh": "、"},
}
