"""Calibration with drive tests made from known offsets: what was put in must come out."""

import re
import subprocess
import sys
import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import rasterio
from pyproj import Transformer
from rasterio.transform import from_origin

import dualgig as dg
from dualgig.calibration import predicted_dbm
from dualgig.calibration_file import calibration_toml, write_calibration
from dualgig.errors import InputError, OutputError
from dualgig.project import Project
from dualgig.radio import p1812
from dualgig.radio.budget import link_budget
from dualgig.radio.profile import path_clutter, path_profile
from dualgig.reach import radio_reach
from dualgig.standards import radio_tests

TRUE_DB = {"n28": -4.0, "n41": 3.0}
IN_FOREST_DB = -7.0
LOCATION_STD_DB = 7.0
TO_LONLAT = Transformer.from_crs("EPSG:32650", "EPSG:4326", always_xy=True)


def with_forest(tiny_project, **changes):
    """The tiny region, forest west of its middle, fields east of it."""
    cover = {
        "path": "cover.tif",
        "legend": {"1": {"name": "forest", "height_m": 4}, "2": {"name": "fields", "height_m": 0}},
    }
    project = tiny_project(inputs={"clutter": cover}, **changes)
    codes = np.ones((467, 600), np.uint8)
    codes[:, 300:] = 2
    with rasterio.open(
        project.path.parent / "cover.tif",
        "w",
        driver="GTiff",
        dtype="uint8",
        count=1,
        height=467,
        width=600,
        crs="EPSG:32650",
        transform=from_origin(697_000, 3_066_000, 30, 30),
    ) as raster:
        raster.write(codes, 1)
    return project


def drive(region, *, samples=4000, floor_dbm=None, seed=1, spread_db=LOCATION_STD_DB):
    """A drive test along valleys and over hills, levels drawn round the prediction plus the true offsets."""
    rng = np.random.default_rng(seed)
    sites = rng.integers(0, len(region.sites), samples)
    table = pd.DataFrame({"site": sites, "band": rng.choice(list(TRUE_DB), samples)})
    x_km, y_km = rng.uniform(0.2, 11.8, samples), rng.uniform(0.2, 7.8, samples)
    table["x_m"], table["y_m"] = 700_000 + 1000 * x_km, 3_055_000 + 1000 * y_km
    table["route"] = np.char.add("R", (y_km // 2).astype(int).astype(str))
    cover = region.terrain.clutter_at(table["x_m"].to_numpy(), table["y_m"].to_numpy())
    offset = table["band"].map(TRUE_DB).to_numpy() + np.where(cover == "forest", IN_FOREST_DB, 0.0)
    level = predicted_dbm(region, table) + offset + rng.normal(0, spread_db, samples)
    if floor_dbm is not None:
        level[level <= floor_dbm] = np.nan
    table["rsrp"] = level
    table["lon"], table["lat"] = TO_LONLAT.transform(table["x_m"], table["y_m"])
    table["site"] = region.sites.index.to_numpy()[sites]
    return table[np.abs(np.nan_to_num(level, nan=-100.0) + 94.0) < 62].drop(columns=["x_m", "y_m"])


def written(table, path, **columns):
    table.rename(columns=columns).to_csv(path, index=False)
    return path


@pytest.fixture
def region(tiny_project):
    return dg.load_region(with_forest(tiny_project))


def test_the_prediction_is_the_plans_own_median(region):
    """One profile at a time, against P.1812 and the budget's lines."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"site": rng.integers(0, 7, 40), "band": rng.choice(["n28", "n41", "n78"], 40)})
    table["x_m"], table["y_m"] = rng.uniform(701_000, 711_000, 40), rng.uniform(3_056_000, 3_062_000, 40)
    found = predicted_dbm(region, table)
    sites_xy = region.xy_m(region.sites)
    for row, sample in table.iterrows():
        budget = link_budget(region.project.radio, sample["band"])
        ends = sites_xy[sample["site"]], np.array([sample["x_m"], sample["y_m"]])
        d, h = path_profile(region.terrain, *ends)
        clutter = path_clutter(region.terrain, *ends)
        mast_m = region.sites["mast_m"].iloc[sample["site"]]
        loss = p1812.basic_loss_db(d, h, mast_m, 1.5, budget.frequency_ghz, clutter_m=clutter)
        told = budget.rsrp_dbm(loss) + budget.body_loss_db + budget.penetration_loss_db
        assert found[row] == pytest.approx(float(told), abs=1e-6)


@pytest.mark.parametrize("floor_dbm", [None, -105.0, -92.0])
def test_offsets_that_were_put_in_come_out(region, tmp_path, floor_dbm):
    # given a drive test of which none, some or most lies under the receiver's floor
    table = drive(region, floor_dbm=floor_dbm)
    test = dg.read_drive_test(region, written(table, tmp_path / "drive.csv"))
    # when
    fitted = dg.calibrate(region, test, floor_dbm=floor_dbm, bin_m=0.0)
    # then: two thousand samples a band; the standard error is 0.3 dB or less
    section = fitted.calibration
    for band, true_db in TRUE_DB.items():
        in_cover = section.clutter_offsets_db[band]
        assert in_cover["forest"] == pytest.approx(true_db + IN_FOREST_DB, abs=1.0)
        assert in_cover["fields"] == pytest.approx(true_db, abs=1.0)
        told = section.held_out[band]
        assert told.rmse_after_db == pytest.approx(LOCATION_STD_DB, abs=0.6)
        assert told.mean_after_db == pytest.approx(0.0, abs=0.8)
        # half of the samples stand in the forest; one bell over both is no exact one
        assert told.mean_before_db == pytest.approx(true_db + IN_FOREST_DB / 2, abs=2.0)
        assert told.rmse_before_db > told.rmse_after_db
        assert told.samples == fitted.samples[band]
        share = fitted.censored[band] / fitted.samples[band]
        assert (share < 0.01) if floor_dbm is None else (0.15 < share < 0.9)
    if floor_dbm == -92.0:
        # leaving silence out makes the world look brighter
        heard = test.table.dropna(subset=["rsrp_dbm"]).reset_index(drop=True)
        naive = dg.calibrate(region, replace(test, table=heard), floor_dbm=-150.0, bin_m=0.0).calibration
        for band in TRUE_DB:
            brighter = naive.clutter_offsets_db[band]["forest"] - section.clutter_offsets_db[band]["forest"]
            assert brighter > 0.7


def test_the_error_is_told_on_sites_and_on_routes_that_the_fit_had_not_seen(region, tmp_path):
    # given one site whose levels are 15 dB off for a reason of its own
    table = drive(region, spread_db=2.0)
    table.loc[table["site"] == "S1", "rsrp"] += 15.0
    test = dg.read_drive_test(region, written(table, tmp_path / "drive.csv"))
    by_site = dg.calibrate(region, test, part="site").calibration.held_out["n28"]
    by_route = dg.calibrate(region, test, part="route").calibration.held_out["n28"]
    # then: the offsets are the same, the error on a site that was never heard is the larger
    assert by_site.rmse_after_db > by_route.rmse_after_db + 0.2
    assert by_site.samples == by_route.samples


def test_a_stop_at_a_red_light_weighs_no_more_than_a_passage(region, tmp_path):
    table = drive(region, samples=1500, spread_db=1.0)
    table = table[table["band"] == "n28"]
    stop = pd.concat([table.iloc[:1]] * 3000)
    stop["rsrp"] = table["rsrp"].iloc[0] + 25.0
    test = dg.read_drive_test(region, written(pd.concat([table, stop]), tmp_path / "drive.csv"))
    binned, all_of_them = (
        dg.calibrate(region, test, bin_m=m).calibration.offsets_db["n28"] for m in (20.0, 0.0)
    )
    assert binned == pytest.approx(TRUE_DB["n28"] + IN_FOREST_DB / 2, abs=1.0)
    assert all_of_them > binned + 5


def test_a_calibrated_plan_has_the_offsets_in_its_margins(tiny_project, tmp_path):
    plain = dg.load_region(with_forest(tiny_project, radio={"uplink_mbps": 1.0}))
    calibration = {
        "fitted_on": "a test",
        "offsets_db": {"n28": -4.0},
        "clutter_offsets_db": {"n28": {"forest": -11.0}},
    }
    changed = with_forest(tiny_project, radio={"uplink_mbps": 1.0, "calibration": calibration})
    points = radio_tests(plain).points
    before, after = (radio_reach(region, points) for region in (plain, dg.load_region(changed)))
    cover = plain.terrain.clutter_at(points["x_m"].to_numpy(), points["y_m"].to_numpy())[before.point]
    assert 0 < (cover == "forest").mean() < 1
    for band, expected in (("n28", np.where(cover == "forest", -11.0, -4.0)), ("n41", np.zeros(len(cover)))):
        b = before.bands.index(band)
        there = np.isfinite(before.margin_db[:, b])
        for figures in ("margin_db", "level_db", "clear_db"):
            shift = getattr(after, figures)[there, b] - getattr(before, figures)[there, b]
            assert shift == pytest.approx(expected[there], abs=1e-3)


def test_the_written_section_is_read_back_as_it_was(region, tmp_path):
    test = dg.read_drive_test(region, written(drive(region), tmp_path / "路测 1.csv"))
    fitted = dg.calibrate(region, test)
    path = tmp_path / "calibration.toml"
    write_calibration(fitted, path)
    write_calibration(fitted, path)
    section = tomllib.loads(path.read_text(encoding="utf-8"))["radio"]["calibration"]
    assert section == fitted.calibration.model_dump()
    assert "路测 1.csv" in section["fitted_on"]
    # and a project file takes it
    project = region.project.path
    project.write_text(
        project.read_text(encoding="utf-8") + "\n" + calibration_toml(fitted), encoding="utf-8"
    )
    assert Project.load(project).radio.calibration == fitted.calibration
    # but nothing else is written over
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="something else"):
        write_calibration(fitted, path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_band_with_too_few_samples_gets_no_offset(region, tmp_path):
    table = drive(region)
    few = pd.concat([table[table["band"] == "n28"], table[table["band"] == "n41"].head(12)])
    test = dg.read_drive_test(region, written(few, tmp_path / "drive.csv"))
    fitted = dg.calibrate(region, test)
    assert set(fitted.calibration.offsets_db) == {"n28"}
    assert "n41 has 12 samples above the floor, 30 are needed" in "".join(map(str, fitted.warnings))
    with pytest.raises(InputError, match="no band has 30 samples"):
        dg.calibrate(region, replace(test, table=test.table.head(20)))


def test_one_site_alone_has_no_error_to_tell(region, tmp_path):
    table = drive(region)
    test = dg.read_drive_test(region, written(table[table["site"] == "S5"], tmp_path / "drive.csv"))
    fitted = dg.calibrate(region, test)
    assert fitted.calibration.held_out == {}
    assert "too few sites" in "".join(map(str, fitted.warnings))
    assert dg.calibrate(region, test, part="route").calibration.held_out


def test_what_the_receiver_lost_is_given_back(region, tmp_path):
    test = dg.read_drive_test(region, written(drive(region), tmp_path / "drive.csv"))
    plain, behind_a_cable = (
        dg.calibrate(region, test, receiver_loss_db=loss).calibration.offsets_db["n28"] for loss in (0.0, 5.0)
    )
    assert behind_a_cable - plain == pytest.approx(5.0, abs=0.02)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command_tells_the_offsets_and_leaves_the_project_alone(tiny_project, tmp_path, language):
    project = with_forest(tiny_project)
    table = drive(dg.load_region(project), samples=1500, floor_dbm=-105.0)
    written(
        table, tmp_path / "drive.csv", lon="经度", lat="纬度", rsrp="SS-RSRP(dBm)", site="站号", band="Freq"
    )
    before = project.path.read_bytes()
    command = [sys.executable, "-m", "dualgig", "calibrate", project.path, "--drive-test", "drive.csv"]
    options = ["--columns", "band=Freq", "--language", language, "--floor-dbm", "-105"]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert project.path.read_bytes() == before
    section = tomllib.loads((tmp_path / "calibration.toml").read_text(encoding="utf-8"))["radio"][
        "calibration"
    ]
    told = done.stdout[done.stdout.index("[radio.calibration]") :]
    assert tomllib.loads(told)["radio"]["calibration"] == section
    assert section["offsets_db"].keys() == TRUE_DB.keys()
    assert re.search(r"forest +[+-]\d", done.stdout)
    assert ("Errors are on whole sites" in done.stdout) == (language == "en")
    # the project file itself is never written
    refused = subprocess.run(
        [*command, *options, "--out", project.path], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert project.path.read_bytes() == before
