"""Years, funds, balance, co-building, stations and scenarios in the project file: what is accepted, what is said."""

import pytest

from dualgig.errors import ProjectError
from dualgig.project import Project

VALID = """
[project]
name = "county"

[inputs]
townships = { path = "townships.gpkg" }
villages = { path = "villages.gpkg" }
terrain = { path = "dem.tif" }
sites = { path = "sites.csv" }

[[configurations]]
id = "cm-n28"
operator = "China Mobile"
bands = ["n28"]

[budget]
total_cny = 1_000_000

[goals]
township_5g = 1.0
priority_village_5g = 0.9

"""

PHASES = "[phases]\nyears = [2022, 2023]\n"


def load(tmp_path, text, **options):
    path = tmp_path / "project.toml"
    path.write_text(VALID + text, encoding="utf-8")
    return Project.load(path, **options)


def test_all_of_it_together(tmp_path):
    project = load(
        tmp_path,
        """
[costs.co_building]

[[funds]]
name = "subsidy"
amount_cny = 400_000
pays = { services = ["5g"], places = "villages", lines = ["structure_new", "contingency"] }

[phases]
years = [2022, 2023, 2025]
budget_cny = [200_000, 300_000, 500_000]
carry_over = false
worth = [1, 1, 2]

[[phases.targets]]
goal = "township_5g"
by = 2022
share = 1.0

[[equity]]
kind = "largest_difference"
group = "mountain"
measure = "people_5g"
share = 0.05

[base_stations]
unit = "band"
targets = { 2022 = 12, 2025 = 20 }
planned_elsewhere = { "甲县" = [1, 2, 3], "乙县" = 4 }
""",
    )

    assert project.phases.years == (2022, 2023, 2025)
    assert project.funds[0].pays.services == ("5g",)
    assert project.equity[0].other == "rest"
    assert project.base_stations.targets == {2022: 12, 2025: 20}
    assert [project.base_stations.elsewhere(year) for year in (0, 2)] == [
        {"甲县": 1, "乙县": 4},
        {"甲县": 3, "乙县": 4},
    ]
    # what plan.json holds of it says the same
    again = Project.model_validate(project.model_dump(mode="json"))
    assert again.model_dump() == project.model_dump()


def test_tenants_pay_together_by_the_terms_of_2018(tmp_path):
    terms = load(tmp_path, "[costs.co_building]\n").costs.co_building

    # two: 1 - 30 % - 5 % and 1 - 30 %; three: 1 - 40 % - 5 % and twice 1 - 40 %
    assert [terms.shares(tenants) for tenants in range(4)] == pytest.approx(
        [0, 1, 0.65 + 0.70, 0.55 + 0.60 + 0.60]
    )
    assert load(tmp_path, "").costs.co_building is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PHASES + "budget_cny = [600_000, 400_001]\n", ["phases.budget_cny", "1,000,001", "budget.total_cny"]),
        (PHASES + "budget_cny = [600_000]\n", ["phases", "budget_cny: 1 numbers for 2 years"]),
        ("[phases]\nyears = [2023, 2022]\n", ["phases", "the first one first"]),
        ("[phases]\nyears = []\n", ["phases.years", "at least 1 item"]),
        (PHASES + "worth = [0, 0]\n", ["worth", "no year counts"]),
        (PHASES + '[[phases.targets]]\ngoal = "township_5g"\nby = 2024\nshare = 1.0\n',
         ["township_5g by 2024", "none of the years", "2022, 2023"]),
        (PHASES + '[[phases.targets]]\ngoal = "priority_village_5g"\nby = 2022\nshare = 0.95\n',
         ["priority_village_5g", "0.95 by 2022", "0.9 of [goals]"]),
        (PHASES + '[[phases.targets]]\ngoal = "township_5g"\nby = 2022\nshare = 0.9\n'
                  '[[phases.targets]]\ngoal = "township_5g"\nby = 2023\nshare = 0.8\n',
         ["falls from 0.9 by 2022 to 0.8 by 2023"]),
        (PHASES + '[[phases.targets]]\ngoal = "village_5g"\nby = 2022\nshare = 0.9\n',
         ["'village_5g' has no share in [goals]", "township_5g"]),
        (PHASES + "[base_stations]\ntargets = { 2024 = 3 }\n", ["base_stations.targets: 2024", "2022, 2023"]),
        ("[base_stations]\ntargets = { 2024 = 3, 2025 = 4 }\n", ["no [phases]", "keep the year of the end"]),
        (PHASES + "[base_stations]\nplanned_elsewhere = { X = [1, 2, 3] }\n",
         ["planned_elsewhere.X: 3 numbers for 2 years"]),
        ('[[funds]]\nname = "a"\namount_cny = 1\n[[funds]]\nname = "a"\namount_cny = 2\n', ["two have the same name"]),
        ('[[funds]]\nname = "a"\namount_cny = 1\npays = { lines = ["mast"] }\n',
         ["funds.0.pays", "'mast' is no cost line", "structure_new"]),
        ('[[funds]]\nname = "a"\namount_cny = 1\npays = { service = ["5g"] }\n',
         ["funds.0.pays.service", "did you mean 'services'"]),
        ('[[equity]]\nkind = "least_coverage"\ngroup = "g"\nshare = 0.5\n', ["equity.0", "measure is missing"]),
        ('[[equity]]\nkind = "least_spending"\ngroup = "g"\nshare = 0.5\nmeasure = "people_5g"\n',
         ["equity.0", "leave measure out"]),
        ('[[equity]]\nkind = "largest_difference"\ngroup = "g"\nagainst = "g"\nmeasure = "people_5g"\nshare = 0.5\n',
         ["cannot lie behind itself"]),
        ('[[equity]]\nkind = "least_coverage"\ngroup = "g"\nagainst = "h"\nmeasure = "people_5g"\nshare = 0.5\n',
         ["looks at one group only"]),
        ('[costs.co_building]\nlines = ["olt_new"]\n', ["costs.co_building", "'olt_new' is nothing that tenants share"]),
        ("[costs.co_building]\ntwo_tenants = 0.6\n", ["2 tenants would pay less together than 1"]),
        ("[costs.co_building]\nthree_tenants = 0.9\n", ["3 tenants would pay less together than 2"]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_key_and_mend(tmp_path, text, told):
    with pytest.raises(ProjectError) as error:
        load(tmp_path, text)

    for words in told:
        assert words in str(error.value)
    assert len(str(error.value).splitlines()) == 1
    assert "pydantic" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('order = ["town"]', ["'town' is no goal", "priority_village"]),
        ('order = ["village"]', ["village_5g has no share"]),
        ('order = ["township_5g", ["township_5g"]]', ["township_5g has two places"]),
        ("weights = { village_5g = 2 }", ["village_5g has no share to reach"]),
        ("weights = { township = 2 }", ["'township' is no goal"]),
    ],
)
def test_orders_and_weights_that_name_no_goal(tmp_path, text, told):
    with pytest.raises(ProjectError) as error:
        load(tmp_path, text + "\n")

    for words in told:
        assert words in str(error.value)


def test_ranks_follow_the_order_and_then_the_usual_one(tmp_path):
    usual = load(tmp_path, "").goals.ranks
    turned = load(tmp_path, 'order = ["priority_village_5g", ["township_5g"]]\n').goals.ranks

    assert [
        usual[f"{level}_5g"] for level in ("township", "priority_village", "eligible_village", "village")
    ] == [0, 1, 2, 3]
    assert usual["township_5g"] == usual["township_gigabit"]
    assert turned["priority_village_5g"] == 0
    assert turned["township_5g"] == 1
    assert turned["township_gigabit"] < turned["priority_village_gigabit"] < turned["village_gigabit"]
    assert turned["township_gigabit"] > 1


SCENARIOS = """
[phases]
years = [2022, 2023]
budget_cny = [500_000, 400_000]

[scenarios.poor.budget]
total_cny = 900_000

[scenarios.late.phases]
budget_cny = [200_000, 700_000]
[scenarios.late.inputs.sites]
path = "late.csv"
[scenarios.late.goals]
priority_village_5g = 0.5
"""


def test_a_scenario_is_laid_over_the_file_key_by_key(tmp_path):
    plain = load(tmp_path, SCENARIOS)
    late = load(tmp_path, SCENARIOS, scenario="late")
    poor = load(tmp_path, SCENARIOS, scenario="poor")

    assert (plain.name, plain.scenario) == ("county", "")
    assert (late.name, late.scenario, late.project.name) == ("county-late", "late", "county")
    assert late.inputs.sites.path == "late.csv"
    assert late.inputs.villages == plain.inputs.villages
    assert late.phases.budget_cny == (200_000, 700_000)
    assert late.phases.years == plain.phases.years
    assert late.goals.shares == {"township_5g": 1.0, "priority_village_5g": 0.5}
    assert late.budget == plain.budget
    assert poor.budget.total_cny == 900_000
    assert late.path == plain.path
    assert "scenarios" not in late.model_dump()
    assert Project.model_validate(late.model_dump(mode="json")).name == "county-late"


def test_the_file_may_name_its_scenario(tmp_path):
    text = SCENARIOS.replace("[scenarios.poor", "[scenarios.poor.project]\ntitle = 'Poor'\n[scenarios.poor")
    path = tmp_path / "project.toml"
    path.write_text(
        VALID.replace('name = "county"', 'name = "county"\nscenario = "poor"') + text, encoding="utf-8"
    )

    assert Project.load(path).name == "county-poor"
    assert Project.load(path).title == "Poor"
    assert Project.load(path, scenario="late").name == "county-late"
    assert Project.load(path, scenario="").name == "county"


@pytest.mark.parametrize(
    ("text", "scenario", "told"),
    [
        (SCENARIOS, "lte", ["there is no scenario 'lte'", "Did you mean 'late'"]),
        ("", "x", ["there is no scenario 'x'", "[scenarios.x]"]),
        # every scenario is checked, whichever is planned
        (SCENARIOS.replace("total_cny = 900_000", "total_cyn = 1"), None,
         ["scenarios.poor.budget.total_cyn", "there is no such key"]),
        (SCENARIOS.replace("total_cny = 900_000", "total_cny = 800_000"), "late",
         ["scenarios.poor: phases.budget_cny", "900,000"]),
        ("[scenarios.a.goals]\ntownship_5g = 2\n", "", ["scenarios.a.goals.township_5g", "less than or equal to 1"]),
        ("[scenarios.'a b'.goals]\ntownship_5g = 1\n", "", ["scenarios", "a b"]),
        ("[scenarios]\na = 3\n", "", ["scenarios.a", "dictionary"]),
    ],
)  # fmt: skip
def test_a_mistake_of_a_scenario_names_it(tmp_path, text, scenario, told):
    with pytest.raises(ProjectError) as error:
        load(tmp_path, text, scenario=scenario)

    for words in told:
        assert words in str(error.value)


def test_a_password_of_a_scenario_is_not_among_what_is_written(tmp_path):
    text = '[scenarios.db.inputs.sites]\npath = "postgresql://me:hush@host/gis"\nlayer = "public.sites"\n'

    for scenario in ("", "db"):
        project = load(tmp_path, text, scenario=scenario)
        assert "hush" not in project.model_dump_json()
        assert "hush" not in repr(project)
    assert project.inputs.sites.secrets == {"password": "hush"}
