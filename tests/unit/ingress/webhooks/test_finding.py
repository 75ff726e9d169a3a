"""What is found for a question: by its words, by the time that it names, and for the caller of the conversation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from events.wire.webhooks import SearchDataRequest
from ingress.webhooks.finding import Asking, Found, find, find_recent
from projector.engines.open import Engines
from projector.engines.protocol import Engine
from projector.engines.settings import EngineSettings
from projector.projection.settings import ProjectionSettings
from projector.read_model.protocol import ReadModel
from tests.support.calls import in_zone
from tests.support.samples import AGENT, AGENT_LINE, MARTA, failure, transcription
from tests.support.sites import ProjectorSite

# A Saturday evening in Berlin.
NOW_S = int(datetime(2026, 11, 28, 18, 0, tzinfo=UTC).timestamp())
DAY_S = 24 * 60 * 60
OTHER = "+12025550144"


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site whose callers live in Berlin, unless their calls say otherwise."""
    return ProjectorSite(tmp_path, ProjectionSettings(timezone="Europe/Berlin"))


@contextmanager
def reading(site: ProjectorSite) -> Iterator[tuple[ReadModel, Engine]]:
    with site.read_model() as read_model:
        yield read_model, Engines(EngineSettings()).read("embedded", read_model.engine_tables)


def found(site: ProjectorSite, query: str, *, at_s: int = NOW_S, started_by: str | None = None, **of: Any) -> Found:
    """Return what is found for a question of Marta's agent."""
    question = SearchDataRequest(query=query, **({"caller_id": MARTA} | of))
    asking = Asking(question=question, region="US", at_s=at_s, started_by=started_by)
    with reading(site) as (read_model, engine):
        return find(asking, read_model, engine, until_s=float("inf"), pause=lambda: None)


def calls_of(answer: Found) -> list[str]:
    """Return the conversations of what was found, each once, in order."""
    return list(dict.fromkeys(memory.conversation_id for memory, _ in answer.memories))


def call(conversation_id: str, *said: str, days_ago: float, **of: Any) -> bytes:
    return transcription(conversation_id, *said, at_s=int(NOW_S - days_ago * DAY_S), **of)


LAMP_LONG_AGO = call("conv_1", "I ordered a lamp.", days_ago=40, summary="A lamp was ordered.", order="lamp")
CHAIR = call("conv_2", "I ordered a chair.", days_ago=8, summary="A chair was ordered.")
LAMP_YESTERDAY = call("conv_3", "I ordered a lamp, in red.", days_ago=1, summary="They took the red one.")


def test_question_about_a_time_alone_is_answered_by_that_time(site: ProjectorSite) -> None:
    """`What did I say yesterday?` brings what was said yesterday, the summary first, and nothing else."""
    site.hold(LAMP_LONG_AGO, CHAIR, LAMP_YESTERDAY)

    for query in (
        "What did I say yesterday?",
        "What did we talk about on Friday?",
        "yesterday",
        "When did I last call?",
    ):
        answer = found(site, query)
        assert calls_of(answer) == ["conv_3"], query
    assert [memory.kind for memory, _ in found(site, "what did I say yesterday").memories] == ["summary", "turn"]
    assert calls_of(found(site, "What did we discuss last week?")) == ["conv_2"]
    assert calls_of(found(site, "What happened in our last conversation?")) == ["conv_3"]


def test_time_without_a_call_has_no_memories(site: ProjectorSite) -> None:
    """Where the caller did not call in the time that is asked about, nothing is found, and nothing of another time."""
    site.hold(LAMP_LONG_AGO, CHAIR)

    assert found(site, "What did I say yesterday?").memories == []


def test_subject_is_looked_for_in_the_time_first(site: ProjectorSite) -> None:
    """With a subject and a time, what is of that time comes first, though the same was said, and collected, before."""
    site.hold(LAMP_LONG_AGO, CHAIR, LAMP_YESTERDAY)

    answer = found(site, "Which lamp did I order yesterday?")
    assert calls_of(answer)[0] == "conv_3"
    assert "conv_1" in calls_of(answer)
    assert all(0 < score < 1 for memory, score in answer.memories if "lamp" in memory.text.lower())
    assert calls_of(found(site, "Which lamp did I order two months ago?"))[0] == "conv_1"
    assert calls_of(found(site, "What was ordered last time?"))[0] == "conv_3"


def test_time_of_the_subject_hides_nothing(site: ProjectorSite) -> None:
    """An appointment on Monday may have been made on any day: it is found, whoever called on the Monday before."""
    site.hold(
        call("conv_1", "My appointment is on Monday at ten.", days_ago=12),
        call("conv_2", "I have lost an invoice.", days_ago=5),
    )

    answer = found(site, "When is my appointment on Monday?")
    assert calls_of(answer)[0] == "conv_1"


def test_words_of_another_day_are_no_answer(site: ProjectorSite) -> None:
    """A caller who said `yesterday` a year ago meant another day."""
    site.hold(
        call("conv_1", "I fell yesterday, yesterday in the garden.", days_ago=365),
        call("conv_2", "I fell on the stairs.", days_ago=1),
    )

    assert calls_of(found(site, "Where did I fall yesterday?"))[0] == "conv_2"


def test_yesterday_is_the_callers(site: ProjectorSite) -> None:
    """The same two calls, and the same moment: which of them was yesterday depends on where the caller is."""
    late = int(datetime(2026, 11, 27, 4, 30, tzinfo=UTC).timestamp())  # the evening of the 26th in New York
    noon = int(datetime(2026, 11, 27, 17, 0, tzinfo=UTC).timestamp())
    for caller, zone in ((MARTA, "America/New_York"), (OTHER, "Europe/Berlin")):
        site.hold(
            in_zone(transcription(f"conv_late_{zone[:2]}", "The lamp.", caller=caller, at_s=late), zone),
            in_zone(transcription(f"conv_noon_{zone[:2]}", "The chair.", caller=caller, at_s=noon), variable=zone),
        )

    assert calls_of(found(site, "What did I say yesterday?")) == ["conv_noon_Am"]
    assert calls_of(found(site, "yesterday", caller_id=OTHER)) == ["conv_noon_Eu", "conv_late_Eu"]
    in_berlin = found(site, "yesterday", timezone="Europe/Berlin")
    assert set(calls_of(in_berlin)) == {"conv_late_Am", "conv_noon_Am"}
    assert calls_of(found(site, "yesterday", timezone="Mars/Olympus")) == ["conv_noon_Am"]


def test_last_time_is_not_the_running_conversation(site: ProjectorSite) -> None:
    """A conversation that goes on is in the log already: `last time` is the one before it."""
    site.hold(CHAIR, LAMP_YESTERDAY)

    assert calls_of(found(site, "What did we say last time?", conversation_id="conv_3")) == ["conv_2"]


def test_time_tells_an_agent_nothing_of_others(site: ProjectorSite) -> None:
    """What only another agent was told stays hidden, whichever time is asked about."""
    site.hold(
        call(
            "conv_1", "I ordered a lamp.", days_ago=1, summary="A lamp.", order="lamp", city="Lund", agent="agent_other"
        )
    )

    for query in ("What did I say yesterday?", "What did I order yesterday?", "last time"):
        told = [memory.text for memory, _ in found(site, query, agent_id=AGENT).memories]
        assert told == ["City: Lund"], query
    assert found(site, "yesterday", agent_id=AGENT, search_all_agents=True).memories[0][0].kind == "summary"


def test_superseded_value_is_not_what_was_said_then(site: ProjectorSite) -> None:
    """What was told again since is not an answer to a question about the time in which it was told first."""
    site.hold(
        call("conv_1", "Hello.", days_ago=8, address="12 Oak"),
        call("conv_2", "Hello.", days_ago=1, address="99 Elm"),
    )

    texts = [memory.text for memory, _ in found(site, "What did I say last week?").memories]
    assert texts == ["Hello."]


def test_caller_is_found_by_the_conversation(site: ProjectorSite) -> None:
    """Where no number is sent, the caller is the one of the conversation in the log."""
    site.hold(LAMP_LONG_AGO, transcription("conv_9", "The chair.", caller=OTHER))

    for nothing in (None, "", "anonymous", "+266696687"):
        answer = found(site, "lamp", caller_id=nothing, conversation_id="conv_1")
        assert answer.caller == MARTA
        assert "lamp" in answer.memories[0][0].text
    assert found(site, "chair", caller_id=None, conversation_id="conv_9").caller == OTHER
    assert found(site, "lamp", caller_id=None, conversation_id="conv_unknown").caller is None
    assert found(site, "lamp", caller_id=None, conversation_id="../conv_1").caller is None


def test_number_counts_before_the_conversation(site: ProjectorSite) -> None:
    """A number that is sent says who is calling, whatever the conversation or the call's start says."""
    site.hold(LAMP_LONG_AGO, transcription("conv_9", "The chair.", caller=OTHER))

    assert found(site, "lamp", caller_id=MARTA, conversation_id="conv_9", started_by=OTHER).caller == MARTA
    outbound = found(
        site, "lamp", caller_id=AGENT_LINE, called_number=MARTA, conversation_id="conv_9", started_by=OTHER
    )
    assert outbound.caller == MARTA
    assert found(site, "lamp", caller_id=None, user_id="web-visitor-4711", conversation_id="conv_9").caller == (
        "user:web-visitor-4711"
    )


def test_caller_is_found_by_the_start_of_the_call(site: ProjectorSite) -> None:
    """Where no number is sent and the log knows nothing, the caller is the one of the call's start."""
    site.hold(LAMP_LONG_AGO)

    assert found(site, "lamp", caller_id=None, conversation_id="conv_new", started_by=MARTA).caller == MARTA
    assert found(site, "lamp", caller_id=None, conversation_id="conv_1", started_by=OTHER).caller == MARTA


def test_forgotten_caller_is_not_found_by_the_conversation(site: ProjectorSite) -> None:
    """A conversation of a caller who was forgotten leads to nobody."""
    site.hold(LAMP_LONG_AGO, CHAIR)
    site.forget(MARTA, at_s=NOW_S)

    assert found(site, "lamp", caller_id=None, conversation_id="conv_1").memories == []
    assert found(site, "lamp", caller_id=None, conversation_id="conv_1").caller is None


def test_missed_call_is_no_conversation(site: ProjectorSite) -> None:
    """A call that nobody answered says nothing of who speaks now."""
    site.hold(LAMP_LONG_AGO, failure("conv_2"))

    assert found(site, "lamp", caller_id=None, conversation_id="conv_2").caller is None


def test_recent_memories_are_found_by_the_conversation_too(site: ProjectorSite) -> None:
    """Without a search, too, the conversation says who is calling."""
    site.hold(LAMP_LONG_AGO)
    asking = Asking(question=SearchDataRequest(conversation_id="conv_1"), region="US", at_s=NOW_S)

    with reading(site) as (read_model, _):
        answer = find_recent(asking, read_model)
    assert (answer.caller, answer.degraded) == (MARTA, True)
    assert answer.memories


def test_callers_without_a_number_do_not_wait_for_each_other() -> None:
    """Searches of one caller come one after the other; two conversations without a number are two callers."""
    questions = [
        SearchDataRequest(caller_id=MARTA),
        SearchDataRequest(conversation_id="conv_1"),
        SearchDataRequest(conversation_id="conv_2"),
        SearchDataRequest(call_sid="CA1"),
    ]
    askers = {Asking(question=question, region="US", at_s=NOW_S).asker for question in questions}
    assert len(askers) == 4
