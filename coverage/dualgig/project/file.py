"""The whole project file, read and checked."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from dualgig.errors import ProjectError
from dualgig.project.build import Candidates, Configuration, Decisions, Fibre
from dualgig.project.equity import Equity
from dualgig.project.general import General
from dualgig.project.goals import Goals, Objective, Standards
from dualgig.project.inputs import Inputs
from dualgig.project.mistakes import mistakes
from dualgig.project.money import Budget, Costs, Fund
from dualgig.project.phases import BaseStations, Phases
from dualgig.project.radio import Radio
from dualgig.project.running import MapPage, Solver
from dualgig.project.scenarios import unknown_scenario, with_scenario
from dualgig.project.section import Language, Section


class Project(Section):
    """A whole project file, checked.

    Attributes
    ----------
    path : pathlib.Path
        The project file; relative paths in it are relative to its folder.
    """

    project: General
    inputs: Inputs
    goals: Goals = Goals()
    standards: Standards = Standards()
    objective: Objective = Objective()
    radio: Radio = Field(default_factory=lambda: Radio.model_validate({}))
    configurations: tuple[Configuration, ...] = Field(min_length=1)
    fibre: Fibre = Fibre()
    costs: Costs = Costs()
    budget: Budget
    funds: tuple[Fund, ...] = Field((), max_length=12)
    phases: Phases | None = None
    equity: tuple[Equity, ...] = ()
    base_stations: BaseStations = BaseStations()
    candidates: Candidates = Candidates()
    decisions: Decisions = Decisions()
    solver: Solver = Solver()
    map: MapPage = MapPage()
    # Not written with the others: a path in it may hold a password.
    scenarios: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")], dict[str, Any]] = Field(
        default_factory=dict, exclude=True, repr=False
    )

    _path: Path = PrivateAttr(default=Path("project.toml"))

    @property
    def path(self) -> Path:
        """The project file."""
        return self._path

    @property
    def name(self) -> str:
        """Short name, with the scenario's behind it; the outputs go to ``maps/<name>``."""
        return "-".join(filter(None, [self.project.name, self.scenario]))

    @property
    def scenario(self) -> str:
        """The scenario that this is; empty for the file as it stands."""
        return self.project.scenario

    @property
    def title(self) -> str:
        """Title of map and report."""
        return self.project.title or self.name

    @property
    def operators(self) -> tuple[str, ...]:
        """Operators of the configurations, in the order of the file."""
        return tuple(dict.fromkeys(configuration.operator for configuration in self.configurations))

    def resolve(self, path: str) -> Path:
        """Absolute path of an input that the project file names."""
        return (self._path.parent / path).resolve()

    def in_language(self, language: Language) -> Self:
        """The same project with another language of its outputs."""
        return self.with_changes(project=self.project.model_copy(update={"language": language}))

    def with_changes(self, **sections: Section) -> Self:
        """The same project with other sections, which are taken as they are."""
        copy = self.model_copy(update=sections)
        copy._path = self._path  # noqa: SLF001
        return copy

    @model_validator(mode="after")
    def _references(self) -> Self:
        ids = [configuration.id for configuration in self.configurations]
        if len(set(ids)) < len(ids):
            raise ValueError("configurations: two have the same id; give each its own")
        for configuration in self.configurations:
            for band in configuration.bands:
                if band not in self.radio.bands:
                    known = ", ".join(sorted(self.radio.bands))
                    raise ValueError(
                        f"configurations: {configuration.id} names the band {band!r}, which is not among {known}; "
                        f"describe it under [radio.bands.{band}]"
                    )
        operator = self.standards.operator
        if operator not in ("any", "each", *self.operators):
            raise ValueError(
                f"standards.operator: {operator!r} is none of the operators ({', '.join(self.operators)}); "
                "write 'any', 'each' or one of them"
            )
        both = set(self.decisions.lock) & set(self.decisions.forbid)
        if both:
            raise ValueError(f"decisions: {', '.join(sorted(both))} is locked and forbidden; choose one")
        return self

    @model_validator(mode="after")
    def _money(self) -> Self:
        names = [fund.name for fund in self.funds]
        if len(set(names)) < len(names):
            raise ValueError("funds: two have the same name; give each its own")
        yearly = sum(self.phases.budget_cny) if self.phases else 0
        if yearly > self.budget.total_cny:
            raise ValueError(
                f"phases.budget_cny: the years hold {yearly:,} CNY together, more than budget.total_cny "
                f"({self.budget.total_cny:,}); raise the total or lower a year"
            )
        return self

    @model_validator(mode="after")
    def _by_the_years(self) -> Self:
        years = self.phases.years if self.phases else ()
        for target in self.phases.targets if self.phases else ():
            final = self.goals.shares.get(target.goal)
            if final is None:
                known = ", ".join(self.goals.shares) or "none"
                raise ValueError(
                    f"phases.targets: {target.goal!r} has no share in [goals] (given there: {known}); add "
                    "one, or name one of those"
                )
            if target.share > final:
                raise ValueError(
                    f"phases.targets: {target.goal} is to reach {target.share:g} by {target.by}, more than the "
                    f"{final:g} of [goals] at the end; lower the target or raise the goal"
                )
        stations = self.base_stations
        unknown = sorted(set(stations.targets) - set(years))
        if years and unknown:
            raise ValueError(
                f"base_stations.targets: {unknown[0]} is none of the years of [phases]; write one of "
                f"{', '.join(map(str, years))}"
            )
        if not years and len(stations.targets) > 1:
            raise ValueError("base_stations.targets: there are no [phases]; keep the year of the end only")
        given = stations.planned_elsewhere
        for county, number in given.items() if isinstance(given, dict) else [("", given)]:
            if isinstance(number, tuple) and len(number) != max(len(years), 1):
                where = f"base_stations.planned_elsewhere{f'.{county}' if county else ''}"
                raise ValueError(
                    f"{where}: {len(number)} numbers for {len(years)} years; write one a year of [phases]"
                )
        return self

    @classmethod
    def load(cls, path: str | Path, *, scenario: str | None = None) -> Self:
        """Read and check a project file, with all its scenarios.

        Parameters
        ----------
        path
            A TOML file.
        scenario
            The scenario to lay over it; that of ``project.scenario`` where absent, none where empty.

        Raises
        ------
        ProjectError
            The file is missing, is not TOML, has a wrong or misspelt key, contradicts itself, or has no
            such scenario; every mistake is named at once, with the key that was probably meant.
        """
        path = Path(path)
        data = _read(path)
        try:
            plain = cls.model_validate(data)
        except ValidationError as error:
            raise ProjectError("\n".join(mistakes(cls, path, data, error))) from None
        made: dict[str, Self] = {}
        lines: list[str] = []
        for name in plain.scenarios:
            merged = with_scenario(data, name)
            try:
                made[name] = cls.model_validate(merged)
            except ValidationError as error:
                lines += mistakes(cls, path, merged, error, within=f"scenarios.{name}")
        chosen = plain.project.scenario if scenario is None else scenario
        if chosen and chosen not in plain.scenarios:
            lines.append(f"{path}: {unknown_scenario(chosen, [*plain.scenarios])}")
        if lines:
            raise ProjectError("\n".join(lines))
        bare = plain.with_changes(project=plain.project.model_copy(update={"scenario": ""}))
        project = made[chosen] if chosen else bare
        project._path = path.resolve()  # noqa: SLF001
        return project


def _read(path: Path) -> dict[str, Any]:
    """The data of a TOML file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ProjectError(f"{path}: there is no such file. Give the path of a project.toml.") from None
    except IsADirectoryError:
        raise ProjectError(f"{path}: this is a folder. Give the project.toml inside it.") from None
    except UnicodeDecodeError:
        raise ProjectError(f"{path}: this is not UTF-8 text. Save the project file as UTF-8.") from None
    except OSError as error:
        raise ProjectError(f"{path}: cannot be read ({error.strerror}).") from None
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"{path}: this is not TOML: {error}. Mend that line.") from None
