"""What is put into batches, and what becomes of their results, whatever happens meanwhile."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from events.log.ours.correction import Correction, append_correction
from projector.domain.calls import Call
from projector.errors import AskLaterError, ProviderHeldError
from projector.extracting.asking.asker import FIRST, Asker
from projector.extracting.asking.limits import Limits, Respondent
from projector.extracting.batching.submitter import BatchSubmitter, Bounds
from projector.extracting.batching.taker import BatchTaker
from projector.extracting.choosing.log_watch import LogWatch
from projector.extracting.choosing.readable import Readable, Wanted
from projector.extracting.choosing.unread import Unread
from projector.read_model.asked import Batch
from projector.read_model.open import open_live_reader, open_questions, read_questions
from projector.sources.extraction.ask import Asked, Kept, ask_about
from projector.sources.extraction.prompt import ExtractionPrompt, extraction_prompt
from projector.sources.models.batches.protocol import BatchProvider, BatchState, Result
from projector.sources.models.protocol import Answered, Question, content_of
from tests.support.asking import AskingSite
from tests.support.samples import AGENT, MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite
from tests.support.waiting import wait_until

DELTA, CIGNA = "I'm with Delta.", "I'm with Cigna now."
BEN = "+12025550199"
DAY_S = 24 * 60 * 60
EMPTY = b'{"memories": []}'


class Vendor:
    """A vendor in memory. `results` says what comes of a request; `fault` is raised by all that is asked of it."""

    name, host, model = "openai", "vendor.example", "luna"

    def __init__(self) -> None:
        self.batches: dict[str, dict[str, Question]] = {}
        self.is_ended = True
        self.fault: Exception | None = None
        self.come_of: Callable[[str, Question], Result | None] = lambda *_: Result(200, EMPTY)
        self.removed: list[str] = []
        self.cancelled: list[str] = []

    def submit(self, requests: Mapping[str, Question]) -> str:
        self._raise()
        id_ = f"batch_{len(self.batches)}"
        self.batches[id_] = dict(requests)
        return id_

    def state(self, batch: str) -> BatchState:
        self._raise()
        return BatchState(self.is_ended, "the vendor left it out")

    def results(self, batch: str) -> dict[str, Result]:
        self._raise()
        came = {id_: self.come_of(id_, question) for id_, question in self.batches[batch].items()}
        return {id_: result for id_, result in came.items() if result is not None}

    def read(self, result: Result, question: Question) -> Answered:
        if not result.status:
            raise AskLaterError(f"its batch has no answer: {result.reason}", kind="batch")
        return Answered(
            provider=self.name,
            host=self.host,
            requested_model=self.model,
            model=self.model,
            body=result.body,
            finish="complete",
            content=content_of(result.body),
        )

    def cancel(self, batch: str) -> None:
        self.cancelled.append(batch)

    def remove(self, batch: str) -> None:
        self._raise()
        self.removed.append(batch)

    def ask(self, question: Question) -> Answered:
        raise AssertionError("nobody is asked alone")

    def close(self) -> None:
        """Nothing is open."""

    def _raise(self) -> None:
        if self.fault is not None:
            raise self.fault


class BatchSite(AskingSite):
    """A site whose calls are read by batches of a vendor in memory."""

    def __init__(self, site: ProjectorSite) -> None:
        super().__init__(site)
        self.vendor = Vendor()
        self.provider: BatchProvider | None = self.vendor
        self.prompt_of = extraction_prompt(site.settings.fold.registry(), 1)

    @contextmanager
    def batching(
        self, *, bounds: Bounds | None = None, **wanted: object
    ) -> Iterator[tuple[BatchSubmitter, BatchTaker]]:
        """Open who submits and who takes, until the block ends."""
        folder = self.site.generations.folder
        reader, questions = open_live_reader(folder), open_questions(folder)
        fold, site = self.site.settings.fold, self

        def unread_of(chosen: Wanted) -> Unread:
            watch = LogWatch(site.site.log)
            readable = Readable(reader, watch, chosen, registry=fold.registry(), region=site.site.settings.region)
            readable.begin(reader.open())
            return Unread(reader, watch, questions, readable)

        class Means:
            def provider(self, batch: Batch) -> BatchProvider | None:
                return site.provider

            def prompt(self, batch: Batch) -> ExtractionPrompt | None:
                return site.prompt_of if site.prompt_of.named.sha256 == batch.prompt_sha256 else None

            def unread(self, batch: Batch) -> Unread:
                return unread_of(Wanted(prompt_version=batch.prompt_version, is_eager=True))

            def ask(self, batch: Batch, call: Call, pieces: Kept) -> Asked:
                return ask_about(call, site.vendor, site.prompt_of, kept=pieces)

            def begin_anew(self) -> None:
                """Nothing is kept."""

        limits = Limits(
            questions,
            [Respondent(FIRST, FIRST, "one")],
            tokens_per_day_max=self.tokens_max,
            failures_max=4,
            clock_s=lambda: self.now_s,
        )
        unread = unread_of(Wanted(prompt_version=1, is_eager=True, **wanted))  # type: ignore[arg-type]
        watch = LogWatch(self.site.log)
        asker = Asker(
            self.site.log,
            watch,
            unread,
            questions,
            limits,
            roles=[FIRST],
            ask=self._ask,
            tokens_of=lambda _: 120,
            concurrency=1,
            clock_s=lambda: self.now_s,
            should_go_on=lambda: False,
        )
        taker = BatchTaker(asker, questions.batches, Means(), clock_s=lambda: self.now_s)
        submitter = BatchSubmitter(
            unread,
            questions,
            limits,
            self.prompt_of,
            is_of_any_model=True,
            tokens_of=lambda _: 120,
            clock_s=lambda: self.now_s,
            bounds=bounds or Bounds(),
        )
        try:
            yield submitter, taker
        finally:
            asker.close()
            taker.close()
            questions.close()
            reader.close()

    def submit(self, *, bounds: Bounds | None = None, **wanted: object) -> int:
        """Submit what nobody has read, and return how many calls that were."""
        self.site.catch_up()
        with self.batching(bounds=bounds, **wanted) as (submitter, _):
            submitter.submit_all(self.vendor)
            return submitter.submitted

    def take(self) -> None:
        """Take what has ended, and fold it."""
        self.site.catch_up()
        with self.batching() as (_, taker):
            take_all(taker)
        self.site.catch_up()

    def out(self) -> dict[str, list[str]]:
        """Return the calls of the batches that are out."""
        questions = read_questions(self.site.generations.folder)
        assert questions is not None
        batches = questions.batches
        found = {each.id: [call.conversation_id for call in batches.calls(each.id)] for each in batches.all()}
        questions.close()
        return found

    def noted(self) -> dict[str, str]:
        """Return the calls that had no answer, with the reason."""
        questions = open_questions(self.site.generations.folder)
        found = {each.conversation_id: each.reason for each in questions.all()}
        questions.close()
        return found

    def answered(self) -> list[str]:
        """Return of which calls the log holds an answer."""
        return sorted(each.conversation_id for each in self.extractions())


def take_all(taker: BatchTaker) -> None:
    """Have taken what has ended by now."""

    def is_done() -> bool:
        taker.step()
        return not taker.is_busy

    wait_until(is_done)


@pytest.fixture
def site(tmp_path: Path) -> BatchSite:
    """A site without calls."""
    return BatchSite(ProjectorSite(tmp_path))


def hold(site: BatchSite, *ids: str, said: str = DELTA, **more: object) -> None:
    """Append calls, each an hour after the one before."""
    for number, id_ in enumerate(ids):
        site.site.append(transcription(id_, said, **({"at_s": NOON_S + number * 3600} | more)))  # type: ignore[arg-type]


def test_batch_takes_no_more_requests_or_bytes_than_it_may(site: BatchSite) -> None:
    """A call whose requests do not fit begins the next one; each call is in one, and one too large is alone."""
    hold(site, *(f"conv_{number}" for number in range(7)))
    assert site.submit(bounds=Bounds(requests=3)) == 7
    assert [len(requests) for requests in site.vendor.batches.values()] == [3, 3, 1]
    assert sorted(call for calls in site.out().values() for call in calls) == [f"conv_{number}" for number in range(7)]
    hold(site, "conv_8", "conv_9")
    assert site.submit(bounds=Bounds(size_bytes=1)) == 2
    assert [len(requests) for requests in site.vendor.batches.values()] == [3, 3, 1, 1, 1]
    site.take()
    assert len(site.answered()) == 9
    assert site.out() == {}
    assert len(site.vendor.removed) == 5


def test_id_of_a_request_is_of_its_call_alone_and_may_be_sent_to_any_vendor(site: BatchSite) -> None:
    """Calls with the same words have ids of their own, of 64 letters and digits."""
    hold(site, "conv_1", "conv_2", at_s=NOON_S)
    site.submit()
    (requests,) = site.vendor.batches.values()
    assert len(requests) == 2
    assert all(len(id_) == 64 and id_.isalnum() for id_ in requests)


def test_call_that_is_out_is_asked_about_by_nobody_else(site: BatchSite) -> None:
    """Not alone, nor by another batch; another version of it is."""
    hold(site, "conv_1", event_timestamp=NOON_S + 9)
    assert site.submit() == 1
    assert site.submit() == 0
    assert site.run() == []
    hold(site, "conv_1", said=CIGNA, event_timestamp=NOON_S + 10)
    assert site.run() == ["conv_1"]
    site.take()
    assert site.answered() == ["conv_1"]
    assert (site.out(), site.noted()) == ({}, {})


def test_results_of_what_was_not_chosen_now_are_taken_too(site: BatchSite) -> None:
    """They are paid for, whoever looks."""
    hold(site, "conv_1")
    hold(site, "conv_2", agent="agent_shop")
    assert site.submit(agent_id=AGENT) == 1
    assert site.submit(agent_id="agent_shop") == 1
    site.take()
    assert site.answered() == ["conv_1", "conv_2"]


def test_call_without_a_result_is_asked_about_alone_after_a_minute(site: BatchSite) -> None:
    """Then as any that had no answer."""
    hold(site, "conv_1", "conv_2")
    site.vendor.come_of = lambda _, question: Result(200, EMPTY) if question.conversation_id == "conv_2" else None
    site.submit()
    site.take()
    assert site.noted() == {"conv_1": "its batch has no answer: the vendor left it out"}
    assert site.run() == []
    assert site.run(at_s=site.now_s + 60) == ["conv_1"]


def test_batch_that_nobody_can_fetch_is_given_up_after_two_days(site: BatchSite) -> None:
    """Until then its calls wait; nothing is paid for twice because a key is wrong for an hour."""
    hold(site, "conv_1")
    site.submit()
    site.vendor.fault = ProviderHeldError("it answered 401")
    site.take()
    site.now_s += 2 * DAY_S - 1
    site.take()
    assert site.out() == {"batch_0": ["conv_1"]}
    assert site.run() == []
    site.now_s += 2
    site.take()
    assert site.noted() == {"conv_1": "its batch has no answer: nobody could fetch it for two days"}
    assert site.out() == {}


def test_batch_of_a_vendor_that_is_not_set_waits(site: BatchSite) -> None:
    """Set again, it answers."""
    hold(site, "conv_1")
    site.submit()
    site.provider = None
    site.take()
    assert site.out() == {"batch_0": ["conv_1"]}
    site.provider = site.vendor
    site.take()
    assert site.answered() == ["conv_1"]


def test_call_that_was_corrected_or_whose_prompt_changed_is_asked_about_again(site: BatchSite) -> None:
    """What was asked with is not what is known now."""
    site.site.hold(transcription("conv_1", DELTA, "I like tea."))
    hold(site, "conv_2", at_s=NOON_S + 3600)
    site.submit()
    with site.site.read_model() as read_model:
        (dropped,) = [
            each for each in read_model.all_memories(MARTA) if each.text == DELTA and each.conversation_id == "conv_1"
        ]
    append_correction(site.site.log, Correction(caller=MARTA, action="drop", memory_id=dropped.id))
    site.take()
    assert site.answered() == ["conv_2"]
    assert {*site.noted()} == {"conv_1"}
    hold(site, "conv_3", at_s=NOON_S + 7200)
    site.submit(since_s=NOON_S + 7200)
    site.prompt_of = ExtractionPrompt(version=1, text="Another one.", schema=site.prompt_of.schema)
    site.take()
    assert site.answered() == ["conv_2"]
    assert site.out() == {}
    assert "conv_3" in site.run()


def test_what_models_refuse_in_a_batch_holds_nobody(site: BatchSite) -> None:
    """A request that is wrong was one of many: it is asked about alone, and given up if it is refused again."""
    hold(site, "conv_1")
    site.submit()
    read = site.vendor.read

    def refuse(result: Result, question: Question) -> Answered:
        raise ProviderHeldError("it answered 400", kind="bad_request")

    site.vendor.read = refuse  # type: ignore[method-assign]
    site.take()
    site.vendor.read = read  # type: ignore[method-assign]
    assert site.noted() == {"conv_1": "it answered 400"}
    hold(site, "conv_2", at_s=NOON_S + 3600)
    site.answer = lambda call, _: ProviderHeldError("it answered 400") if call.conversation_id == "conv_1" else EMPTY
    site.run()
    assert site.run(at_s=site.now_s + 60) == ["conv_1"]
    hold(site, "conv_3", at_s=NOON_S + 7200)
    assert site.run() == ["conv_3"]


def test_tokens_of_what_is_out_are_promised(site: BatchSite) -> None:
    """Neither a batch nor a question takes them; once the answers are there, what they took counts."""
    hold(site, *(f"conv_{number}" for number in range(6)))
    site.tokens_max = 360
    site.site.catch_up()
    with site.batching() as (submitter, _):
        submitter.submit_all(site.vendor)
        assert (submitter.submitted, submitter.is_spent) == (3, True)
    assert site.run() == []
    site.take()
    assert len(site.answered()) == 3
    assert len(site.run()) > 0


def test_nobody_who_is_to_be_forgotten_is_submitted_or_answered(site: BatchSite) -> None:
    """Not even where the projector has not met the request; a batch of nobody else is cancelled."""
    hold(site, "conv_1")
    hold(site, "conv_2", caller=BEN)
    site.submit(since_s=0)
    site.site.request_erasure(at_s=NOON_S + 9)
    with site.batching() as (_, taker):
        take_all(taker)
    assert site.answered() == ["conv_2"]
    hold(site, "conv_3", caller=BEN, at_s=NOON_S + 3600)
    site.submit()
    site.vendor.is_ended = False
    site.site.catch_up()
    site.site.forget(BEN, at_s=NOON_S + 9999)
    assert site.out() == {"batch_1": []}
    site.take()
    assert site.vendor.cancelled == ["batch_1"]
    site.vendor.is_ended = True
    site.take()
    assert site.out() == {}
    assert site.vendor.removed == ["batch_0", "batch_1"]


def test_vendors_trouble_with_a_second_batch_leaves_the_first(site: BatchSite) -> None:
    """What was submitted is noted; the rest waits for another time."""
    hold(site, "conv_1", "conv_2")
    submit, count = site.vendor.submit, 0

    def submit_once(requests: Mapping[str, Question]) -> str:
        nonlocal count
        count += 1
        if count > 1:
            raise AskLaterError("it answered 429", 7.0)
        return submit(requests)

    site.vendor.submit = submit_once  # type: ignore[method-assign]
    with pytest.raises(AskLaterError):
        site.submit(bounds=Bounds(requests=1))
    assert site.out() == {"batch_0": ["conv_2"]}
    site.vendor.submit = submit  # type: ignore[method-assign]
    assert site.submit() == 1
    site.take()
    assert site.answered() == ["conv_1", "conv_2"]


def test_answer_that_is_not_folded_yet_is_not_taken_twice(site: BatchSite) -> None:
    """As after a death between the append and our note of it."""
    hold(site, "conv_1")
    site.submit()
    batches = site.out()
    site.take()
    questions = open_questions(site.site.generations.folder)
    assert batches == {"batch_0": ["conv_1"]}
    questions.batches.put(
        Batch(
            id="batch_0",
            provider="openai",
            host="vendor.example",
            model="luna",
            is_of_any_model=True,
            prompt_version=1,
            prompt_sha256=site.prompt_of.named.sha256,
            submitted_at_s=NOON_S,
            tokens=1,
        ),
        [],
    )
    questions.close()
    site.take()
    assert site.answered() == ["conv_1"]
    assert site.out() == {}


def test_batch_that_cannot_be_fetched_is_said_once(site: BatchSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is looked at, and although another one of the vendor goes on."""
    hold(site, "conv_1", "conv_2")
    site.submit(bounds=Bounds(requests=1))
    said: list[str] = []

    class Said:
        def warning(self, event: str, **facts: object) -> None:
            said.append(f"{event} {facts}")

        def info(self, event: str, **facts: object) -> None:
            """Is not looked at."""

    monkeypatch.setattr("projector.extracting.batching.taker.logger", Said())
    state = site.vendor.state

    def state_of(batch: str) -> BatchState:
        if batch == "batch_1":
            raise ProviderHeldError("it answered 404")
        return state(batch)

    site.vendor.is_ended = False
    site.vendor.state = state_of  # type: ignore[method-assign]
    with site.batching() as (_, taker):
        for _ in range(5):
            site.now_s += 60
            take_all(taker)
        assert taker.waits_for == "it answered 404"
        assert len(said) == 1
        site.vendor.state = state  # type: ignore[method-assign]
        site.now_s += 60
        take_all(taker)
        assert taker.waits_for == ""
