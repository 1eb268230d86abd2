"""Two plans against each other: what changed in builds, places and money, and what was asked differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from dualgig.export.tables import item_kinds
from dualgig.project import SERVICES

if TYPE_CHECKING:
    from dualgig.plan import Plan

Kind = Literal["site", "node", "village"]
Change = Literal["added", "removed", "changed"]
Why = Literal["locked", "forbidden", "unlocked", "allowed", "input", ""]
"""Why a build differs, where a wish about it says so: it is locked or forbidden in the second plan only, in the
first only, or stands in the inputs of one only. Empty: it follows from the rest.
"""

_WORDS = ("title", "language", "notes", "scenario", "name")
"""Keys of ``[project]`` that change no plan."""


@dataclass(frozen=True)
class BuildChange:
    """A site, node or village's link that one plan builds otherwise than the other."""

    kind: Kind
    id: str
    name: str
    change: Change
    before: str
    after: str
    cost_before_cny: int
    cost_after_cny: int
    why: Why

    @property
    def difference_cny(self) -> int:
        """What it costs more in the second plan."""
        return self.cost_after_cny - self.cost_before_cny


@dataclass(frozen=True)
class PlaceChange:
    """A place that one plan serves and the other does not, or serves in another year."""

    level: Literal["township", "village"]
    id: str
    name: str
    township: str
    service: str
    change: Literal["gained", "lost", "earlier", "later"]
    year_before: int | None
    year_after: int | None


@dataclass(frozen=True)
class Cause:
    """Something that was asked, or was read, differently.

    ``key`` is dotted, as in the project file; ``inputs.NAME`` is a file of other content. ``before`` and ``after``
    are as JSON has them, ``None`` where there was none.
    """

    key: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Comparison:
    """The second plan against the first.

    Attributes
    ----------
    first, second : Plan
        The plans.
    causes : tuple of Cause
        What differs in options and inputs, by key.
    builds : tuple of BuildChange
        By kind, then id.
    places : tuple of PlaceChange
        Townships first, by id.
    """

    first: Plan
    second: Plan
    causes: tuple[Cause, ...]
    builds: tuple[BuildChange, ...]
    places: tuple[PlaceChange, ...]

    def counts(self) -> dict[str, tuple[int, int]]:
        """Figures of both plans: cost and budget, what is built, who is served."""
        figures = {
            "budget": (self.first.budget_cny, self.second.budget_cny),
            "cost": (self.first.cost_cny, self.second.cost_cny),
        }
        for key in self.first.coverage["after"]:
            if "_" in key and not key.endswith("fragile"):
                figures[key] = (self.first.coverage["after"][key], self.second.coverage["after"].get(key, 0))
        return figures

    def money(self) -> dict[str, tuple[int, int]]:
        """What each fund pays, by ``fund NAME``, and each year spends, by ``year YYYY``, in both plans."""
        sides = []
        for plan in (self.first, self.second):
            funds = {f"fund {fund.name}": fund.spent_cny for fund in plan.funds}
            sides.append(funds | {f"year {phase.year}": phase.spent_cny for phase in plan.phases})
        return {key: (sides[0].get(key, 0), sides[1].get(key, 0)) for key in sides[0] | sides[1]}


def compare(first: Plan, second: Plan) -> Comparison:
    """Compare two plans, made or read back.

    Parameters
    ----------
    first, second
        The plans; of the same region for the result to say much.
    """
    return Comparison(first, second, _causes(first, second), _builds(first, second), _places(first, second))


def _causes(first: Plan, second: Plan) -> tuple[Cause, ...]:
    before, after = _options(first), _options(second)
    causes = [
        Cause(key, before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
    hashes = [
        {name: str(about["sha256"]) for name, about in plan.region.inputs.items()} for plan in (first, second)
    ]
    causes += [
        Cause(f"inputs.{name}", hashes[0].get(name), hashes[1].get(name))
        for name in sorted(hashes[0].keys() | hashes[1].keys())
        if hashes[0].get(name) != hashes[1].get(name)
    ]
    return tuple(causes)


def _options(plan: Plan) -> dict[str, Any]:
    """Options by dotted key, without words, map and where the inputs lie; the budget is the plan's own."""
    project = plan.region.project
    options = project.model_dump(mode="json", exclude={"map", "inputs"})
    for word in _WORDS:
        options["project"].pop(word, None)
    options["budget"]["total_cny"] = plan.budget_cny
    layers = project.model_dump(mode="json", include={"inputs"})["inputs"]
    for layer in layers.values():
        if layer:
            layer.pop("caveat", None)
            layer.pop("path", None)
    options["reading"] = layers
    return _flat("", options)


def _flat(prefix: str, value: Any) -> dict[str, Any]:
    """Nested tables by dotted key; lists stay whole."""
    if not isinstance(value, dict):
        return {prefix: value}
    flat: dict[str, Any] = {}
    for key, part in value.items():
        flat |= _flat(f"{prefix}.{key}" if prefix else str(key), part)
    return flat


def _builds(first: Plan, second: Plan) -> tuple[BuildChange, ...]:
    changes = []
    for kind, name in (("site", "sites"), ("node", "nodes"), ("village", "villages")):
        tables = [getattr(plan, name) for plan in (first, second)]
        built = [_built(plan, kind) for plan in (first, second)]
        for item in sorted(built[0].keys() | built[1].keys()):
            before, after = built[0].get(item, ("", 0)), built[1].get(item, ("", 0))
            if before == after:
                continue
            change: Change = "added" if not before[0] else "removed" if not after[0] else "changed"
            label = next(
                (str(table["name"].get(item)) for table in reversed(tables) if item in table.index), ""
            )
            known = [item in table.index for table in tables]
            changes.append(
                BuildChange(
                    kind,  # type: ignore[arg-type]
                    item,
                    label,
                    change,
                    before[0],
                    after[0],
                    before[1],
                    after[1],
                    "input" if not all(known) else _why(first, second, item),
                )
            )
    return tuple(changes)


def _built(plan: Plan, kind: str) -> dict[str, tuple[str, int]]:
    """What is built of each item of a kind, in a text that tells configuration, node and year, and its cost."""
    lines = plan.cost_lines[item_kinds(plan) == kind] if len(plan.cost_lines) else plan.cost_lines
    cost = lines.groupby("item")["amount_cny"].sum() if len(lines) else pd.Series(dtype="int64")
    table = {"site": plan.sites, "node": plan.nodes, "village": plan.villages}[kind]
    told = {}
    for item, amount in cost.items():
        row = table.loc[str(item)]
        what = {"site": row.get("built", ""), "node": row.get("state", ""), "village": row.get("olt", "")}[
            kind
        ]
        year = row.get("year_gigabit" if kind == "village" else "year")
        words = [str(what), str(int(year)) if year is not None and not pd.isna(year) else ""]
        told[str(item)] = (" ".join(filter(None, words)) or kind, int(amount))
    return told


def _why(first: Plan, second: Plan, item: str) -> Why:
    before, after = (plan.region.project.decisions for plan in (first, second))
    if (item in after.lock) != (item in before.lock):
        return "locked" if item in after.lock else "unlocked"
    if (item in after.forbid) != (item in before.forbid):
        return "forbidden" if item in after.forbid else "allowed"
    return ""


def _places(first: Plan, second: Plan) -> tuple[PlaceChange, ...]:
    changes = []
    for level, name in (("township", "townships"), ("village", "villages")):
        old, new = getattr(first, name), getattr(second, name)
        for service in SERVICES:
            shared = new.index.intersection(old.index)
            for item in shared[_differs(old.loc[shared], new.loc[shared], service)]:
                was, now = bool(old.at[item, f"after_{service}"]), bool(new.at[item, f"after_{service}"])
                years = [_year(table, str(item), service) for table in (old, new)]
                if was != now:
                    change = "gained" if now else "lost"
                else:
                    change = "earlier" if (years[1] or 0) < (years[0] or 0) else "later"
                changes.append(
                    PlaceChange(
                        level,  # type: ignore[arg-type]
                        str(item),
                        str(new.at[item, "name"]),
                        str(item if level == "township" else new.at[item, "township"]),
                        service,
                        change,  # type: ignore[arg-type]
                        *years,
                    )
                )
    return tuple(changes)


def _differs(old: pd.DataFrame, new: pd.DataFrame, service: str) -> Any:
    """Rows that are served in one plan only, or in another year where both plans have years."""
    after, year = f"after_{service}", f"year_{service}"
    differs = old[after].to_numpy(dtype=bool) != new[after].to_numpy(dtype=bool)
    if year in old and year in new:
        known = old[year].notna().to_numpy() & new[year].notna().to_numpy()
        differs |= known & (
            old[year].fillna(0).to_numpy(dtype=int) != new[year].fillna(0).to_numpy(dtype=int)
        )
    return differs


def _year(table: pd.DataFrame, item: str, service: str) -> int | None:
    column = f"year_{service}"
    if column not in table:
        return None
    year = table[column].astype("Int64").get(item)
    return None if year is None or pd.isna(year) else int(year)


def shown(value: Any) -> str:
    """A value of an option as a person reads it; a hash by its first digits."""
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, str) and len(value) == 64:
        return value[:12]
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
