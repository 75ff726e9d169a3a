"""Reading traces of strace."""

import pytest

from tests.support.trace import Call, read_trace


def calls(*lines: str) -> list[Call]:
    return list(read_trace(f"{line}\n" for line in lines))


def test_call_on_one_line_is_read_whole() -> None:
    """A call on one line has its name, thread, file and result."""
    (call,) = calls("71 06:58:55.593956 fsync(7</log/journal.jsonl>) = 0")
    assert (call.thread, call.name, call.path, call.result, call.error) == (
        71,
        "fsync",
        "/log/journal.jsonl",
        "0",
        None,
    )
    assert (call.began, call.ended, call.is_injected) == (0, 0, False)


def test_call_that_was_interrupted_counts_at_its_return() -> None:
    """An interrupted call began at its first line, ended at its last, and stands in the order where it ended."""
    first, second = calls(
        "71 06:58:55.000001 fsync(7</log/a> <unfinished ...>",
        "72 06:58:55.000002 fsync(8</log/b> <unfinished ...>",
        "72 06:58:55.000003 <... fsync resumed>) = 0",
        "71 06:58:55.000004 <... fsync resumed>) = 0",
    )
    assert (first.path, first.began, first.ended) == ("/log/b", 1, 2)
    assert (second.path, second.began, second.ended) == ("/log/a", 0, 3)
    assert not first.is_before(second)
    assert not second.is_before(first)


def test_order_is_that_of_return_and_beginning() -> None:
    """One call came before another only if it had returned when the other began."""
    link, fsync, late = calls(
        '71 link("/log/.incoming/a.body", "/log/a/a.json") = 0',
        "72 fsync(8</log/a> <unfinished ...>",
        "71 fsync(9</log/a>) = 0",
        "72 <... fsync resumed>) = 0",
    )
    assert (fsync.thread, late.thread) == (71, 72)
    assert link.is_before(late)
    assert link.is_before(fsync)
    assert not late.is_before(fsync)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (r"plain", b"plain"),
        (r"{\"path\":\"conv_1\"}\n", b'{"path":"conv_1"}\n'),
        (r"\1\0\0", b"\x01\x00\x00"),
        (r"\303\251\\", b"\xc3\xa9\\"),
        (r"a) = 0, \"b\", \33[0m", b'a) = 0, "b", \x1b[0m'),
    ],
)
def test_written_bytes_are_what_was_written(given: str, meant: bytes) -> None:
    """Bytes that strace escaped are read back, whatever they are."""
    (call,) = calls(f'71 write(7</log/journal.jsonl>, "{given}", 99) = 99')
    assert call.strings == [meant]
    assert call.path == "/log/journal.jsonl"
    assert call.result == "99"


def test_failed_call_has_its_error() -> None:
    """A failed call has its error, and whether strace injected it."""
    failed, injected = calls(
        '71 link("/a", "/b") = -1 EEXIST (File exists)',
        "71 fsync(7</log>) = -1 EIO (Input/output error) (INJECTED)",
    )
    assert (failed.error, failed.is_injected) == ("EEXIST", False)
    assert (injected.error, injected.is_injected) == ("EIO", True)


def test_result_that_names_a_file_is_read() -> None:
    """An open returns a descriptor, after which strace names the file."""
    (call,) = calls('71 openat(AT_FDCWD</tmp>, "/log/a", O_RDWR|O_CREAT, 0600) = 15</log/a>')
    assert (call.name, call.strings, call.result, call.error) == ("openat", [b"/log/a"], "15", None)


@pytest.mark.parametrize(
    "line",
    [
        "71 06:58:55.000001 +++ exited with 0 +++",
        "71 06:58:55.000001 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---",
        "71 06:58:55.000001 fsync(7</log>) = ?",
        "71 06:58:55.000001 <... fsync resumed>) = 0",
        "71 06:58:55.000001 fsync(7</log> <unfinished ...>",
        "strace: Process 71 attached",
        "",
    ],
)
def test_what_is_no_whole_call_proves_nothing(line: str) -> None:
    """Signals, exits and incomplete calls are left out."""
    assert calls(line) == []
