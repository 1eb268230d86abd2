"""``dualgig link`` as a planner meets it."""

import os
import re
import subprocess
import sys

import pytest

import dualgig as dg
from dualgig.reach import radio_reach
from dualgig.standards import radio_tests


def run(*args, cwd):
    return subprocess.run(
        [sys.executable, "-m", "dualgig", "link", *map(str, args)],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        check=False,
        timeout=300,
    )


def line(text, label):
    """Figures of the last line with a label."""
    found = [row for row in text.splitlines() if label in row]
    return [float(figure) for figure in re.findall(r"(?<=\s)-?\d+\.\d", found[-1])]


def test_the_margin_printed_is_the_plans(tiny_project, tmp_path):
    project = tiny_project()
    region = dg.load_region(project)
    points = radio_tests(region).points
    committee = points.index[
        (points["kind"] == "committee") & (points["village"] == region.villages.index[5])
    ][0]
    reach = radio_reach(region, points)
    pair = next(
        pair
        for pair in range(len(reach.site))
        if reach.point[pair] == committee and region.sites.index[reach.site[pair]] == "S5"
    )

    done = run(project.path, "--site", "S5", "--to", region.villages.index[5], cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    bands = [band for band in ("n28", "n41", "n78") if band in done.stdout]
    planned = [reach.margin_db[pair, reach.bands.index(band)] for band in bands]
    assert line(done.stdout, "Margin of all tests") == pytest.approx(planned, abs=0.051)
    lines = [
        line(done.stdout, label)[0]
        for label in ("Carrier power", "To one RE", "SSB beam gain", "Feeder", "Free space", "Diffraction")
    ]
    # body loss 3 dB; the feeder's last line is the uplink's, and the same
    assert sum(lines) - 3.0 == pytest.approx(
        line(done.stdout.partition("SINR")[0], "Median SS-RSRP")[0], abs=0.35
    )
    assert "Working out the link" in done.stderr
    profile = tmp_path / "maps" / "tiny-links" / f"S5-{region.villages.index[5]}.svg"
    assert profile.read_text(encoding="utf-8").startswith("<svg")
    assert str(profile.relative_to(tmp_path)) in done.stdout.replace("\\", "/")


def test_one_band_in_chinese_to_a_file_of_ones_own(tiny_project, tmp_path):
    project = tiny_project()

    done = run(
        project.path, "--site", "岭头铁塔", "--to", "下洋村", "--band", "n78", "--svg", "a/x.svg", "--language", "zh",
        cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "SS-RSRP中值" in done.stdout
    assert "n28" not in done.stdout
    assert "剖面图已写入" in done.stdout
    assert "n78" in (tmp_path / "a" / "x.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["--site", "S99", "--to", "下洋村"], 1, "there is no site 'S99'"),
        (["--site", "S5", "--to", "下洋"], 1, "Did you mean"),
        (["--site", "S5", "--to", "下洋村", "--band", "n79"], 1, "no configuration uses the band 'n79'"),
        (
            ["--site", "S5", "--to", "下洋村", "--svg", "tiny/project.toml"],
            1,
            "something else than a profile",
        ),
        (["--site", "S5"], 2, "--to"),
    ],
)
def test_mistakes_are_one_plain_sentence(tiny_project, tmp_path, args, code, told):
    project = tiny_project()

    done = run(project.path, *args, cwd=tmp_path)

    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
