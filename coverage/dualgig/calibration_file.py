"""What a calibration is, and the TOML file that carries it to the project file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dualgig.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

    from dualgig.errors import Problem
    from dualgig.project import Calibration

HEADER = "# Written by dualgig calibrate"
"""First words of a file that may be written over."""


class Part(StrEnum):
    """What is held out of a fit to tell its error."""

    SITE = "site"
    ROUTE = "route"


@dataclass(frozen=True)
class Fitted:
    """What was fitted, and on what.

    Attributes
    ----------
    calibration : Calibration
        The section for the project file.
    samples, censored : dict
        Per band the samples used, and those of them at the floor.
    floor_dbm : float
        The receiver's floor.
    part : Part
        What was held out.
    warnings : tuple of Problem
        What was left out, and why.
    """

    calibration: Calibration
    samples: dict[str, int]
    censored: dict[str, int]
    floor_dbm: float
    part: Part
    warnings: tuple[Problem, ...]


def write_calibration(fitted: Fitted, path: Path) -> None:
    """Write the section as a TOML file, to be pasted into the project file.

    Raises
    ------
    OutputError
        The file cannot be written, or is one that `write_calibration` did not write.
    """
    try:
        if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(HEADER):
            raise OutputError(f"{path}: this file is something else. Give another one with --out.")
        new = path.with_name(f".{path.name}.new")
        new.write_text(calibration_toml(fitted), encoding="utf-8", newline="\n")
        new.replace(path)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{path}: cannot be written ({error.strerror}). Give another with --out.") from None


def calibration_toml(fitted: Fitted) -> str:
    """``[radio.calibration]`` as TOML text, with a comment on how it came about."""
    section = fitted.calibration
    lines = [
        f"{HEADER}: copy it into the project file to use it.",
        f"# Offsets are measured less predicted SS-RSRP, dB. Receiver's floor: {fitted.floor_dbm:g} dBm.",
        f"# held_out: error on {fitted.part}s that the fit had not seen, without and with the offsets.",
        "",
        "[radio.calibration]",
        f"fitted_on = {json.dumps(section.fitted_on, ensure_ascii=False)}",
        *_table("radio.calibration.offsets_db", section.offsets_db),
    ]
    for band, offsets in section.clutter_offsets_db.items():
        lines += _table(f"radio.calibration.clutter_offsets_db.{_key(band)}", offsets)
    for band, error in section.held_out.items():
        lines += _table(f"radio.calibration.held_out.{_key(band)}", error.model_dump())
    return "\n".join(lines) + "\n"


def _table(name: str, values: dict[str, float]) -> list[str]:
    return ["", f"[{name}]", *(f"{_key(key)} = {value}" for key, value in values.items())]


def _key(key: str) -> str:
    """A key of a TOML table, quoted where it must be."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
