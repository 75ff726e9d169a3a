"""Text for a terminal. What others wrote must not reach it raw: a terminal obeys the control sequences in it."""

_JSON_SPACES = {"\n": "\n", "\t": "\t", "\r": " "}
_FIRST_OF_TWO = 0x10000


def printable(text: str) -> str:
    """
    Return a text as one printable line, with an escape such as `\\x1b` for all else.

    Not printable are control characters (C0, DEL, C1), line ends, marks that turn the direction of writing, characters
    that take no room, and halves of surrogate pairs. Others may have chosen any of them: the name of a file, the path
    of a request.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in text
    )


def printable_block(text: str, *, margin: str = "    ") -> str:
    """
    Return a text of several lines, each of them printable and behind a margin.

    Without the margin, a line end in the text of an error could begin a line that looks like one of ours.
    """
    return "\n".join(margin + printable(line) for line in text.split("\n"))


def printable_json(text: str) -> str:
    """Return the same JSON, with JSON's own escapes for all that is not printable; it keeps its lines."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _json_escape(char) for char in text)


def one_line(text: str, *, instead: str = " ") -> str:
    """Return a text as one printable line, with `instead` for every character that is not printable."""
    return "".join(char if char.isprintable() else instead for char in text)


def count_of(number: int, what: str) -> str:
    """Return a number with its noun, which takes an `s` in the plural."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _json_escape(char: str) -> str:
    if char in _JSON_SPACES:
        return _JSON_SPACES[char]  # raw line ends stand between two values, never in a string
    code = ord(char)
    if code < _FIRST_OF_TWO:
        return f"\\u{code:04x}"
    code -= _FIRST_OF_TWO
    return f"\\u{0xD800 | code >> 10:04x}\\u{0xDC00 | code & 0x3FF:04x}"
