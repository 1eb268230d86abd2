"""What the report and the terminal say of years, funds, balance, dear duties and the next million."""

from dataclasses import replace

import pytest

from dualgig.insight import DutyPrice, Insight, MoreMoney, Place, Reach
from dualgig.plan import EquityRow, FundUse, Phase, Score, Stations, Target
from dualgig.render.report import report_html
from dualgig.screen_explained import explained_lines

HOSTILE = '<script>alert("=1+1")</script>'


def part(html, name):
    """One section of the report."""
    return html.partition(f'<section id="{name}">')[2].partition("</section>")[0]


def explained(plan):
    """A plan with years of which one target is missed for each reason, funds, balance and explanations."""
    served = dict(plan.coverage["after"])
    score = Score("township_5g", "5g", 1.0, 4, 4, 1, 3, met=False, short=1, cost_to_meet_cny=5)
    targets = tuple(
        Target(score, why, least, 2_000_000)
        for why, least in (
            ("reach", None),
            ("money", 3_000_000),
            ("order", 1_000_000),
            ("undecided", 1_000_000),
        )
    )
    phases = (
        Phase(2023, 2_000_000, 0, 1_500_000, 3, 2, 5, 1, 9, served, targets),
        Phase(2024, 1_000_000, 500_000, 1_400_000, 3, 1, 6, 1, None, served, ()),
    )
    village = str(plan.villages.index[0])
    township = str(plan.townships.index[0])
    insight = Insight(
        reach=(Reach(("township_5g", "township_5g 2023"), 8, 6, 6), Reach(("priority_village_5g",), 5, 4, 5)),
        duty_cost_cny=900_000,
        duty_bound_cny=800_000,
        dearest=(
            DutyPrice((Place("village", village, "5g", None),), 123_456, "exact"),
            DutyPrice(
                (Place("village", village, "gigabit", 2023), Place("township", township, "gigabit", 2023)),
                65_432,
                "price",
            ),
        ),
        more=MoreMoney(1_000_000, proved=False, duties=2, served={"villages_5g": 3, "people_5g": -7}),
    )
    return replace(
        plan,
        phases=phases,
        funds=(
            FundUse(HOSTILE, 700_000, 600_000, 650_000, {"trench_aerial_km": 600_000}),
            FundUse("", 300_000, 0, 900_000, {}),
        ),
        equity=(
            EquityRow(
                "largest_difference villages_5g mountain26 / rest", "largest_difference", "mountain26", "rest",
                "villages_5g", 0.1, -0.05, 0.25, met=False,
            ),
            EquityRow(HOSTILE, "least_spending", "G", "", "spending", 0.2, 0.0, 0.3, met=True),
        ),
        stations=Stations("operator", 3, 6, 1, 9, ()),
        insight=insight,
        sites=plan.sites.assign(alone_places=village),
    )  # fmt: skip


def page(plan, language):
    project = plan.region.project.in_language(language)
    plan = replace(plan, region=replace(plan.region, project=project))
    return plan, report_html(plan, date="2025-01-01", plan_hash="abc")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "Nothing that may be built meets it",
                "Even alone it costs CNY 3.00 million; the years up to it hold CNY 2.00 million",
                "Alone it could be paid (CNY 1.00 million of CNY 2.00 million)",
                "The search ended before that was known",
                "Whatever it costs, 6 of 8 are met together: Townships with 5G, Townships with 5G 2023",
                "4 to 5 of 5 can be met together",
                "less than CNY 800k cannot meet them",
                "CNY 1.00 million more would buy at least: duties +2, villages with 5G +3, people with 5G −7",
                "123,456",
                "estimate (dual price)",
                "behind the rest: villages with 5G, at most",
                "operators on sites",
                "the rest of the total (pays anything)",
            ],
        ),
        (
            "zh",
            [
                "无论投资多少，现有可选方案均不能实现",
                "单独实现即需300.0万元，而截至该年资金仅200.0万元",
                "资金先用于排序在前或同级的必保目标",
                "求解提前结束，原因未定",
                "合计最多实现8项中的6项",
                "追加100.0万元至少可再增加：必保+2项、通5G行政村+3个、5G覆盖人口−7人",
                "估算（对偶价格）",
                "落后于其余地区",
                "站址×运营商",
                "其余预算（不限用途）",
            ],
        ),
    ],
)
def test_reasons_and_figures_are_told_in_words(make_plan, language, words):
    plan, html = page(explained(make_plan()), language)

    assert [part for part in words if part not in html] == []
    # names are text, never code
    assert HOSTILE not in html
    assert "&lt;script&gt;alert(" in html
    # and the terminal says the same of what is missed
    lines = "\n".join(explained_lines(plan, language))
    reasons = [part for part in words if part in lines]
    assert len(reasons) >= 6
    assert HOSTILE in lines


@pytest.mark.parametrize(("language", "year"), [("en", "Year"), ("zh", "实施年份")])
def test_what_is_built_tells_its_year_in_a_plan_over_years(make_plan, language, year):
    plan = make_plan(language, years=(2023, 2024))
    tables = part(report_html(plan, date="2025-01-01", plan_hash="abc"), "built").split("<table")[1:]
    assert len(tables) >= 3
    for table in tables:
        head, *rows = table.split("<tr>")[1:]
        column = head.split("<th").index(next(cell for cell in head.split("<th") if f">{year}</th>" in cell))
        told = {row.split("<td")[column].partition(">")[2].partition("<")[0] for row in rows}
        assert told <= {"2023", "2024"}
        assert told
    assert f">{year}<" not in part(
        report_html(make_plan(language), date="2025-01-01", plan_hash="abc"), "built"
    )


def test_a_plan_without_any_of_it_says_so(make_plan):
    _, html = page(make_plan(), "en")

    for words in (
        "there are no years",
        "there are no funds",
        "No rule of balance is set",
        "No curve was worked out",
    ):
        assert words in html
    assert explained_lines(make_plan(), "en") == []
