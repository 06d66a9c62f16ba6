"""Tables in Markdown, ready to paste into docs/."""

import sys


class Table:
    """Rows of figures under headings. Each row is also printed to stderr as soon as it is added."""

    def __init__(self, title: str, headings: list[str]) -> None:
        self._rows: list[list[str]] = []
        self._headings = [title, *headings]

    def row(self, label: str, *cells: float | str) -> None:
        self._rows.append([label, *map(_formatted, cells)])
        print(*self._rows[-1], sep=" | ", file=sys.stderr, flush=True)

    def compare(self, label: str, ours: float, stock: float) -> None:
        """Our value, the stock project's, and their ratio."""
        self.row(label, ours, stock, f"{ours / stock:.2f}")

    def print(self) -> None:
        print(f"\n| {' | '.join(self._headings)} |")
        print(f"|{'---|' * len(self._headings)}")
        for row in self._rows:
            print(f"| {' | '.join(row)} |", flush=True)


def _formatted(cell: float | str) -> str:
    return cell if isinstance(cell, str) else _rounded(cell)


def _rounded(figure: float) -> str:
    return f"{figure:.0f}" if figure >= 100 else f"{figure:.1f}"
