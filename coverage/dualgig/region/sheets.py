"""CSV and XLSX files as cells of text, so that codes stay text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import warnings
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.region.findings import closest, listed

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from dualgig.project import Layer
    from dualgig.region.findings import Findings

CSV_SUFFIXES = (".csv", ".txt", ".tsv")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")


def read_sheet(path: Path, layer: Layer, findings: Findings) -> tuple[pd.DataFrame, NDArray[np.int64]] | None:
    """Read a CSV or XLSX file.

    Parameters
    ----------
    path
        The file, which exists.
    layer
        Its entry in the project file; ``encoding`` rules over what is found out, ``layer`` names a
        sheet.
    findings
        Takes what is wrong.

    Returns
    -------
    cells, rows
        Text cells under the file's column names, and the row of each as a person counts it (the
        header is row 1); ``None`` where the file cannot be read. Rows without any text are left out.
    """
    records = _csv_records(path, layer, findings) if path.suffix.lower() in CSV_SUFFIXES else None
    if path.suffix.lower() in WORKBOOK_SUFFIXES:
        records = _workbook_records(path, layer, findings)
    if records is None:
        return None
    if not records or not any(cell.strip() for cell in records[0]):
        findings.error(
            layer.path, 1, "", "there is no header in the first row.", "Write the column names in row 1."
        )
        return None
    return _tabulate(records, layer, findings)


def decode(data: bytes, encoding: str) -> str | None:
    """Bytes as text: by the encoding that is named, else UTF-8, UTF-16 by its mark, or GB18030.

    GB18030 contains GBK and GB2312. ``None`` where the bytes are none of these.
    """
    if encoding:
        candidates = ["utf-8-sig" if encoding.lower().replace("-", "") == "utf8" else encoding]
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for candidate in candidates:
        try:
            return data.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def _csv_records(path: Path, layer: Layer, findings: Findings) -> list[list[str]] | None:
    text = decode(path.read_bytes(), layer.encoding)
    if text is None:
        wrong = f"{layer.encoding} does not fit" if layer.encoding else "it is neither UTF-8 nor GBK"
        findings.error(
            layer.path,
            None,
            "",
            f"the text encoding is not known: {wrong}.",
            'Save the file as "CSV UTF-8", or write encoding = "..." for it in the project file.',
        )
        return None
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        findings.error(
            layer.path,
            None,
            "",
            f"this is not a CSV file ({error}).",
            "Save it again as CSV from the spreadsheet.",
        )
        return None


def _workbook_records(path: Path, layer: Layer, findings: Findings) -> list[list[str]] | None:
    import openpyxl  # noqa: PLC0415 - slow to import, and many projects hold no workbook

    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and validations that it drops; only values are read here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            names = book.sheetnames
            if layer.layer and layer.layer not in names:
                meant = closest(layer.layer, names) or names[0]
                findings.error(
                    layer.path,
                    None,
                    "",
                    f"there is no sheet {layer.layer!r}; the workbook has {listed(names)}.",
                    f'Write layer = "{meant}" for it in the project file.',
                )
                return None
            sheet = book[layer.layer or names[0]]
            # The dimensions that some writers store are wrong; forget them and read all rows.
            sheet.reset_dimensions()
            records = [[_cell_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
            book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        findings.error(
            layer.path,
            None,
            "",
            f"this is not an XLSX workbook ({error}).",
            "Save it again as XLSX from the spreadsheet.",
        )
        return None
    return records


def _cell_text(value: object) -> str:
    """A workbook's cell as the text that a person sees."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def number_text(value: float) -> str:
    """A number as text without a fraction that is not there; empty for NaN."""
    if math.isnan(value):
        return ""
    # Beyond 2^53 a double no longer tells whole numbers apart: keep the exponent, so that it shows.
    if math.isfinite(value) and value == int(value) and abs(value) < 2**53:
        return str(int(value))
    return repr(float(value))


def _tabulate(
    records: list[list[str]], layer: Layer, findings: Findings
) -> tuple[pd.DataFrame, NDArray[np.int64]] | None:
    header = [cell.strip() for cell in records[0]]
    while header and not header[-1]:
        header.pop()
    seen: set[str] = set()
    for name in header:
        if name and name in seen:
            findings.error(
                layer.path,
                1,
                name,
                f"two columns are called {name!r}.",
                "Rename one of them, or take it out.",
            )
            return None
        seen.add(name)
    width = len(header)
    cells: list[list[str]] = []
    rows: list[int] = []
    for number, record in enumerate(records[1:], start=2):
        if not any(cell.strip() for cell in record):
            continue
        if any(cell.strip() for cell in record[width:]):
            findings.error(
                layer.path,
                number,
                "",
                f"the row has {len(record)} cells, the header {width}.",
                "Put text that contains the separator in double quotes.",
            )
        cells.append((record + [""] * width)[:width])
        rows.append(number)
    named = [position for position, name in enumerate(header) if name]
    frame = pd.DataFrame(
        {header[p]: pd.Series([cell[p] for cell in cells], dtype=object) for p in named},
        index=pd.RangeIndex(len(cells)),
    )
    return frame, np.array(rows, dtype=np.int64)
