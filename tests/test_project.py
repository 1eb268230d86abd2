"""The project file: what it accepts, and what it says of every mistake."""

import math

import pytest

from dualgig.errors import ProjectError
from dualgig.project import Band, Project

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
"""


def write(tmp_path, text):
    path = tmp_path / "project.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_short_file_is_enough(tmp_path):
    project = Project.load(write(tmp_path, VALID))

    assert project.name == project.title == "county"
    assert project.operators == ("China Mobile",)
    assert project.radio.bands["n28"].radius_km == 15.0
    assert project.resolve("dem.tif") == tmp_path.resolve() / "dem.tif"


def test_a_band_is_changed_key_by_key_and_a_new_one_described(tmp_path):
    text = VALID + "[radio.bands.n28]\npower_dbm = 50.0\n[radio.bands.n3]\nfrequency_mhz = 1842.5\n"
    text += "resource_blocks = 106\npower_dbm = 49.0\nssb_gain_dbi = 17.0\nradius_km = 8.0\n"

    bands = Project.load(write(tmp_path, text)).radio.bands

    assert bands["n28"].power_dbm == 50.0
    assert bands["n28"].frequency_mhz == 773.0
    assert bands["n3"].frequency_mhz == 1842.5


def test_reference_power_is_carrier_power_shared_by_all_resource_elements():
    band = Band(frequency_mhz=3500, resource_blocks=273, power_dbm=53.0, ssb_gain_dbi=17, radius_km=5)

    # 3GPP TS 38.215 5.1.1: power of one resource element; 273 RB of 12 subcarriers are 3,276.
    assert band.reference_power_dbm == pytest.approx(53.0 - 10 * math.log10(3276))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("[budget]", "[bugdet]"), ["bugdet", "did you mean 'budget'"]),
        (("total_cny", "total_cyn"), ["budget.total_cyn", "did you mean 'total_cny'"]),
        (('bands = ["n28"]', 'band = ["n28"]'), ["configurations.0.band", "did you mean 'bands'"]),
        (('path = "dem.tif"', 'pth = "dem.tif"'), ["inputs.terrain.pth", "did you mean 'path'"]),
        (('["n28"]', '["n29"]'), ["cm-n28 names the band 'n29'", "[radio.bands.n29]"]),
        (("1_000_000", "-5"), ["budget.total_cny", "greater than or equal to 0"]),
        (("1_000_000", str(10**24)), ["budget.total_cny", "less than or equal to"]),
        (
            (
                "[budget]",
                '[costs.prices]\nolt_new = { amount_cny = 1e19, unit = "node", year = 2022, source = "?" }\n[budget]',
            ),
            ["costs.prices.olt_new.amount_cny", "less than or equal to"],
        ),
        (
            ("[budget]", "[standards]\npopulation_share = 0.0\n[budget]"),
            ["standards.population_share", "greater than 0"],
        ),
        (("1_000_000", '"much"'), ["budget.total_cny", "valid integer"]),
        (('name = "county"', 'name = "../evil"'), ["project.name", "pattern"]),
        (("[budget]\ntotal_cny = 1_000_000", ""), ["budget: this key is missing"]),
        (("[budget]", "[budget"), ["this is not TOML", "line"]),
        (("[budget]", '[standards]\noperator = "Nobody"\n[budget]'), ["'Nobody'", "China Mobile"]),
        (
            ("[budget]", '[decisions]\nlock = ["S1"]\nforbid = ["S1"]\n[budget]'),
            ["S1 is locked and forbidden"],
        ),
        (("[budget]", '[inputs.roads]\ncaveat = "x"\n[budget]'), ["inputs.roads", "path or a place"]),
    ],
)
def test_a_mistake_is_told_with_its_mend(tmp_path, change, told):
    assert change[0] in VALID
    path = write(tmp_path, VALID.replace(*change))

    with pytest.raises(ProjectError) as error:
        Project.load(path)

    for words in (str(path), *told):
        assert words in str(error.value)
    assert "pydantic" not in str(error.value)


def test_all_mistakes_are_told_at_once_and_each_once(tmp_path):
    path = write(tmp_path, VALID.replace("[budget]", "[bugdet]").replace("operator =", "operater ="))

    with pytest.raises(ProjectError) as error:
        Project.load(path)

    lines = str(error.value).splitlines()
    assert len(lines) == 2
    assert any("operater" in line for line in lines)
    assert any("bugdet" in line for line in lines)


def test_files_that_are_no_project_files(tmp_path):
    latin = tmp_path / "gbk.toml"
    latin.write_bytes("[project]\nname = '庆元'".encode("gbk"))

    for path, words in (
        (tmp_path / "none.toml", "there is no such file"),
        (tmp_path, "this is a folder"),
        (latin, "not UTF-8"),
    ):
        with pytest.raises(ProjectError, match=words):
            Project.load(path)


def test_another_language_changes_nothing_else(tmp_path):
    project = Project.load(write(tmp_path, VALID))

    chinese = project.in_language("zh")

    assert chinese.project.language == "zh"
    assert chinese.path == project.path
    assert chinese.model_dump(exclude={"project"}) == project.model_dump(exclude={"project"})
