"""Words for a terminal: printable, and in the right number."""


def printable(path: str) -> str:
    """Return a path fit for one line on a terminal: whoever slips in a file chooses its name."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in path
    )


def count_of(number: int, what: str) -> str:
    """Return a number with its noun."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
