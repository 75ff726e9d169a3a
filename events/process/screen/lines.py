"""The one look of our commands: marks, colours where the terminal has them, and lines that wrap where they should."""

from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from events.process.terminal import printable

# The states of a line, each with its mark and its colour.
_MARKS = {
    "ok": ("✓", "green"),
    "warning": ("!", "yellow"),
    "wrong": ("✗", "red"),
    "skipped": ("·", "dim"),
    "change": ("~", "cyan"),
}
_PLAIN_MARKS = {"ok": "ok", "warning": "!!", "wrong": "XX", "skipped": "--", "change": "~~"}


class Screen:
    """
    Prints lines in our look. What others wrote reaches the terminal as printable text only.

    Args:
        file: where to; standard output if it is None.
    """

    def __init__(self, file: TextIO | None = None) -> None:
        self._console = Console(file=file, highlight=False, markup=False, emoji=False)

    def heading(self, text: str) -> None:
        """Print the name of a group of lines."""
        self._console.print(Text(printable(text), style="bold"))

    def line(self, state: str, subject: str, text: str, *, then: str = "") -> None:
        """
        Print a line with a mark: what it is about, what is so, and what to do.

        Args:
            state: `ok`, `warning`, `wrong`, `skipped` or `change`.
            then: what to do; stands last.
        """
        mark, style = _MARKS[state]
        if not self._can_print(mark):
            mark = _PLAIN_MARKS[state]
        told = Text.assemble((f"{mark} ", style), (printable(subject), "bold"), ": ", printable(text))
        if then:
            told.append(f"{_end(text)} ")
            told.append(printable(then), style="" if state in {"warning", "wrong"} else "dim")
        self._print(told, indent=2)

    def detail(self, label: str, text: str) -> None:
        """Print what belongs to the line above."""
        self._print(Text.assemble((f"{printable(label)}: ", "dim"), printable(text)), indent=6)

    def text(self, text: str) -> None:
        """Print a sentence."""
        self._print(Text(printable(text)), indent=0)

    def _print(self, text: Text, *, indent: int) -> None:
        # On a terminal a long line wraps behind its mark; in a file or a pipe it stays one line, for grep.
        if self._console.is_terminal:
            self._console.print(Padding(text, (0, 0, 0, indent)))
        else:
            self._console.print(Text(" " * indent) + text, soft_wrap=True)

    def _can_print(self, mark: str) -> bool:
        try:
            mark.encode(self._console.encoding)
        except UnicodeEncodeError:
            return False
        return True


def _end(text: str) -> str:
    return "" if text.endswith((".", "!", "?")) else "."
