"""What is found for a question: by its words, by the time that it names, and for the caller of the conversation."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from events.wire.webhooks import SearchDataRequest
from ingress.searching.asking import Asking
from ingress.searching.finding import find, find_recent
from ingress.searching.found import Found
from ingress.settings import RELEVANCE_THRESHOLD
from projector.domain.memories import Memory
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
    return list(dict.fromkeys(each.memory.conversation_id for each in answer.memories))


def certain(answer: Found) -> list[Memory]:
    """Return what was found for certain."""
    are_sure = answer.sure(RELEVANCE_THRESHOLD)
    return [each.memory for each, is_sure in zip(answer.memories, are_sure, strict=True) if is_sure]


def certain_calls(answer: Found) -> list[str]:
    """Return the conversations of what was found for certain, each once, in order."""
    return list(dict.fromkeys(memory.conversation_id for memory in certain(answer)))


def texts(answer: Found) -> list[str]:
    """Return the words of what was found, in order."""
    return [each.memory.text for each in answer.memories]


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
        assert certain_calls(answer) == ["conv_3"], query
    assert [memory.kind for memory in certain(found(site, "what did I say yesterday"))] == ["summary", "turn"]
    assert certain_calls(found(site, "What did we discuss last week?")) == ["conv_2"]
    assert certain_calls(found(site, "What happened in our last conversation?")) == ["conv_3"]


def test_time_without_a_call_has_nothing_certain(site: ProjectorSite) -> None:
    """Where the caller did not call in the time that is asked about, nothing that is found is certain."""
    site.hold(LAMP_LONG_AGO, CHAIR)

    answer = found(site, "What did I say yesterday?")
    assert certain(answer) == []
    assert set(calls_of(answer)) >= {"conv_1", "conv_2"}


def test_subject_is_looked_for_in_the_time_first(site: ProjectorSite) -> None:
    """With a subject and a time, what is of that time comes first, though the same was said, and collected, before."""
    site.hold(LAMP_LONG_AGO, CHAIR, LAMP_YESTERDAY)

    answer = found(site, "Which lamp did I order yesterday?")
    assert calls_of(answer)[0] == "conv_3"
    assert "conv_1" in calls_of(answer)
    assert all(0 < each.score < 1 for each in answer.memories if "lamp" in each.memory.text.lower())
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

    assert certain_calls(found(site, "What did I say yesterday?")) == ["conv_noon_Am"]
    assert certain_calls(found(site, "yesterday", caller_id=OTHER)) == ["conv_noon_Eu", "conv_late_Eu"]
    in_berlin = found(site, "yesterday", timezone="Europe/Berlin")
    assert set(certain_calls(in_berlin)) == {"conv_late_Am", "conv_noon_Am"}
    assert certain_calls(found(site, "yesterday", timezone="Mars/Olympus")) == ["conv_noon_Am"]


def test_last_time_is_not_the_running_conversation(site: ProjectorSite) -> None:
    """A conversation that goes on is in the log already: `last time` is the one before it."""
    site.hold(CHAIR, LAMP_YESTERDAY)

    assert certain_calls(found(site, "What did we say last time?", conversation_id="conv_3")) == ["conv_2"]


def test_time_tells_an_agent_nothing_of_others(site: ProjectorSite) -> None:
    """What only another agent was told stays hidden, whichever time is asked about."""
    site.hold(
        call(
            "conv_1", "I ordered a lamp.", days_ago=1, summary="A lamp.", order="lamp", city="Lund", agent="agent_other"
        )
    )

    for query in ("What did I say yesterday?", "What did I order yesterday?", "last time"):
        told = [text for text in texts(found(site, query, agent_id=AGENT)) if "calls" not in text]
        assert told == ["City: Lund"], query
    every = found(site, "yesterday", agent_id=AGENT, search_all_agents=True)
    assert every.memories[0].memory.kind == "summary"


def test_superseded_value_is_not_what_was_said_then(site: ProjectorSite) -> None:
    """What was told again since is not an answer to a question about the time in which it was told first."""
    site.hold(
        call("conv_1", "Hello.", days_ago=8, address="12 Oak"),
        call("conv_2", "Hello.", days_ago=1, address="99 Elm"),
    )

    answer = found(site, "What did I say last week?")
    assert [memory.text for memory in certain(answer)] == ["Hello."]
    assert not any("12 Oak" in text for text in texts(answer))


def test_caller_is_found_by_the_conversation(site: ProjectorSite) -> None:
    """Where no number is sent, the caller is the one of the conversation in the log."""
    site.hold(LAMP_LONG_AGO, transcription("conv_9", "The chair.", caller=OTHER))

    for nothing in (None, "", "anonymous", "+266696687"):
        answer = found(site, "lamp", caller_id=nothing, conversation_id="conv_1")
        assert answer.caller == MARTA
        assert "lamp" in answer.memories[0].memory.text
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


def test_keywords_beside_a_time_alone_do_not_hide_it(site: ProjectorSite) -> None:
    """An LLM that sends keywords with every question gets the last call whole; a bare time has them for its subject."""
    site.hold(LAMP_LONG_AGO, CHAIR, LAMP_YESTERDAY)

    answer = found(site, "What did we talk about last time?", keywords=["visit", "conversation", "topic", "chair"])
    assert certain_calls(answer) == ["conv_3"]
    assert certain(answer)[0].kind == "summary"
    assert calls_of(found(site, "last week", keywords=["chair"]))[0] == "conv_2"


def test_known_caller_is_never_answered_with_nothing(site: ProjectorSite) -> None:
    """Up to the limit comes what fits, then the facts, the heaviest first, then the newest; none of these certain."""
    site.hold(
        call("conv_1", "I ordered a lamp.", "It is red.", days_ago=9, size="10", address="12 Oak", allergies="latex"),
        call("conv_2", "I ordered a chair.", days_ago=2, summary="A chair was ordered."),
    )

    for query in ("zyxwvut", "Was kostet das?", "今日", "?", "Who is the president?", "before the flood"):
        answer = found(site, query)
        assert {each.memory.key for each in answer.memories[:2]} == {"address", "size"}, query
        assert certain(answer) == []
        assert len(answer.memories) == len({each.memory.id for each in answer.memories}) >= 6
        assert "allergies" not in [each.memory.key for each in answer.memories], "nobody asked about their health"
        assert len(found(site, query, limit=3).memories) == 3
    first = found(site, "Which chair?")
    assert "chair" in first.memories[0].memory.text
    assert {each.memory.key for each in first.memories if each.is_certain is False} >= {"address", "size"}
    newest = [each.memory.occurred_at_s for each in found(site, "zyxwvut").memories[2:]]
    assert newest == sorted(newest, reverse=True)


def test_question_of_safety_is_filled_with_what_speaks_of_it_first(site: ProjectorSite) -> None:
    """Of what merely fills an answer to a question of safety, what speaks of the matter comes first."""
    site.hold(
        call("conv_1", "Ich nehme Blutverdünner.", days_ago=90, language="de"),
        *(
            call(f"conv_{n}", f"Ein Rad kostet {n} Euro.", days_ago=30 - n, address="Weg 1", language="de")
            for n in range(2, 9)
        ),
    )

    answer = found(site, "Welche Medikamente?", limit=3)
    assert texts(answer)[0] == "Ich nehme Blutverdünner."
    assert certain(answer) == []
    assert texts(found(site, "Which medication does the caller take?"))[0] == "Ich nehme Blutverdünner."


def test_stranger_is_answered_with_nothing(site: ProjectorSite) -> None:
    """Only of a caller of whom nothing is held is nothing told."""
    site.hold(CHAIR)

    answer = found(site, "chair", caller_id=OTHER)
    assert (answer.memories, answer.view) == ([], None)


def test_filling_tells_an_agent_nothing_of_others(site: ProjectorSite) -> None:
    """What fills an answer is what the agent may hear, and nothing that is no longer so."""
    site.hold(
        call("conv_1", "I am Lea.", days_ago=9, address="12 Oak", order="lamp", agent="agent_other"),
        call("conv_2", "I am here.", days_ago=2, address="99 Elm"),
    )

    told = texts(found(site, "zyxwvut", agent_id=AGENT))
    assert "Address: 99 Elm" in told
    assert not [text for text in told if "Oak" in text or "lamp" in text or "Lea" in text]


def test_keywords_find_what_the_question_does_not_say(site: ProjectorSite) -> None:
    """A keyword that somebody said finds the memory, however the list is written; one that nobody said does no harm."""
    site.hold(LAMP_LONG_AGO, call("conv_2", "I cannot have latex gloves.", days_ago=2))

    for keywords in (["intolerance", "latex"], "intolerance, latex", "latex", ["latex", 5, None, {}], ["", " latex "]):
        answer = found(site, "Anything to watch out for?", keywords=keywords)
        assert "latex" in answer.memories[0].memory.text, keywords
        assert certain(answer), keywords
    alone, beside = found(site, "latex gloves"), found(site, "latex gloves", keywords=["xyzzy", "plugh", "qwert"])
    assert beside.memories[0].score == alone.memories[0].score
    assert found(site, "", keywords=["latex"]).memories[0].memory.text == "I cannot have latex gloves."


def test_time_is_alone_in_either_language(site: ProjectorSite) -> None:
    """An agent that asks in English about a caller who speaks another language gets the time that it names."""
    site.hold(
        call("conv_1", "Ein Rad.", days_ago=90, language="de"), call("conv_2", "Eine Lampe.", days_ago=9, language="de")
    )

    for query in ("What happened in August?", "Was war im August?", "What did we discuss on 30 August 2026?"):
        assert certain_calls(found(site, query)) == ["conv_1"], query


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("What did he order in May?", "conv_may"),
        ("What was ordered in May 2025?", "conv_may_25"),
        ("What did she say in May?", "conv_may"),
        ("What did we discuss on 3 May?", "conv_may"),
        ("What did we discuss on May 3rd, 2025?", "conv_may_25"),
        ("What happened on 2025-05-03?", "conv_may_25"),
        ("What was ordered in 2025?", "conv_may_25"),
        ("What did we talk about the first time?", "conv_may_25"),
        ("When did he first call?", "conv_may_25"),
        ("When did the caller last call?", "conv_nov"),
        ("When did Marta last call us?", "conv_nov"),
        ("When was the most recent call?", "conv_nov"),
        ("What did we discuss the time before last?", "conv_june"),
        ("What did we discuss before June?", "conv_may"),
        ("What was ordered since October?", "conv_nov"),
    ],
)
def test_month_date_and_order_of_calls_are_conditions(site: ProjectorSite, query: str, first: str) -> None:
    """A month, a date, a year and the order of calls say which call is meant; a month is the last one with a call."""
    calls = {
        "conv_may_25": (2025, 5, 3),
        "conv_may": (2026, 5, 3),
        "conv_june": (2026, 6, 20),
        "conv_nov": (2026, 11, 20),
    }
    site.hold(
        *(
            transcription(id_, "I ordered a lamp.", at_s=int(datetime(*day, 12, tzinfo=UTC).timestamp()))
            for id_, day in calls.items()
        )
    )

    assert certain_calls(found(site, query))[0] == first


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("What was the address before the move?", "My address is 12 Oak Street."),
        ("Which address did he have before he moved?", "My address is 12 Oak Street."),
        ("What is the address since the move?", "We moved. The address is 99 Elm Street."),
        ("Which address did she give after the move?", "We moved. The address is 99 Elm Street."),
    ],
)
def test_what_happened_divides_the_time(site: ProjectorSite, query: str, text: str) -> None:
    """`Before the move` is before the first call that tells of it, `after` it is from that call on."""
    site.hold(
        call("conv_1", "My address is 12 Oak Street.", days_ago=90),
        call("conv_2", "We moved. The address is 99 Elm Street.", days_ago=30),
        call("conv_3", "Is it open on Sunday?", days_ago=3),
    )

    assert texts(found(site, query))[0] == text


def test_what_happened_may_be_of_a_call_without_times(site: ProjectorSite) -> None:
    """Of many things that were all said in the same second, whatever was told of divides the time there."""
    many = [f"The number {number} is blue." for number in range(260)]
    site.hold(
        _in_one_second(call("conv_9", "We did the big move to Bonn.", days_ago=30)),
        _in_one_second(call("conv_2", *many, days_ago=30)),
        call("conv_3", "I like it here.", days_ago=3),
    )

    assert texts(found(site, "What did I say after the big move?"))[0] == "I like it here."


def _in_one_second(webhook: bytes) -> bytes:
    """Return a call that does not say when in it each turn was."""
    body = json.loads(webhook)
    for turn in body["data"]["transcript"]:
        del turn["time_in_call_secs"]
    return json.dumps(body).encode()


def test_what_nobody_told_of_divides_nothing(site: ProjectorSite) -> None:
    """Before something that nobody told of is no time: the words are looked for."""
    site.hold(LAMP_LONG_AGO, CHAIR)

    assert calls_of(found(site, "Which lamp was ordered before the earthquake?"))[0] == "conv_1"


@pytest.mark.parametrize("query", ["What is the address?", "address", "What is her current address?"])
def test_later_statement_comes_first(site: ProjectorSite, query: str) -> None:
    """Of turns that answer the same question the later one comes first, and scores at least as high."""
    site.hold(
        call("conv_1", "My address is 12 Oak Street.", days_ago=90),
        call("conv_2", "Is it open on Sunday?", days_ago=60),
        call("conv_3", "My address is now 99 Elm Street.", days_ago=30),
    )

    answer = found(site, query)
    assert texts(answer)[:2] == ["My address is now 99 Elm Street.", "My address is 12 Oak Street."]
    scores = [each.score for each in answer.memories]
    assert scores == sorted(scores, reverse=True)


def test_value_that_is_so_comes_before_one_that_was(site: ProjectorSite) -> None:
    """What is so now comes before each memory of a former value, collected or said, unless that one is asked for."""
    site.hold(
        call("conv_1", "I live at 12 Oak Street.", days_ago=90, address="12 Oak Street"),
        call("conv_2", "I moved.", days_ago=30, address="99 Elm Street"),
    )

    for query in ("Where does the caller live?", "Which street?", "address", "live"):
        told = texts(found(site, query))
        assert told.index("Address: 99 Elm Street") < min(told.index(text) for text in told if "Oak" in text), query
    assert "Oak" in texts(found(site, "Was there something at 12 Oak Street?"))[0]


@pytest.mark.parametrize(
    ("query", "is_asked"),
    [
        ("Who keeps bees?", False),
        ("How often did it rain?", False),
        ("What is the home town of whoever keeps bees?", True),
        ("Where are the bees now?", True),
        ("Are the bees in Peoria?", True),
    ],
)
def test_what_is_so_now_is_certain_only_where_it_is_asked_for(site: ProjectorSite, query: str, is_asked: bool) -> None:
    """A turn that holds a former value may fit for what else it says: then what is so now is not told for certain."""
    site.hold(
        call("conv_1", "We keep bees in Morton, where it did rain often.", days_ago=90, home_town="Morton"),
        call("conv_2", "I moved.", days_ago=30, home_town="Peoria"),
    )

    answer = found(site, query)

    town, bees = answer.memories[:2]
    assert [town.memory.text, bees.memory.text] == [
        "Home town: Peoria",
        "We keep bees in Morton, where it did rain often.",
    ]
    assert answer.sure(RELEVANCE_THRESHOLD)[:2] == [is_asked, True]


@pytest.mark.parametrize("query", ["Which lamp is in the hall now?", "Which lamp is in the hall?"])
def test_what_stands_below_a_later_statement_is_as_certain_as_before(site: ProjectorSite, query: str) -> None:
    """Where a later statement is told first, the earlier one keeps its score, and the later one has no smaller one."""
    earlier = "The tall brass lamp in the hall is broken."
    site.hold(
        call("conv_1", earlier, days_ago=90),
        call("conv_2", "Is it open on Sunday?", "And what about the hall?", "And a lamp?", days_ago=30),
    )
    with reading(site) as (read_model, engine):
        hits = engine.search(MARTA, query, limit=20, agent_id=None)
        of = read_model.memories(MARTA, [hit.memory_id for hit in hits])
    by_itself = {of[hit.memory_id].text: hit.score for hit in hits}

    told = {each.memory.text: each.score for each in found(site, query).memories}

    assert set(by_itself) <= set(told)
    assert all(told[text] >= score for text, score in by_itself.items())
    assert list(told.values()) == sorted(told.values(), reverse=True)
    assert max(told.values()) == max(by_itself.values())


def test_later_statement_of_something_else_stays_where_it_is(site: ProjectorSite) -> None:
    """What fits better stays first, if the later memory only shares a word with the question."""
    site.hold(
        call("conv_1", "The delivery of the red lamp is on Tuesday.", days_ago=90),
        call("conv_2", "A delivery is no problem at all, we are always at home.", days_ago=30),
    )

    assert "red lamp" in texts(found(site, "When is the delivery of the red lamp?"))[0]
