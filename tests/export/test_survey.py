"""Survey sheets: the rules against hand calculation and GeographicLib, the workbook against the plan."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from pyproj import Geod
from shapely.geometry import Point

from dualgig.export import survey_book
from dualgig.export.datum import Datum
from dualgig.export.gpkg import ground_m, write_gpkg
from dualgig.export.groups import village_points
from dualgig.export.json import plan_json
from dualgig.export.saved import read_plan
from dualgig.export.survey import surveys
from dualgig.export.survey_book import FACTS, sheet_names, write_surveys
from dualgig.export.survey_rules import azimuths, bearings, search_radius_m, sector_of, tilt_deg
from dualgig.export.words import header
from dualgig.text import say

GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("zh", villages=60, townships=4)


@pytest.fixture(scope="module")
def sheets(plan):
    return {sheet.id: sheet for sheet in surveys(plan, Datum("gcj02"))}


class TestRules:
    def test_bearings_are_clockwise_from_north(self):
        lon, lat = np.array([119.0, 119.1, 119.0, 118.9]), np.array([28.1, 28.0, 27.9, 28.0])
        bearing, metres = bearings(119.0, 28.0, lon, lat)
        assert bearing == pytest.approx([0, 90, 180, 270], abs=0.05)
        # A tenth of a degree: 11.08 km along this meridian, 9.84 km along this parallel.
        assert metres == pytest.approx([11_081, 9_836, 11_081, 9_836], abs=3)

    @pytest.mark.parametrize(
        ("first", "sectors", "expected"),
        [(20.4, 3, [20, 140, 260]), (359.8, 3, [0, 120, 240]), (200, 4, [200, 290, 20, 110]), (77, 1, [77])],
    )
    def test_azimuths_share_the_circle_out(self, first, sectors, expected):
        assert azimuths(first, sectors).tolist() == expected

    def test_a_bearing_belongs_to_the_nearest_azimuth_also_across_north(self):
        spread = np.array([10.0, 130.0, 250.0])
        assert sector_of(np.array([355.0, 69.0, 71.0, 189.0, 191.0, 309.0, 311.0]), spread).tolist() == [
            0,
            0,
            1,
            1,
            2,
            2,
            0,
        ]

    def test_tilt_points_at_the_people(self):
        # 100 m above a village 1,000 m away: 5.71 degrees down; level with another: 0.
        down = math.degrees(math.atan(0.1))
        for people, expected in (
            ([300, 100], round(0.75 * down)),
            ([0, 0], round(0.5 * down)),
            ([1, 0], round(down)),
        ):
            found = tilt_deg(500.0, np.array([400.0, 500.0]), np.array([1000.0, 2000.0]), np.array(people))
            assert found == expected

    def test_tilt_keeps_its_limits(self):
        one = np.array([1])
        assert tilt_deg(500.0, np.array([100.0]), np.array([500.0]), one) == 15.0
        assert tilt_deg(500.0, np.array([900.0]), np.array([500.0]), one) == -5.0
        assert tilt_deg(500.0, np.empty(0), np.empty(0), np.empty(0, np.int64)) == 3.0
        assert math.isnan(tilt_deg(math.nan, np.array([100.0]), np.array([500.0]), one))

    def test_the_search_radius_uses_up_the_least_margin(self):
        slope = 43.42 - 3.1 * math.log10(35.0)
        distance, margin = np.array([2000.0, 3000.0]), np.array([3.0, 1.0])
        room = [d * (10 ** (m / slope) - 1) for d, m in zip(distance, margin, strict=True)]
        found = search_radius_m(35.0, distance, margin)
        assert min(room) - 10 < found <= min(room)
        # Moved by that much straight away, the village keeps its margin by the rule's own slope.
        worst = int(np.argmin(room))
        assert slope * math.log10((distance[worst] + found) / distance[worst]) <= margin[worst]

    def test_the_search_radius_keeps_its_limits(self):
        assert search_radius_m(35.0, np.empty(0), np.empty(0)) == 50.0
        assert search_radius_m(35.0, np.array([3000.0]), np.array([-4.0])) == 50.0
        assert search_radius_m(35.0, np.array([3000.0]), np.array([math.nan])) == 50.0
        assert search_radius_m(35.0, np.array([3000.0]), np.array([30.0])) == 500.0


class TestSheets:
    def test_every_new_site_has_one_and_no_other(self, plan, sheets):
        assert list(sheets) == plan.sites.index[plan.sites["state"] == "new"].tolist()

    def test_the_facts_are_those_of_the_site(self, plan, sheets):
        ground = dict(zip(plan.sites.index, ground_m(plan, plan.sites), strict=True))
        for site, sheet in sheets.items():
            (facts,) = sheet.facts.to_dict("records")
            row = plan.sites.loc[site]
            for column in ("name", "built", "mast_m", "power_km", "track_km", "villages"):
                assert facts[column] == row[column]
            assert facts["site_id"] == site
            assert facts["ground_m"] == ground[site]
            assert {"lon_gcj02", "lat_gcj02"} <= set(sheet.facts.columns)
            assert not {"lon", "lat"} & set(sheet.facts.columns)

    def test_villages_are_those_it_serves_the_heaviest_first(self, plan, sheets):
        points = village_points(plan)
        for site, sheet in sheets.items():
            served = plan.villages[(plan.villages["server"] == site) & plan.villages["after_5g"]]
            assert set(sheet.villages["id"]) == set(served.index)
            assert sheet.villages["population"].is_monotonic_decreasing
            at = plan.sites.geometry[site]
            for village in sheet.villages.itertuples():
                azimuth, _, metres = GEOD.inv(at.x, at.y, points[village.id].x, points[village.id].y)
                assert village.distance_km == pytest.approx(metres / 1000, abs=5e-4)
                assert abs((village.bearing_deg - azimuth + 180) % 360 - 180) <= 0.5

    def test_the_first_sector_looks_at_the_heaviest_village(self, plan, sheets):
        sectors = {
            configuration.id: configuration.sectors for configuration in plan.region.project.configurations
        }
        for sheet in sheets.values():
            built = sheet.facts["built"].iloc[0].split(";")
            assert len(sheet.sectors) == sum(sectors[name] for name in built)
            for name in built:
                mine = sheet.sectors[sheet.sectors["option"] == name]
                steps = np.diff([*mine["azimuth_deg"], mine["azimuth_deg"].iloc[0]]) % 360
                assert np.abs(steps - 360 / sectors[name]).max() <= 1
                if len(sheet.villages):
                    assert mine["azimuth_deg"].iloc[0] == sheet.villages["bearing_deg"].iloc[0]
                assert mine["villages"].sum() == len(sheet.villages)

    def test_the_tilt_of_a_lone_village_is_the_angle_down_to_it(self, plan, sheets):
        heights = dict(zip(plan.villages.index, _receivers(plan), strict=True))
        looked_at = 0
        for sheet in sheets.values():
            facts, first = sheet.facts.iloc[0], sheet.sectors.iloc[0]
            if first["villages"] != 1:
                continue
            village = sheet.villages.iloc[0]
            down = math.degrees(
                math.atan2(
                    facts["ground_m"] + facts["mast_m"] - heights[village["id"]],
                    1000 * village["distance_km"],
                )
            )
            assert first["tilt_deg"] == pytest.approx(min(max(down, -5), 15), abs=0.51)
            looked_at += 1
        assert looked_at >= 3

    def test_fallbacks_are_the_nearest_candidates_that_may_be_built(self, plan, sheets):
        spare = plan.sites[(plan.sites["state"] == "unused") & (plan.sites["decision"] != "forbidden")]
        assert (plan.sites.loc[plan.sites["state"] == "unused", "decision"] == "forbidden").any()
        for site, sheet in sheets.items():
            at = plan.sites.geometry[site]
            metres = [GEOD.inv(at.x, at.y, p.x, p.y)[2] for p in spare.geometry]
            nearest = spare.index[np.argsort(metres)[:3]].tolist()
            assert sheet.fallbacks["id"].tolist() == nearest
            assert sheet.fallbacks["distance_km"].tolist() == pytest.approx(
                sorted(metres)[:3] / np.array(1000), abs=6e-4
            )
            assert {"lon_gcj02", "lat_gcj02", "power_km", "track_km"} <= set(sheet.fallbacks.columns)

    def test_a_standing_tower_is_not_searched_for(self, make_plan):
        plan = make_plan(villages=12)
        plan.sites.loc[plan.sites["state"] == "new", "structure"] = "existing"
        assert all(sheet.facts["search_radius_m"].iloc[0] == 0 for sheet in surveys(plan, Datum()))

    def test_azimuths_of_the_site_s_table_are_kept(self, make_plan):
        plan = make_plan(villages=12)
        given = np.empty(len(plan.sites), dtype=object)
        given[:] = [(30.0, 200.0)] * len(plan.sites)
        plan = replace(plan, sites=plan.sites.assign(azimuths=given))
        for sheet in surveys(plan, Datum()):
            assert sheet.sectors["azimuth_deg"].tolist() == [30.0, 200.0] * sheet.facts["built"].iloc[
                0
            ].count("cmcc")

    def test_a_plan_read_back_gives_the_same_sheets(self, plan, sheets, tmp_path):
        (tmp_path / "plan.json").write_bytes(plan_json(plan))
        write_gpkg(tmp_path / "plan.gpkg", plan, date="2025-03-01")
        for sheet in surveys(read_plan(tmp_path), Datum("gcj02")):
            for part in ("facts", "sectors", "villages", "fallbacks"):
                found, truth = (getattr(s, part).to_dict("records") for s in (sheet, sheets[sheet.id]))
                assert repr(found) == repr(truth)


def _receivers(plan):
    """Height of the receiver in each village: at its committee, 1.5 m over the terrain."""
    points = village_points(plan).to_crs(plan.region.metric_crs)
    return plan.region.terrain.sample(points.x.to_numpy(), points.y.to_numpy()) + 1.5


@pytest.fixture(scope="module")
def book(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("survey") / "survey_gcj02.xlsx"
    assert write_surveys(path, plan, date="2025-03-01", datum=Datum("gcj02")) == [path]
    return openpyxl.load_workbook(path)


class TestBook:
    def test_contents_first_then_a_page_a_site(self, book, sheets):
        assert book.sheetnames == ["目录", *sheets]
        contents = book["目录"]
        assert [cell.value for cell in contents["A"][1:]] == list(sheets)
        assert [cell.hyperlink.location for cell in contents["A"][1:]] == [f"'{site}'!A1" for site in sheets]
        assert contents["A"][0].value == "站址编码"

    def test_a_page_says_everything(self, book, sheets):
        for site, sheet in sheets.items():
            rows = [[cell.value for cell in row if cell.value is not None] for row in book[site].iter_rows()]
            cells = [value for row in rows for value in row]
            assert rows[0] == [f"站址勘察表 {site} {sheet.facts['name'].iloc[0]}"]
            for key in (*FACTS, "lon_gcj02", "lat_gcj02"):
                assert header("zh", key) in cells
            assert "天线挂高（m）" in cells
            pairs = {row[i]: row[i + 1] for row in rows if len(row) in (2, 4) for i in range(0, len(row), 2)}
            assert pairs["站址编码"] == site
            assert pairs["搜索半径（m）"] == sheet.facts["search_radius_m"].iloc[0]
            assert pairs["经度（GCJ-02）"] == sheet.facts["lon_gcj02"].iloc[0]
            for table in (sheet.sectors, sheet.villages, sheet.fallbacks):
                for record in table.itertuples(index=False):
                    assert any(row[0] == record[0] and row[1] == record[1] for row in rows if len(row) > 2)
            for line in survey_book.TO_FILL_IN:
                assert [say("zh", f"list.survey.fill.{line}")] in rows
            for rule in survey_book.RULES:
                assert [say("zh", f"list.survey.rule.{rule}")] in rows

    @pytest.mark.parametrize(("language", "year"), [("zh", "实施年份"), ("en", "Year")])
    def test_a_plan_over_years_tells_when_each_site_is_due(self, make_plan, tmp_path, language, year):
        phased = make_plan(language, villages=60, townships=4, years=(2023, 2024, 2025))
        (path,) = write_surveys(tmp_path / "survey.xlsx", phased, date="2025-03-01", datum=Datum())
        book = openpyxl.load_workbook(path)
        contents = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
        column = contents[0].index(year)
        due = {row[0]: row[column] for row in contents[1:]}
        assert due == phased.sites.loc[phased.sites["state"] == "new", "year"].to_dict()
        assert set(due.values()) == {2023, 2024, 2025}
        for site, expected in due.items():
            rows = [[cell.value for cell in row if cell.value is not None] for row in book[site].iter_rows()]
            assert [expected] == [row[row.index(year) + 1] for row in rows if year in row]

    def test_without_years_none_is_told(self, book):
        assert "实施年份" not in [cell.value for cell in book["目录"][1]]

    def test_nothing_runs_and_it_prints_on_one_page_width(self, book):
        for sheet in book:
            assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        for sheet in book.worksheets[1:]:
            assert sheet.page_setup.paperSize == 9
            assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((1, 0), (None, 0))

    def test_many_sites_go_on_in_further_books(self, plan, sheets, tmp_path, monkeypatch):
        monkeypatch.setattr(survey_book, "SITES_A_BOOK", 4)
        paths = write_surveys(tmp_path / "survey_wgs84.xlsx", plan, date="2025-03-01", datum=Datum())
        assert [path.name for path in paths] == [
            "survey_wgs84.xlsx",
            "survey_wgs84_2.xlsx",
            "survey_wgs84_3.xlsx",
        ]
        names = [name for path in paths for name in openpyxl.load_workbook(path).sheetnames[1:]]
        assert names == list(sheets)

    def test_a_plan_without_new_sites_says_so(self, make_plan, tmp_path):
        plan = make_plan()
        plan.sites["state"] = "existing"
        (path,) = write_surveys(tmp_path / "s.xlsx", plan, date="2025-03-01", datum=Datum())
        assert openpyxl.load_workbook(path)["Contents"]["A1"].value == "The plan builds no new site."

    def test_names_of_sheets(self):
        ids = ["a/b", "A?B", "x" * 40, "x" * 41, "History", "目录", "", "'q'"]
        names = sheet_names(ids, taken="目录")
        assert len({name.lower() for name in names}) == len(ids)
        assert all(0 < len(name) <= 31 for name in names)
        assert not [name for name in names if set(name) & set("[]:*?/\\'")]
        assert not {"history", "目录"} & {name.lower() for name in names}


def test_a_village_without_a_committee_is_where_its_polygon_is(make_plan):
    plan = make_plan(villages=8)
    village = plan.villages.index[0]
    keypoints = plan.region.keypoints
    plan = replace(plan, region=replace(plan.region, keypoints=keypoints[keypoints["village"] != village]))
    point = village_points(plan)[village]
    assert isinstance(point, Point)
    assert plan.villages.geometry[village].contains(point)
