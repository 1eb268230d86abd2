"""Words of the project file that ``dualgig init`` writes, and of what it says about it."""

TEXT: dict[str, dict[str, str]] = {
    "init.head": {
        "en": "The project file of a coverage plan, guessed from the files in this folder.\n"
        "Lines with ??? are for you: fill in or confirm what stands there, then take the mark out.\n"
        "Paths are relative to this file. A misspelt key is an error that names the key you meant.\n"
        "\n"
        "  dualgig check {file}    lists what is wrong with the inputs\n"
        "  dualgig plan {file}     plans; map, report and lists land in maps/{name}",
        "zh": "覆盖规划项目文件，由 DualGig 根据本文件夹中的数据推断生成。\n"
        "带 ??? 标记的行需人工填写或确认，完成后请删去标记。\n"
        "路径相对于本文件；键名拼写有误时，会提示应写的键名。\n"
        "\n"
        "  dualgig check {file}    检查输入数据，列出全部问题\n"
        "  dualgig plan {file}     开始规划；地图、报告和清单输出到 maps/{name}",
    },
    "init.name": {
        "en": "letters, digits, - and _; the outputs go to maps/<name>",
        "zh": "字母、数字、- 和 _；成果输出到 maps/<name>",
    },
    "init.title": {"en": "{county}: dual-gigabit coverage plan", "zh": "{county}双千兆覆盖规划"},
    "init.title_note": {"en": "title of map and report", "zh": "地图与报告的标题"},
    "init.language": {
        "en": "zh or en: map, report, lists and terminal",
        "zh": "zh 或 en：地图、报告、清单和终端的语言",
    },
    "init.metric_crs": {
        "en": 'projected CRS in metres for distances, e.g. "EPSG:4549"; the UTM zone where empty',
        "zh": "距离计算用的投影坐标系（米），如 EPSG:4549；留空则用所在的UTM带",
    },
    "init.notes": {
        "en": "caveats that map and report show",
        "zh": "显示在地图和报告上的说明",
    },
    "init.inputs": {
        "en": "What there is\n"
        "A table is a GeoPackage, shapefile, GeoJSON, CSV or XLSX, or a table of a PostGIS database:\n"
        '  path = "postgresql://user@host:5432/database"   (the password from PGPASSWORD or ~/.pgpass)\n'
        '  layer = "schema.table"                          (or query = "select ...")\n'
        "Under columns, the left side is DualGig's name, the right side the name in your file.\n"
        'Write caveat = "..." where something is approximate; it is shown wherever the layer appears.',
        "zh": "现状数据\n"
        "每张表可以是 GeoPackage、Shapefile、GeoJSON、CSV、XLSX，或 PostGIS 数据库中的表：\n"
        '  path = "postgresql://用户@主机:5432/数据库"   （密码取自 PGPASSWORD 或 ~/.pgpass，不要写在这里）\n'
        '  layer = "模式.表名"                            （或 query = "select ..."）\n'
        "columns 中左边是 DualGig 的列名，右边是文件中的列名。\n"
        '数据有近似或存疑之处，请写 caveat = "……"，凡显示该图层处均会注明。',
    },
    "init.about.townships": {
        "en": "Township polygons (required)",
        "zh": "乡镇（街道）界，面（必需）",
    },
    "init.about.villages": {
        "en": "Village polygons or points with people (required)",
        "zh": "行政村（社区）界或点，含人口（必需）",
    },
    "init.about.keypoints": {
        "en": "Key points: seats, committees, schools, clinics, settlements; village points where absent",
        "zh": "关键点位：乡镇驻地、村委会、学校、卫生室、自然村；缺省时取村点位",
    },
    "init.about.demand": {
        "en": "Points with people; spread over the villages where absent",
        "zh": "需求点（人口落点）；缺省时人口在村域内分摊",
    },
    "init.about.sites": {
        "en": "Existing and candidate radio sites (required)",
        "zh": "无线站址：存量站址和候选站址（必需）",
    },
    "init.about.nodes": {
        "en": "Existing and candidate fibre nodes: offices, OLTs",
        "zh": "光节点：现有和候选的机房、OLT",
    },
    "init.about.status": {
        "en": "The ledger: what an authority or a measurement says is served; it overrides the prediction",
        "zh": "现状台账：主管部门认定或实测的覆盖情况，优先于预测结果",
    },
    "init.about.exclusions": {
        "en": "Polygons where nothing new is built",
        "zh": "禁建区：生态红线、永久基本农田、自然保护地等",
    },
    "init.about.terrain": {
        "en": "Elevation model, a GeoTIFF in metres (required)",
        "zh": "数字高程模型，GeoTIFF，单位米（必需）",
    },
    "init.about.population": {
        "en": "People per cell; places the population",
        "zh": "人口栅格，每格人数；用于人口分布",
    },
    "init.about.roads": {
        "en": "Roads as OpenStreetMap XML (.osm); without them no fibre can be planned",
        "zh": "道路，OpenStreetMap XML（.osm）；没有道路无法规划光缆",
    },
    "init.about.clutter": {
        "en": "Land cover, from which clutter heights follow; bare ground where absent",
        "zh": "地表覆盖，用于确定地物高度；缺省时按裸地计算",
    },
    "init.no_file": {
        "en": "no file looks like it; name yours",
        "zh": "没有找到对应的文件，请填写",
    },
    "init.left": {"en": "not used so far: {files}", "zh": "尚未使用的文件：{files}"},
    "init.rivals": {"en": "or is it {files}?", "zh": "请确认；也可能是 {files}"},
    "init.crs_guess": {
        "en": "the file does not say its CRS; this is a guess (GCJ-02 and BD-09 look alike), please confirm",
        "zh": "文件未注明坐标系，此为按数值推断，请确认（GCJ-02、BD-09 从数值上难以区分）",
    },
    "init.crs_guess_m": {
        "en": "the file does not say its CRS; this is a guess from its numbers, please confirm",
        "zh": "文件未注明坐标系，此为按数值推断，请确认",
    },
    "init.crs_unknown": {
        "en": "the file does not say its CRS; ask whoever made it",
        "zh": "文件未注明坐标系，请向数据提供方核实后填写",
    },
    "init.column_missing": {
        "en": "{meaning}: which of {columns}?",
        "zh": "{meaning}：请从这些列中选择：{columns}",
    },
    "init.column_unfit": {
        "en": "{ours}: the column {theirs} looks like it, but holds {example}; mend the file or name another column",
        "zh": "{ours}：列“{theirs}”疑似对应，但其中有“{example}”，请修改数据或指定其他列",
    },
    "init.columns_absent": {
        "en": "not in the file, so defaults hold: {columns}",
        "zh": "文件中没有以下列，按默认值处理：{columns}",
    },
    "init.roads_pbf": {
        "en": "convert {file} first: osmium cat {file} -o roads.osm",
        "zh": "请先转换 {file}：osmium cat {file} -o roads.osm",
    },
    "init.clutter_found": {
        "en": "{files} looks like land cover; say whose classes it has: worldcover or globeland30",
        "zh": "{files} 疑似地表覆盖数据，请注明其分类体系：worldcover 或 globeland30",
    },
    "init.unused": {"en": "Files that were not used: {files}", "zh": "未使用的文件：{files}"},
    "init.unread": {
        "en": "Files that cannot be read as they are: {files}",
        "zh": "无法直接读取的文件：{files}",
    },
    "init.goals": {
        "en": "What must be reached: shares of the places of a kind; a line left out is no duty.\n"
        "Duties are met in the order townships, priority, eligible, all villages. These are examples.",
        "zh": "规划目标：各类区域的达标比例，删去某行即不作要求。\n"
        "按乡镇、重点行政村、有条件行政村、全部行政村的顺序保障。以下数值为示例。",
    },
    "init.no_priority": {
        "en": "needs a column priority in the villages",
        "zh": "村数据中需有 priority（重点行政村）列",
    },
    "init.no_eligible": {
        "en": "needs a column eligible in the villages",
        "zh": "村数据中需有 eligible（有条件行政村）列",
    },
    "init.no_fibre": {"en": "needs nodes and roads", "zh": "需有光节点和道路数据"},
    "init.standards": {
        "en": "When a place counts as served",
        "zh": "达标口径",
    },
    "init.standard_village": {
        "en": "committee, school and clinic (those that exist); or committee, population, area, miit_4g",
        "zh": "村委会、学校、卫生室（已有的）均覆盖；也可选 committee、population、area、miit_4g",
    },
    "init.standard_township": {
        "en": "a share of the people of the seat",
        "zh": "按驻地人口覆盖比例",
    },
    "init.standard_operator": {
        "en": "any, each, or the name of one operator",
        "zh": "any（任一运营商）、each（各运营商均需）或某一运营商名称",
    },
    "init.objective": {
        "en": "What is worth most once the duties are met",
        "zh": "必保目标实现后的优化目标（权重）",
    },
    "init.worth_village": {
        "en": "worth of one more village with one service",
        "zh": "每多一个村覆盖一项业务的权重",
    },
    "init.worth_person": {
        "en": "worth of one more person with one service",
        "zh": "每多一人覆盖一项业务的权重",
    },
    "init.radio": {
        "en": "Radio. Bands n1 n5 n8 n28 n41 n78 n79 have defaults; [radio.bands.n28] changes those of one.",
        "zh": "无线参数。n1 n5 n8 n28 n41 n78 n79 各频段有默认值，可用 [radio.bands.n28] 等修改。",
    },
    "init.threshold": {
        "en": "SS-RSRP at which a point is served, dBm, outdoors",
        "zh": "覆盖门限：室外 SS-RSRP，dBm",
    },
    "init.location_share": {
        "en": "held at this share of the spots: the shadow margin",
        "zh": "边缘覆盖概率，决定阴影衰落余量",
    },
    "init.configurations": {
        "en": "What may be built: what one operator may put on a site, at most one an operator and site.",
        "zh": "可建方案：某运营商在一个站址上可开通的配置，每站每运营商至多一种。",
    },
    "init.configurations_example": {
        "en": "no operator was found in the sites; this one is an example",
        "zh": "站址数据中未发现运营商，此为示例，请改为实际运营商",
    },
    "init.bands_guess": {"en": "which bands are these?", "zh": "请确认频段"},
    "init.operator_guess": {"en": "whose configuration is this?", "zh": "请填写所属运营商"},
    "init.example_operator": {"en": "Operator A", "zh": "运营商甲"},
    "init.fibre": {
        "en": "Optical path: 29 dB (class N1; N2 has 31) less 21.5 dB for the 1:64 split and 1.5 dB for connectors,\n"
        "splices and ageing leaves 6 dB, 17.1 km at 0.35 dB/km.",
        "zh": "光功率预算：29 dB（N1 级；N2 级为 31 dB），扣除 1:64 分光 21.5 dB 和接头、熔接、老化余量 1.5 dB，\n"
        "余 6 dB，按 0.35 dB/km 可达 17.1 km。",
    },
    "init.snap": {
        "en": "a place farther than this from every road has no road, m",
        "zh": "距所有道路超过此值视为不通路，米",
    },
    "init.costs": {
        "en": "What it costs: unit prices in CNY without VAT. Every figure is an assumption of the usual size; put\n"
        "your framework contract's here, with its year and source.",
        "zh": "造价：单价，元，不含税。以下均为按常见水平给出的假设值，请按框架合同替换，并注明年份和来源。",
    },
    "init.horizon": {
        "en": "years of rent and energy in a site's cost",
        "zh": "计入站点成本的租金和电费年数",
    },
    "init.contingency": {
        "en": "share on everything that is built",
        "zh": "预备费，占建设费用的比例",
    },
    "init.vat": {
        "en": "0: prices and budget are without VAT",
        "zh": "0 表示单价和预算均不含税",
    },
    "init.price.radio_sector_low": {
        "en": "Assumption: radio below 1 GHz with antenna and share of the baseband",
        "zh": "假设值：1 GHz 以下射频单元、天线及基带分摊",
    },
    "init.price.radio_sector_mid": {
        "en": "Assumption: radio above 1 GHz or active antenna, and share of the baseband",
        "zh": "假设值：1 GHz 以上射频单元或 AAU 及基带分摊",
    },
    "init.price.structure_new": {
        "en": "Assumption: mast, foundation, cabinet, earthing",
        "zh": "假设值：新建铁塔、基础、机柜、接地",
    },
    "init.price.structure_adapt": {
        "en": "Assumption: strengthening and platform on a standing tower",
        "zh": "假设值：存量铁塔加固及平台改造",
    },
    "init.price.power_site": {
        "en": "Assumption: rectifier, batteries, meter",
        "zh": "假设值：开关电源、蓄电池、计量",
    },
    "init.price.power_mains_km": {
        "en": "Assumption: overhead line in hills",
        "zh": "假设值：山区架空引电",
    },
    "init.price.track_km": {"en": "Assumption: unpaved track", "zh": "假设值：施工便道"},
    "init.price.transport_fibre_site": {
        "en": "Assumption: transport equipment and drop where cable passes",
        "zh": "假设值：光缆经过处的传输设备及引接",
    },
    "init.price.transport_microwave_site": {
        "en": "Assumption: microwave hop, both ends",
        "zh": "假设值：微波一跳（两端）",
    },
    "init.price.rent_year_existing": {
        "en": "Assumption: a further tenant's share",
        "zh": "假设值：存量站址共享租金",
    },
    "init.price.rent_year_new": {
        "en": "Assumption: the first tenant's rent, land and upkeep",
        "zh": "假设值：新址首家租金、场租及维护",
    },
    "init.price.energy_sector_year": {
        "en": "Assumption: 0.65 kW on average at 0.63 CNY/kWh",
        "zh": "假设值：平均 0.65 kW，0.63 元/kWh",
    },
    "init.price.trench_aerial_km": {
        "en": "Assumption: rural aerial cable all in (2020)",
        "zh": "假设值：农村架空光缆综合造价（2020 年）",
    },
    "init.price.trench_buried_km": {
        "en": "Assumption: buried cable in remote hills (2020)",
        "zh": "假设值：偏远山区直埋光缆（2020 年）",
    },
    "init.price.trench_duct_km": {
        "en": "Assumption: duct in built-up areas (2014)",
        "zh": "假设值：城镇管道光缆（2014 年）",
    },
    "init.price.olt_new": {
        "en": "Assumption: OLT with uplinks, cabinet and power",
        "zh": "假设值：OLT 设备、上联、机柜及电源",
    },
    "init.price.olt_upgrade": {
        "en": "Assumption: 10G-PON boards in a standing OLT",
        "zh": "假设值：存量 OLT 扩容 10G-PON 板卡",
    },
    "init.price.pon_port": {"en": "Assumption: one port with optics", "zh": "假设值：PON 口及光模块"},
    "init.price.home_passed": {
        "en": "Assumption: splitters, distribution and drop in a village without fibre",
        "zh": "假设值：无光纤村的分光器、配线及引入",
    },
    "init.price.home_upgrade": {
        "en": "Assumption: 10G-PON terminal, on the homes that take it up",
        "zh": "假设值：10G-PON 终端（按装机户数）",
    },
    "init.budget": {
        "en": "everything together, whole CNY; with 0 nothing can be built",
        "zh": "总预算，元，取整数；为 0 则不能建设",
    },
    "init.candidates": {
        "en": "Sites that DualGig proposes beside yours: at committees, and on ridges near roads",
        "zh": "由 DualGig 自动补充的候选站址：村委会附近及靠近道路的山脊",
    },
    "init.candidates_on": {
        "en": "your sites hold no new ones",
        "zh": "站址数据中没有新建候选站址",
    },
    "init.candidates_off": {
        "en": "true proposes more than the candidates in your sites",
        "zh": "改为 true 可在已有候选站址之外自动补充",
    },
    "init.decisions": {
        "en": "Your own will: ids of sites or nodes that must be built, and that must not",
        "zh": "人工指定：必建和禁建的站址或节点编码",
    },
    "init.solver": {"en": "0 asks for proof of the optimum", "zh": "0 表示求得并证明最优解"},
    "init.written": {"en": "Wrote {file}.", "zh": "已生成 {file}。"},
    "init.marks": {
        "en": "{count} lines with ??? are for you to fill in or confirm; then run `dualgig check {file}`.",
        "zh": "有 {count} 行带 ??? 标记，请填写或确认后运行 `dualgig check {file}`。",
    },
    "init.input": {"en": "Input", "zh": "输入"},
    "init.from": {"en": "Taken from", "zh": "来源文件"},
    "init.none": {"en": "not found", "zh": "未找到"},
}
