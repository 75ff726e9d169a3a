"""Callers never mix: whatever the question and the caller, an answer holds the asking caller's memories alone."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from events.wire.caller import user_key, whatsapp_key
from projector.domain.memories import NO_CONVERSATION, memory_id
from projector.engines.open import Engines
from projector.engines.protocol import Engine
from projector.engines.settings import EngineSettings
from projector.errors import EngineError
from projector.projection.settings import ProjectionSettings
from projector.read_model.protocol import ReadModel
from projector.read_side.reader import ReadModelReader
from tests.support.samples import transcription
from tests.support.sites import ProjectorSite

ANA, BEN = "+12025550143", "+12025550144"
# One is a prefix of the next, which an index by prefix would confuse.
NUMBERS = (ANA, BEN, "+4930231250", "+49302312500", "+493023125000")
IDS = (
    ANA,
    "ana",
    "Ana",
    "ana b",
    "an",
    "ana*",
    "an%",
    "a_a",
    "AND",
    "NOT ana",
    'a" OR caller : "b',
    "'; DROP TABLE segments; --",
    "whatsapp:ana",
    "conversation:conv_unnamed",
    "אנה",
)
WHATSAPP_IDS = ("ana", "an")
KEYS = (
    *NUMBERS,
    *(key for id_ in IDS if (key := user_key(id_))),
    *(key for id_ in WHATSAPP_IDS if (key := whatsapp_key(id_))),
    "conversation:conv_unnamed",
)
AGENT, OTHER_AGENT, NO_AGENT = "agent_a", "agent_b", ""
AGENTS = (AGENT, OTHER_AGENT, NO_AGENT)
SAID_BY_ALL = "My son is 3, and our dog is called Rex."
MOVED = "conv_moved"


def marker(key: str) -> str:
    """Return a word that only this caller says."""
    return f"zebra{KEYS.index(key)}q"


class Told(Struct, frozen=True):
    """A memory in the read model: its caller by the webhook that we sent, and the agent that is its audience."""

    owner: str
    told_to: str | None


class Asked(Struct, frozen=True):
    """A projected log, opened as ingress opens it."""

    read_model: ReadModel
    engine: Engine
    told: dict[str, Told]

    def allowed(self, caller: str, agent: str | None) -> set[str]:
        """Return the ids of a caller's memories that an agent may see."""
        return {
            id_
            for id_, told in self.told.items()
            if told.owner == caller and (agent is None or told.told_to in {None, agent})
        }


def calls(number: int, key: str) -> Iterator[tuple[str, bytes]]:
    """Yield a call of this caller with each agent, as webhooks, by conversation."""
    neighbour = KEYS[number - 1]
    for agent in AGENTS:
        conversation = f"conv_{number}_{agent}" if not key.startswith("conversation:") else key.partition(":")[2]
        body = json.loads(
            transcription(
                conversation,
                SAID_BY_ALL,
                f"I am {marker(key)}, and {neighbour} is {marker(neighbour)[::-1]}, NOT me.",
                caller=key if key.startswith("+") else None,
                agent=agent,
                user_id=key.removeprefix("user:") if key.startswith("user:") else None,
                summary=f"{marker(key)} spoke of Rex.",
                dog="Rex",
                secret=marker(key),
            )
        )
        if key.startswith("whatsapp:"):
            body["data"]["metadata"]["whatsapp"] = {"whatsapp_user_id": key.removeprefix("whatsapp:")}
        yield conversation, json.dumps(body).encode()


@pytest.fixture(scope="module", params=[EngineSettings()])
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Webhooks of several callers, appended to a log and projected in two halves, with each of the engines."""
    folder: Path = tmp_path_factory.mktemp("crossing")
    engines = Engines(request.param)
    site = ProjectorSite(folder, ProjectionSettings(engine=request.param), engines)
    owners: dict[str, str] = {}
    with closing(site.follower):
        # Ana's at first, until the complete call names Ben.
        site.append(transcription(MOVED, "It was zebramoved.", caller=ANA, status="processing"))
        for number, key in enumerate(KEYS):
            if number == len(KEYS) // 2:
                site.follower.catch_up()
            for conversation, body in calls(number, key):
                owners[conversation] = key
                site.append(body)
        site.append(transcription(MOVED, "It was zebramoved.", caller=BEN, agent=AGENT))
        owners[MOVED] = BEN
        site.follower.catch_up()

    with closing(ReadModelReader(site.generations.folder, engines)) as reader:
        read_model, engine = reader.open()
        memories = json.loads("\n".join(read_model.dump()))["memories"]
        # A memory drawn from many calls has no conversation as its source: its id holds its caller.
        patterns = {memory_id(key, "pattern", NO_CONVERSATION, "frequency"): key for key in KEYS}
        told = {
            m["id"]: Told(patterns[m["id"]] if m["id"] in patterns else owners[m["conversation_id"]], m["told_to"])
            for m in memories
        }
        assert {told.owner for told in told.values()} == set(KEYS)
        yield Asked(read_model, engine, told)


some_words = st.sampled_from(
    (
        "Rex",
        "son",
        "My",
        "the",
        "3",
        "zebramoved",
        "conv_0_agent_a",
        "frequency",
        *AGENTS,
        *KEYS,
        *(key.lstrip("+") for key in NUMBERS),
        *map(marker, KEYS),
    )
)
fts_queries = st.recursive(
    some_words | some_words.map(lambda word: f'"{word}"'),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from((" AND ", " OR ", " NOT ", " + ", " ", "")), inner).map("".join),
        st.tuples(st.sampled_from(("(", "^", "-", '"', "NOT ", "NEAR(", "\x00")), inner).map("".join),
        st.tuples(inner, st.sampled_from((")", "*", '"', ", 5)", ":", "\x00"))).map("".join),
        st.tuples(
            st.sampled_from(("caller", "said", "asked", "-caller", "{said asked caller}", "segments", "rowid")),
            st.sampled_from((" : ", ":")),
            inner,
        ).map("".join),
    ),
    max_leaves=6,
)
sql_queries = st.tuples(
    st.sampled_from(
        (
            "' OR '1'='1' -- {}",
            "' UNION SELECT body FROM memories WHERE caller = '{}' --",
            "'; DROP TABLE segments; -- {}",
            '") OR caller MATCH ("{}',
            '" OR caller : "{}',
            "%{}%",
            "{}' OR caller GLOB '*",
            ":caller {} ?1 @agent_id $rows",
            '[{{"caller": "{}"}}]',
        )
    ),
    some_words,
).map(lambda query: query[0].format(query[1]))
# Both text directions and their controls, joiners and combining marks, emoji, lone surrogates, NUL.
odd_text = st.text(
    st.sampled_from(
        "אנהعمر son3"
        "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2069"
        "\u0301\u0345\u200d👨👩👧🐕\ufe0f\x00\ud800\udfff²½㊿"
    ),
    max_size=30,
)
any_text = st.text(st.characters(), max_size=40)
short_queries = st.one_of(fts_queries, sql_queries, odd_text, any_text, some_words)
long_queries = st.builds(
    lambda piece, length: (piece * (length // len(piece) + 1))[:length],
    short_queries.filter(bool),
    st.sampled_from((2_000, 2_001, 100_000)),
)
queries = st.one_of(short_queries, long_queries)
agents = st.sampled_from((None, *AGENTS, "agent_", "agent_a' OR '1'='1", "%"))


@pytest.mark.parametrize("key", KEYS, ids=ascii)
def test_caller_finds_what_that_caller_said(asked: Asked, key: str) -> None:
    """
    Each caller is distinguished from all others, and finds their own words of each call, which no other caller finds.
    """
    hits = asked.engine.search(key, f"{SAID_BY_ALL} {marker(key)} zebramoved", limit=100, agent_id=None)

    found = asked.read_model.memories(key, [hit.memory_id for hit in hits])
    calls = {memory.conversation_id for memory in found.values() if marker(key) in memory.text}
    assert len(calls) == (1 if key.startswith("conversation:") else len(AGENTS))
    assert any("zebramoved" in memory.text for memory in found.values()) == (key == BEN)


@pytest.mark.parametrize("key", KEYS, ids=ascii)
def test_read_model_tells_a_caller_nothing_of_another(asked: Asked, key: str) -> None:
    """Asked for every id there is, as a confused engine might, the read model returns the caller's own memories."""
    assert set(asked.read_model.memories(key, asked.told)) == asked.allowed(key, None)
    assert {memory.caller for memory in asked.read_model.all_memories(key)} == {key}


@pytest.mark.parametrize("key", KEYS, ids=ascii)
def test_view_of_a_caller_holds_nothing_of_another(asked: Asked, key: str) -> None:
    """The view behind a greeting holds no word that only another caller said."""
    view = asked.read_model.view(key)
    assert view is not None
    told = str(view)

    assert view.caller == key
    assert marker(key) in told
    assert not [other for other in KEYS if other != key and marker(other) in told]
    assert MOVED not in told or key == BEN


@settings(max_examples=1000)
@given(query=queries, caller=st.sampled_from(KEYS), agent=agents, limit=st.sampled_from((1, 20, 1000)))
@example(query="Rex", caller=ANA, agent=AGENT, limit=1000)
@example(query=SAID_BY_ALL + "zebra2q" * 20_000, caller=BEN, agent=None, limit=1000)
def test_no_query_crosses_callers(asked: Asked, query: str, caller: str, agent: str | None, limit: int) -> None:
    """Whatever the query, each hit is that caller's and within the agent's audience; and no query is an error."""
    try:
        hits = asked.engine.search(caller, query, limit=limit, agent_id=agent)
    except EngineError:
        hits = []
    ids = {hit.memory_id for hit in hits}

    assert ids <= asked.allowed(caller, agent)
    assert set(asked.read_model.memories(caller, ids)) == ids
    assert {memory.id for memory in asked.read_model.recent(caller, agent_id=agent, limit=limit)} <= asked.allowed(
        caller, agent
    )


@settings(max_examples=200)
@given(caller=fts_queries | sql_queries | some_words | st.text(max_size=40), query=some_words)
@example(caller="", query="Rex")
@example(caller="+1202555014", query="Rex")
@example(caller="+12025550143 ", query="Rex")
@example(caller="user:ANA", query="Rex")
@example(caller="user:%", query="Rex")
def test_key_finds_only_who_has_exactly_that_key(asked: Asked, caller: str, query: str) -> None:
    """A key that only resembles a caller's, contains it, or is a pattern for it, belongs to an unknown caller."""
    ids = {hit.memory_id for hit in asked.engine.search(caller, query, limit=1000, agent_id=None)}

    assert ids <= asked.allowed(caller, None)
    assert set(asked.read_model.memories(caller, asked.told)) == asked.allowed(caller, None)
    assert (asked.read_model.view(caller) is not None) == (caller in KEYS)
