"""Each vendor's own SDK, against a server on the loopback that speaks the vendor's wire format."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import msgspec
import pytest

from events.log.ours.extraction import Usage
from projector.errors import AskLaterError, ProviderHeldError
from projector.read_side.signs.learning import FAILURES, HELD, LATER
from projector.sources.models.open import open_provider
from projector.sources.models.protocol import Answered, Question
from projector.sources.models.settings import ANTHROPIC, COMPATIBLE, OPENAI, ProviderSettings, Structured
from tests.support.model_server import (
    CHAT,
    KEY,
    MESSAGES,
    ModelServer,
    Received,
    Reply,
    completion,
    error,
    message,
)

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
QUESTION = Question(
    conversation_id="conv_1",
    system="Say what the call teaches.",
    user="caller: My name is Marta Lindqvist, and my cat is ill.",
    schema=SCHEMA,
    schema_name="answer",
    output_tokens_max=500,
)
SAID = '{"a": 1}'
_WHOLE: dict[str, Callable[..., Reply]] = {OPENAI: completion, COMPATIBLE: completion, ANTHROPIC: message}
_vendors = pytest.mark.parametrize("vendor", [OPENAI, COMPATIBLE, ANTHROPIC])


def settings(
    vendor: str, server: ModelServer, *, structured: Structured = "schema", **changed: object
) -> ProviderSettings:
    """Return settings that name the server as the vendor."""
    base_url = server.url if vendor == ANTHROPIC else f"{server.url}/v1"
    of_test = {"key": KEY, "timeout_s": 20.0} | changed
    return ProviderSettings(kind=vendor, model="small", base_url=base_url, structured=structured, **of_test)  # type: ignore[arg-type]


def ask(vendor: str, reply: Reply | Callable[[Received], Reply], **changed: object) -> tuple[Answered, ModelServer]:
    """Ask the vendor once; return what was answered, and the vendor."""
    answer = reply if callable(reply) else lambda _: reply
    with ModelServer(answer).serving() as server:
        return open_provider(settings(vendor, server, **changed)).ask(QUESTION), server  # type: ignore[arg-type]


@contextmanager
def served(reply: Reply) -> Iterator[ModelServer]:
    """Serve one answer to everybody."""
    with ModelServer(lambda _: reply).serving() as server:
        yield server


@_vendors
def test_answer_is_what_the_model_said_byte_for_byte(vendor: str) -> None:
    """The text of the answer without its envelope, and beside it who answered and what it took."""
    said = '{"a":  1,\n "b": "Straße, 東京 \\u00e9"}'
    answered, server = ask(vendor, _WHOLE[vendor](said))
    assert answered.body == said.encode()
    assert (answered.finish, answered.content) == ("complete", "json")
    assert (answered.provider, answered.host, answered.requested_model) == (vendor, "127.0.0.1", "small")
    assert answered.model == ("claude-haiku-5-5-20260801" if vendor == ANTHROPIC else "gpt-6-luna-2026-08-01")
    assert answered.usage == Usage(1900, 1024, 70)
    assert 0 < answered.latency_s < 20
    assert len(server.requests) == 1


@_vendors
def test_request_is_what_the_vendor_documents(vendor: str) -> None:
    """Model, system and user text, the schema, and the bound on the answer, at the vendor's path, with the key."""
    _, server = ask(vendor, _WHOLE[vendor](SAID))
    (received,) = server.requests
    assert received.path == (MESSAGES if vendor == ANTHROPIC else CHAT)
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert (received.system, received.user, received.body["model"]) == (QUESTION.system, QUESTION.user, "small")
    if vendor == ANTHROPIC:
        assert received.body["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
        assert received.body["max_tokens"] == 500
        assert received.headers["anthropic-version"] == "2023-06-01"
    else:
        described = {"name": "answer", "strict": True, "schema": SCHEMA}
        assert received.body["response_format"] == {"type": "json_schema", "json_schema": described}
        assert received.body["max_completion_tokens" if vendor == OPENAI else "max_tokens"] == 500


def test_server_that_takes_no_schema_is_told_it_in_words() -> None:
    """With `LLM_STRUCTURED=json` any JSON is asked for, and the schema stands in the text."""
    _, server = ask(COMPATIBLE, completion(SAID), structured="json")
    (received,) = server.requests
    assert received.body["response_format"] == {"type": "json_object"}
    assert received.system.startswith(QUESTION.system)
    assert '"additionalProperties":false' in received.system


def test_server_that_knows_tools_hands_the_answer_to_one() -> None:
    """With `LLM_STRUCTURED=tools` one function must be called, and its arguments are the answer."""
    calls = [{"id": "call_1", "type": "function", "function": {"name": "answer", "arguments": SAID}}]
    answered, server = ask(COMPATIBLE, completion(None, "tool_calls", tool_calls=calls), structured="tools")
    assert (answered.body, answered.finish, answered.content) == (SAID.encode(), "complete", "json")
    (received,) = server.requests
    assert received.body["tools"][0]["function"]["parameters"] == SCHEMA
    assert received.body["tool_choice"] == {"type": "function", "function": {"name": "answer"}}


def test_server_that_asks_for_no_key_gets_none() -> None:
    """A server on the own machine is sent no credential, not even a made-up one."""
    _, server = ask(COMPATIBLE, completion(SAID), key="")
    assert "authorization" not in server.requests[0].headers


@_vendors
def test_prose_is_an_answer(vendor: str) -> None:
    """A model that answers in words has answered: the words are kept, and said to be no JSON."""
    answered, _ = ask(vendor, _WHOLE[vendor]("I'm happy to help! The caller has a cat."))
    assert (answered.finish, answered.content) == ("complete", "prose")
    assert answered.body == b"I'm happy to help! The caller has a cat."


@_vendors
def test_page_of_html_is_no_answer_of_a_model(vendor: str) -> None:
    """A page with status 200, as a proxy or a login answers, is looked at before it is read."""
    page = b"<html><body>Please log in. " + b"x" * 200_000 + b"</body></html>"
    answered, _ = ask(vendor, Reply(body=page, content_type="text/html; charset=utf-8"))
    assert (answered.finish, answered.content) == ("other", "html")
    assert page.startswith(answered.body)
    assert 0 < len(answered.body) <= 65536


@_vendors
@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"choices": []}', b"not json", b'{"content": 3}', b"", b"\xff\xfe"])
def test_envelope_that_is_none_is_kept_as_it_is(vendor: str, body: bytes) -> None:
    """An answer that says it is JSON and has not the vendor's form is kept, and is no whole answer."""
    answered, _ = ask(vendor, Reply(body=body))
    assert answered.finish == "other"
    assert answered.body == body


@pytest.mark.parametrize(
    ("vendor", "reply"),
    [
        (OPENAI, completion(None, "stop", refusal="I can't help with that.")),
        (COMPATIBLE, completion("", "content_filter")),
        (ANTHROPIC, message("I can't help with that.", "refusal")),
        (ANTHROPIC, message(None, "refusal")),
        (COMPATIBLE, error(400, "content_filter", "The response was filtered.")),
    ],
)
def test_refusal_is_an_answer(vendor: str, reply: Reply) -> None:
    """A refusal has come with status 200, or, from Azure, with 400; it holds nobody up, and is not asked again."""
    answered, _ = ask(vendor, reply)
    assert answered.finish == "refusal"


@pytest.mark.parametrize(
    ("vendor", "reply"),
    [
        (OPENAI, completion('{"a": ', "length")),
        (ANTHROPIC, message('{"a": ', "max_tokens")),
        (ANTHROPIC, message("", "model_context_window_exceeded")),
        (OPENAI, error(400, "context_length_exceeded", "This model's maximum context length is 8192 tokens.")),
        (COMPATIBLE, error(400, "BadRequestError", "Input is longer than the maximum model length of 4096.")),
        (COMPATIBLE, error(400, "exceed_context_size_error", "the request exceeds the available context size")),
        (ANTHROPIC, error(400, "invalid_request_error", "prompt is too long: 213000 tokens > 200000 maximum")),
        (ANTHROPIC, error(413, "request_too_large", "Request exceeds the maximum size.")),
    ],
)
def test_what_finds_no_room_is_known_by_its_end(vendor: str, reply: Reply) -> None:
    """An answer that was cut, and a question that is too long for this model, can be asked in halves."""
    answered, _ = ask(vendor, reply)
    assert answered.finish == "length"


@_vendors
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 422])
def test_operators_fault_holds_the_provider(vendor: str, status: int) -> None:
    """What the next call would be answered as well is no matter of this call, and is asked once."""
    with served(error(status, "invalid_request_error", "Something is set up wrongly.")) as server:
        with pytest.raises(ProviderHeldError, match=f"{status}: invalid_request_error: Something is set up wrongly"):
            open_provider(settings(vendor, server)).ask(QUESTION)
        assert len(server.requests) == 1


def test_schema_that_is_refused_holds_the_provider() -> None:
    """A server that does not take the schema says so, and the operator can choose another LLM_STRUCTURED."""
    words = "Invalid schema for response_format 'answer': 'minimum' is not permitted."
    with (
        served(error(400, "invalid_request_error", words)) as server,
        pytest.raises(ProviderHeldError, match="Invalid sch"),
    ):
        open_provider(settings(OPENAI, server)).ask(QUESTION)


def test_bill_that_is_not_paid_holds_the_provider() -> None:
    """OpenAI says by 429 also that nobody has paid: waiting would not help."""
    with (
        served(error(429, "insufficient_quota")) as server,
        pytest.raises(ProviderHeldError, match="insufficient_quota"),
    ):
        open_provider(settings(OPENAI, server)).ask(QUESTION)


@_vendors
@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
def test_vendors_trouble_is_asked_again_later(vendor: str, status: int) -> None:
    """The SDKs' own retries are off: one question is one request."""
    with served(error(status, "overloaded_error")) as server:
        with pytest.raises(AskLaterError, match=str(status)) as caught:
            open_provider(settings(vendor, server)).ask(QUESTION)
        assert caught.value.retry_after_s is None
        assert len(server.requests) == 1


@_vendors
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error(401), "key"),
        (error(402), "unpaid"),
        (error(403), "rights"),
        (error(404), "not_found"),
        (error(400), "bad_request"),
        (error(422), "bad_request"),
        (error(429), "busy"),
        (error(429, "insufficient_quota"), "unpaid"),
        (error(408), "timeout"),
        (error(504), "timeout"),
        (error(500), "down"),
        (error(529), "down"),
        (Reply(302, headers=(("location", "/v1"),)), "redirect"),
        (Reply(manner="cut"), "broken_off"),
        (Reply(headers=(("content-encoding", "gzip"),)), "unusable"),
    ],
)
def test_fault_is_of_a_kind(vendor: str, reply: Reply, kind: str) -> None:
    """A person on call does something else for each."""
    with served(reply) as server, pytest.raises((AskLaterError, ProviderHeldError)) as caught:
        open_provider(settings(vendor, server)).ask(QUESTION)
    assert isinstance(caught.value, AskLaterError | ProviderHeldError)
    assert caught.value.kind == kind
    assert kind in (LATER if isinstance(caught.value, AskLaterError) else HELD)


@_vendors
def test_fault_of_time_and_of_a_server_that_is_gone_are_of_a_kind(vendor: str) -> None:
    """Nothing comes, or nobody listens."""
    with served(Reply(manner="hang")) as server:
        with pytest.raises(AskLaterError) as caught:
            open_provider(settings(vendor, server, timeout_s=0.5)).ask(QUESTION)
        assert caught.value.kind == "timeout"
        gone = settings(vendor, server)
    with pytest.raises(AskLaterError) as caught:
        open_provider(gone).ask(QUESTION)
    assert caught.value.kind == "broken_off"


def test_every_kind_of_fault_is_a_reason_of_the_metric() -> None:
    """Whatever our code raises is counted under a label that is served."""
    ours = Path(__file__).parents[5] / "projector"
    files = [path for room in ("sources", "extracting") for path in (ours / room).rglob("*.py")]
    kinds = {kind for path in files for kind in re.findall(r'\bkind="(\w+)"', path.read_text())}
    assert {"timeout", "unusable", "batch", "ours", "redirect", "unpaid"} <= kinds <= {*FAILURES}
    assert len({*FAILURES}) == len(FAILURES)


@_vendors
def test_how_long_to_wait_is_the_vendors_to_say(vendor: str) -> None:
    """`Retry-After` is handed on, in seconds."""
    with served(error(429, "rate_limit_error", retry_after="37")) as server, pytest.raises(AskLaterError) as caught:
        open_provider(settings(vendor, server)).ask(QUESTION)
    assert caught.value.retry_after_s == 37


@_vendors
@pytest.mark.parametrize("manner", ["hang", "drip", "drip headers"])
def test_slow_server_is_left_after_the_time_that_is_set(vendor: str, manner: str) -> None:
    """Also one that sends a byte now and then: the time is that of the whole answer, not of the next byte."""
    reply = _WHOLE[vendor](SAID)._replace(manner=manner)  # type: ignore[arg-type]
    with served(reply) as server:
        provider = open_provider(settings(vendor, server, timeout_s=1.0))
        began_s = time.monotonic()
        with pytest.raises(AskLaterError, match="within 1 seconds"):
            provider.ask(QUESTION)
        assert time.monotonic() - began_s < 30  # at this pace the whole answer takes a minute
        assert len(server.requests) <= 1  # none where the machine is so slow that the second is over before


@_vendors
def test_answer_that_is_cut_off_is_asked_again_later(vendor: str) -> None:
    """Half of an answer is none, at once and not after the whole time."""
    with served(_WHOLE[vendor](SAID)._replace(manner="cut")) as server, pytest.raises(AskLaterError):
        open_provider(settings(vendor, server, timeout_s=60.0)).ask(QUESTION)


@_vendors
def test_server_that_is_not_there_is_asked_again_later(vendor: str) -> None:
    """Nobody listens: that may change."""
    with served(Reply()) as server:
        gone = settings(vendor, server)
    with pytest.raises(AskLaterError, match="does not answer"):
        open_provider(gone).ask(QUESTION)


@_vendors
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(vendor: str, status: int) -> None:
    """Neither the words nor the key go to where a redirect leads."""
    with served(_WHOLE[vendor](SAID)) as other:
        leading = Reply(status, headers=(("location", f"{other.url}{CHAT}"),))
        with served(leading) as server, pytest.raises(ProviderHeldError, match="redirects are not followed"):
            open_provider(settings(vendor, server)).ask(QUESTION)
        assert other.requests == []


@_vendors
def test_answer_without_end_is_not_held_in_memory(vendor: str) -> None:
    """What is larger than any answer of a model is left before it is whole; so is what was compressed unasked."""
    large = _WHOLE[vendor]("x" * 5_000_000)
    packed = Reply(headers=(("content-encoding", "gzip"),), body=b"\x1f\x8b")
    for reply, words in ((large, "larger than 4 MiB"), (packed, "compressed")):
        with served(reply) as server, pytest.raises(AskLaterError, match=words):
            open_provider(settings(vendor, server)).ask(QUESTION)


@_vendors
def test_fault_repeats_neither_the_call_nor_the_key(vendor: str) -> None:
    """Some servers echo what they were sent: it must not reach a log by way of an error."""
    for words in (f"cannot parse {QUESTION.user}", "cannot parse: My name is Marta L", f"bad key {KEY}"):
        with served(error(400, "bad_request", words)) as server, pytest.raises(ProviderHeldError) as caught:
            open_provider(settings(vendor, server)).ask(QUESTION)
        assert str(caught.value) == "it answered 400: bad_request"


_POISON = {
    "OPENAI_API_KEY": "sk-evil",
    "OPENAI_ADMIN_KEY": "sk-evil",
    "OPENAI_ORG_ID": "org-evil",
    "OPENAI_PROJECT_ID": "proj-evil",
    "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer evil\nX-Evil: evil",
    "OPENAI_LOG": "debug",
    "ANTHROPIC_API_KEY": "sk-evil",
    "ANTHROPIC_AUTH_TOKEN": "evil",
    "ANTHROPIC_CUSTOM_HEADERS": "X-Api-Key: evil\nX-Evil: evil\nAuthorization: Bearer evil",
    "ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE": "content",
    "ANTHROPIC_PROFILE": "evil",
    "ANTHROPIC_LOG": "debug",
}


@_vendors
def test_variables_of_the_sdks_change_nothing(
    vendor: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Keys, headers, addresses and proxies come from our settings alone, and no word is logged."""
    with (
        served(_WHOLE[vendor](SAID)) as other,
        served(_WHOLE[vendor](SAID)) as plain,
        served(_WHOLE[vendor](SAID)) as server,
    ):
        open_provider(settings(vendor, plain)).ask(QUESTION)
        for name, value in _POISON.items():
            monkeypatch.setenv(name, value)
        for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, other.url)
        with caplog.at_level(logging.DEBUG):
            open_provider(settings(vendor, server)).ask(QUESTION)
        assert other.requests == []
        (before,), (after,) = plain.requests, server.requests
        changing = {"host"}
        assert {name: after.headers[name] for name in {*after.headers} - changing} == {
            name: before.headers[name] for name in {*before.headers} - changing
        }
        assert after.body == before.body
        assert "evil" not in str(after)
        assert "Marta" not in caplog.text


@_vendors
def test_request_says_nothing_of_the_machine(vendor: str) -> None:
    """The SDKs would send the system, the version of Python, and more."""
    _, server = ask(vendor, _WHOLE[vendor](SAID))
    allowed = {"host", "accept", "accept-encoding", "connection", "content-length", "content-type", "user-agent"}
    assert {*server.requests[0].headers} <= allowed | {"authorization", "anthropic-version"}
    assert server.requests[0].headers["user-agent"] == "elaoms"


def test_other_host_gets_nothing() -> None:
    """Whatever an SDK may do one day, a request to a host that is not set does not leave."""
    with served(completion(SAID)) as server:
        provider = open_provider(settings(COMPATIBLE, server))

        async def astray(http: httpx2.AsyncClient) -> httpx2.Response:
            return await http.post(server.url.replace("127.0.0.1", "localhost"), json={})

        with pytest.raises(ProviderHeldError, match="another host"):
            provider._exchange.carry(astray)  # type: ignore[attr-defined]
        assert server.requests == []


def test_threads_ask_at_the_same_time() -> None:
    """One provider serves several threads, and gives each its own answer."""
    with ModelServer(lambda received: completion(json.dumps({"a": received.user}))).serving() as server:
        provider = open_provider(settings(COMPATIBLE, server))
        asked = [f"call {number}" for number in range(12)]

        def answer_to(user: str) -> bytes:
            return provider.ask(msgspec.structs.replace(QUESTION, user=user)).body

        with ThreadPoolExecutor(4) as pool:
            assert [*pool.map(answer_to, asked)] == [b'{"a": "%s"}' % user.encode() for user in asked]
