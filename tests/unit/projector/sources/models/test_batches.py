"""Each vendor's batches through its own SDK, against a server on the loopback that speaks the vendor's wire format."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from events.log.ours.extraction import Usage
from projector.errors import AskLaterError, ProviderHeldError
from projector.sources.models.batches.open import has_batches, open_batches
from projector.sources.models.batches.protocol import BatchProvider, Result
from projector.sources.models.open import open_provider
from projector.sources.models.protocol import Question
from projector.sources.models.settings import ANTHROPIC, COMPATIBLE, FILE, OPENAI, ProviderSettings
from tests.support.batch_vendor import BatchVendor
from tests.support.model_server import KEY, ModelServer, Received, Reply, completion, error, message

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
QUESTION = Question(
    conversation_id="conv_1",
    system="Say what the call teaches.",
    user="caller: My name is Marta Lindqvist, and my cat is ill.",
    schema=SCHEMA,
    schema_name="answer",
    output_tokens_max=500,
)
ASKED = {f"{number:064x}": replace(QUESTION, user=f"caller: I am number {number}.") for number in range(5)}
_vendors = pytest.mark.parametrize("vendor", [OPENAI, ANTHROPIC])
_CREATE = {OPENAI: "POST /v1/batches", ANTHROPIC: "POST /v1/messages/batches"}
_RESULTS = {OPENAI: "GET /v1/files/file-output", ANTHROPIC: "GET /v1/messages/batches/msgbatch_0/results"}


def echo(received: Received) -> Reply:
    """Answer with what was asked, as the vendor wraps it."""
    is_anthropic = isinstance(received.body.get("system"), str)
    text = json.dumps({"a": received.body["messages"][-1]["content"]})
    return message(text) if is_anthropic else completion(text)


@contextmanager
def vendor_of(name: str, answer: Callable[[Received], Reply] = echo) -> Iterator[tuple[BatchVendor, BatchProvider]]:
    """Serve one vendor's batches; yield it, and who asks it."""
    with ModelServer(answer).serving() as server:
        yield BatchVendor(server), open_batches(settings(name, server))


def settings(name: str, server: ModelServer) -> ProviderSettings:
    """Return settings that name the server as the vendor."""
    base_url = server.url if name == ANTHROPIC else f"{server.url}/v1"
    return ProviderSettings(kind=name, model="small", base_url=base_url, key=KEY, timeout_s=20.0)


@_vendors
def test_results_come_by_their_ids_whatever_their_order(vendor: str) -> None:
    """The vendor answers in the reverse order; each answer finds its question."""
    with vendor_of(vendor) as (served, provider):
        batch = provider.submit(ASKED)
        assert provider.state(batch).is_ended
        results = provider.results(batch)
        assert {*results} == {*ASKED}
        for id_, question in ASKED.items():
            assert json.loads(provider.read(results[id_], question).body) == {"a": question.user}
        assert len(served.batches) == 1


@_vendors
def test_result_is_read_exactly_as_an_answer_alone(vendor: str) -> None:
    """Words, model, tokens, end and kind are the same; only nobody waited for it."""
    with ModelServer(echo).serving() as server:
        BatchVendor(server)
        provider = open_batches(settings(vendor, server))
        batch = provider.submit({"a": QUESTION})
        batched = provider.read(provider.results(batch)["a"], QUESTION)
        alone = open_provider(settings(vendor, server)).ask(QUESTION)
    assert replace(alone, latency_s=0.0) == batched
    assert batched.usage == Usage(1900, 1024, 70)


@_vendors
def test_request_of_a_batch_is_the_request_alone(vendor: str) -> None:
    """The same body, so that the answers may be compared."""
    with ModelServer(echo).serving() as server:
        served = BatchVendor(server)
        open_batches(settings(vendor, server)).submit({"a": QUESTION})
        open_provider(settings(vendor, server)).ask(QUESTION)
        ((line,),) = served.batches.values()
    assert line["custom_id"] == "a"
    assert line["params" if vendor == ANTHROPIC else "body"] == server.requests[0].body
    if vendor == OPENAI:
        assert (line["method"], line["url"]) == ("POST", server.requests[0].path)


@_vendors
def test_batch_that_goes_on_has_not_ended(vendor: str) -> None:
    """Until then there is nothing to fetch."""
    with vendor_of(vendor) as (served, provider):
        served.is_ended = False
        assert not provider.state(provider.submit(ASKED)).is_ended


@_vendors
@pytest.mark.parametrize(
    ("fate", "raised", "words"),
    [
        (400, ProviderHeldError, "400: invalid_request_error"),
        (429, AskLaterError, "429"),
        (529, AskLaterError, "529"),
        ("expired", AskLaterError, "expired"),
        ("canceled", AskLaterError, "cancel"),
    ],
)
def test_request_that_failed_is_raised_as_if_asked_alone(
    vendor: str, fate: int | str, raised: type[Exception], words: str
) -> None:
    """And only that one: others of the batch are answered."""
    bad = [*ASKED][2]
    with vendor_of(vendor) as (served, provider):
        served.fate = lambda id_, _: fate if id_ == bad else 200
        results = provider.results(provider.submit(ASKED))
        for id_, question in ASKED.items():
            if id_ != bad:
                assert provider.read(results[id_], question).finish == "complete"
        with pytest.raises(raised, match=words):
            provider.read(results[bad], ASKED[bad])


@_vendors
def test_result_that_is_missing_or_cut_off_is_not_there(vendor: str) -> None:
    """A file of results that ends within a line is read up to there."""
    with vendor_of(vendor) as (served, provider):
        served.fate = lambda id_, _: "missing" if id_ == [*ASKED][1] else 200
        served.cut = 20
        found = provider.results(provider.submit(ASKED))
    assert {*found} == {[*ASKED][2], [*ASKED][3], [*ASKED][4]}  # the first comes last, and is cut off


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled"])
def test_openais_batch_says_why_it_ended(status: str) -> None:
    """One that failed whole has no results; its code is told, and not its words."""
    with vendor_of(OPENAI) as (served, provider):
        served.status = status
        batch = provider.submit(ASKED)
        state = provider.state(batch)
        assert state.is_ended
        assert status in state.reason
        if status == "failed":
            assert state.reason.endswith("token_limit_exceeded")
            assert provider.results(batch) == {}


@_vendors
def test_refused_and_cut_answers_are_answers(vendor: str) -> None:
    """As they are alone."""

    def answer(received: Received) -> Reply:
        if vendor == ANTHROPIC:
            return message('{"a": ', "max_tokens") if "number 1" in str(received.body) else message(None, "refusal")
        said = completion('{"a": ', "length"), completion(None, refusal="I can't help.")
        return said[0] if "number 1" in str(received.body) else said[1]

    with vendor_of(vendor, answer) as (_, provider):
        results = provider.results(provider.submit(ASKED))
        read = [provider.read(results[id_], question).finish for id_, question in ASKED.items()]
    assert read == ["refusal", "length", "refusal", "refusal", "refusal"]


@_vendors
@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_vendors_trouble_with_a_batch_is_tried_again_later(vendor: str, status: int) -> None:
    """Each step is one request; nothing is left at the vendor of a batch that was not made."""
    with vendor_of(vendor) as (served, provider):
        served.faults = {_CREATE[vendor]: [error(status, "rate_limit_error", retry_after="7")]}
        with pytest.raises(AskLaterError, match=str(status)) as caught:
            provider.submit(ASKED)
        assert caught.value.retry_after_s == 7
        assert served.batches == {}
        assert [name for name in served.files if "in" in name] == []
        assert len([seen for seen in served.seen if f"{seen.method} {seen.path}" == _CREATE[vendor]]) == 1


@_vendors
def test_fault_repeats_no_word_of_a_call(vendor: str) -> None:
    """A vendor may echo what it was sent."""
    with vendor_of(vendor) as (served, provider):
        words = "cannot parse caller: I am number 3."
        first = "POST /v1/files" if vendor == OPENAI else _CREATE[vendor]
        served.faults = {first: [error(400, "bad_request", words)]}
        with pytest.raises(ProviderHeldError) as caught:
            provider.submit(ASKED)
    assert str(caught.value) == "it answered 400: bad_request"


@_vendors
def test_results_whose_connection_breaks_are_fetched_again(vendor: str) -> None:
    """Half of a file is none; the second time it is whole."""
    with vendor_of(vendor) as (served, provider):
        batch = provider.submit(ASKED)
        served.faults = {_RESULTS[vendor]: [Reply(body=b"{}\n" * 100, manner="cut")]}
        with pytest.raises(AskLaterError):
            provider.results(batch)
        assert {*provider.results(batch)} == {*ASKED}


@_vendors
def test_no_redirect_is_followed_and_no_address_in_an_answer(vendor: str) -> None:
    """Neither the words, nor the key, nor the results go to or come from anywhere else."""
    with ModelServer(echo).serving() as other, vendor_of(vendor) as (served, provider):
        others = BatchVendor(other)
        batch = provider.submit(ASKED)
        assert provider.results(batch)  # Anthropic's `results_url` leads elsewhere
        first = "POST /v1/files" if vendor == OPENAI else _CREATE[vendor]
        for path, do in (
            (first, lambda: provider.submit(ASKED)),
            (_RESULTS[vendor], lambda: provider.results(batch)),
        ):
            leading = Reply(307, headers=(("location", f"{other.url}/v1/files"),))
            served.faults = {path: [leading]}
            with pytest.raises(ProviderHeldError, match="redirects are not followed"):
                do()
        assert others.seen == []


@_vendors
def test_nothing_stays_at_the_vendor(vendor: str) -> None:
    """What was sent and answered is removed; what is not removed there expires."""
    with vendor_of(vendor) as (served, provider):
        served.fate = lambda id_, _: 400 if id_ == next(iter(ASKED)) else 200
        batch = provider.submit(ASKED)
        provider.results(batch)
        provider.remove(batch)
        if vendor == ANTHROPIC:
            assert served.removed == [batch]
        else:
            assert not [name for name in served.files if name.startswith("file-")]
            assert b"expires_after" in served.seen[0].body
            assert json.loads(served.seen[1].body)["output_expires_after"]["seconds"] <= 3 * 86400
        provider.cancel(provider.submit(ASKED))
        assert len(served.canceled) == 1


@_vendors
@pytest.mark.parametrize("id_", ["", "../files", "a b", "x" * 300, "a?b", "\u202e"])
def test_id_that_may_not_stand_in_a_path_is_not_used(vendor: str, id_: str) -> None:
    """A vendor's id is text from outside; the batch that it names may be out, so that no other one is sent."""
    with vendor_of(vendor) as (served, provider):
        served.faults = {_CREATE[vendor]: [Reply(body=json.dumps({"id": id_}).encode())]}
        with pytest.raises(ProviderHeldError, match=r"may have taken the batch.*cannot be used"):
            provider.submit(ASKED)


@_vendors
@pytest.mark.parametrize("body", [b"[]", b"{}", b"<html>", b"", b"\xff", b'{"id": 3}'])
def test_answer_of_another_form_is_no_batch(vendor: str, body: bytes) -> None:
    """As a page of a proxy, behind which a batch may have been taken."""
    with vendor_of(vendor) as (served, provider):
        served.faults = {_CREATE[vendor]: [Reply(body=body)]}
        with pytest.raises(ProviderHeldError, match=r"may have taken the batch.*cannot be read"):
            provider.submit(ASKED)


def test_only_vendors_have_batches() -> None:
    """A server that speaks as OpenAI's does mostly has none, nor has a file."""
    assert [has_batches(ProviderSettings(kind=kind)) for kind in (OPENAI, ANTHROPIC, COMPATIBLE, FILE)] == [
        True,
        True,
        False,
        False,
    ]


@_vendors
def test_result_without_an_answer_says_why(vendor: str) -> None:
    """In words for an operator."""
    with (
        vendor_of(vendor) as (_, provider),
        pytest.raises(AskLaterError, match="its batch has no answer: it went") as caught,
    ):
        provider.read(Result(reason="it went"), QUESTION)
    assert caught.value.kind == "batch"
