"""Which calls a model is asked about, how often, and what becomes of its answers."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from events.errors import LogClosedError
from events.log.ours.correction import Correction, append_correction
from projector.domain.calls import Call
from projector.errors import AskLaterError, ProviderHeldError
from projector.extracting.choosing.readable import Readable
from projector.read_model.open import open_questions
from tests.support.asking import FALLBACK, FIRST, AskingSite, exhaust, later, refuses, stated
from tests.support.extractions import extraction
from tests.support.samples import AGENT, MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

DELTA, CIGNA = "I'm with Delta.", "I'm with Cigna now."
MINUTE_S, DAY_S = 60, 24 * 60 * 60
BEN = "+12025550199"


class Said:
    """A logger that keeps its lines: the level, the event, and what else is said."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, object]]] = []

    def __getattr__(self, level: str) -> Callable[..., None]:
        return lambda event, **facts: self.lines.append((level, event, facts))

    def of(self, event: str) -> list[dict[str, object]]:
        """Return what was said of one kind of event."""
        return [facts for _, said, facts in self.lines if said == event]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What is logged."""
    said = Said()
    for module in ("asker", "books", "limits"):
        monkeypatch.setattr(f"projector.extracting.asking.{module}.logger", said)
    return said


@pytest.fixture
def site(tmp_path: Path) -> AskingSite:
    """A site without calls."""
    return AskingSite(ProjectorSite(tmp_path))


def hold(site: AskingSite, *ids: str, said: str = DELTA, **more: object) -> None:
    """Append calls of Marta's, each an hour after the one before."""
    for number, id_ in enumerate(ids):
        site.site.append(transcription(id_, said, **({"at_s": NOON_S + number * 3600} | more)))  # type: ignore[arg-type]


def unanswered(site: AskingSite) -> dict[str, tuple[int, int | None]]:
    """Return, of each call that had no answer, how often it was asked about, and in how many seconds again."""
    questions = open_questions(site.site.generations.folder)
    found = {
        each.conversation_id: (
            each.attempts,
            None if each.next_try_at_s is None else each.next_try_at_s - int(site.now_s),
        )
        for each in questions.all()
    }
    questions.close()
    return found


def test_newest_call_is_asked_about_first(site: AskingSite) -> None:
    """Each once; what is answered is an event, and becomes a fact by the ordinary projection."""
    hold(site, "conv_1", "conv_2", "conv_3")
    assert site.run() == ["conv_3", "conv_2", "conv_1"]
    said = site.extractions()
    assert [each.conversation_id for each in said] == ["conv_3", "conv_2", "conv_1"]
    assert {(each.prompt.version, each.completed_at_s, each.attempt, each.latency_ms) for each in said} == {
        (1, NOON_S, 1, 500)
    }
    assert "Delta" in site.site.dump().split('"kind":"fact"', 1)[1]
    assert site.run() == []


def test_replay_another_generation_and_the_same_webhook_ask_nothing(site: AskingSite) -> None:
    """Nor does an answer that was imported."""
    hold(site, "conv_1", "conv_2")
    imported = transcription("conv_4", DELTA)
    site.site.append(imported)
    site.site.append(extraction(imported, version=1), source="extraction")
    site.run()
    dump = site.site.dump()
    assert site.site.replayed_dump() == dump
    hold(site, "conv_1")
    assert site.run() == []


def test_answer_that_is_not_folded_yet_is_not_asked_for_again(site: AskingSite) -> None:
    """As while a replay takes hours: the log says what was answered, also to the next process."""
    hold(site, "conv_1")
    site.site.catch_up()
    for _ in range(2):
        with site.asker() as asker:
            exhaust(asker)
    assert len(site.asked) == len(site.extractions()) == 1


def test_other_version_of_a_call_is_asked_about(site: AskingSite) -> None:
    """But only if it is the one that counts."""
    hold(site, "conv_1", event_timestamp=NOON_S + 9)
    assert site.run() == ["conv_1"]
    hold(site, "conv_1", said=CIGNA, event_timestamp=NOON_S + 1)
    assert site.run() == []
    hold(site, "conv_1", said=CIGNA, event_timestamp=NOON_S + 10)
    assert site.run() == ["conv_1"]


def test_newer_prompt_asks_again_and_an_older_one_does_not(site: AskingSite) -> None:
    """An answer to this version of the prompt or a later one will do."""
    hold(site, "conv_1")
    site.version = 2
    assert site.run() == ["conv_1"]
    site.version = 1
    assert site.run() == []
    site.version = 3
    assert site.run() == ["conv_1"]


def test_call_in_which_nobody_spoke_is_not_asked_about(site: AskingSite) -> None:
    """Nor is one with a mailbox."""
    site.site.append(transcription("conv_1"))
    site.site.append(transcription("conv_2", None))
    assert site.run() == []


def test_as_many_questions_as_allowed_are_under_way_once_one_was_answered(site: AskingSite) -> None:
    """Until then there is one: the key may be wrong."""
    site.concurrency = 3
    hold(site, *(f"conv_{number}" for number in range(7)))
    under_way, most, go = 0, [], threading.Semaphore(0)
    lock = threading.Lock()

    def answer(call: Call, _: str) -> bytes:
        nonlocal under_way
        with lock:
            under_way += 1
            most.append(under_way)
        if len(site.asked) > 1:
            go.acquire()
        with lock:
            under_way -= 1
        return stated(call)

    site.answer = answer
    site.site.catch_up()
    with site.asker() as asker:
        asker.step(wait_s=5.0)
        while len(most) < 4:
            asker.step(wait_s=0.01)
        assert asker.under_way == 3
        go.release(100)
        exhaust(asker)
    assert max(most) == 3
    assert len(site.extractions()) == 7


def test_call_without_an_answer_is_asked_about_after_1_5_and_30_minutes_by_whatever_process(
    site: AskingSite, said: Said
) -> None:
    """Then it is given up, said once, and listed; a replay changes nothing of it."""
    hold(site, "conv_1")
    site.answer = later()
    at_s, waited = float(NOON_S), []
    for wait_s in (0, 1 * MINUTE_S, 5 * MINUTE_S, 30 * MINUTE_S):
        if wait_s:
            assert site.run(at_s=at_s + wait_s - 1) == []
        at_s += wait_s
        assert site.run(at_s=at_s) == ["conv_1"]
        waited.append(unanswered(site)["conv_1"])
        site.site.replay()
    assert site.run(at_s=at_s + DAY_S) == []
    assert waited == [(1, 60), (2, 300), (3, 1800), (4, None)]
    assert [line["reason"] for line in said.of("call_not_read")] == ["it answered 503"]


def test_call_that_was_given_up_is_asked_about_when_a_person_wants_it(site: AskingSite) -> None:
    """`projector retry` begins anew; so does a newer version of the call."""
    hold(site, "conv_1", "conv_2")
    site.answer, site.answers_for_each = later(), True
    for wait_s in (0, 1 * MINUTE_S, 5 * MINUTE_S, 30 * MINUTE_S):
        site.run(at_s=site.now_s + wait_s)
    assert unanswered(site) == {"conv_1": (4, None), "conv_2": (4, None)}
    questions = open_questions(site.site.generations.folder)
    questions.ask_again("conv_1", now_s=site.now_s)
    questions.close()
    site.answer = lambda call, _: stated(call)
    assert site.run() == ["conv_1"]
    hold(site, "conv_2", said=CIGNA, event_timestamp=NOON_S + 10)
    assert site.run() == ["conv_2"]
    assert unanswered(site) == {}


def test_server_that_has_us_wait_is_asked_nothing_meanwhile(site: AskingSite) -> None:
    """`Retry-After` holds for all calls, also for the one that has just come in."""
    hold(site, "conv_1", "conv_2")
    site.answer = later(7200.0)
    site.site.catch_up()
    with site.asker() as asker:
        exhaust(asker)
        hold(site, "conv_3")
        site.site.catch_up()
        site.now_s += 3599
        exhaust(asker)
        assert [id_ for id_, _ in site.asked] == ["conv_2"]
        site.now_s += 1
        exhaust(asker)
    assert [id_ for id_, _ in site.asked] == ["conv_2", "conv_3"]
    assert unanswered(site)["conv_2"][0] == 1


def test_server_that_is_down_uses_up_no_call(site: AskingSite) -> None:
    """After a few failures in a row it is left alone for a while, and all calls are read once it is back."""
    hold(site, *(f"conv_{number}" for number in range(20)))
    site.answer = later()
    site.site.catch_up()
    with site.asker() as asker:
        exhaust(asker)
        assert len(site.asked) == 4
        for _ in range(12):
            site.now_s += 1800
            exhaust(asker)
        assert len({id_ for id_, _ in site.asked}) < 20
        site.answer = lambda call, _: stated(call)
        site.now_s += 1800
        exhaust(asker)
        site.now_s += 1800
        exhaust(asker)
    given_up = [id_ for id_, (_, next_s) in unanswered(site).items() if next_s is None]
    assert len(site.extractions()) + len(given_up) == 20
    assert len(given_up) <= 4


def test_fallback_is_asked_after_all_tries_and_not_before(site: AskingSite) -> None:
    """Other calls go on with the first one."""
    hold(site, "conv_1")
    site.roles = [FIRST, FALLBACK]
    site.answers_for_each = True
    site.answer = lambda call, role: (
        stated(call) if role == FALLBACK or call.conversation_id != "conv_1" else AskLaterError("it answered 503")
    )
    for wait_s in (0, 1 * MINUTE_S, 5 * MINUTE_S):
        site.run(at_s=site.now_s + wait_s)
    assert site.extractions() == []
    hold(site, "conv_2")
    site.run(at_s=site.now_s + 30 * MINUTE_S)
    assert site.asked == [*[("conv_1", FIRST)] * 3, ("conv_2", FIRST), ("conv_1", FIRST), ("conv_1", FALLBACK)] or (
        site.asked == [*[("conv_1", FIRST)] * 4, ("conv_1", FALLBACK), ("conv_2", FIRST)]
    )
    assert [each.conversation_id for each in site.extractions()].count("conv_1") == 1
    assert unanswered(site) == {}


def test_provider_that_refuses_is_held_with_one_alarm_and_nothing_else_is_asked(site: AskingSite, said: Said) -> None:
    """One question in half an hour tries it, quietly; once it answers, all goes on."""
    site.concurrency = 4
    hold(site, "conv_1", "conv_2", "conv_3")
    site.answer = refuses
    assert site.run() == ["conv_3"]
    assert site.run(at_s=NOON_S + 1799) == []
    assert site.run(at_s=NOON_S + 1800) == ["conv_2"]
    assert len(site.run(at_s=NOON_S + 3600)) == 1
    assert [facts["reason"] for level, _, facts in said.lines if level == "error"] == ["it answered 401"]
    site.answer = lambda call, _: stated(call)
    site.run(at_s=NOON_S + 5400)
    site.run(at_s=NOON_S + 5400 + MINUTE_S)
    assert {each.conversation_id for each in site.extractions()} == {"conv_1", "conv_2", "conv_3"}
    assert unanswered(site) == {}
    assert len(said.of("extraction_goes_on")) == 1


def test_held_provider_is_asked_at_once_with_other_settings_and_not_with_the_same(site: AskingSite) -> None:
    """A restart alone does not show that anything was mended."""
    hold(site, "conv_1", "conv_2")
    site.answer = refuses
    assert site.run() == ["conv_2"]
    assert site.run() == []
    site.answer, site.digest = lambda call, _: stated(call), "other"
    assert site.run() == ["conv_1"]
    assert site.run(at_s=site.now_s + 1800 + MINUTE_S) == ["conv_2"]


def test_call_that_alone_is_refused_holds_up_the_others_once(site: AskingSite) -> None:
    """When others were answered since, it is that call, and it is given up."""
    hold(site, "conv_1", "conv_2", "conv_3")
    site.answer = lambda call, _: (
        ProviderHeldError("it answered 400") if call.conversation_id == "conv_3" else stated(call)
    )
    assert site.run() == ["conv_3"]
    assert site.run(at_s=NOON_S + 1800) == ["conv_2", "conv_1"]
    hold(site, "conv_4")
    assert site.run(at_s=NOON_S + 1800 + MINUTE_S) in (["conv_4", "conv_3"], ["conv_3", "conv_4"])
    assert unanswered(site) == {"conv_3": (1, None)}
    assert len(site.extractions()) == 3


def test_tokens_of_a_day_are_spent_once_and_the_rest_waits_for_tomorrow(site: AskingSite, said: Said) -> None:
    """Said once a day; a restart knows what was spent."""
    hold(site, *(f"conv_{number}" for number in range(5)))
    site.tokens_max = 240
    assert len(site.run()) == 2
    with site.asker() as asker:
        for _ in range(3):
            site.now_s += 3600
            exhaust(asker)
    assert len(site.asked) == 2
    assert [line["day"] for line in said.of("extraction_tokens_spent")] == ["2025-11-12"] * 2  # two processes
    assert len(site.run(at_s=NOON_S + DAY_S)) == 2
    assert len(site.run(at_s=NOON_S + 2 * DAY_S)) == 1
    assert len(site.extractions()) == 5


def test_questions_under_way_count_towards_the_tokens_of_the_day(site: AskingSite) -> None:
    """Else several at a time would spend more than that."""
    hold(site, *(f"conv_{number}" for number in range(9)))
    site.tokens_max, site.concurrency = 360, 8
    assert len(site.run()) == 3


def test_nobody_who_was_erased_is_asked_about(site: AskingSite) -> None:
    """Nor is anything kept of a question about them."""
    hold(site, "conv_1")
    hold(site, "conv_2", caller=BEN)
    site.answer = later()
    site.run()
    assert {*unanswered(site)} == {"conv_1", "conv_2"}
    site.site.forget(at_s=NOON_S + 9)
    site.answer = lambda call, _: stated(call)
    assert site.run(at_s=NOON_S + MINUTE_S) == ["conv_2"]
    assert unanswered(site) == {}
    assert not [name for name, _ in site.site.files_holding("conv_1") if "questions" in name]


def asks_meanwhile(site: AskingSite, happens: Callable[[], object]) -> None:
    """Ask about all calls, and let something happen while the first answer is under way."""

    def answer(call: Call, _: str) -> bytes:
        if len(site.asked) == 1:
            happens()
        return stated(call)

    site.answer = answer
    site.site.catch_up()
    with site.asker() as asker:
        exhaust(asker)


def test_answer_of_who_asked_to_be_forgotten_meanwhile_is_thrown_away(site: AskingSite) -> None:
    """Also where the projector has not met the request yet; whoever else called is read on."""
    hold(site, "conv_1", caller=BEN)
    hold(site, "conv_2", at_s=NOON_S + 3600)
    asks_meanwhile(site, lambda: site.site.request_erasure(at_s=NOON_S + 9))
    assert [id_ for id_, _ in site.asked] == ["conv_2", "conv_1"]
    assert [each.conversation_id for each in site.extractions()] == ["conv_1"]


def test_answer_of_who_was_erased_meanwhile_is_thrown_away(site: AskingSite) -> None:
    """The erasure is done, and its call is not appended to again."""
    hold(site, "conv_2")
    asks_meanwhile(site, lambda: site.site.forget(at_s=NOON_S + 9))
    assert site.extractions() == []
    site.site.catch_up()
    assert site.run() == []


def test_no_call_of_who_opted_out_is_asked_about(site: AskingSite) -> None:
    """Not one that came before that either, if the person opted out of all."""
    hold(site, "conv_1")
    append_correction(site.site.log, Correction(caller=MARTA, action="optout", is_all=True))
    assert site.run() == []


def test_what_a_person_dropped_is_not_sent(site: AskingSite) -> None:
    """A turn that is wrong is left out of the call that is asked about."""
    site.site.hold(transcription("conv_1", DELTA, "I like tea."))
    with site.site.read_model() as read_model:
        (dropped,) = [each for each in read_model.all_memories(MARTA) if each.text == DELTA]
    append_correction(site.site.log, Correction(caller=MARTA, action="drop", memory_id=dropped.id))
    seen: list[str] = []

    def answer(call: Call, _: str) -> bytes:
        seen.extend(turn.text for turn in call.turns if turn.is_caller)
        return stated(call)

    site.answer = answer
    site.run()
    assert seen == ["I like tea."]


def test_answer_waits_for_a_disk_that_is_full_and_nothing_more_is_asked(
    site: AskingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is paid for is appended once there is room."""
    hold(site, "conv_1", "conv_2")
    site.site.catch_up()

    def full(*_: object, **__: object) -> None:
        raise LogClosedError("no room")

    with site.asker() as asker:
        with monkeypatch.context() as context:
            context.setattr(site.site.log, "append", full)
            for _ in range(5):
                asker.step(wait_s=5.0)
            assert asker.waits_for == "no room"
            assert len(site.asked) == 1
        exhaust(asker)
        assert asker.waits_for == ""
    assert [each.conversation_id for each in site.extractions()] == ["conv_2", "conv_1"]


def test_who_asks_once_asks_about_what_waits_too_and_about_nobody_twice(site: AskingSite) -> None:
    """As `projector extract` does; of one agent, and from a moment on, if a person says so."""
    hold(site, "conv_1", "conv_2")
    hold(site, "conv_3", agent="agent_shop", at_s=NOON_S + 9 * 3600)
    site.answer, site.answers_for_each = later(), True
    site.run()
    site.wanted = {"is_eager": True}
    assert site.run() == ["conv_3", "conv_2", "conv_1"]
    site.answer = lambda call, _: stated(call)
    site.wanted = {"is_eager": True, "agent_id": AGENT, "since_s": NOON_S + 3600}
    assert site.run() == ["conv_2"]
    site.wanted = {"is_eager": True, "agent_id": "agent_shop"}
    assert site.run() == ["conv_3"]


def test_another_model_is_asked_once_about_what_one_has_read(site: AskingSite) -> None:
    """Its own answers tell what it has read."""
    hold(site, "conv_1")
    site.run()
    site.model, site.wanted = "other", {"is_eager": True, "is_of_any_model": False}
    assert site.run() == ["conv_1"]
    assert site.run() == []
    assert [each.model for each in site.extractions()] == ["model", "other"]


def test_fault_of_ours_is_one_calls_and_says_no_word_of_it(site: AskingSite, said: Said) -> None:
    """Others go on."""
    hold(site, "conv_1", "conv_2")
    site.answers_for_each = True
    site.answer = lambda call, _: ValueError(DELTA) if call.conversation_id == "conv_2" else stated(call)
    site.run()
    assert [each.conversation_id for each in site.extractions()] == ["conv_1"]
    assert unanswered(site) == {"conv_2": (1, 60)}
    assert said.of("question_failed")
    assert DELTA not in str(said.lines)


def test_question_about_who_is_erased_goes_also_where_nobody_asks_any_more(site: AskingSite) -> None:
    """The projector removes it before it says that the erasure is done."""
    hold(site, "conv_to_erase")
    hold(site, "conv_2", caller=BEN)
    site.answer = later()
    site.run()
    site.site.forget(at_s=NOON_S + 9)
    assert {*unanswered(site)} == {"conv_2"}
    assert not [name for name, _ in site.site.files_holding("conv_to_erase") if "questions" in name]


def test_call_of_who_is_to_be_forgotten_holds_up_no_other(site: AskingSite) -> None:
    """Also where it is due, and the projector does not get on to the request."""
    hold(site, "conv_1")
    hold(site, "conv_2", caller=BEN)
    site.answer, site.answers_for_each = later(), True
    site.run()
    site.answer = lambda call, _: stated(call)
    site.site.request_erasure(at_s=NOON_S + 9)
    site.now_s += MINUTE_S
    with site.asker() as asker:
        exhaust(asker)
    assert [each.conversation_id for each in site.extractions()] == ["conv_2"]


def test_fault_of_ours_with_one_call_stops_no_other(
    site: AskingSite, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    """What it says may hold words, so only its kind and its place are logged."""
    hold(site, "conv_1", "conv_2")
    site.site.catch_up()
    read = Readable.call

    def call(self: Readable, conversation_id: str) -> Call | None:
        if conversation_id == "conv_2":
            raise ValueError(DELTA)
        return read(self, conversation_id)

    monkeypatch.setattr(Readable, "call", call)
    with site.asker() as asker:
        asker.step(wait_s=5.0)
        exhaust(asker)
    assert [each.conversation_id for each in site.extractions()] == ["conv_1"]
    assert [line["reason"] for line in said.of("extraction_failed")] == ["ValueError"]
    assert DELTA not in str(said.lines)
