"""Prints the figures of a benchmark as a table; each timing stands beside a reference from the same run."""

from collections.abc import Sequence

Cell = str | int | float


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share (0 to 1) of the values lies, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Table:
    """A table that is printed when all of its rows are there."""

    def __init__(self, title: str, *columns: str) -> None:
        self._title = title
        self._rows: list[tuple[str, ...]] = [columns]

    def add(self, *cells: Cell) -> None:
        """Add a row; numbers are written with three significant digits."""
        self._rows.append(tuple(_written(cell) for cell in cells))

    def show(self) -> None:
        """Print the table."""
        widths = [max(len(row[column]) for row in self._rows) for column in range(len(self._rows[0]))]
        print(f"\n{self._title}")
        for row in self._rows:
            first, *others = zip(row, widths, strict=True)
            print("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]).rstrip())


def _written(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else cell
