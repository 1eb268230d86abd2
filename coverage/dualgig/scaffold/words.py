"""The names that files and columns usually bear, Chinese and English."""

from __future__ import annotations

LAYERS: dict[str, tuple[str, ...]] = {
    "townships": ("township", "town", "xiangzhen", "subdistrict", "乡镇", "街道", "乡界", "镇界", "乡镇界"),
    "villages": ("village", "xzc", "cunjie", "行政村", "村界", "村庄", "村社", "建制村", "村", "社区"),
    "sites": (
        *("site", "tower", "bts", "gnb", "enodeb", "gnodeb", "candidate", "基站", "站址", "站点", "铁塔"),
        *("塔站", "无线", "候选站", "规划站"),
    ),
    "nodes": (
        *("node", "olt", "office", "centraloffice", "pop_site", "光节点", "节点", "机房", "局站", "局房"),
        *("综合业务区", "光交"),
    ),
    "keypoints": (
        *("keypoint", "key_point", "poi", "school", "clinic", "committee", "关键点", "要素点", "重点场所"),
        *("村委会", "学校", "卫生室", "考核点", "测试点"),
    ),
    "demand": (
        *("demand", "settlement", "hamlet", "building", "household", "自然村", "居民点", "需求", "聚落"),
        *("人口点", "人口分布", "户分布"),
    ),
    "status": (
        *("status", "ledger", "measured", "survey", "drive_test", "台账", "现状", "覆盖情况", "达标", "通达"),
        *("测试结果", "路测"),
    ),
    "exclusions": (
        *("exclusion", "redline", "red_line", "protected", "reserve", "forbidden", "farmland", "红线"),
        *("保护区", "保护地", "禁建", "基本农田", "公园", "生态"),
    ),
}
"""Words in the name of a file or layer, by input."""

GRIDS: dict[str, tuple[str, ...]] = {
    "terrain": (
        *("dem", "dtm", "dsm", "srtm", "aster", "gdem", "alos", "copernicus", "elevation", "relief"),
        *("terrain", "height", "高程", "地形", "海拔"),
    ),
    "population": ("pop", "ppp", "worldpop", "landscan", "ghs", "population", "人口"),
    "clutter": (
        "worldcover",
        "globeland",
        "landcover",
        "land_cover",
        "clutter",
        "lulc",
        "地表覆盖",
        "土地利用",
    ),
}
"""Words in the name of a raster, by input."""

COUNTIES = (
    "county",
    "counties",
    "outline",
    "boundary_county",
    "县界",
    "市界",
    "区县",
    "省界",
    "省级",
    "市级",
)
"""Words that tell of polygons above the townships, which no input asks for."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": (
        *(
            "code",
            "gid",
            "adcode",
            "uid",
            "key",
            "xzqdm",
            "zldwdm",
            "pac",
            "代码",
            "编码",
            "编号",
            "区划代码",
        ),
        *("行政区划代码", "行政区代码", "统计用区划代码", "区划码", "唯一编码", "标识码"),
    ),
    "name": (
        *("label", "title", "xzqmc", "zldwmc", "mc", "名称", "地名", "全称", "行政区名称", "区划名称"),
        *("地点名称", "点名", "name_zh"),
    ),
    "county": (
        "county_name",
        "district",
        "区县",
        "县",
        "县区",
        "所属区县",
        "县名",
        "县名称",
        "县市区",
        "区县名称",
    ),
    "group": ("分组", "片区", "区域类型", "山区县"),
    "kind": ("type", "class", "category", "类型", "类别", "性质", "种类"),
    "population": (
        "pop",
        "people",
        "persons",
        "residents",
        "人口",
        "人口数",
        "常住人口",
        "总人口",
        "户籍人口",
    ),
    "households": ("homes", "hh", "户数", "总户数", "家庭户", "住户", "常住户数"),
    "township": (
        *("town", "town_code", "乡镇", "街道", "所属乡镇", "乡镇代码", "乡镇编码", "乡镇街道代码"),
        *("所属乡镇代码", "上级代码", "parent"),
    ),
    "village": ("village_code", "行政村", "村", "所属村", "所属行政村", "村代码", "村编码", "行政村代码"),
    "priority": ("重点", "重点村", "重点行政村", "是否重点", "是否重点村"),
    "eligible": ("有条件", "有条件行政村", "是否有条件", "具备条件"),
    "fibre": ("fiber", "ftth", "光纤", "光纤现状", "宽带", "光网", "千兆现状", "接入方式"),
    "node": ("olt", "接入节点", "所属机房", "上联机房", "光节点", "光节点编码", "所属olt"),
    "standard": ("达标口径", "覆盖标准"),
    "structure": ("站址类型", "站址资源", "建设方式", "存量新建", "新建存量", "站址状态", "建设类型"),
    "operators": (
        "operator",
        "carrier",
        "tenant",
        "tenants",
        "运营商",
        "租户",
        "在址运营商",
        "共享方",
        "产权方",
    ),
    "on_air": ("已开通", "现网配置", "已开通5g", "5g配置", "现网5g配置", "现网5g", "开通制式"),
    "mast_m": (
        "height",
        "height_m",
        "mast",
        "antenna_height",
        "挂高",
        "塔高",
        "天线挂高",
        "天线高度",
        "高度",
    ),
    "azimuths": ("azimuth", "方位角", "天线方位角", "扇区方位角"),
    "tilt": ("downtilt", "tilt_deg", "下倾角", "总下倾角", "天线下倾角"),
    "decision": ("规划意见", "意见", "决策", "规划决策"),
    "power_km": ("引电距离", "市电引入", "引电", "市电距离", "引电长度"),
    "track_km": ("便道", "施工便道", "修路距离", "便道长度", "道路长度"),
    "transport": ("传输", "传输方式", "回传", "backhaul", "回传方式"),
    "stands": ("equipment", "现有设备", "设备现状", "设备类型", "pon类型", "现网设备"),
    "ports": ("pon_ports", "端口", "端口数", "pon口数", "pon口", "pon端口数"),
    "weight": ("pop", "people", "persons", "population", "人口", "人数", "人口数", "常住人口"),
    "place": (
        *("id", "code", "village", "place_id", "代码", "编码", "地点编码", "地点代码", "村代码", "村编码"),
        *("行政区划代码", "区划代码", "行政村代码"),
    ),
    "service": ("业务", "业务类型", "网络", "制式", "service_type"),
    "served": ("covered", "status", "已覆盖", "是否覆盖", "是否通达", "是否达标", "覆盖", "达标", "是否已通"),
    "operator": ("运营商", "carrier", "企业"),
    "source": ("来源", "数据来源", "出处", "上报单位"),
    "date": ("日期", "时间", "更新时间", "统计日期", "测试日期"),
}
"""Names of a column, by ours; every table."""

COLUMNS_OF: dict[str, dict[str, tuple[str, ...]]] = {
    "townships": {
        "id": ("乡镇代码", "乡镇编码", "街道代码", "乡镇街道代码", "town_code"),
        "name": ("town", "township", "乡镇", "乡镇名", "乡镇名称", "街道名称", "乡镇街道", "乡镇街道名称"),
    },
    "villages": {
        "id": ("村代码", "村编码", "行政村代码", "村委会代码", "社区代码", "village_code"),
        "name": ("village", "村", "村名", "村名称", "行政村", "行政村名称", "村社名称", "社区名称"),
    },
    "sites": {
        "id": ("站址编码", "站点编码", "站点编号", "基站编号", "站号", "站址编号", "site_id", "siteid"),
        "name": ("site", "站名", "站址名称", "站点名称", "基站名称", "铁塔名称", "site_name"),
        "kind": ("塔型", "站型", "铁塔类型", "杆塔类型"),
    },
    "nodes": {
        "id": ("机房编码", "节点编码", "局站编码", "光节点编码", "node_id"),
        "name": ("机房", "机房名称", "节点名称", "局站名称", "光节点名称"),
        "kind": ("机房类型", "节点类型", "局站类型"),
    },
    "keypoints": {
        "id": ("点位编码", "点位编号", "关键点编码"),
        "name": ("点位名称", "单位名称", "场所名称"),
        "kind": ("点位类型", "场所类型"),
    },
    "demand": {
        "id": ("自然村编码", "居民点编码", "点位编码"),
    },
    "exclusions": {
        "id": ("保护区编码", "图斑编号", "红线编码"),
        "name": ("保护区名称", "红线名称"),
    },
}
"""Further names of a column in one table, which go before the others."""

WEAK = ("objectid", "fid", "ogc_fid", "序号", "number", "no", "id_0")
"""Names of a column that numbers rows: an id where there is no better one."""

OPERATORS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("移动", "cm", ("n28", "n41")),
    ("mobile", "cm", ("n28", "n41")),
    ("广电", "cbn", ("n28", "n41")),
    ("broadnet", "cbn", ("n28", "n41")),
    ("cbn", "cbn", ("n28", "n41")),
    ("电信", "ct", ("n1", "n78")),
    ("telecom", "ct", ("n1", "n78")),
    ("联通", "cu", ("n1", "n78")),
    ("unicom", "cu", ("n1", "n78")),
)
"""A word in an operator's name, its abbreviation, and the bands it holds in China."""
