"""Words of the budget curve, of comparisons, and of what explains a plan."""

TEXT: dict[str, dict[str, str]] = {
    "progress.curve": {"en": "Planning budget {number} of {count}", "zh": "求解第{number}/{count}档预算"},
    "progress.insight": {"en": "Finding what costs most and what more money buys", "zh": "分析造价构成与追加投资效益"},
    "progress.compare": {"en": "Comparing the plans", "zh": "对比方案"},
    "list.column.budget_cny": {"en": "Budget (CNY)", "zh": "预算（元）"},
    "list.column.duties_met": {"en": "Duties met", "zh": "满足必保项数"},
    "list.column.duties_wanted": {"en": "Duties in all", "zh": "必保总项数"},
    "list.column.townships_5g": {"en": "Townships with 5G", "zh": "通5G乡镇"},
    "list.column.villages_5g": {"en": "Villages with 5G", "zh": "通5G行政村"},
    "list.column.people_5g": {"en": "People with 5G", "zh": "5G覆盖人口"},
    "list.column.townships_gigabit": {"en": "Townships with gigabit", "zh": "通千兆光网乡镇"},
    "list.column.villages_gigabit": {"en": "Villages with gigabit", "zh": "通千兆光网行政村"},
    "list.column.people_gigabit": {"en": "People with gigabit", "zh": "千兆光网覆盖人口"},
    "list.column.good": {"en": "Objective", "zh": "目标值"},
    "list.column.bound": {"en": "Bound of the objective", "zh": "目标值上界"},
    "list.column.gap_percent": {"en": "Gap (%)", "zh": "差距（%）"},
    "list.column.status": {"en": "Search", "zh": "求解状态"},
    "list.column.verdict": {"en": "Duties", "zh": "必保目标"},
    "curve.title": {"en": "What each budget serves", "zh": "预算—覆盖曲线"},
    "curve.description": {
        "en": "Money from {first} to {last}. Villages with 5G rise from {first_5g} to {last_5g}, with gigabit fibre "
        "from {first_gigabit} to {last_gigabit}, of {villages}.",
        "zh": "预算由{first}增至{last}：通5G行政村由{first_5g}增至{last_5g}，通千兆光网行政村由{first_gigabit}增至"
        "{last_gigabit}，共{villages}个。",
    },
    "curve.axis.money": {"en": "Budget, {unit}", "zh": "预算（{unit}）"},
    "curve.unit.million": {"en": "CNY million", "zh": "百万元"},
    "curve.unit.wan": {"en": "CNY 10k", "zh": "万元"},
    "curve.unit.yi": {"en": "CNY 100 million", "zh": "亿元"},
    "curve.unit.thousand": {"en": "CNY thousand", "zh": "千元"},
    "curve.unit.yuan": {"en": "CNY", "zh": "元"},
    "curve.axis.served": {"en": "Share served", "zh": "覆盖比例"},
    "curve.axis.good": {"en": "Objective, share of everything", "zh": "目标值占全部的比例"},
    "curve.villages_5g": {"en": "villages, 5G", "zh": "行政村 5G"},
    "curve.villages_gigabit": {"en": "villages, gigabit", "zh": "行政村 千兆"},
    "curve.people_5g": {"en": "people, 5G", "zh": "人口 5G"},
    "curve.people_gigabit": {"en": "people, gigabit", "zh": "人口 千兆"},
    "curve.value": {"en": "plan found", "zh": "方案值"},
    "curve.band": {"en": "up to here no plan is ruled out", "zh": "方案值与上界之间"},
    "curve.proved": {"en": "every point is proved optimal", "zh": "各档均已证最优"},
    "curve.short": {"en": "hollow: not every duty is met", "zh": "空心：必保未全部满足"},
    "curve.duty_cost": {"en": "duties {cost}", "zh": "必保造价 {cost}"},
    "curve.budget": {"en": "budget {budget}", "zh": "项目预算 {budget}"},
    "curve.stopped": {
        "en": "Stopped after {done} of {asked} budgets; those are kept.",
        "zh": "已在{asked}档中的第{done}档后停止，已完成的各档保留。",
    },
    "curve.written": {"en": "The curve: {files}", "zh": "曲线文件：{files}"},
    "report.curve": {"en": "What more or less money serves", "zh": "预算敏感性"},
    "report.curve.text": {
        "en": "Each budget is planned by itself: the duties first, then as much as the money carries. Where the duties "
        "are not all met, more duties may come before more places. {duties}",
        "zh": "各档预算分别求解：先满足必保目标，再在余额内争取最多覆盖。必保未全部满足时，增加的预算可能优先用于必保"
        "而非覆盖数量。{duties}",
    },
    "report.curve.duties": {
        "en": "The duties cost {cost}; less than {bound} cannot meet them.",
        "zh": "必保目标造价{cost}，低于{bound}必然不能全部满足。",
    },
    "report.curve.none": {
        "en": "No curve was worked out. `dualgig budget PROJECT --from A --to B --steps N` adds it here.",
        "zh": "尚未计算。运行 `dualgig budget PROJECT --from A --to B --steps N` 后，曲线将显示于此。",
    },
    "report.curve.of": {"en": "{met} of {wanted}", "zh": "{met}/{wanted}"},
    "report.curve.here": {"en": "budget of this plan", "zh": "本方案预算"},
}
