"""Azimuths and tilts of the sites table."""

import pytest

from dualgig.region.load import check, load_region


def with_antennas(project, cells):
    """Give the sites of the region the columns azimuths and tilt."""
    path = project.path.parent / "sites.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    lines = [
        f'{row},"{cells.get(row.split(",")[0], ("", ""))[0]}","{cells.get(row.split(",")[0], ("", ""))[1]}"'
        for row in rows
    ]
    path.write_text("\n".join([f"{head},azimuths,tilt", *lines]) + "\n", encoding="utf-8")
    return project


def test_angles_are_read_and_absent_ones_stay_so(tiny_project):
    project = with_antennas(
        tiny_project(), {"S1": ("0;120; 240.50", "4"), "S2": ("30、150、270", "2;-3;0"), "S3": ("90", "")}
    )
    sites = load_region(project).sites
    assert sites.at["S1", "azimuths"] == ("0", "120", "240.5")
    assert sites.at["S1", "tilt"] == ("4",)
    assert sites.at["S2", "azimuths"] == ("30", "150", "270")
    assert sites.at["S2", "tilt"] == ("2", "-3", "0")
    assert sites.at["S3", "tilt"] == sites.at["S4", "azimuths"] == sites.at["S4", "tilt"] == ()


@pytest.mark.parametrize(
    ("azimuths", "tilt", "column", "says"),
    [
        ("0;120;400", "", "azimuths", "'400' is no angle between 0 and 360 degrees"),
        ("north", "", "azimuths", "'north' is no angle"),
        ("0;nan", "", "azimuths", "'nan' is no angle"),
        ("0;120;240", "31", "tilt", "'31' is no angle between -30 and 30 degrees"),
        ("0;120;240", "3;4", "tilt", "there are 2 tilts for 3 azimuths"),
        ("", "3", "tilt", "a tilt needs azimuths"),
    ],
)
def test_angles_that_cannot_be(tiny_project, azimuths, tilt, column, says):
    problems = check(with_antennas(tiny_project(), {"S2": (azimuths, tilt)}))
    assert [(problem.file, problem.row, problem.column) for problem in problems] == [("sites.csv", 3, column)]
    assert says in problems[0].problem
    assert "degrees" in problems[0].mend or "azimuth" in problems[0].mend


def test_generated_candidates_radiate_alike_in_all_directions(tiny_project):
    project = with_antennas(tiny_project(candidates={"generate": True}), {"S1": ("0;180", "5")})
    sites = load_region(project).sites
    generated = sites[sites.index.str.startswith("gen-")]
    assert len(generated)
    assert set(generated["azimuths"]) == set(generated["tilt"]) == {()}
