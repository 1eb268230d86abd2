"""``[project]``: what the plan is called, and how it speaks."""

from pydantic import Field

from dualgig.project.section import Language, Section


class General(Section):
    """``[project]``: what the plan is called and in which language it speaks."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        description="Short name; the outputs go to maps/<name>. Letters, digits, - and _.",
    )
    title: str = Field("", description="Title of map and report; the name where empty.")
    language: Language = Field("en", description="Language of map, report, lists and terminal.")
    metric_crs: str = Field(
        "", description="Projected CRS in metres for distances (e.g. EPSG:4549); the UTM zone where empty."
    )
    seed: int = Field(1, ge=0, description="Seed of every random choice.")
    notes: tuple[str, ...] = Field((), description="Caveats shown on the map and in the report.")
    scenario: str = Field(
        "", description="The one of [scenarios] that is planned where none is asked for; none where empty."
    )
