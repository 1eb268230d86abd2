"""``[scenarios.NAME]``: sections that replace those of the file, key by key."""

import difflib
from typing import Any


def with_scenario(data: dict[str, Any], name: str) -> dict[str, Any]:
    """The data of a project file with one scenario laid over it.

    Tables are merged key by key; everything else, lists of tables too, is replaced whole.

    Parameters
    ----------
    data
        The file as TOML gives it.
    name
        One of its ``scenarios``.
    """
    plain = {key: value for key, value in data.items() if key != "scenarios"}
    changes = {**data["scenarios"][name]}
    general = changes.get("project", {})
    if isinstance(general, dict):
        changes["project"] = {**general, "scenario": name}
    return {**_merged(plain, changes), "scenarios": data["scenarios"]}


def unknown_scenario(name: str, known: list[str]) -> str:
    """What is said of a scenario that is not there."""
    if not known:
        return f"there is no scenario {name!r}; the file has none. Add [scenarios.{name}]."
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    mend = f"Did you mean {close[0]!r}?" if close else f"It has {', '.join(known)}."
    return f"there is no scenario {name!r}. {mend}"


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        there = merged.get(key)
        merged[key] = _merged(there, value) if isinstance(there, dict) and isinstance(value, dict) else value
    return merged
