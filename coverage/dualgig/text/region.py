"""Words of the region: its layers, its summary, what is proposed and spread."""

TEXT: dict[str, dict[str, str]] = {
    "region.townships": {"en": "townships", "zh": "乡镇（街道）"},
    "region.villages": {"en": "villages", "zh": "行政村（社区）"},
    "region.keypoints": {"en": "key points", "zh": "关键点位"},
    "region.demand": {"en": "demand points", "zh": "需求点"},
    "region.sites": {"en": "radio sites", "zh": "无线站址"},
    "region.nodes": {"en": "fibre nodes", "zh": "光节点（机房/OLT）"},
    "region.status": {"en": "status ledger", "zh": "现状台账"},
    "region.exclusions": {"en": "exclusions", "zh": "禁建区"},
    "region.terrain": {"en": "terrain", "zh": "地形（数字高程）"},
    "region.roads": {"en": "roads", "zh": "道路"},
    "region.population": {"en": "population raster", "zh": "人口栅格"},
    "region.layer": {"en": "Layer", "zh": "图层"},
    "region.rows": {"en": "Rows", "zh": "数量"},
    "region.source": {"en": "Source", "zh": "来源"},
    "region.caveat": {"en": "Caveat", "zh": "说明"},
    "region.warnings": {"en": "{count} warnings about the inputs", "zh": "输入数据有 {count} 条提示"},
    "region.cells": {
        "en": "{rows} x {columns} cells of {cell} m",
        "zh": "{rows} × {columns} 个栅格，分辨率 {cell} 米",
    },
    "region.edges": {"en": "{count} road sections", "zh": "{count} 个路段"},
    "region.not_given": {"en": "not given", "zh": "未提供"},
    "region.ridge": {"en": "Ridge {height} m", "zh": "山脊 {height} 米"},
    "region.generated_sites": {
        "en": "{count} sites are proposed by DualGig; mains and track are the straight line to the nearest road.",
        "zh": "其中 {count} 个站址由 DualGig 自动生成，引电与便道长度按至最近道路的直线距离估算。",
    },
    "region.spread_demand": {
        "en": "People are spread evenly over each village.",
        "zh": "人口在村域内均匀分布，为近似值。",
    },
    "region.raster_demand": {
        "en": "People are placed by the population raster.",
        "zh": "人口按人口栅格分布。",
    },
    "region.given_committees": {
        "en": "Committees are taken to be at the village points.",
        "zh": "村委会位置取村点位，为近似值。",
    },
}
