"""Writes CSV for a French spreadsheet; the console's only CSV writer.

`;` between cells, a byte order mark so that Excel reads UTF-8, decimal commas, times in Paris, and no cell that a
spreadsheet would run as a formula (OWASP, « CSV Injection »).
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from shop import formatting
from shop.clock import PARIS

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_YES_NO = {True: "oui", False: "non"}


class _Echo:
    def write(self, value: str) -> str:
        return value


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of the file. `rows`: values, which `cell` writes in French."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield BOM + str(writer.writerow(head))
    for row in rows:
        yield str(writer.writerow([cell(value) for value in row]))


def cell(value: object) -> str:
    """The value as a cell: numbers and times as a French spreadsheet reads them, a text only as a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _YES_NO[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        whole, _, decimals = f"{value:.3f}".partition(".")
        return f"{whole},{decimals.rstrip('0') or '0'}"
    if isinstance(value, datetime):
        at = value.astimezone(PARIS)
        return f"{formatting.short_date(at)} {at:%H:%M:%S}"
    if isinstance(value, date):
        return formatting.short_date(value)
    return safe_cell(str(value))


def safe_cell(text: str) -> str:
    """Prefix an apostrophe if a spreadsheet would run the text as a formula, in full-width signs too."""
    start = unicodedata.normalize("NFKC", text[:64].lstrip(" \u00a0\u202f\u200b" + BOM))
    return f"'{text}" if start.lstrip(" ").startswith(_FORMULA) else text
