"""Reading strace's output: the system calls of a process and its threads, in the order in which they happened."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

# `123 12:00:00.000001 fsync(7</log>) = 0`, also split in two where another thread's line came between.
_LINE = re.compile(r"(?:(?P<thread>\d+) +)?(?:\d\d:\d\d:\d\d\.\d+ +)?(?P<text>.*)")
_UNFINISHED = " <unfinished ...>"
_RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>")
_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+|0x[0-9a-f]+|\?)(?P<rest>.*)", re.DOTALL)
_ERROR = re.compile(r" (?P<error>E[A-Z]+)")
_DESCRIPTOR = re.compile(r"\d+<(?P<path>[^>]*)>")
_STRING = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"')


class Call(Struct, frozen=True):
    """
    One system call that returned; `thread` is 0 in a trace of one thread alone.

    `began` and `ended` are numbers of lines of the trace: a call came before another one if it had ended when that
    began. `error` is the errno's name; None where the call succeeded.
    """

    thread: int
    name: str
    arguments: str
    result: str
    error: str | None
    is_injected: bool
    began: int
    ended: int

    @property
    def path(self) -> str:
        """The file of its first argument; empty if that is no descriptor."""
        match = _DESCRIPTOR.match(self.arguments)
        return match["path"] if match else ""

    @property
    def strings(self) -> list[bytes]:
        """Its string arguments: the paths of a link, or the bytes of a write."""
        return [_unescaped(match["text"]) for match in _STRING.finditer(self.arguments)]

    def is_before(self, other: "Call") -> bool:
        """Return whether it had returned when the other began."""
        return self.ended < other.began


def read_trace(lines: Iterable[str]) -> Iterator[Call]:
    """
    Yield the calls of a trace that strace wrote with `-f`, each where it returned.

    Signals, exits, and calls of which only one half was written are left out: they prove nothing.
    """
    unfinished: dict[int, tuple[int, str]] = {}
    for number, line in enumerate(lines):
        match = _LINE.match(line.rstrip("\n"))
        if match is None:
            continue
        thread, text, began = int(match["thread"] or 0), match["text"], number
        if text.endswith(_UNFINISHED):
            unfinished[thread] = number, text.removesuffix(_UNFINISHED)
            continue
        resumed = _RESUMED.match(text)
        if resumed is not None:
            began, head = unfinished.pop(thread, (number, ""))
            text = head + text[resumed.end() :]
        call = _CALL.fullmatch(text)
        if call is not None and call["result"] != "?":
            error = _ERROR.match(call["rest"]) if call["result"] == "-1" else None
            yield Call(
                thread=thread,
                name=call["name"],
                arguments=call["arguments"],
                result=call["result"],
                error=error["error"] if error else None,
                is_injected="(INJECTED)" in call["rest"],
                began=began,
                ended=number,
            )


def _unescaped(text: str) -> bytes:
    # strace escapes as C does; what is above ASCII comes as octal numbers, one for each byte.
    return text.encode("ascii").decode("unicode_escape").encode("latin-1")
