"""The text encoding of shapefiles: what the .cpg says, checked against the bytes of the .dbf."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = {
    "936": "GBK",
    "GB2312": "GBK",
    "65001": "UTF-8",
    "UTF8": "UTF-8",
    "1252": "CP1252",
    "88591": "ISO-8859-1",
}


def shapefile_encoding(path: Path) -> tuple[str, str]:
    """Encoding of a shapefile's texts, and whence it is known.

    The ``.cpg`` file is believed when the texts decode by it; many Chinese shapefiles have none, or
    one that says UTF-8 over GBK bytes. Then UTF-8 and GB18030 (which contains GBK) are tried.

    Parameters
    ----------
    path
        The ``.shp`` file.

    Returns
    -------
    encoding, source
        Python's name of the encoding, and ``cpg``, ``ascii``, ``bytes`` (found out) or ``unknown``
        (nothing fits; the encoding is empty).
    """
    texts = _texts(_sibling(path, ".dbf"))
    declared = _declared(path)
    if declared and _fits(texts, declared):
        return declared, "cpg"
    if all(text.isascii() for text in texts):
        return "UTF-8", "ascii"
    for candidate in ("UTF-8", "GB18030"):
        if _fits(texts, candidate):
            return candidate, "bytes"
    return "", "unknown"


def shapefile_parts(path: Path) -> list[Path]:
    """The files that make up a shapefile and that exist, in the order of their suffixes."""
    suffixes = (".cpg", ".dbf", ".prj", ".shp", ".shx")
    parts = [path if suffix == path.suffix.lower() else _sibling(path, suffix) for suffix in suffixes]
    return [part for part in parts if part is not None]


def _sibling(path: Path, suffix: str) -> Path | None:
    """A file of the same stem, its suffix in lower or upper case."""
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    return None


def _declared(path: Path) -> str:
    cpg = _sibling(path, ".cpg")
    if cpg is None:
        return ""
    name = cpg.read_bytes()[:64].decode("ascii", "ignore").strip().upper()
    name = name.removeprefix("CP").removeprefix("OEM ").removeprefix("ANSI ").replace("ISO-8859-1", "88591")
    name = _NAMES.get(name, f"CP{name}" if name.isdigit() else name)
    try:
        return codecs.lookup(name).name if name else ""
    except LookupError:
        return ""


def _fits(texts: list[bytes], encoding: str) -> bool:
    """Whether the texts decode; a few may end in half a character, cut by the field's width."""
    failures = 0
    for text in texts:
        try:
            text.decode(encoding)
        except UnicodeDecodeError as error:
            if error.end < len(text):
                return False
            failures += 1
    return failures * 20 <= len(texts)


def _texts(dbf: Path | None) -> list[bytes]:
    """Field names and character cells of a dBASE table (dBASE III file structure)."""
    if dbf is None:
        return []
    data = dbf.read_bytes()
    if len(data) < 32:
        return []
    count = int.from_bytes(data[4:8], "little")
    header_size = int.from_bytes(data[8:10], "little")
    record_size = int.from_bytes(data[10:12], "little")
    texts: list[bytes] = []
    fields: list[tuple[int, int]] = []
    offset = 1
    for start in range(32, header_size - 31, 32):
        if data[start] == 0x0D:
            break
        texts.append(data[start : start + 11].split(b"\0")[0])
        length = data[start + 16]
        if data[start + 11 : start + 12] == b"C":
            fields.append((offset, length))
        offset += length
    for number in range(count):
        record = header_size + number * record_size
        texts += [data[record + at : record + at + length].rstrip(b" \0") for at, length in fields]
    return [text for text in texts if text]
