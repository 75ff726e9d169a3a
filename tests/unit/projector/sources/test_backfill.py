"""What a backfill makes of ElevenLabs' answers, with the real SDK in this process and an API on the loopback."""

import gzip
import json
import threading
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from elevenlabs.client import ElevenLabs
from elevenlabs.types import GetConversationResponseModel, GetConversationsPageResponseModel

from events.folder_log.log import FolderLog
from projector.__main__ import cli
from projector.errors import ElevenLabsError, ElevenLabsRefusedError
from projector.sources import elevenlabs as elevenlabs_api
from projector.sources.backfill import Backfill, unix_seconds_of
from projector.sources.elevenlabs import ElevenLabsApi
from tests.golden.stories import dump_of
from tests.support.elevenlabs import API_KEY, AT_ONCE, BROKEN, Account, Answer, conversation_of
from tests.support.logs import append, assert_chained, bodies, events, file_of, mp3_of, payload_files
from tests.support.samples import MP3, NOON_S, PAYLOADS, audio, gzipped_spaces, transcription
from tests.support.sites import ProjectorSite

pytestmark = pytest.mark.server

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
def log(tmp_path: Path) -> FolderLog:
    """A log without an event."""
    return FolderLog(tmp_path / "payloads")


class Run:
    """One run of a backfill: its messages, and its error."""

    def __init__(
        self,
        log: FolderLog,
        account: Account,
        *,
        since: int | None = None,
        is_audio: bool = False,
        timeout_s: float = 15,
    ) -> None:
        self.said: list[str] = []
        self.waited: list[str] = []
        self.error: ElevenLabsError | None = None
        stop = threading.Event()
        api = ElevenLabsApi(API_KEY, account.url, stop=stop, tell=self.waited.append, timeout_s=timeout_s)
        backfill = Backfill(log, api, tell=self.said.append, stop=stop)
        try:
            backfill.run(since_s=since, has_recordings=is_audio)
        except ElevenLabsError as error:
            self.error = error
        finally:
            api.close()
        self.summary = backfill.summary


def ids_of(log: FolderLog) -> Counter[str | None]:
    """Return the conversations of the log's events, one entry for each event."""
    assert_chained(log, len(events(log)))
    assert not list((log.folder / ".incoming").iterdir())
    return Counter(event.receipt.conversation_id for event in events(log))


def recording_of(log: FolderLog, conversation_id: str) -> bytes | None:
    """Return a recording as the projector writes it; None if the log has no recording."""
    kinds = {(event.receipt.conversation_id, event.receipt.kind): event for event in events(log)}
    event = kinds.get((conversation_id, "audio"))
    if event is None:
        return None
    log.write_recording(event)
    return mp3_of(log, event).read_bytes()


def test_sdk_3_is_asked_where_it_keeps_conversations(
    log: FolderLog, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SDK 3 calls the agents' part of its client by another name: conversations and recordings come from there too."""

    class Client3:
        """The client of SDK 3, as far as a backfill uses it."""

        def __init__(self, **of: Any) -> None:
            self.agents = ElevenLabs(**of).conversational_ai

    monkeypatch.setattr("elevenlabs.client.ElevenLabs", Client3)
    account.hold(*_CALLS, has_audio=True)
    account.recordings["conv_1"] = MP3
    run = Run(log, account, is_audio=True)

    assert run.error is None
    assert ids_of(log).keys() == _IDS
    assert recording_of(log, "conv_1") == MP3


def test_server_of_these_tests_speaks_the_sdks_types(account: Account) -> None:
    """The test server's conversations and pages pass the SDK's own type checks."""
    account.hold(*_RECORDED, *_CALLS, transcription("conv_rich", "Hi.", summary="They said hi.", first_name="Marta"))
    for conversation in account.conversations.values():
        GetConversationResponseModel.model_validate_json(conversation)
    page = GetConversationsPageResponseModel.model_validate(account.page({}))
    assert {one.conversation_id for one in page.conversations} == account.conversations.keys()


@pytest.mark.slow
def test_appends_the_very_bytes(account: Account, tmp_path: Path) -> None:
    """Unknown fields, the notation of numbers and escapes stay as they came, and no time of our clock is added."""
    answer = (
        rb'{ "conversation_id" : "conv_1","agent_id":"a","cost":1.50,"huge":1e300,"of_next_month":"\u00e9/\/",'
        b'"status":"done","metadata":{"start_time_unix_secs":1762948800},"transcript":[]}\n'
    )
    account.conversations["conv_1"] = answer
    logs = [FolderLog(tmp_path / name) for name in ("one", "another")]
    for log in logs:
        assert Run(log, account).error is None
    assert [bodies(log) for log in logs] == [[b'{"type":"post_call_transcription","data":' + answer + b"}"]] * 2


@pytest.mark.parametrize("webhook_comes", ["meanwhile", "later"])
@pytest.mark.parametrize("event_timestamp", [NOON_S + 60, None])
def test_call_that_came_both_ways_counts_once(
    log: FolderLog, account: Account, tmp_path: Path, webhook_comes: str, event_timestamp: int | None
) -> None:
    """
    A webhook that comes while its call is fetched, or after, gives the memories; the fetched version changes none.
    """
    webhook = transcription("conv_1", "As the webhook has it.", event_timestamp=event_timestamp)
    # The API's version does not win by more turns against a webhook that has a timestamp.
    account.hold(transcription("conv_1", "As the API has it.", *["And more."] * (event_timestamp is not None)))
    if webhook_comes == "meanwhile":
        account.at_request = lambda path: append(log, webhook) if path.endswith("/conv_1") else None
    assert Run(log, account).error is None
    append(log, webhook)

    sources = ["webhook", "backfill"] if webhook_comes == "meanwhile" else ["backfill", "webhook"]
    assert [event.receipt.source for event in events(log)] == sources
    assert ProjectorSite(tmp_path).replayed_dump() == dump_of([webhook], tmp_path / "webhook")


@pytest.mark.parametrize("call", [*_RECORDED, _CALLS[0]])
def test_call_gives_the_memories_of_its_webhook(log: FolderLog, account: Account, tmp_path: Path, call: bytes) -> None:
    """A call that only a backfill brought gives the same memories as its webhook, byte for byte."""
    account.hold(call)
    assert Run(log, account).summary.calls == 1
    assert ProjectorSite(tmp_path).replayed_dump() == dump_of([call], tmp_path / "webhook")


def test_since_takes_calls_from_that_second_on(log: FolderLog, account: Account) -> None:
    """A call that began in that very second is taken, however the API reads `after`; earlier ones are not."""
    account.hold(*_CALLS)
    Run(log, account, since=NOON_S + 2)
    assert set(ids_of(log)) == {"conv_2", "conv_3", "conv_4"}
    account.ignores_filters = True
    Run(log, account, since=NOON_S + 1)
    assert set(ids_of(log)) == _IDS - {"conv_0"}
    Run(log, account, since=-1)
    assert set(ids_of(log)) == _IDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-11-12", NOON_S - 12 * 3600),
        ("2025-11-12T12:00:00Z", NOON_S),
        ("2025-11-12T14:00:00+02:00", NOON_S),
        ("2025-11-12t12:00:00.25z", NOON_S),
    ],
)
def test_since_is_a_date_or_a_time(text: str, expected: int) -> None:
    """A date is its midnight in UTC; a time is taken as written."""
    assert unix_seconds_of(text) == expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["backfill", "--since", "yesterday"], "'yesterday' is neither a date such as 2026-11-01"),
        (["backfill", "--since", "20261101"], "'20261101' is neither a date"),
        (["backfill", "--since", "2026-11-01T09:30:00"], "nor a time such as 2026-11-01T09:30:00Z"),
        (["backfill", "--since", "2026-02-30"], "'2026-02-30' is neither a date"),
        (["backfill", "--since", ""], "'' is neither a date"),
        (["backfill", "--agent", ""], "--agent is empty"),
        (["--backfill", "--once"], "exclude each other"),
        (["--backfill", "failures"], "exclude each other"),
        (["--backfill", "--since", ""], "'' is neither a date"),
        (["--since", "2026-11-01"], "go with --backfill"),
        (["--agent", ""], "go with --backfill"),
        (["--once", "--audio"], "go with --backfill"),
    ],
)
def test_unusable_options_are_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    """Options that are invalid or would do nothing end with a message and exit 2, before any request or file."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(
        cli, options, env={"ELEVENLABS_API_KEY": API_KEY, "ELEVENLABS_BASE_URL": "http://[::1]:1"}
    )
    assert done.exit_code == 2
    assert words in " ".join(done.output.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("wait", "tries"), [("3600", 1), ("0", 5)])
def test_stops_where_it_is_told_that_it_asks_too_often(log: FolderLog, account: Account, wait: str, tries: int) -> None:
    """If the API asks to wait an hour, or again and again, the backfill ends with a clear line; appended calls stay."""
    account.hold(*_CALLS)
    account.instead[_LIST + "/conv_2"] = [Answer(429, headers=(("retry-after", wait),))] * 20
    run = Run(log, account)

    assert isinstance(run.error, ElevenLabsRefusedError)
    assert f"we ask too often (429), and asks to wait {wait} seconds: A test says so." in str(run.error)
    assert account.fetched().count("conv_2") == tries
    assert ids_of(log) == Counter(["conv_4", "conv_3"])


def test_gives_up_where_everything_fails(log: FolderLog, account: Account) -> None:
    """After three calls in a row that fail it ends, and does not ask for thousands more."""
    account.hold(*_CALLS)
    account.instead = {f"{_LIST}/{id_}": [BROKEN] * 20 for id_ in _IDS - {"conv_4"}}
    run = Run(log, account)
    assert str(run.error) == "gave up after 3 failures in a row"
    assert run.summary.failed == 3
    assert set(account.fetched()) == {"conv_4", "conv_3", "conv_2", "conv_1"}


def test_goes_on_where_failures_are_scattered(log: FolderLog, account: Account) -> None:
    """Failures with a successful call between them do not end the backfill."""
    account.hold(*_CALLS)
    account.instead = {f"{_LIST}/conv_{number}": [Answer(403)] for number in (4, 3, 1, 0)}
    run = Run(log, account)
    assert run.error is None
    assert (run.summary.calls, run.summary.failed) == (1, 4)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(401, b'{"detail":{"message":"Invalid API key"}}'), "refused ELEVENLABS_API_KEY (401): Invalid API key"),
        (Answer(404, b'{"detail":"Not \\u001b[31mFound"}'), "answered 404: Not  [31mFound"),
        (Answer(403, b"<html>"), "answered 403"),
        (Answer(403, b'{"detail":"%s"}' % (b"a" * 5000)), "answered 403: " + "a" * 200),
        (Answer(422, b'{"detail":[{"loc":["query"],"msg":"bad"}]}'), "answered 422"),
        (Answer(307, b"", (("location", "/elsewhere"),)), "answered 307"),
        (Answer(200, b"<html>"), "answer is not JSON"),
        (Answer(200, b'{"conversations":[{"conversation_id":5}]}'), "list of conversations cannot be read"),
        (Answer(200, b'{"conversations":{}}'), "cannot be read"),
        (Answer(200, b"{}"), "list of conversations cannot be read"),
        (Answer(200, b"[]"), "cannot be read"),
        (Answer(200, b"null"), "list of conversations cannot be read"),
        (Answer(200, b"[" * 100_000), "answer cannot be read"),
        (Answer(200, b'"\xff"'), "answer cannot be read"),
        (Answer(403, b'"\xff"'), "answer cannot be read"),
        (Answer(200, b'{"conversations":[],"has_more":true}'), "more conversations, but gives no new cursor"),
    ],
)
def test_list_that_cannot_be_had_is_said_in_a_line(
    log: FolderLog, account: Account, answer: Answer, words: str
) -> None:
    """Any answer that is not a list gives one line; nothing is appended, and no redirect is followed."""
    account.instead[_LIST] = [answer] * 20
    run = Run(log, account)
    assert words in str(run.error)
    assert len(str(run.error)) < 300
    assert str(run.error).isprintable()
    assert len(account.requests) == 1
    assert events(log) == []


def test_list_that_never_ends_is_ended(log: FolderLog, account: Account) -> None:
    """The backfill does not follow a list that leads to itself for ever."""
    page = b'{"conversations":[],"has_more":true,"next_cursor":"again"}'
    account.instead[_LIST] = [Answer(200, page)] * 20
    assert "more conversations, but gives no new cursor" in str(Run(log, account).error)
    assert len(account.requests) == 2


def page(cursor: str, *conversations: str) -> Answer:
    """Return a page that says that another one follows."""
    listed = [{"conversation_id": id_, "status": "done"} for id_ in conversations]
    return Answer(200, json.dumps({"conversations": listed, "has_more": True, "next_cursor": cursor}).encode())


@pytest.mark.parametrize("length", [2, 3, 7])
@pytest.mark.parametrize("is_empty", [True, False])
def test_list_that_goes_round_in_a_circle_is_ended(
    log: FolderLog, account: Account, length: int, is_empty: bool
) -> None:
    """Cursors that come again after any number of others, with conversations or without, end the backfill."""
    pages = [page(f"cursor_{number}", *([] if is_empty else [f"conv_{number}"])) for number in range(length)]
    account.instead[_LIST] = pages * 20
    assert "more conversations, but gives no new cursor" in str(Run(log, account).error)
    assert len(account.requests) == length + 1


@pytest.mark.parametrize("is_empty", [True, False])
def test_list_with_ever_new_cursors_is_ended(log: FolderLog, account: Account, is_empty: bool) -> None:
    """New cursors for ever, with pages that are empty or hold the same conversations, end the backfill."""
    account.instead[_LIST] = [page(f"cursor_{number}", *([] if is_empty else ["conv_1"])) for number in range(1000)]
    assert "does not end: 10 pages in a row had nothing new" in str(Run(log, account).error)
    assert len(account.requests) <= 11


def test_some_empty_pages_are_followed(log: FolderLog, account: Account) -> None:
    """A list whose pages are empty here and there, because they were filtered, is read to its end."""
    account.hold(*_CALLS)
    last = Answer(200, json.dumps({"conversations": [{"conversation_id": "conv_4"}], "has_more": False}).encode())
    empty = [page(f"cursor_{number}") for number in range(5)]
    account.instead[_LIST] = [page("first", "conv_1"), *empty, page("then", "conv_2"), last]
    run = Run(log, account)
    assert run.error is None
    assert set(ids_of(log)) == {"conv_1", "conv_2", "conv_4"}


_GZIP = (("content-encoding", "gzip"),)


@cache
def _bomb() -> bytes:
    return gzipped_spaces(300_000_000)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda: Answer(200, _bomb(), _GZIP), "larger than 16 MiB"),
        (lambda: Answer(200, gzip.compress(_bomb()), (("content-encoding", "gzip, gzip"),)), "compressed in a way"),
        (lambda: Answer(200, b"{}", (("content-encoding", "br"),)), "compressed in a way"),
        (lambda: Answer(200, b" " * 40 * 1024 * 1024), "larger than 16 MiB"),
        (lambda: Answer(403, _bomb(), _GZIP), "ElevenLabs answered 403"),
    ],
)
def test_answer_that_unfolds_without_end_is_given_up(
    log: FolderLog, account: Account, answer: Callable[[], Answer], words: str
) -> None:
    """A small answer that holds hundreds of megabytes takes little memory, costs one call, and the others are had."""
    account.hold(*_CALLS)
    account.instead[_LIST + "/conv_2"] = [answer()]
    tracemalloc.start()
    try:
        run = Run(log, account)
        assert tracemalloc.get_traced_memory()[1] < 150 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert run.error is None
    assert (run.summary.calls, run.summary.failed) == (4, 1)
    assert any(words in line for line in run.said)
    assert len([path for path in account.fetched() if path == "conv_2"]) == 1


def test_answer_of_many_small_things_is_appended_without_unpacking_it(log: FolderLog, account: Account) -> None:
    """Fifteen megabytes of empty objects would take hundreds as Python's; the bytes are appended as they are."""
    account.hold(*_CALLS[:2])
    whole = account.conversations["conv_1"][:-2] + b',"more":[' + b"{}," * 5_000_000 + b"1]}"
    account.instead[_LIST + "/conv_1"] = [Answer(200, gzip.compress(whole), _GZIP)]
    tracemalloc.start()
    try:
        run = Run(log, account)
        assert tracemalloc.get_traced_memory()[1] < 150 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert (run.error, run.summary.calls) == (None, 2)
    assert b'{"type":"post_call_transcription","data":' + whole + b"}" in bodies(log)


def test_recording_that_unfolds_without_end_is_given_up(account: Account, tmp_path: Path) -> None:
    """A recording is bounded by the log's cap, however it is compressed."""
    log = FolderLog(tmp_path / "payloads", body_bytes_max=20_000_000)
    account.hold(_CALLS[0], has_audio=True)
    account.instead[_LIST + "/conv_0/audio"] = [Answer(200, _bomb(), _GZIP)]
    run = Run(log, account, is_audio=True)
    assert (run.summary.calls, run.summary.recordings, run.summary.failed) == (1, 0, 1)
    assert any("larger than 20000000 bytes" in line for line in run.said)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_compressed_answers_are_read(log: FolderLog, account: Account, coding: str) -> None:
    """What a server compresses as usual is appended as it was before."""
    account.hold(_CALLS[0], has_audio=True)
    compress = gzip.compress if coding == "gzip" else zlib.compress
    headers = (("content-encoding", coding),)
    whole = account.conversations["conv_0"]
    account.instead[_LIST + "/conv_0"] = [Answer(200, compress(whole), headers)]
    account.instead[_LIST + "/conv_0/audio"] = [Answer(200, compress(MP3), headers)]
    run = Run(log, account, is_audio=True)
    assert (run.summary.calls, run.summary.recordings) == (1, 1)
    assert bodies(log)[0] == b'{"type":"post_call_transcription","data":' + whole + b"}"
    assert recording_of(log, "conv_0") == MP3


def test_nobody_at_home_is_said_in_a_line(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    If no server answers, one line says so after all retries. Two lines before it name the server, without any secret in
    its address, and the retry.
    """
    monkeypatch.setattr(elevenlabs_api, "_BACKOFF_S", (0.01, 0.01))
    account = Account()
    account.url = "http://someone:secret@127.0.0.1:1/path"
    run = Run(log, account)
    assert str(run.error).startswith("ElevenLabs does not answer: ")
    assert run.waited == ["asking ElevenLabs at http://127.0.0.1:1", f"{run.error}; asking again, 2 times at most"]


def test_same_reason_to_ask_again_is_said_once(log: FolderLog, account: Account) -> None:
    """However many answers fail in the same way, the backfill prints one line."""
    account.hold(*_CALLS[:3])
    for number in range(3):
        account.instead[f"{_LIST}/conv_{number}"] = [BROKEN]
    run = Run(log, account)
    assert run.summary.calls == 3
    assert run.waited[1:] == ["ElevenLabs answered 500: A test says so.; asking again, 4 times at most"]


@pytest.mark.slow
def test_answer_that_does_not_come_is_asked_for_again(log: FolderLog, account: Account) -> None:
    """An answer that takes too long, or breaks off, is given up and asked for again."""
    account.hold(*_CALLS[:2])
    is_over = threading.Event()
    asked: list[str] = []

    def dawdle(path: str) -> None:
        asked.append(path)
        if asked.count(path) == 1 and path.endswith("conv_1"):
            is_over.wait(20)

    account.at_request = dawdle
    whole = account.conversations["conv_0"]
    account.instead[_LIST + "/conv_0"] = [Answer(200, whole, cut_at=len(whole) // 2)]
    try:
        run = Run(log, account, timeout_s=3)
    finally:
        is_over.set()
    assert run.error is None
    assert ids_of(log) == Counter(["conv_1", "conv_0"])
    assert min(Counter(account.fetched()).values()) >= 2


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>sign in</html>",
        b"[]",
        b'"conv_2"',
        b"\xef\xbb\xbf{}",
        b'{"conversation_id":"conv_1"}',
        b'{"conversation_id":"../../x","transcript":[]}',
        b'{"conversation_id":"conv_2","conversation_id":"../x"}',
        b'{"conversation_id":"conv_2","cost":NaN}',
        b'{"conversation_id":"conv_2"},"type":"post_call_audio"',
        b'{"conversation_id":null}',
        b'{"conversation_id":"conv_2","a":"\xff"}',
    ],
)
def test_answer_that_is_not_that_call_is_not_appended(log: FolderLog, account: Account, answer: bytes) -> None:
    """
    An answer that the log would quarantine, or file under another call, is named and not appended; the others are.
    """
    account.hold(*_CALLS)
    account.instead[_LIST + "/conv_2"] = [Answer(200, answer)]
    run = Run(log, account)
    assert run.error is None
    assert run.summary.failed == 1
    assert run.said[-1].startswith("conv_2: ElevenLabs")
    assert ids_of(log) == Counter(_IDS - {"conv_2"})
    assert payload_files(log) == {f"{id_}/{id_}_transcription.json" for id_ in _IDS - {"conv_2"}}


@pytest.mark.parametrize("size", [1, 2, 3, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3_000_000])
def test_recording_arrives_byte_for_byte(log: FolderLog, account: Account, size: int) -> None:
    """A recording of any length is unchanged after it was written as base64 in pieces."""
    recording = bytes(number * 7 % 251 for number in range(size))
    account.hold(_CALLS[0], has_audio=True)
    account.recordings = {"conv_0": recording}
    assert Run(log, account, is_audio=True).summary.recordings == 1
    assert recording_of(log, "conv_0") == recording


@pytest.mark.parametrize("says", [True, False, None, "what?"])
def test_recording_of_a_call_that_the_log_has(log: FolderLog, account: Account, says: object) -> None:
    """For a call that is in the log the recording is fetched, unless the call says that it has none."""
    conversation = conversation_of(_CALLS[0]) | {"has_audio": says}
    if says is None:
        del conversation["has_audio"]
    append(log, json.dumps({"type": "post_call_transcription", "data": conversation}).encode())
    account.hold(_CALLS[0], has_audio=True)
    account.recordings = {"conv_0": MP3}
    run = Run(log, account, is_audio=True)
    assert account.fetched() == ([] if says is False else ["conv_0/audio"])
    assert recording_of(log, "conv_0") == (None if says is False else MP3)
    assert run.summary.calls == 0


def test_call_without_a_recording_is_not_asked_for_one(log: FolderLog, account: Account) -> None:
    """If the fetched call says that it has no recording, the backfill asks for none."""
    account.hold(_CALLS[0], has_audio=False)
    Run(log, account, is_audio=True)
    assert account.fetched() == ["conv_0"]


def test_call_whose_recording_the_log_has(log: FolderLog, account: Account) -> None:
    """If only the recording is in the log, only the call is fetched."""
    append(log, audio("conv_0"))
    account.hold(_CALLS[0], has_audio=True)
    account.recordings = {"conv_0": MP3}
    assert Run(log, account, is_audio=True).summary.calls == 1
    assert account.fetched() == ["conv_0"]


def test_recording_that_is_gone_is_named(log: FolderLog, account: Account) -> None:
    """A recording that turns out to be missing is mentioned, and is no failure."""
    account.hold(_CALLS[0], has_audio=True)
    run = Run(log, account, is_audio=True)
    assert run.said[-1] == "conv_0: ElevenLabs has no recording of it"
    assert (run.summary.calls, run.summary.recordings, run.summary.failed) == (1, 0, 0)


@pytest.mark.slow
def test_recording_that_is_cut_off_is_fetched_again(log: FolderLog, account: Account) -> None:
    """A recording whose connection breaks in the middle leaves nothing, and is fetched again from its beginning."""
    recording = MP3 * (3_000_000 // len(MP3))
    account.hold(_CALLS[0], has_audio=True)
    account.recordings = {"conv_0": recording}
    account.instead[_LIST + "/conv_0/audio"] = [BROKEN, Answer(200, recording, cut_at=2_000_000)]
    assert Run(log, account, is_audio=True).error is None
    assert account.fetched().count("conv_0/audio") == 3
    assert recording_of(log, "conv_0") == recording
    assert ids_of(log) == Counter({"conv_0": 2})


def test_failing_recording_keeps_the_call(log: FolderLog, account: Account) -> None:
    """If only the recording cannot be fetched, the call is kept, and the next backfill asks for the recording alone."""
    account.hold(_CALLS[0], has_audio=True)
    account.recordings = {"conv_0": MP3}
    account.instead[_LIST + "/conv_0/audio"] = [Answer(503, headers=AT_ONCE)] * 5
    run = Run(log, account, is_audio=True)
    assert (run.summary.calls, run.summary.recordings, run.summary.failed) == (1, 0, 1)
    account.requests.clear()
    assert Run(log, account, is_audio=True).summary.recordings == 1
    assert account.fetched() == ["conv_0/audio"]


def test_recording_above_the_cap_is_named_and_not_kept(account: Account, tmp_path: Path) -> None:
    """A recording above the log's limit is a failure of that call, and leaves nothing behind."""
    log = FolderLog(tmp_path / "payloads", body_bytes_max=2_000_000)
    account.hold(_CALLS[0], has_audio=True)
    account.recordings = {"conv_0": bytes(2_000_000)}
    run = Run(log, account, is_audio=True)
    assert run.said[-1] == "conv_0: the body is larger than 2000000 bytes"
    assert ids_of(log) == Counter(["conv_0"])


def test_receipt_without_its_file_counts(log: FolderLog, account: Account) -> None:
    """A call whose file is gone is not fetched again, nor its recording: its receipt says that the log had it."""
    append(log, _CALLS[0])
    (event,) = events(log)
    file_of(log, event).unlink()
    account.hold(_CALLS[0], has_audio=True)
    account.recordings = {"conv_0": MP3}
    assert Run(log, account, is_audio=True).error is None
    assert account.fetched() == []


def test_line_that_is_no_receipt_is_passed_over(log: FolderLog, account: Account) -> None:
    """A damaged line of the journal hides no other: the call that it may have named is fetched."""
    append(log, *_CALLS[:3])
    journal = log.folder / "journal.jsonl"
    header, first, _, third = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(header + first + b"{}\n" + third)
    account.hold(*_CALLS[:3])
    Run(log, account)
    assert account.fetched() == ["conv_1"]
