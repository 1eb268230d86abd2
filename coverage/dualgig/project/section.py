"""What all sections of the project file share."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dualgig.postgis import is_database

Share = Annotated[float, Field(ge=0.0, le=1.0)]
PositiveShare = Annotated[float, Field(gt=0.0, le=1.0)]
Language = Literal["zh", "en"]
Service = Literal["5g", "gigabit"]

SERVICES: tuple[Service, Service] = ("5g", "gigabit")


def _no_database(path: str) -> str:
    if is_database(path):
        raise ValueError("only tables are read from a database: give a file here")
    return path


FilePath = Annotated[str, AfterValidator(_no_database)]


class Section(BaseModel):
    """A section of the project file: unknown keys are errors, values are not coerced from text."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
