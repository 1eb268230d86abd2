"""Guesses one by one: CRS from numbers, columns from names and cells, configurations from sites."""

import pandas as pd
import pytest
from pyproj import Transformer

from dualgig.costs import LINES
from dualgig.region.schema import TABLES
from dualgig.scaffold.columns import guess_axes, guess_columns, likeness_of
from dualgig.scaffold.guess import Guess, Layer, guess, guess_crs
from dualgig.scaffold.operators import propose_configurations
from dualgig.scaffold.prices import PRICES
from dualgig.scaffold.survey import Grid, Survey, Table
from dualgig.scaffold.words import COLUMNS, COLUMNS_OF, LAYERS
from dualgig.scaffold.write import ORDER

# A county each in Zhejiang, Xinjiang and Heilongjiang, degrees.
PLACES = [(118.9, 27.5, 119.4, 27.8), (75.6, 39.3, 76.2, 39.6), (131.0, 46.1, 131.6, 46.5)]


def table(title="x.csv", shape="", crs=None, bounds=None, layer="", **columns):
    return Table(title, layer, pd.DataFrame(columns, dtype=object), shape, crs, bounds)


class TestCrs:
    @pytest.mark.parametrize("place", PLACES)
    @pytest.mark.parametrize("zoned", [True, False])
    @pytest.mark.parametrize("northing_first", [True, False])
    def test_three_degree_zones(self, place, zoned, northing_first):
        # EPSG:4513-4533 carry zones 25-45 before the easting, EPSG:4534-4554 do not
        zone = round((place[0] + place[2]) / 2 / 3)
        code = (4513 if zoned else 4534) + zone - 25
        forward = Transformer.from_crs(4326, code, always_xy=True)
        west, south, east, north = forward.transform_bounds(*place)
        bounds = (south, west, north, east) if northing_first else (west, south, east, north)

        assert guess_crs(bounds, place) == f"EPSG:{code}"

    def test_metres_without_anything_to_hold_them_against_stay_unknown(self):
        assert guess_crs((400_000, 3_050_000, 450_000, 3_090_000), None) == ""

    def test_metres_far_from_the_other_layers_stay_unknown(self):
        assert guess_crs((400_000, 1_050_000, 450_000, 1_090_000), PLACES[0]) == ""

    def test_degrees(self):
        assert guess_crs(PLACES[0], None) == "EPSG:4490"
        assert guess_crs((24.9, 60.1, 25.2, 60.3), None) == "EPSG:4326"


class TestAxes:
    @pytest.mark.parametrize(
        ("columns", "axes"),
        [
            ({"经度": "119.1", "纬度": "27.6"}, {"lon": "经度", "lat": "纬度"}),
            ({"Longitude": "119.1", "LATITUDE": "27.6"}, {"lon": "Longitude", "lat": "LATITUDE"}),
            ({"经度(°)": "119.1", "纬度(°)": "27.6"}, {"lon": "经度(°)", "lat": "纬度(°)"}),
            ({"X": "119.1", "Y": "27.6"}, {"lon": "X", "lat": "Y"}),
            ({"X": "27.6", "Y": "119.1"}, {"lon": "Y", "lat": "X"}),
            ({"X坐标": "3055000", "Y坐标": "40408000"}, {"x": "X坐标", "y": "Y坐标"}),
            ({"东坐标": "408000", "北坐标": "3055000"}, {"x": "东坐标", "y": "北坐标"}),
            ({"横坐标": "408000", "纵坐标": "3055000"}, {"x": "横坐标", "y": "纵坐标"}),
            ({"经度": "", "纬度": ""}, {}),
            ({"经度": "东", "纬度": "北"}, {}),
            ({"经度": "119.1"}, {}),
        ],
    )
    def test_pairs_of_columns(self, columns, axes):
        assert guess_axes(pd.DataFrame({k: [v] for k, v in columns.items()}, dtype=object))[0] == axes

    def test_what_they_span(self):
        cells = pd.DataFrame({"lon": ["119.2", "119.1", "?"], "lat": ["27.5", "27.6", "27.4"]}, dtype=object)

        assert guess_axes(cells)[1] == (119.1, 27.4, 119.2, 27.6)


class TestColumns:
    @pytest.mark.parametrize(
        ("table", "theirs", "ours"),
        [
            ("villages", "村代码", "id"),
            ("villages", "行政区划代码", "id"),
            ("villages", "乡镇代码", "township"),
            ("townships", "乡镇代码", "id"),
            ("townships", "行政区划代", "id"),
            ("villages", "POP_2020", "population"),
            ("villages", "2020年常住人口（人）", "population"),
            ("demand", "人口数", "weight"),
            ("sites", "天线挂高(m)", "mast_m"),
            ("sites", "引电距离_km", "power_km"),
            ("status", "是否达标", "served"),
            ("villages", "populaton", "population"),
        ],
    )
    def test_a_name_is_most_like_the_column_it_means(self, table, theirs, ours):
        scores = {column: likeness_of(theirs, column, table) for column in TABLES[table].columns}

        best, second = sorted(scores, key=scores.get, reverse=True)[:2]
        assert best == ours
        assert scores[best] > scores[second]

    def test_division_codes_go_before_a_column_that_counts_rows(self):
        found = guess_columns(
            table(shape="polygon", id=["1", "2"], adcode=["331126001", "331126002"], name=["甲", "乙"]),
            "townships",
        )

        assert found.named["id"] == "adcode"

    def test_codes_are_found_without_a_name(self):
        found = guess_columns(
            table(shape="polygon", F1=["331126001201", "331126001202"], 人口=["1", "2"]), "villages"
        )

        assert found.named == {"id": "F1", "population": "人口"}

    def test_cells_decide_against_a_name(self):
        found = guess_columns(table(shape="point", id=["a"], 人口=["很多"], weight_kg=["3"]), "demand")

        assert found.named == {"id": "a"} | {"id": "id", "weight": "weight_kg"}
        assert "weight" not in found.unfit

    def test_an_id_that_mostly_repeats_is_none(self):
        found = guess_columns(table(shape="point", 编号=["1", "1", "1", "2"], name=list("abcd")), "nodes")

        assert "id" not in found.named

    def test_words_are_kept_in_step_with_the_tables(self):
        known = {column for spec in TABLES.values() for column in spec.columns}
        required = {c for spec in TABLES.values() for c, column in spec.columns.items() if column.required}
        assert required <= set(COLUMNS) <= known
        assert {(t, c) for t, columns in COLUMNS_OF.items() for c in columns} <= {
            (t, c) for t, spec in TABLES.items() for c in spec.columns
        }
        assert set(LAYERS) == set(TABLES) == set(ORDER)
        for name, spec in TABLES.items():
            for column in spec.columns:
                assert likeness_of(column, column, name) == 1.0


class TestConfigurations:
    def sites(self, rows):
        operators, on_air = zip(*rows, strict=True)
        cells = table(
            shape="point",
            id=[str(n) for n in range(len(rows))],
            operators=list(operators),
            on_air=list(on_air),
        )
        return Layer(cells, guess_columns(cells, "sites"))

    def test_what_is_on_air_keeps_its_id_and_gets_its_operator(self):
        found = propose_configurations(
            self.sites(
                [("移动;电信", "m-n28;t-n1"), ("移动", "m-n28"), ("电信", "t-n1"), ("移动;电信", "m-n28+n41")]
            )
        )

        assert [(p.id, p.operator, p.bands, p.operator_asked, p.bands_asked) for p in found] == [
            ("m-n28", "移动", ("n28",), False, False),
            ("m-n28+n41", "移动", ("n28", "n41"), False, False),
            ("t-n1", "电信", ("n1",), False, False),
        ]

    def test_whose_it_is_and_which_bands_are_asked_where_nothing_tells(self):
        (found,) = propose_configurations(self.sites([("甲;乙", "A1"), ("乙;甲", "A1")]))[:1]

        assert (found.id, found.operator_asked, found.bands_asked) == ("A1", True, True)

    def test_operators_without_anything_on_air_get_their_usual_bands(self):
        found = propose_configurations(
            self.sites([("China Mobile;广电", ""), ("China Unicom", ""), ("Nobody Knows", "")])
        )

        assert {p.operator: p.bands for p in found if len(p.bands) > 1} == {
            "China Mobile": ("n28", "n41"),
            "广电": ("n28", "n41"),
            "China Unicom": ("n1", "n78"),
            "Nobody Knows": ("n28", "n41"),
        }
        assert {p.operator for p in found if p.bands_asked} == {"Nobody Knows"}
        assert len({p.id for p in found}) == len(found) == 8

    def test_a_column_of_remarks_names_no_operators(self):
        assert propose_configurations(self.sites([(f"备注{n}", "") for n in range(30)])) == []

    def test_no_sites_no_configurations(self):
        assert propose_configurations(None) == []


class TestGrids:
    def of(self, *paths):
        grids = tuple(Grid(path, None, cell, whole=True) for path, cell in paths)
        return guess(Survey((), grids, (), ()))

    def test_by_name(self):
        found = self.of(
            ("pop_2020.tif", 100.0), ("SRTM_30m.tif", 30.0), ("dem_1km.tif", 1000.0), ("photo.tif", 1.0)
        )

        assert {name: grid.path for name, (grid, _) in found.grids.items()} == {
            "terrain": "SRTM_30m.tif",
            "population": "pop_2020.tif",
        }
        assert found.grids["terrain"][1] == ()
        assert set(found.unused) == {"dem_1km.tif", "photo.tif"}

    def test_two_of_one_kind(self):
        found = self.of(("dem_a.tif", 30.0), ("dem_b.tif", 30.0))

        assert found.grids["terrain"][1] == ("dem_b.tif",)

    def test_the_only_one_is_the_terrain(self):
        assert self.of(("N27E119.tif", 30.0)).grids["terrain"][0].path == "N27E119.tif"


def test_nothing_found_is_nothing_guessed():
    assert guess(Survey((), (), (), ())) == Guess({}, {})


def test_every_price_of_the_cost_book_is_there():
    assert set(PRICES) == set(LINES)
