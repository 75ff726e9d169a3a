"""A file of the log that cannot be read is a fault of its event alone; a log that cannot be read is waited for."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.errors import JournalError
from events.log.event import DamagedLine, Event
from events.log.receipt import Place
from projector.read_side.export import export_caller
from tests.support.broken_files import BREAKS, ONE_FILES, THE_MACHINES, Break, Refusal
from tests.support.samples import MARTA, NOON_S, audio, failure, transcription
from tests.support.sites import ProjectorSite

BEN = "+12025550199"
BAD = transcription("conv_bad", "My zebrak7.")
BAD_PATH = "conv_bad/conv_bad_transcription.json"
NOW_S = NOON_S * 2


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ProjectorSite]:
    """A site with two calls that are remembered."""
    site = ProjectorSite(tmp_path)
    site.append(transcription("conv_1", "one"), transcription("conv_ben", "My walrusk7.", caller=BEN))
    site.follower.catch_up()
    yield site
    site.follower.close()


def path_of(site: ProjectorSite, path: str = BAD_PATH) -> Path:
    """Return where an event's file is."""
    return site.log.folder / path


def append_bad(site: ProjectorSite) -> Path:
    """Append the event whose file is to fail, and one after it; return the first one's file."""
    site.append(BAD, transcription("conv_2", "two"))
    return path_of(site)


def mend(path: Path, body: bytes) -> None:
    """Put a file back in place of whatever lies there."""
    if not path.is_symlink() and path.is_dir():
        path.rmdir()
    path.unlink(missing_ok=True)
    path.write_bytes(body)


@pytest.mark.parametrize("break_", BREAKS, ids=lambda break_: break_.__name__)
def test_whatever_lies_in_place_of_a_file_stops_nobody_else(site: ProjectorSite, break_: Break) -> None:
    """
    The event is set aside with its reason, others are learnt, and once the file is back it is learnt by itself.
    """
    path = append_bad(site)
    kept = path.read_bytes()
    break_(path)
    site.follower.catch_up()
    (fault,) = site.faults()
    assert fault.error == f"{BAD_PATH} {BREAKS[break_]}"
    assert (fault.place.position, fault.kind, fault.conversation_id) == (3, "transcription", "conv_bad")
    assert (fault.attempts, fault.next_try_at_s, site.call_count()) == (1, 60, 2)

    mend(path, kept)
    site.now_s = 60
    site.follower.catch_up()
    assert (site.faults(), site.call_count()) == ([], 3)


@pytest.mark.parametrize("error", ONE_FILES, ids=lambda error: errno.errorcode[error])
def test_file_that_the_system_refuses_is_set_aside(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """Whatever error one file gives, while the journal can be read, is its event's: it is tried four times in all."""
    refusal = Refusal(monkeypatch, error, append_bad(site))
    for attempts, now_s in enumerate((0, 60, 360, 2160), 1):
        site.now_s = now_s
        site.follower.catch_up()
        (fault,) = site.faults()
        assert fault.error == f"{BAD_PATH} cannot be read: {os.strerror(error)}"
        assert (fault.attempts, site.call_count()) == (attempts, 2)
    assert [fault.next_try_at_s for fault in site.faults()] == [None]

    refusal.paths.clear()
    site.replay()
    assert (site.faults(), site.call_count()) == ([], 3)


@pytest.mark.parametrize("error", THE_MACHINES, ids=lambda error: errno.errorcode[error])
def test_machine_that_refuses_every_file_is_waited_for(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """Where the machine lacks what any file takes, nothing is set aside, and the same events are projected later."""
    refusal = Refusal(monkeypatch, error, append_bad(site))
    with pytest.raises(OSError, match=os.strerror(error)):
        site.follower.catch_up()
    refusal.paths.clear()
    assert (site.faults(), site.call_count()) == ([], 1)
    site.follower.catch_up()
    assert (site.faults(), site.call_count()) == ([], 3)


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOENT, errno.EACCES, errno.ESTALE])
def test_log_that_cannot_be_read_at_all_is_waited_for(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """If the journal cannot be read either, the disk is at fault: nothing is set aside, and nothing is forgotten."""
    append_bad(site)
    refusal = Refusal(monkeypatch, error, site.log.folder)
    with pytest.raises((JournalError, OSError)):
        site.follower.catch_up()
    refusal.paths.clear()
    assert (site.faults(), site.call_count()) == ([], 1)
    site.follower.catch_up()
    assert (site.faults(), site.call_count()) == ([], 3)


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOENT, errno.EACCES, errno.ESTALE])
def test_log_that_goes_while_it_is_followed_is_waited_for(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """If the disk goes between the journal and a file, as where a folder is unmounted, the position is held too."""
    append_bad(site)
    refusal = Refusal(monkeypatch, error)
    read = site.log.read

    def read_then_lose(after: Place | None = None) -> Iterator[Event | DamagedLine]:
        events = list(read(after))
        refusal.paths.add(site.log.folder)
        yield from events

    with monkeypatch.context() as patch:
        patch.setattr(site.log, "read", read_then_lose)
        with pytest.raises(OSError, match=os.strerror(error)):
            site.follower.catch_up()
    refusal.paths.clear()
    assert (site.faults(), site.call_count()) == ([], 1)
    site.follower.catch_up()
    assert (site.faults(), site.call_count()) == ([], 3)


@pytest.mark.slow
def test_replay_ends_with_each_bad_file_listed(site: ProjectorSite) -> None:
    """A replay, with workers, of a log with every kind of bad file ends, remembers the rest, and lists those files."""
    site.append(*(transcription(f"conv_n{number}", "word") for number in range(400)))
    for number, break_ in enumerate(BREAKS):
        break_(path_of(site, f"conv_n{number}/conv_n{number}_transcription.json"))
    site.replay()
    assert [fault.error.partition(" ")[2] for fault in site.faults()] == list(BREAKS.values())
    assert site.call_count() == 401 - len(BREAKS)


@pytest.mark.parametrize("break_", BREAKS, ids=lambda break_: break_.__name__)
def test_others_are_forgotten_beside_a_bad_file(site: ProjectorSite, break_: Break) -> None:
    """Erasing a caller searches the log past files that cannot be read, and finishes."""
    site.append(failure("conv_f", BEN), b"\xff +12025550143", audio("conv_bad"), BAD)
    for path in (BAD_PATH, "conv_f/conv_f_failure.json", "conv_bad/conv_bad_audio.json"):
        break_(path_of(site, path))
    account = site.forget(BEN, at_s=NOW_S)
    assert "conv_ben" in account.conversations
    assert not path_of(site, "conv_ben").exists()
    assert len(site.faults()) == 3
    assert "walrusk7" not in site.dump()


@pytest.mark.parametrize("break_", BREAKS, ids=lambda break_: break_.__name__)
def test_bad_file_of_a_forgotten_caller_goes(site: ProjectorSite, break_: Break) -> None:
    """Whatever lies in place of a forgotten caller's file is removed like the file."""
    break_(path_of(site, "conv_1/conv_1_transcription.json"))
    site.forget(MARTA, at_s=NOW_S)
    assert (site.faults(), path_of(site, "conv_1").exists()) == ([], False)


@pytest.mark.parametrize("has_replayed", [False, True])
@pytest.mark.parametrize(
    "stray", [b"\xff +12025550143", b'{"type": "notice", "number": "+12025550143"}'], ids=["unreadable", "notice"]
)
def test_event_that_could_not_be_searched_is_searched_later(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, stray: bytes, *, has_replayed: bool
) -> None:
    """
    If an event of no conversation could not be read when a caller was forgotten, the account says so, it is listed,
    and once it can be read it is erased if it names the caller, also where a replay came in between.
    """
    path = path_of(site, site.log.append(stray, source="webhook").path)
    site.append(b'{"type": "bens", "number": "+12025550199"}')
    refusal = Refusal(monkeypatch, errno.EACCES, path)
    account = site.forget(MARTA, at_s=NOW_S)
    assert account.unread == (3,)
    assert [fault.place.position for fault in site.faults()] == [3]
    assert path.exists()
    if has_replayed:
        site.replay()
        assert [fault.place.position for fault in site.faults()] == [3]

    refusal.paths.clear()
    site.now_s = 60
    site.follower.catch_up()
    assert (site.faults(), path.exists()) == ([], False)
    assert len(list(path_of(site, "_events/other-bens").iterdir())) == 1
    site.replay()
    assert site.faults() == []


def test_request_that_cannot_be_read_forgets_once_it_can(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """An erasure request whose own file cannot be read stops nobody, is listed, and is carried out later."""
    position = site.request_erasure(MARTA, at_s=NOW_S)
    site.append(transcription("conv_ben2", "two", caller=BEN))
    refusal = Refusal(monkeypatch, errno.EACCES, site.log.folder / "_events" / "erasure-request")
    for _ in range(2):
        site.replay()
        site.follower.catch_up()
        assert [fault.place.position for fault in site.faults()] == [position]
    refusal.paths.clear()
    site.now_s = 60
    site.follower.catch_up()
    assert (site.faults(), site.call_count()) == ([], 0)
    assert not path_of(site, "conv_1").exists()


def test_file_that_cannot_be_removed_is_said_and_removed_later(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    If a file of a forgotten caller cannot be removed, the memories and all other files go, others are learnt, the
    request counts as unfinished until the file is gone too, and the reason is listed. A replay changes none of this.
    """
    site.append(transcription("conv_9", "nine"), audio("conv_9"))
    site.follower.catch_up()
    stuck = path_of(site, "conv_9/conv_9_transcription.json")
    real = Path.unlink

    def unlink(path: Path, **named: bool) -> None:
        if path == stuck:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))
        real(path, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        position = site.request_erasure(MARTA, at_s=NOW_S)
        site.append(transcription("conv_ben2", "two", caller=BEN))
        for _ in range(2):
            site.follower.catch_up()
            assert site.call_count() == 0
            assert [path.name for path in stuck.parent.iterdir()] == [stuck.name]
            assert not path_of(site, "conv_1").exists()
            assert site.account(position) is None
            assert site.errors() == [f"conv_9/{stuck.name} cannot be removed: {os.strerror(errno.EPERM)}"]
            site.replay()
    site.now_s = 60
    site.follower.catch_up()
    assert (site.faults(), stuck.parent.exists()) == ([], False)
    assert site.account(position) is not None


@pytest.mark.parametrize("break_", BREAKS, ids=lambda break_: break_.__name__)
def test_recording_that_is_spoilt_is_written_anew(site: ProjectorSite, break_: Break) -> None:
    """Whatever lies in place of an MP3, the right one takes its place; only a folder is left, and is listed."""
    site.append(audio("conv_1"))
    site.follower.catch_up()
    mp3 = path_of(site, "conv_1/conv_1_audio.mp3")
    kept = mp3.read_bytes()
    break_(mp3)
    site.replay()
    if mp3.is_dir():
        assert site.errors() == [f"conv_1/{mp3.name} cannot be written: Is a directory"]
    else:
        assert (site.faults(), mp3.is_symlink(), mp3.read_bytes()) == ([], False, kept)


def test_recording_that_cannot_be_written_is_set_aside(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording that the system refuses to write is a fault of its event, and is written once it can be."""
    site.append(audio("conv_9"), transcription("conv_2", "two"))
    mp3 = path_of(site, "conv_9/conv_9_audio.mp3")
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if target == mp3:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        site.follower.catch_up()
    assert site.errors() == [f"conv_9/{mp3.name} cannot be written: Permission denied"]
    assert (site.call_count(), [path.name for path in mp3.parent.iterdir()]) == (2, ["conv_9_audio.json"])
    site.now_s = 60
    site.follower.catch_up()
    assert (site.faults(), mp3.exists()) == ([], True)


def test_export_says_what_it_could_not_read(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export goes on past bad files, and lists those that may be the caller's without saying whose they are."""
    site.append(b"\xff +12025550143", transcription("conv_ben2", "two", caller=BEN), transcription("conv_3", "three"))
    refused = [next(path_of(site, "_unreadable").iterdir()), path_of(site, "conv_ben2"), path_of(site, "conv_1")]
    Refusal(monkeypatch, errno.EACCES, *refused)
    site.follower.catch_up()
    with site.read_model() as read_model:
        text = "".join(export_caller(read_model, site.log, MARTA, region="US"))
    assert '"conv_1/conv_1_transcription.json cannot be read: Permission denied"' in text
    assert '"position":3,"kind":"unreadable"' in text
    assert '"position":4,"kind":"transcription"' in text
    assert "conv_ben2" not in text
    assert "three" in text
