"""Words of the terminal."""

TEXT: dict[str, dict[str, str]] = {
    "progress.read": {"en": "Reading the inputs", "zh": "读取输入数据"},
    "progress.tests": {"en": "Finding the points that decide for each place", "zh": "确定各地达标判定点"},
    "progress.radio": {"en": "Predicting radio coverage over the terrain", "zh": "按地形预测无线覆盖"},
    "progress.fibre": {"en": "Finding cable routes along the roads", "zh": "沿道路寻找光缆路由"},
    "progress.costs": {"en": "Pricing what can be built", "zh": "计算各方案造价"},
    "progress.problem": {"en": "Setting up the integer programs", "zh": "建立规划模型"},
    "progress.explain": {"en": "Explaining what stays uncovered", "zh": "分析未覆盖原因"},
    "progress.write": {"en": "Writing map, report and lists", "zh": "输出地图、报告与清单"},
    "progress.stage.reach": {"en": "Solving: which duties can be met", "zh": "求解：可实现的必保目标"},
    "progress.stage.duty_cost": {"en": "Solving: least cost of the duties", "zh": "求解：必保目标最低造价"},
    "progress.stage.duty_within_budget": {
        "en": "Solving: most duties within the budget",
        "zh": "求解：预算内最多的必保目标",
    },
    "progress.stage.balance": {"en": "Solving: rules of balance", "zh": "求解：均衡约束"},
    "progress.stage.most_good": {
        "en": "Solving: most places within the budget",
        "zh": "求解：预算内最多的覆盖",
    },
    "progress.stage.least_cost": {"en": "Solving: least cost of that plan", "zh": "求解：该方案最低造价"},
    "scoreboard.title": {"en": "Target scoreboard", "zh": "目标完成表"},
    "scoreboard.goal": {"en": "Goal", "zh": "目标"},
    "scoreboard.before": {"en": "Before", "zh": "现状"},
    "scoreboard.after": {"en": "After", "zh": "规划后"},
    "scoreboard.required": {"en": "Required", "zh": "要求"},
    "scoreboard.places": {"en": "Places", "zh": "总数"},
    "scoreboard.met": {"en": "Met", "zh": "达成"},
    "scoreboard.cost_to_meet": {"en": "Cost to meet", "zh": "达标尚需投资"},
    "scoreboard.yes": {"en": "yes", "zh": "是"},
    "scoreboard.no": {"en": "{short} short", "zh": "差{short}个"},
    "terminal.cost": {
        "en": "Cost {cost} of a budget of {budget} ({share}).",
        "zh": "投资{cost}，预算{budget}（{share}）。",
    },
    "terminal.built": {
        "en": "Built: sites {sites}, fibre nodes {nodes}, trench {trench} km.",
        "zh": "建设：{sites}个站点、{nodes}个光节点、{trench}公里光缆。",
    },
    "terminal.others": {
        "en": "Villages in all: 5G {before_5g} -> {after_5g}, gigabit {before_gigabit} -> {after_gigabit} of {villages}.",
        "zh": "全部行政村：5G {before_5g} → {after_5g}，千兆 {before_gigabit} → {after_gigabit}，共{villages}个。",
    },
    "terminal.proof": {
        "en": "Proof: {status}; gap {gap}. Proved for the unshared trench model: each village pays its own trench.",
        "zh": "证明：{status}，差距{gap}。按光缆路由不共享的模型证明：各村各付自己的路由。",
    },
    "terminal.sweep": {
        "en": "Radio by radial sweep ({paths} paths); the {sites} sites on air with the plan told by exact profiles, from "
        "which the sweep differs by {mean} dB on average (standard deviation {std} dB): {lost} + {gained} of {points} "
        "points change their verdict.",
        "zh": "无线按径向扫描预测（{paths}条路径）；方案实施后在用的{sites}个站点按精确剖面复算，平均相差{mean} dB，"
        "标准差{std} dB，{points}个判定点中{lost}+{gained}个结论改变。",
    },
    "terminal.capped": {
        "en": "Lost to the radius cap, were it the only band: {bands}. See the report, or raise radius_km.",
        "zh": "因半径上限损失的地点（各频段单独考虑）：{bands}。详见报告，或调大 radius_km。",
    },
    "terminal.capped.band": {"en": "{band} {count}", "zh": "{band} {count}个"},
    "terminal.interfered": {
        "en": "{count} places are served only as long as what the plan builds does not interfere: {names}. "
        'Write interferers = "all" under [radio] to plan with that interference.',
        "zh": "{count}个地点计入本方案新建站点的干扰后不再达标：{names}。"
        '如需按全部站点干扰规划，请在 [radio] 中设 interferers = "all"。',
    },
    "terminal.shortage": {
        "en": "The duties cost {shortage} more than the budget. Duties left out: {count}; the first:",
        "zh": "必保目标比预算多需{shortage}。未满足的必保目标共{count}项，前几项：",
    },
    "terminal.left_out": {
        "en": "Duties left out: {count}; the first:",
        "zh": "未满足的必保目标共{count}项，前几项：",
    },
    "terminal.files": {"en": "Map, report and lists are in {folder}:", "zh": "地图、报告与清单在 {folder}："},
    "terminal.open": {"en": "Open {file} in a browser.", "zh": "请用浏览器打开 {file}。"},
    "terminal.postgis": {
        "en": "The plan is in the database too: {target}.",
        "zh": "规划结果已同时写入数据库：{target}。",
    },
    "terminal.warnings": {
        "en": "Warnings about the inputs: {count}; `dualgig check` lists them.",
        "zh": "输入数据有{count}条警告，`dualgig check` 可列出。",
    },
    "terminal.gap_place": {"en": "Place", "zh": "地点"},
    "terminal.gap_service": {"en": "Service", "zh": "业务"},
    "terminal.gap_reason": {"en": "Reason", "zh": "原因"},
    "terminal.gap_cost": {"en": "Cost to serve", "zh": "补盲费用"},
    "terminal.gaps_title": {"en": "Served today, nothing built", "zh": "现状覆盖（未建设）"},
    "terminal.gap_count": {"en": "Gaps", "zh": "未覆盖数"},
    "terminal.gaps_note": {
        "en": "Cost to meet is of each goal alone; together they share sites.",
        "zh": "达标尚需投资按各目标单独计，多个目标可共用站点。",
    },
    "terminal.buildable": {"en": "can be served by building", "zh": "可通过建设覆盖"},
    "terminal.impossible": {"en": "-", "zh": "—"},
    "terminal.check_clean": {"en": "The inputs are in order.", "zh": "输入数据无误。"},
    "terminal.check_found": {
        "en": "Errors: {errors}, warnings: {warnings}.",
        "zh": "{errors}个错误，{warnings}条警告。",
    },
    "terminal.error": {"en": "error", "zh": "错误"},
    "terminal.warning": {"en": "warning", "zh": "警告"},
    "terminal.stopped": {
        "en": "Stopped; nothing was written, earlier outputs are as they were.",
        "zh": "已停止；未写入任何内容，原有输出保持不变。",
    },
}
