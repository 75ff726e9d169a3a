"""Where a body is filed: by its type and its conversation, and never outside the payload folder."""

import json
from typing import Any

import pytest

from events.log.filing import Filing, file_body
from tests.support.samples import PAYLOADS, audio, failure, transcription

SHA256 = "5" * 64
KINDS = {
    "post_call_transcription": "transcription",
    "post_call_audio": "audio",
    "call_initiation_failure": "failure",
}
UNREADABLE = Filing("unreadable", None, f"_unreadable/{SHA256}.body")


def filed(type_: Any, data: Any = None) -> Filing:
    return file_body(json.dumps({"type": type_, "data": data}).encode(), SHA256)


@pytest.mark.parametrize(("type_", "kind"), KINDS.items())
def test_webhook_is_filed_under_its_conversation(type_: str, kind: str) -> None:
    """Each of the three webhooks is a file of its conversation, named after its kind."""
    filing = filed(type_, {"conversation_id": "conv_1"})
    assert filing == Filing(kind, "conv_1", f"conv_1/conv_1_{kind}.json")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (transcription("conv_a", "hello"), "conv_a/conv_a_transcription.json"),
        (audio("conv_b", b"mp3"), "conv_b/conv_b_audio.json"),
        (failure("conv_c"), "conv_c/conv_c_failure.json"),
        (
            (PAYLOADS / "post_call_transcription.captured.json").read_bytes(),
            "conv_4201k9wfkvjyf60aevvp97zch524/conv_4201k9wfkvjyf60aevvp97zch524_transcription.json",
        ),
        ((PAYLOADS / "post_call_transcription.web.json").read_bytes(), "abc/abc_transcription.json"),
        (
            (PAYLOADS / "call_initiation_failure.sip.json").read_bytes(),
            "conv_9901k72q3v5ye9hs2g0m4b2nfail/conv_9901k72q3v5ye9hs2g0m4b2nfail_failure.json",
        ),
    ],
    ids=["transcription", "audio", "failure", "captured", "web", "sip"],
)
def test_sample_is_filed(body: bytes, path: str) -> None:
    """Each recorded webhook of ElevenLabs is filed where it belongs."""
    assert file_body(body, SHA256).path == path


@pytest.mark.parametrize("id_", ["a", "0", "A-_9", "x" * 128, "conv__", "events", "CON-V"])
def test_conversation_id_is_taken_as_it_is(id_: str) -> None:
    """An id of up to 128 letters, digits, `_` and `-` that begins with a letter or digit names the folder."""
    assert filed("post_call_transcription", {"conversation_id": id_}) == Filing(
        "transcription", id_, f"{id_}/{id_}_transcription.json"
    )


HOSTILE_IDS = [
    "",
    "../../etc/passwd",
    "../../x",
    "..",
    ".",
    ".incoming",
    "_events",
    "_unreadable",
    "-rf",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "a.b",
    "a b",
    " a",
    "conv_1\n",
    "conv_1\x00",
    "\x00",
    "x" * 129,
    "x" * 5000,
    "café",
    "cafe\u0301",
    "\u202econv",
    "\uff43onv",
    "\u0661\u0662",
    "😀",
]


@pytest.mark.parametrize("id_", HOSTILE_IDS, ids=range(len(HOSTILE_IDS)))
@pytest.mark.parametrize("type_", ["post_call_transcription", "voice_removed"])
def test_hostile_conversation_id_is_unreadable(type_: str, id_: str) -> None:
    """An id that ElevenLabs would not make names no path: the body is kept among the unreadable, whatever its type."""
    assert filed(type_, {"conversation_id": id_}) == UNREADABLE


@pytest.mark.parametrize("id_", [5, 1.5, True, [], ["conv_1"], {"id": "conv_1"}])
@pytest.mark.parametrize("type_", ["post_call_transcription", "voice_removed"])
def test_conversation_id_that_is_no_text_is_unreadable(type_: str, id_: Any) -> None:
    """An id that is not even text makes the body unreadable as well."""
    assert filed(type_, {"conversation_id": id_}) == UNREADABLE


@pytest.mark.parametrize("type_", KINDS)
@pytest.mark.parametrize("data", [None, {}, {"conversation_id": None}, [], [1], "conv_1", 5, True])
def test_webhook_about_no_conversation_is_unreadable(type_: str, data: Any) -> None:
    """A transcription, a recording or a failure without a conversation cannot be folded, and is unreadable."""
    assert filed(type_, data) == UNREADABLE


@pytest.mark.parametrize("type_", KINDS)
def test_webhook_without_data_is_unreadable(type_: str) -> None:
    """A webhook without `data` is unreadable as well."""
    assert file_body(json.dumps({"type": type_}).encode(), SHA256) == UNREADABLE


@pytest.mark.parametrize("data", [None, {}, {"voice_id": "v"}, {"conversation_id": None}, [], [[1]], "x", 5, 1.5, True])
def test_event_about_no_conversation_is_kept_among_the_events(data: Any) -> None:
    """Readable JSON of another type and without a conversation goes to `_events`, by kind and content."""
    assert filed("voice_removed", data) == Filing(
        "other-voice-removed", None, f"_events/other-voice-removed/{SHA256}.json"
    )


def test_event_without_data_is_kept_among_the_events() -> None:
    """Another type needs no `data`."""
    assert file_body(b'{"type": "voice_removed"}', SHA256).path == f"_events/other-voice-removed/{SHA256}.json"


@pytest.mark.parametrize("type_", ["transcription", "audio", "failure", "unreadable", "other-audio"])
def test_type_cannot_pass_for_one_of_our_kinds(type_: str) -> None:
    """Another type that has the name of one of our kinds is filed as another type, beside the real one."""
    filing = filed(type_, {"conversation_id": "conv_1"})
    assert filing == Filing(f"other-{type_}", "conv_1", f"conv_1/conv_1_other-{type_}.json")


@pytest.mark.parametrize(
    ("type_", "slug"),
    [
        ("answering_machine_detection", "answering-machine-detection"),
        ("Post_Call_Transcription", "post-call-transcription"),
        ("post_call_transcription ", "post-call-transcription"),
        ("../../etc/passwd", "etc-passwd"),
        ("a\x00b\nc", "a-b-c"),
        ("_-_x_-_", "x"),
        ("", "untyped"),
        ("ÄÖÜ", "untyped"),
        ("...", "untyped"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 40),
        ("x" * 100_000, "x" * 40),
    ],
    ids=range(12),
)
def test_type_becomes_a_slug(type_: str, slug: str) -> None:
    """Another type becomes a slug of at most 40 lower-case letters, digits and hyphens, never a path."""
    assert filed(type_, {"conversation_id": "conv_1"}).path == f"conv_1/conv_1_other-{slug}.json"
    assert filed(type_).path == f"_events/other-{slug}/{SHA256}.json"


def test_webhook_without_type_stays_with_its_conversation() -> None:
    """A body that names a conversation but no type is kept with the conversation."""
    filing = file_body(b'{"data": {"conversation_id": "conv_1"}}', SHA256)
    assert filing == Filing("other-untyped", "conv_1", "conv_1/conv_1_other-untyped.json")


@pytest.mark.parametrize("type_", [5, True, [], {}, ["post_call_transcription"]])
def test_type_that_is_no_text_is_unreadable(type_: Any) -> None:
    """A type that is not even text is unreadable."""
    assert filed(type_, {"conversation_id": "conv_1"}) == UNREADABLE


@pytest.mark.parametrize("id_", ["conv_1", None])
@pytest.mark.parametrize("length", [1, 20, -1])
def test_truncated_body_is_unreadable(id_: str | None, length: int) -> None:
    """A truncated body is unreadable, whether or not its conversation id is in the part that came."""
    body = json.dumps({"type": "voice_removed", "data": {"conversation_id": id_}, "more": [1]}).encode()
    assert file_body(body, SHA256) != UNREADABLE
    assert file_body(body[:length], SHA256) == UNREADABLE


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b" ",
        b"not JSON",
        b"null",
        b"5",
        b'"post_call_transcription"',
        b"[]",
        b"{}",
        b'{"type": null}',
        b'[{"type": "post_call_transcription", "data": {"conversation_id": "conv_1"}}]',
        b'{"type": "voice_removed"} {"type": "voice_removed"}',
        b"{'type': 'voice_removed'}",
        b'{"type": "voice_removed", "data": NaN}',
        b'\xef\xbb\xbf{"type": "voice_removed"}',
    ],
)
def test_what_is_no_webhook_is_unreadable(body: bytes | None) -> None:
    """A body is unreadable if it has no outline, is not JSON, or is JSON but no webhook."""
    assert file_body(body, SHA256) == UNREADABLE


@pytest.mark.parametrize(
    "odd", [r'"\ud83d"', r'"a \ude00 b"', r'["\ud83d", "\ud83d\ude00"]', "NaN", "[-Infinity, 1e400]"]
)
@pytest.mark.parametrize("type_", [*KINDS, "unredacted_transcript"])
def test_half_a_surrogate_pair_and_what_is_no_number_make_nothing_unreadable(type_: str, odd: str) -> None:
    """What Python's own parser writes and reads, and a strict one refuses, is filed under its conversation."""
    body = f'{{"type": "{type_}", "data": {{"conversation_id": "conv_1", "x": {odd}}}}}'.encode()
    assert file_body(body, SHA256) == filed(type_, {"conversation_id": "conv_1"})
    assert file_body(body[:-1], SHA256) == UNREADABLE


DEEP = 100_000


@pytest.mark.parametrize(
    "body",
    [
        b"[" * DEEP,
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b'{"type": "voice_removed", "data": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"type": "voice_removed", "data": [' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"]}",
        b'{"type": "post_call_audio", "data": {"conversation_id": "conv_1", "x": ' + b"[" * DEEP + b"]" * DEEP + b"}}",
        b'{"x": ' + b"[" * DEEP + b"]" * DEEP + b', "type": "post_call_audio", "data": {"conversation_id": "conv_1"}}',
    ],
    ids=["open", "closed", "objects", "in data", "objects in data", "in a call", "before a call"],
)
def test_nesting_without_end_is_unreadable(body: bytes) -> None:
    """100,000 nested brackets anywhere in a body crash nothing, and the body is unreadable."""
    assert file_body(body, SHA256) == UNREADABLE


def test_id_in_another_place_is_not_taken() -> None:
    """Only `data.conversation_id` says which conversation a body belongs to."""
    body = (
        b'{"type": "voice_removed", "conversation_id": "conv_1", "data": {"metadata": {"conversation_id": "conv_2"}}}'
    )
    assert file_body(body, SHA256).conversation_id is None
