"""The panel beside the map: title, verdict, target scoreboard, and what is to be known about the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.render.offline import HTML_LANGUAGE, LEAFLET_VERSION, literal
from dualgig.text import say
from dualgig.text.numbers import count, money, percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from dualgig.plan import Plan, Score
    from dualgig.project import Language

INPUTS = (
    "townships",
    "villages",
    "keypoints",
    "demand",
    "population",
    "status",
    "sites",
    "nodes",
    "roads",
    "exclusions",
    "terrain",
    "clutter",
)


LANGUAGES: tuple[Language, ...] = ("en", "zh")


def panel_html(plan: Plan, *, date: str, plan_hash: str, version: str) -> str:
    """The panel and the footer of the map, every text escaped, in both languages, one of them hidden.

    Parameters
    ----------
    plan
        The plan; its project's language is the one shown.
    date
        Date shown, e.g. ``2025-11-24``.
    plan_hash
        Hash shown, that names the plan.
    version
        Version of DualGig.
    """
    project = plan.region.project
    shown = project.project.language

    def both(tag: str, make: Callable[[Language], str], attributes: str = "") -> str:
        return "".join(
            f'<{tag}{attributes} lang="{HTML_LANGUAGE[language]}" data-says="{language}"'
            f"{'' if language == shown else ' hidden'}>{make(language)}</{tag}>"
            for language in LANGUAGES
        )

    def head(language: Language) -> str:
        badge = literal(sentence(say(language, "predicted")))
        stamp = f"<span>{literal(date)}</span> <span>{literal(say(language, 'map.plan_hash', hash=plan_hash))}</span>"
        return (
            f'<p class="dg-stamp"><span class="dg-badge">{badge}</span> {stamp}</p>{_verdict(plan, language)}'
        )

    def targets(language: Language) -> str:
        columns = literal(say(language, "map.targets.columns"))
        title = f"<h2>{literal(say(language, 'map.targets'))} <small>{columns}</small></h2>"
        return f"<section>{title}{_scoreboard(plan.scoreboard, language)}</section>"

    def about(language: Language) -> str:
        title = f"<h2>{literal(say(language, 'map.about'))}</h2>"
        return f"{title}{_about(plan, language, version)}"

    def foot(language: Language) -> str:
        link = f'<a href="#dg-about">{literal(say(language, "map.about.link"))}</a>'
        return f"<span>{_footer(plan, language)}</span> {link}"

    # Where no script runs nothing can switch languages.
    noscript = "".join(f"<p>{literal(say(language, 'map.noscript'))}</p>" for language in LANGUAGES)
    return f"""
<aside class="dg-panel" id="dg-panel">
  <button class="dg-handle" id="dg-handle" type="button" aria-expanded="false" aria-controls="dg-body"
    data-label="details" aria-label="{literal(say(shown, "map.js.details"))}"></button>
  <header class="dg-head">
    <h1>{literal(project.title)}</h1>
    {both("div", head)}
  </header>
  <div class="dg-body" id="dg-body" tabindex="0" role="region" data-label="details"
    aria-label="{literal(say(shown, "map.js.details"))}">
    {both("div", targets)}
    <div id="dg-legend"></div>
    <section class="dg-about" id="dg-about">
      {both("div", about)}
    </section>
  </div>
</aside>
<footer class="dg-foot">{both("div", foot)}</footer>
<noscript><div class="dg-noscript">{noscript}</div></noscript>
"""


def caveats(plan: Plan) -> dict[str, str]:
    """What is synthetic or approximate, per input, in the order of `INPUTS`."""
    region = plan.region
    known = {name: str(entry.get("caveat") or "") for name, entry in region.inputs.items()}
    known["terrain"] = known.get("terrain") or region.terrain.caveat
    if region.roads is not None:
        known["roads"] = known.get("roads") or region.roads.caveat
    names = [*INPUTS, *sorted(set(known) - set(INPUTS))]
    return {name: known[name] for name in names if known.get(name)}


def sentence(text: str) -> str:
    """A text that begins a line: its first letter is a capital."""
    return text[:1].upper() + text[1:]


def _verdict(plan: Plan, language: Language) -> str:
    """Whether the duties are met, what it costs, what is proved."""
    budget, cost = plan.budget_cny, plan.cost_cny
    share = 100 * min(cost / budget, 1.0) if budget else 0.0
    mark = "✓" if plan.duty == "met" else "?" if plan.duty == "undecided" else "!"
    duty = literal(sentence(say(language, f"duty.{plan.duty}")))
    lines = [f'<p class="dg-duty dg-duty-{plan.duty}"><b aria-hidden="true">{mark}</b>{duty}</p>']
    if plan.shortage_cny > 0:
        shortage = say(language, "map.shortage", money=money(language, plan.shortage_cny))
        lines.append(f'<p class="dg-note">{literal(shortage)}</p>')
    spent = say(language, "map.cost", cost=money(language, cost), budget=money(language, budget))
    proof = say(
        language, "map.proof", status=sentence(say(language, f"status.{plan.status}")), gap=_gap(plan.gap)
    )
    lines.append(f'<div class="dg-cost"><i style="width:{share:.1f}%"></i></div>')
    lines.append(f'<p class="dg-note">{literal(spent)}<br/>{literal(proof)}</p>')
    return "\n".join(lines)


def _gap(gap: float) -> str:
    """A proved gap, rounded up so that it never claims more than was proved."""
    if gap <= 0:
        return "0"
    steps = int(gap * 1e5) + 1
    return f"{steps / 1e3:.3f}%"


def _scoreboard(scores: tuple[Score, ...], language: Language) -> str:
    """One bar a goal: served before, newly served, what is required."""
    if not scores:
        return f"<p>{literal(say(language, 'map.targets.none'))}</p>"
    return f'<ul class="dg-scores">{"".join(_score(score, language) for score in scores)}</ul>'


def _score(score: Score, language: Language) -> str:
    places = max(score.places, 1)
    before = 100 * min(score.before, score.achieved) / places
    new = 100 * max(score.achieved - score.before, 0) / places
    needed = 100 * score.needed / places
    if score.met:
        verdict = say(language, "map.target.met")
    elif score.cost_to_meet_cny is None:
        verdict = say(language, "map.target.never", short=count(score.short))
    elif score.cost_to_meet_cny == 0:
        verdict = say(language, "map.target.short", short=count(score.short))
    else:
        more = money(language, score.cost_to_meet_cny)
        verdict = say(language, "map.target.more", short=count(score.short), money=more)
    required = f"{count(score.needed)}<small> ({percent(score.required)})</small>"
    return f"""
<li class="{"dg-met" if score.met else "dg-missed"}">
  <span class="dg-goal">{literal(say(language, f"goal.{score.goal}"))}</span>
  <span class="dg-figures">{count(score.before)} → <b>{count(score.achieved)}</b> / {required}</span>
  <span class="dg-bar" aria-hidden="true"><i class="dg-before" style="width:{before:.2f}%"></i><i
    class="dg-new" style="width:{new:.2f}%"></i><i class="dg-needed" style="left:{needed:.2f}%"></i></span>
  <span class="dg-verdict">{"✓" if score.met else "!"} {literal(verdict)}</span>
</li>"""


def _about(plan: Plan, language: Language, version: str) -> str:
    """The project's notes, the caveats of the layers, the software."""
    notes = "".join(f"<p>{literal(note)}</p>" for note in plan.region.project.project.notes)
    rows = "".join(
        f"<dt>{literal(_input_name(name, language))}</dt><dd>{literal(caveat)}</dd>"
        for name, caveat in caveats(plan).items()
    )
    network = "map.software.offline" if plan.region.project.map.base == "none" else "map.software.base"
    software = say(language, "map.software", version=version, leaflet=LEAFLET_VERSION)
    keys = say(language, "map.keys")
    return f"{notes}<dl>{rows}</dl><p>{literal(keys)}</p><p>{literal(software)} {literal(say(language, network))}</p>"


def _footer(plan: Plan, language: Language) -> str:
    """One line that is always seen: predicted, and which layers are synthetic or approximate."""
    text = f"<b>{literal(sentence(say(language, 'predicted')))}</b>"
    names = [_input_name(name, language) for name in caveats(plan)]
    if names:
        layers = say(language, "map.separator").join(names)
        text += f" · {literal(say(language, 'map.approximate', layers=layers))}"
    page = plan.region.project.map
    if page.base == "gaode":
        text += f" · {literal(say(language, 'map.datum'))}"
    if page.approval_number:
        text += f" · {literal(say(language, 'map.approval', number=page.approval_number))}"
    if page.watermark:
        text += f" · {literal(page.watermark)}"
    return text


def _input_name(name: str, language: Language) -> str:
    return say(language, f"map.input.{name}") if name in INPUTS else name
