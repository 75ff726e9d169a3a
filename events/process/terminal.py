"""Text for a terminal. What others wrote must not reach it raw: a terminal obeys the control sequences in it."""


def printable(path: str) -> str:
    """Return a path as one printable line, with escapes for all else. An intruder chooses the name of a file."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in path
    )


def one_line(text: str, *, instead: str = " ") -> str:
    """Return a text as one printable line, with `instead` for every character that is not printable."""
    return "".join(char if char.isprintable() else instead for char in text)


def count_of(number: int, what: str) -> str:
    """Return a number with its noun, which takes an `s` in the plural."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
