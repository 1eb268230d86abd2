"""What is wrong in a project file, one line a mistake, with the key that was probably meant."""

import difflib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError


def mistakes(
    model: type[BaseModel], path: Path, data: dict[str, Any], error: ValidationError, *, within: str = ""
) -> list[str]:
    """Each mistake of a project file as one line that says what to write instead.

    Parameters
    ----------
    model
        The model of the whole file.
    path
        The file.
    data
        What it holds.
    error
        What pydantic found.
    within
        Key under which all of this stands in the file, e.g. ``scenarios.cheap``.
    """
    lines = []
    errors = error.errors()
    locations = [item["loc"] for item in errors]
    misspelt = {
        (*item["loc"][:-1], _meant(model, data, item["loc"]))
        for item in errors
        if item["type"] == "extra_forbidden"
    }
    for item in errors:
        if item["loc"] in misspelt or (
            item["type"] == "too_short"
            and any(item["loc"] == other[: len(item["loc"])] != other for other in locations)
        ):
            continue
        where = ".".join(str(part) for part in (*filter(None, [within]), *item["loc"]))
        if item["type"] == "extra_forbidden":
            meant = _meant(model, data, item["loc"])
            mend = (
                f"did you mean {meant!r}?"
                if meant
                else f"known here: {', '.join(_known_keys(model, item['loc'][:-1]))}."
            )
            lines.append(f"{path}: {where}: there is no such key; {mend}")
        elif item["type"] == "missing":
            lines.append(f"{path}: {where}: this key is missing; add it.")
        else:
            message = item["msg"].removeprefix("Value error, ")
            lines.append(f"{path}: {where + ': ' if where else ''}{message[:1].lower()}{message[1:]}.")
    return lines


def _meant(model: type[BaseModel], data: dict[str, Any], location: tuple[int | str, ...]) -> str:
    """The key that a misspelt one was probably meant to be, or an empty text."""
    known = _known_keys(model, location[:-1])
    unused = [key for key in known if key not in _at(data, location[:-1])]
    close = difflib.get_close_matches(str(location[-1]), unused or known, n=1, cutoff=0.5)
    return close[0] if close else ""


def _at(data: Any, location: tuple[int | str, ...]) -> Any:
    """The part of the file's data at a pydantic location, or an empty table."""
    for part in location:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return {}
    return data if isinstance(data, dict) else {}


def _known_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys that a section allows, found by walking the JSON schema."""
    schema = model.model_json_schema()
    node: Any = schema
    for part in location:
        node = _dereference(schema, node)
        if isinstance(part, int):
            node = node.get("items", {})
        elif part in node.get("properties", {}):
            node = node["properties"][part]
        else:
            node = node.get("additionalProperties", {})
    return sorted(_dereference(schema, node).get("properties", {}))


def _dereference(schema: dict[str, Any], node: Any) -> dict[str, Any]:
    """Follow ``$ref`` and the non-null arm of ``anyOf``."""
    while isinstance(node, dict) and ("$ref" in node or "anyOf" in node or "allOf" in node):
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        else:
            arms = node.get("anyOf") or node["allOf"]
            node = next(arm for arm in arms if arm.get("type") != "null")
    return node if isinstance(node, dict) else {}
