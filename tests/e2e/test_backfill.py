"""Calls whose webhooks never came, fetched by the real process with ElevenLabs' SDK from an API on the loopback."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from events.log.event import Event
from projector.sources.sdk_client import TIMEOUT_S
from tests.support.elevenlabs import API_KEY, AT_ONCE, BROKEN, GONE, Account, Answer, conversation_of
from tests.support.samples import MARTA, MP3, NOON_S, PAYLOADS, audio, transcription
from tests.support.servers import Site, kill_all
from tests.support.starts.running import run_forked
from tests.support.waiting import PATIENCE_S

_LIST = "/v1/convai/conversations"
_RECORDED = [path.read_bytes() for path in sorted(PAYLOADS.glob("post_call_transcription.*.json"))]
_CALLS = [transcription(f"conv_{number}", f"Word {number}.", at_s=NOON_S + number) for number in range(5)]
_IDS = {f"conv_{number}" for number in range(5)}


@pytest.fixture
def account() -> Iterator[Account]:
    """An ElevenLabs account without a conversation, served on the loopback."""
    with Account().serving() as account:
        yield account


@pytest.fixture
def site(tmp_path: Path, account: Account) -> Site:
    """An installation that may read that account."""
    return site_of(account, tmp_path)


def site_of(account: Account, folder: Path) -> Site:
    folder.mkdir(exist_ok=True)
    return Site(folder, ELEVENLABS_API_KEY=API_KEY, ELEVENLABS_BASE_URL=account.url)


def backfill(site: Site, *options: str, code: int = 0) -> str:
    """Run a backfill to its end, assert its exit code, and return its output."""
    done = site.run("projector", "backfill", *options, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert API_KEY not in done.stdout + done.stderr
    return done.stdout + done.stderr


def append(site: Site, *webhooks: bytes) -> None:
    log = FolderLog(site.payloads)
    for webhook in webhooks:
        log.append(webhook, source="webhook")


def events_of(site: Site) -> list[Event]:
    """Return all events of a log that holds no draft any more."""
    assert not list((site.payloads / ".incoming").iterdir())
    return site.events()


def ids_of(site: Site, *, source: str = "backfill") -> Counter[str | None]:
    return Counter(event.receipt.conversation_id for event in events_of(site) if event.receipt.source == source)


def when(path: str, times: int, act: Callable[[], object]) -> Callable[[str], None]:
    """Return a hook that acts when a path is requested for the n-th time."""
    asked: list[str] = []

    def at_request(asked_for: str) -> None:
        asked.append(asked_for)
        if asked_for == path and asked.count(path) == times:
            act()

    return at_request


def dump_of_webhooks(folder: Path, *webhooks: bytes) -> str:
    """Return the dump of webhooks that came in as they should."""
    folder.mkdir()
    site = Site(folder)
    append(site, *webhooks)
    site.run("projector", "--once")
    return site.dump()


def test_appends_what_the_log_lacks(site: Site, account: Account) -> None:
    """
    Over several pages, every missing call is appended as ElevenLabs answered it, once, and no other call is requested.
    """
    account.hold(*_CALLS)
    account.page_size_max = 2
    append(site, _CALLS[1], _CALLS[4])
    said = backfill(site)

    assert "of 5 calls, appended 3 that the log lacked" in said
    assert ids_of(site) == Counter(["conv_3", "conv_2", "conv_0"])
    for event in events_of(site)[2:]:
        answer = account.conversations[event.receipt.conversation_id or ""]
        assert event.body() == b'{"type":"post_call_transcription","data":' + answer + b"}"
        assert (
            event.receipt.path == f"{event.receipt.conversation_id}/{event.receipt.conversation_id}_transcription.json"
        )
    assert [query.get("cursor") for query in account.queries()] == [None, ["cursor_2"], ["cursor_4"]]
    assert account.fetched() == ["conv_3", "conv_2", "conv_0"]

    account.requests.clear()
    assert "appended 0 that the log lacked" in backfill(site)
    assert account.fetched() == []


def test_remembers_what_the_webhooks_would_have_told(site: Site, account: Account, tmp_path: Path) -> None:
    """Backfilled calls give the same memories, byte for byte, as their webhooks; they are there when it ends."""
    account.hold(*_RECORDED, *_CALLS)
    backfill(site)
    assert site.dump() == dump_of_webhooks(tmp_path / "webhooks", *_RECORDED, *_CALLS)


def test_running_projector_folds_what_is_appended(site: Site, account: Account) -> None:
    """Beside a projector that follows the log, the backfill waits until that one has folded the appended calls."""
    account.hold(*_CALLS)
    with site.ingress(), site.projector():
        site.wait_until_folded(0)
        said = backfill(site)
        found = {memory["content"] for memory in site.search("", MARTA)["memories"]}
        assert "another projector follows this log" in said
    assert {f"Word {number}." for number in range(5)} <= found


def test_asks_for_finished_calls_of_one_agent(site: Site, account: Account) -> None:
    """Calls that still run, or are still analysed, are left for later; `--agent` leaves out other agents' calls."""
    account.hold(transcription("conv_mine", "Hi."), transcription("conv_other", "Hi.", agent="agent_other"))
    account.hold(transcription("conv_failed", "Hi."), status="failed")
    for status in ("initiated", "in-progress", "processing"):
        account.hold(transcription(f"conv_{status}", "Hi."), status=status)
    backfill(site, "--agent", "agent_other", "--since", "2025-11-12")
    assert ids_of(site) == Counter(["conv_other"])
    assert "call_start_after_unix" in account.queries()[0]
    assert account.queries()[0]["agent_id"] == ["agent_other"]
    assert account.queries()[0]["exclude_statuses"] == ["initiated", "in-progress", "processing"]

    account.ignores_filters = True
    backfill(site)
    assert set(ids_of(site)) == {"conv_mine", "conv_other", "conv_failed"}
    account.hold(transcription("conv_processing", "Hi."))
    backfill(site)
    assert "conv_processing" in ids_of(site)


def test_key_is_needed_for_a_backfill_alone(site: Site, account: Account) -> None:
    """Without a usable API key a backfill names the variable and ends with 2; no other command needs the key."""
    site.env["ELEVENLABS_API_KEY"] = "your_api_key_here"
    site.env["ELEVENLABS_BASE_URL"] = "ftp://nowhere"
    said = backfill(site, code=2)
    assert {line.split()[1] for line in said.splitlines()} == {"ELEVENLABS_API_KEY", "ELEVENLABS_BASE_URL"}
    assert account.requests == []
    append(site, _CALLS[0])
    site.run("projector", "--once")
    assert "Word 0." in site.dump()


def test_waits_as_long_as_it_is_asked_to(site: Site, account: Account) -> None:
    """After 429 with Retry-After, in seconds or as a date, the backfill waits that long and continues."""
    account.hold(*_CALLS[:2])
    account.instead[_LIST] = [Answer(429, headers=(("retry-after", "2"),))]
    long_past = (("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"),)
    account.instead[_LIST + "/conv_1"] = [Answer(429, headers=long_past), Answer(503, headers=AT_ONCE)]
    backfill(site)

    assert ids_of(site) == Counter(["conv_0", "conv_1"])
    first, second, *_ = account.requests
    assert second.at_s - first.at_s >= 2
    assert account.fetched() == ["conv_1", "conv_1", "conv_1", "conv_0"]


def test_one_call_that_cannot_be_had_does_not_keep_the_others(site: Site, account: Account) -> None:
    """A call for which ElevenLabs fails is named, the others are appended, exit 1; the next backfill tries it again."""
    account.hold(*_CALLS)
    account.instead[_LIST + "/conv_2"] = [BROKEN] * 5
    said = backfill(site, code=1)
    assert "conv_2: ElevenLabs answered 500: A test says so." in said
    assert set(ids_of(site)) == _IDS - {"conv_2"}
    backfill(site)
    assert set(ids_of(site)) == _IDS


def test_refused_key_ends_it(site: Site, account: Account) -> None:
    """A key that is refused in the middle ends the backfill at once, with the name of its variable."""
    account.hold(*_CALLS)
    account.instead[_LIST + "/conv_2"] = [Answer(401)]
    assert "ELEVENLABS_API_KEY" in backfill(site, code=1)
    assert ids_of(site) == Counter(["conv_4", "conv_3"])


def test_call_that_is_gone_is_named_and_skipped(site: Site, account: Account) -> None:
    """A call that was deleted since it was listed is named, and is no failure."""
    account.hold(*_CALLS)
    account.instead[_LIST + "/conv_2"] = [GONE]
    said = backfill(site)
    assert "conv_2: ElevenLabs no longer has it" in said
    assert "1 were gone, 0 failed" in said
    assert set(ids_of(site)) == _IDS - {"conv_2"}


def test_hostile_ids_reach_no_path_and_no_url(site: Site, account: Account) -> None:
    """An invalid id is printed, escaped, and becomes neither a file of ours nor a request with our key."""
    hostile = ["../agents", "..", "a/b", "a?b=c", "a#b", "%2e%2e", "_events", "\x1b[31m", "\u202e", "a" * 129, ""]
    account.hold(_CALLS[0])
    listed = [account.page({})["conversations"][0] | {"conversation_id": id_} for id_ in (*hostile, "conv_0")]
    account.instead[_LIST] = [Answer(200, json.dumps({"conversations": listed, "has_more": False}).encode())]
    said = backfill(site, code=1)

    assert account.fetched() == ["conv_0"]
    assert said.count("is not the id of a conversation") == len(hostile)
    assert said.isascii()
    assert "\x1b" not in said
    assert {path.name for path in site.folder.iterdir()} == {"payloads", "readmodel"}
    assert {path.name for path in site.payloads.iterdir() if path.is_dir()} == {".incoming", "conv_0"}


def test_erased_call_is_not_fetched_again(site: Site, account: Account) -> None:
    """An erased call keeps its receipt for ever: neither the call nor its recording is requested again."""
    account.hold(*_CALLS, has_audio=True)
    account.recordings = dict.fromkeys(_IDS, MP3)
    append(
        site,
        json.dumps({"type": "post_call_transcription", "data": conversation_of(_CALLS[0], has_audio=True)}).encode(),
    )
    site.run("projector", "--once")
    site.run("projector", "forget", "--yes", MARTA)
    other = transcription("conv_other", "Hi.", caller="+12025550111")
    account.conversations = {}
    account.hold(_CALLS[0], other, has_audio=True)
    backfill(site, "--audio")

    assert [path for path in account.fetched() if "conv_0" in path] == []
    assert not (site.payloads / "conv_0").exists()
    assert "conv_other" in ids_of_receipts(site)


def ids_of_receipts(site: Site) -> set[str | None]:
    """Return the conversations that have receipts, including those whose files are erased."""
    return {event.receipt.conversation_id for event in FolderLog(site.payloads).read() if isinstance(event, Event)}


def test_late_call_of_an_erased_caller_is_removed(site: Site, account: Account) -> None:
    """A call from before an erasure that only a backfill brings is removed again, and requested only once."""
    append(site, _CALLS[0])
    site.run("projector", "--once")
    site.run("projector", "forget", "--yes", MARTA)
    account.hold(_CALLS[1])
    backfill(site)
    assert not (site.payloads / "conv_1").exists()
    assert "Word 1." not in site.dump()
    account.requests.clear()
    backfill(site)
    assert account.fetched() == []


def test_audio_brings_recordings(site: Site, account: Account) -> None:
    """With `--audio`, the recordings that the log lacks are appended, and written as MP3 files, each once."""
    account.hold(_CALLS[0], _CALLS[1], has_audio=True)
    account.hold(_CALLS[2])
    account.recordings = {"conv_0": MP3, "conv_1": MP3 + b"12", "conv_2": b"that nobody says is there"}
    append(site, audio("conv_1"))
    backfill(site)
    assert [path for path in account.fetched() if path.endswith("audio")] == []
    said = backfill(site, "--audio")

    assert "and 1 recordings" in said
    assert [path for path in account.fetched() if path.endswith("audio")] == ["conv_0/audio"]
    assert (site.payloads / "conv_0" / "conv_0_audio.mp3").read_bytes() == MP3
    (event,) = (event for event in events_of(site) if event.receipt.path == "conv_0/conv_0_audio.json")
    assert event.receipt.source == "backfill"
    assert set(json.loads(event.body())) == {"type", "data"}
    assert json.loads(event.body())["data"].keys() == {"agent_id", "conversation_id", "full_audio"}
    account.requests.clear()
    backfill(site, "--audio")
    assert account.fetched() == []


# Prints the peak memory of the process, in kilobytes.
_MEASURE = """
import atexit, pathlib
from projector.__main__ import main

status = pathlib.Path("/proc/self/status")
peak = lambda: next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
atexit.register(lambda: print(peak()))
main()
"""


def test_long_recording_does_not_grow_the_process(tmp_path: Path, account: Account) -> None:
    """A recording of 60 MB costs less than 16 MB more than one of a few kilobytes."""
    peaks = []
    account.hold(_CALLS[0], has_audio=True)
    for name, recording in (("short", MP3), ("long", bytes(60_000_000))):
        site = site_of(account, tmp_path / name)
        account.recordings = {"conv_0": recording}
        command = [sys.executable, "-c", _MEASURE, "backfill", "--audio"]
        done = subprocess.run(command, env=site.env, cwd=site.folder, capture_output=True, check=True)
        peaks.append(int(done.stdout.split()[-1]))
        assert (site.payloads / "conv_0" / "conv_0_audio.mp3").stat().st_size == len(recording)
    assert peaks[1] - peaks[0] < 16 * 1024, peaks


@pytest.mark.parametrize("path", ["conv_2", "conv_2/audio"])
def test_next_backfill_finishes_a_killed_one(site: Site, account: Account, path: str) -> None:
    """After a SIGKILL in the middle of a call or of a recording, the next run leaves every call there, once."""
    account.hold(*_CALLS, has_audio=True)
    account.recordings = dict.fromkeys(_IDS, bytes(3_000_000))
    if path.endswith("audio"):
        account.instead[f"{_LIST}/{path}"] = [Answer(200, bytes(3_000_000), cut_at=2_500_000)]
    with site.process("projector", "backfill", "--audio") as process:
        # The second time that a recording is read from, most of it has been written already.
        account.at_request = when(f"{_LIST}/{path}", path.count("audio") + 1, lambda: kill_all(process))
        process.wait(PATIENCE_S)
    assert process.returncode == -signal.SIGKILL
    account.at_request = lambda _: None
    assert len(ids_of_receipts(site)) < len(_IDS)
    backfill(site, "--audio")

    kinds = Counter((event.receipt.conversation_id, event.receipt.kind) for event in events_of(site))
    assert kinds == Counter((id_, kind) for id_ in _IDS for kind in ("transcription", "audio"))
    assert account.fetched().count("conv_4") == 1


# Dies by SIGKILL when it reaches a step for the second time.
_DIE = """
import os, signal, sys
from events.disk import steps
from projector.__main__ import main

fatal, seen = sys.argv.pop(1), []

def reached(step):
    seen.append(step)
    if seen.count(fatal) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

steps.reached = reached
main()
"""


@pytest.mark.parametrize("step", ["draft_sealed", "body_linked", "receipt_written", "draft_receipts_removed"])
def test_killed_append_is_settled(site: Site, account: Account, step: str) -> None:
    """Whatever step of an append SIGKILL comes at, the next backfill leaves each call there once, and no draft."""
    account.hold(*_CALLS)
    done = run_forked(["-c", _DIE, step, "backfill"], folder=site.folder, env=site.env)
    assert done.returncode == -signal.SIGKILL, done.stderr
    backfill(site)
    assert ids_of(site) == Counter(_IDS)
    assert account.fetched().count("conv_3") == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_stops_between_two_calls(site: Site, account: Account, number: int, code: int) -> None:
    """
    On SIGINT and SIGTERM a summary is printed. What was fetched is appended; a call whose answer was still coming in is
    fetched again by the next run, which does the rest.
    """
    account.hold(*_CALLS)
    with site.process("projector", "backfill") as process:
        account.at_request = when(f"{_LIST}/conv_3", 1, lambda: process.send_signal(number))
        assert process.wait(PATIENCE_S) == code
    said = site.log("projector")
    assert "`projector --once` folds what was appended" in said
    appended = ids_of(site)
    assert appended in (Counter(["conv_4"]), Counter(["conv_4", "conv_3"]))
    assert f"of 5 calls, appended {appended.total()} that the log lacked" in said
    account.at_request = lambda _: None
    backfill(site)
    assert ids_of(site) == Counter(_IDS)


def test_signal_ends_a_request_that_is_not_answered(site: Site, account: Account) -> None:
    """A backfill that waits for an answer does not wait for it any more after SIGTERM; the next one loses nothing."""
    account.hold(*_CALLS)
    is_over = threading.Event()
    with site.process("projector", "backfill") as process:

        def hang() -> None:
            process.send_signal(signal.SIGTERM)
            is_over.wait(PATIENCE_S)

        account.at_request = when(f"{_LIST}/conv_3", 1, hang)
        try:
            assert process.wait(TIMEOUT_S - 2) == 143  # before the request itself is given up
        finally:
            is_over.set()
    assert "`projector --once` folds what was appended" in site.log("projector")
    assert ids_of(site) == Counter(["conv_4"])
    account.at_request = lambda _: None
    backfill(site)
    assert ids_of(site) == Counter(_IDS)


@pytest.mark.parametrize("path", [_LIST, f"{_LIST}/conv_3"])
def test_signal_ends_a_wait(site: Site, account: Account, path: str) -> None:
    """A backfill that was asked to wait for a minute ends at once on SIGTERM."""
    account.hold(*_CALLS)
    account.instead[path] = [Answer(429, headers=(("retry-after", "100"),))]
    with site.process("projector", "backfill") as process:
        later = threading.Timer(0.5, lambda: process.send_signal(signal.SIGTERM))  # at any moment of the wait
        account.at_request = when(path, 1, later.start)
        assert process.wait(PATIENCE_S) == 143


def test_begins_no_new_log_where_there_are_memories_of_another(site: Site, account: Account) -> None:
    """If the payload disk is not mounted when cron runs it, a backfill says so, and fetches nothing into its place."""
    account.hold(*_CALLS)
    backfill(site)
    account.requests.clear()
    site.payloads.rename(site.folder / "unmounted")

    assert "is its disk mounted?" in backfill(site, code=1)
    assert account.fetched() == []
    assert not (site.payloads / "journal.jsonl").exists()
