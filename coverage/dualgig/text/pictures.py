"""Words of the report's map pictures."""

TEXT: dict[str, dict[str, str]] = {
    "report.maps": {"en": "Maps", "zh": "覆盖图"},
    "report.maps.before": {
        "en": "Today: {served} of {all} villages with {service}",
        "zh": "现状：{all}个行政村中{served}个通{service}",
    },
    "report.maps.after": {
        "en": "With the plan: {served} of {all} villages with {service}",
        "zh": "规划后：{all}个行政村中{served}个通{service}",
    },
    "report.maps.sites": {"en": "5G site built or upgraded", "zh": "新建或升级5G站点"},
    "report.maps.nodes": {"en": "Fibre node built or upgraded", "zh": "新建或升级光节点"},
    "report.maps.routes": {"en": "New fibre route", "zh": "新建光缆路由"},
    "report.maps.scale": {"en": "{km} km", "zh": "{km}公里"},
    "report.maps.note": {
        "en": "Predicted, not measured. North is up. The map to explore is a page of its own, beside this report.",
        "zh": "预测结果，非实测。上为北。可交互的版本见网页地图。",
    },
}
