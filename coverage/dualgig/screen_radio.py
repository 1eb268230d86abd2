"""What a planner reads in the terminal of the radio prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.text import say
from dualgig.text.numbers import count

if TYPE_CHECKING:
    from dualgig.plan import Plan
    from dualgig.project import Language


def prediction_lines(plan: Plan, language: Language) -> list[str]:
    """Whether a sweep predicted, how it stood exact profiles, and what the radius caps cost."""
    about = plan.prediction
    if about is None:
        return []
    lines = []
    if about.check is not None:
        check = about.check
        figures = {"mean": f"{check.mean_db:+.2f}", "std": f"{check.std_db:.2f}"}
        counts = {
            "paths": about.paths,
            "sites": check.sites,
            "points": check.points,
            "lost": check.points_lost,
            "gained": check.points_gained,
        }
        counted = {name: count(number) for name, number in counts.items()}
        lines.append(say(language, "terminal.sweep", **figures, **counted))
    lost = [
        say(language, "terminal.capped.band", band=cap.band, count=count(len(cap.places)))
        for cap in about.caps
        if cap.places
    ]
    if lost:
        lines.append(say(language, "terminal.capped", bands=say(language, "report.separator").join(lost)))
    return lines
