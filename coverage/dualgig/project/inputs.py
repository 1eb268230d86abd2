"""``[inputs]``: the files."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from dualgig.postgis import is_database, split_secrets
from dualgig.project.section import FilePath, Section


class Layer(Section):
    """An input table: a vector file, a CSV/XLSX with coordinate columns, or a table of a PostGIS database.

    A password in a database's address is kept apart from ``path`` and never written anywhere.
    """

    path: str = Field(
        "", description="File, relative to the project file, or postgresql://user@host:port/database."
    )
    layer: str = Field(
        "",
        description="Layer of a GeoPackage, or sheet of a workbook, the first where empty; "
        "or schema.table of a database.",
    )
    query: str = Field("", description="SELECT that gives the rows of a database, instead of a layer.")
    columns: dict[str, str] = Field(
        default_factory=dict, description="Our column = the file's column, where the names differ."
    )
    crs: str = Field(
        "",
        description="CRS, where the file does not carry it (EPSG:4326, EPSG:4490, ...), or GCJ-02 or BD-09.",
    )
    encoding: str = Field("", description="Text encoding (GBK, UTF-8); found out where empty.")
    caveat: str = Field("", description="What is synthetic or approximate in it; shown wherever it appears.")

    _secrets: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _part_with_the_password(self) -> Self:
        if not is_database(self.path):
            if self.query:
                raise ValueError('a query needs a database: write path = "postgresql://user@host/database"')
            return self
        address, secrets = split_secrets(self.path)
        self._secrets.update(secrets)
        # The model is frozen for everyone else.
        object.__setattr__(self, "path", address)
        if bool(self.layer) == bool(self.query):
            raise ValueError('of a database give either layer = "schema.table" or query = "select ..."')
        return self

    @property
    def secrets(self) -> dict[str, str]:
        """Passwords that the address of the database held, by connection parameter."""
        return self._secrets

    @property
    def source(self) -> str:
        """Where the rows are from, as errors and reports name it: the file, or database and table."""
        return f"{self.path} {self.layer or '(query)'}" if is_database(self.path) else self.path


class Roads(Section):
    """The road graph that trenches follow: an OSM XML file, or a place name for OSMnx."""

    path: FilePath = Field("", description="OSM XML file, relative to the project file.")
    place: str = Field("", description="Place name that OSMnx downloads, when there is no file.")
    network_type: str = Field("all", description="OSMnx network type used with a place name.")
    caveat: str = Field("", description="What is synthetic or approximate in it.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.path) == bool(self.place):
            raise ValueError("give either a path or a place, not both or neither")
        return self


class Raster(Section):
    """A GeoTIFF."""

    path: FilePath = Field(description="GeoTIFF, relative to the project file.")
    crs: str = Field("", description="CRS, where the file does not carry it.")
    caveat: str = Field("", description="What is synthetic or approximate in it.")


class Elevation(Raster):
    """``[inputs.terrain]``: the elevation model."""

    surface: bool = Field(
        default=False,
        description="The heights contain canopy and roofs (a surface model, DSM): clutter heights are not "
        "added to them again.",
    )


class LandClass(Section):
    """``[inputs.clutter.legend.<code>]``: one class of a land-cover raster."""

    name: str = Field(min_length=1, description="Name of the class, e.g. bamboo.")
    height_m: float = Field(ge=0, le=100, description="Representative clutter height, m.")


class LandCover(Raster):
    """``[inputs.clutter]``: land cover, from which clutter heights along a path follow.

    A table under ``legend`` becomes ``classes``.
    """

    legend: Literal["worldcover", "globeland30", "custom"] = Field(
        description="Whose classes they are: worldcover (ESA), globeland30, or a table code = name and height."
    )
    classes: dict[str, LandClass] = Field(
        default_factory=dict, description="Classes of a legend of one's own, by the raster's code."
    )
    heights_m: dict[str, Annotated[float, Field(ge=0, le=100)]] = Field(
        default_factory=dict, description="Heights of one's own for classes of a known legend, by name, m."
    )

    @model_validator(mode="before")
    @classmethod
    def _table_as_classes(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("legend"), dict):
            return {**data, "legend": "custom", "classes": data["legend"]}
        return data

    @model_validator(mode="after")
    def _codes(self) -> Self:
        if (self.legend == "custom") != bool(self.classes):
            raise ValueError('give either legend = "worldcover" or "globeland30", or a table of classes')
        if self.classes and self.heights_m:
            raise ValueError("heights_m changes a known legend; write the heights into the classes")
        for code in self.classes:
            if not code.isdecimal():
                raise ValueError(f"legend: {code!r} is not a class of a raster; write a whole number")
        return self


class Inputs(Section):
    """``[inputs]``: the files. Townships, villages, sites and terrain are required."""

    townships: Layer = Field(description="Township polygons.")
    villages: Layer = Field(description="Village polygons or points.")
    terrain: Elevation = Field(description="Digital elevation model, metres.")
    clutter: LandCover | None = Field(None, description="Land cover; bare ground where absent.")
    sites: Layer = Field(description="Existing and candidate radio sites.")
    nodes: Layer | None = Field(None, description="Existing and candidate fibre nodes (offices, OLTs).")
    roads: Roads | None = Field(None, description="Road graph; without it no fibre can be planned.")
    keypoints: Layer | None = Field(
        None, description="Seats, committees, schools, clinics, settlements; village points where absent."
    )
    demand: Layer | None = Field(
        None, description="Demand points with people; spread over villages where absent."
    )
    population: Raster | None = Field(None, description="People per cell; spreads or counts the population.")
    status: Layer | None = Field(None, description="Ledger of what is served, by authority or measurement.")
    exclusions: Layer | None = Field(None, description="Polygons where nothing new is built.")
