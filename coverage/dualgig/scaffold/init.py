"""``dualgig init``: from a folder of files to a project file."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dualgig.errors import OutputError, ProjectError
from dualgig.scaffold.guess import guess
from dualgig.scaffold.survey import survey
from dualgig.scaffold.write import ORDER, project_file

if TYPE_CHECKING:
    from dualgig.project import Language
    from dualgig.scaffold.survey import Survey

FILE_NAME = "project.toml"


@dataclass(frozen=True)
class Scaffold:
    """What was written.

    Parameters
    ----------
    path
        The project file.
    marks
        How many of its lines are for a person to fill in or confirm.
    inputs
        File, and layer, of each input; empty where none was found.
    language
        The file's language.
    """

    path: Path
    marks: int
    inputs: dict[str, str]
    language: Language


def init_project(
    folder: str | Path, file: str | Path | None = None, *, language: Language | None = None
) -> Scaffold:
    """Look at the files of a folder and write a project file with comments.

    Parameters
    ----------
    folder
        Where the files are.
    file
        Where to write; ``project.toml`` in the folder by default. Never an existing file.
    language
        Language of comments and outputs; Chinese by default where the files' columns or names are.

    Raises
    ------
    ProjectError
        There is no such folder, or nothing in it that could be an input.
    OutputError
        The file exists already, or cannot be written.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ProjectError(f"{folder}: there is no such folder. Give the folder that holds your files.")
    path = folder / FILE_NAME if file is None else Path(file)
    if os.path.lexists(path):
        raise _exists(path)
    found = survey(folder)
    if not (found.tables or found.grids or found.roads):
        raise ProjectError(
            f"{folder}: nothing here can be an input. Put GeoPackages, shapefiles, GeoJSON, CSV, XLSX, GeoTIFF "
            "or .osm files into it."
        )
    spoken: Language = language or ("zh" if _is_chinese(found) else "en")
    guessed = guess(found)
    draft = project_file(found, guessed, folder, path, spoken)
    try:
        # "x": never over a file that came to be meanwhile.
        with path.open("x", encoding="utf-8", newline="\n") as out:
            out.write(draft.text())
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        reason = "the folder does not exist" if error.errno == errno.ENOENT else error.strerror
        raise OutputError(f"{path}: cannot be written ({reason}). Give another place with --out.") from None
    inputs = {name: guessed.layers[name].table.title if name in guessed.layers else "" for name in ORDER}
    for name in ("terrain", "population"):
        inputs[name] = guessed.grids[name][0].path if name in guessed.grids else ""
    inputs["roads"] = guessed.roads[0] if guessed.roads else ""
    return Scaffold(path, draft.marks, inputs, spoken)


def _exists(path: Path) -> OutputError:
    return OutputError(
        f"{path}: there is a file already, and it is left as it is. Give another name with --out."
    )


def _is_chinese(found: Survey) -> bool:
    """Whether column names or the first cells of any table are in Chinese."""
    for table in found.tables:
        texts = [*map(str, table.cells.columns), *map(str, table.cells.head(20).to_numpy().ravel())]
        if any("一" <= letter <= "鿿" for text in texts for letter in text):
            return True
    return False
