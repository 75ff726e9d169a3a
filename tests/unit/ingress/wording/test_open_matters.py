"""What a greeting may ask about: which facts are topics, and which are none."""

from typing import Any

import msgspec
import pytest

from ingress.wording.greetings.open_matters import open_matters, proposable
from projector.domain.audience import audience_of
from projector.domain.facts.registry.registry import AddedAttribute, Registry
from projector.domain.facts.told.values_told import ToldValues
from projector.domain.greetings.agents_call import AgentsCall
from projector.domain.memories import CallerView, Fact, FactDetails, FactSource, Memory, Source
from tests.support.samples import AGENT, MARTA, NOON_S

DAY_S = 24 * 60 * 60
VIEW = CallerView(
    caller=MARTA,
    name="Marta Lindqvist",
    given_name="Marta",
    language="en",
    call_count=2,
    first_call_at_s=NOON_S - DAY_S,
    last_call_at_s=NOON_S,
    facts=(),
    past_calls=(),
    newest_calls=(AgentsCall(agent=audience_of([AGENT]), conversation_id="conv_2", language="en"),),
)
_MEMORY = {"is_current", "told_to", "person", "agent_id", "occurred_at_s", "language", "text", "timezone"}


def stated(attribute: str, value: str, **changed: Any) -> Memory:
    """Return a fact that a model stated of this agent's call at noon on 12 November 2025, a Wednesday."""
    details = {
        "about": "caller",
        "attribute": attribute,
        "value": value,
        "status": "current",
        "category": "issue" if attribute == "issue" else "factual",
        "importance": 5,
        "sensitive": "none",
        "count": 1,
        "first_said_at_s": NOON_S,
        "sources": [FactSource(kind="extraction", conversation_id="conv_1", said_at_s=NOON_S, value=value, turn=1)],
    }
    of_memory = {key: changed.pop(key) for key in _MEMORY & changed.keys()}
    memory = Memory(
        id=f"{attribute}{value}",
        caller=MARTA,
        kind="fact",
        key="",
        sector="semantic",
        salience=0.5,
        text=f"It is {value}.",
        conversation_id="fact:1",
        agent_id=AGENT,
        occurred_at_s=NOON_S,
        source=Source(),
        language="en",
        fact=msgspec.convert(details | changed, FactDetails),
        told_to=audience_of([AGENT]),
    )
    return msgspec.structs.replace(memory, **of_memory)


def collected(id_: str, value: str, **changed: Any) -> Fact:
    fact = Fact(
        id=id_,
        label=id_,
        value=value,
        is_preference=False,
        conversation_id="conv_2",
        agent_id=AGENT,
        occurred_at_s=NOON_S,
        told_to=audience_of([AGENT]),
    )
    return msgspec.structs.replace(fact, **changed)


def topics(
    *facts: Memory,
    view: CallerView = VIEW,
    agent: str | None = AGENT,
    at_s: int = NOON_S + DAY_S,
    registry: Registry | None = None,
    withheld: tuple[str, ...] = (),
) -> list[str]:
    found = open_matters(
        view, facts, agent, registry=registry or Registry(), withheld=ToldValues(withheld, ["en"]), at_s=at_s
    )
    return [matter.topic for matter in found]


@pytest.mark.parametrize(
    ("attribute", "value", "language", "topic"),
    [
        ("order", "4711", "en", "order"),
        ("appointment", "20 November at 10", "en", "appointment"),
        ("other:parcel", "4711", "en", "parcel"),
        ("other:tracking_number", "X1", "en", "parcel"),
        ("other:repair", "boiler", "en", "repair"),
        ("other:reservation", "2025-11-20", "en", "appointment"),
        ("issue", "the parcel has not arrived", "en", "parcel"),
        ("issue", "order 4711 is late", "en", "order"),
        ("issue", "parcel of order 4711", "en", "parcel"),
        ("issue", "wants to move the appointment", "en", "appointment"),
        ("issue", "washing machine needs a repair", "en", "repair"),
        ("case", "parcel 12", "en", "parcel"),
        ("promise", "a technician will come", "en", "repair"),
        ("issue", "das Paket ist nicht da", "de", "parcel"),
        ("issue", "Lieferung verspätet", "de", "parcel"),
        ("issue", "no ha llegado el paquete", "es", "parcel"),
        ("issue", "la commande est en retard", "fr", "order"),
        ("issue", "paczka nie dotarła", "pl", "parcel"),
        ("issue", "荷物が届かない", "ja", "parcel"),
        ("issue", "包裹没到", "zh", "parcel"),
        ("issue", "택배가 안 왔어요", "ko", "parcel"),
        ("issue", "पार्सल नहीं आया", "hi", "parcel"),
        ("issue", "لم يصل الطرد", "ar", "parcel"),
        ("issue", "kargom gelmedi", "tr", "parcel"),
        ("issue", "посылка не пришла", "ru", "parcel"),
        ("issue", "посилка не прийшла", "uk", "parcel"),
    ],
)
def test_asks_about_what_is_open(attribute: str, value: str, language: str, topic: str) -> None:
    """An open order, appointment, parcel or repair is a topic, by its attribute or by its words."""
    assert topics(stated(attribute, value, language=language, text=value)) == [topic]


@pytest.mark.parametrize(
    ("attribute", "value", "changed"),
    [
        ("complaint", "the parcel is late", {}),
        ("mood", "angry about the parcel", {"category": "emotional"}),
        ("issue", "unhappy with the parcel", {"category": "emotional"}),
        ("product", "parcel scale", {}),
        ("interest", "repair of clocks", {}),
        ("issue", "the heating is cold", {}),
        ("payment", "the order", {"sensitive": "money"}),
        ("order", "insulin", {"sensitive": "health"}),
        ("order", "insulin", {}),
        ("issue", "refund for the parcel", {}),
        ("issue", "invoice of order 4711", {}),
        ("issue", "complains about the delivery", {}),
        ("issue", "parcel for her mother", {}),
        ("issue", "Rechnung für das Paket", {"language": "de"}),
        ("issue", "Paket für meine Mutter", {"language": "de"}),
        ("issue", "荷物の返金", {"language": "ja"}),
        ("issue", "возврат денег за посылку", {"language": "ru"}),
        ("issue", "the parcel", {"about": "son"}),
        ("issue", "the parcel", {"person": 2}),
        ("issue", "the parcel", {"agent_id": "agent_other"}),
        ("issue", "the parcel", {"told_to": "agent_other"}),
        ("issue", "the parcel", {"agent_id": None, "told_to": None}),
        ("issue", "the parcel", {"is_current": False}),
        ("issue", "the parcel", {"occurred_at_s": 0}),
        ("issue", "the parcel", {"occurred_at_s": NOON_S - 29 * DAY_S}),
        ("issue", "the parcel", {"occurred_at_s": NOON_S + 3 * DAY_S}),
        ("appointment", "teeth cleaning", {}),
        ("appointment", "12 November at 10", {}),
        ("appointment", "2025-11-12", {}),
        ("issue", "move the appointment of 12 November", {}),
    ],
)
def test_asks_about_nothing_else(attribute: str, value: str, changed: dict[str, Any]) -> None:
    """What is over, old, another's, delicate, or of no topic of the list, is not asked about."""
    assert topics(stated(attribute, value, **{"text": value, **changed})) == []


def test_is_open_for_less_than_thirty_days() -> None:
    """Thirty days after it was said last nobody asks about a matter."""
    parcel = stated("issue", "the parcel")
    assert topics(parcel, at_s=NOON_S + 30 * DAY_S - 1) == ["parcel"]
    assert topics(parcel, at_s=NOON_S + 30 * DAY_S) == []
    assert topics(parcel, at_s=0) == []


@pytest.mark.parametrize(
    ("value", "valid_from", "timezone", "last_day_s"),
    [
        ("20 November at 10", None, "UTC", 8),
        ("Thursday at 10", None, "UTC", 1),
        ("tomorrow", None, "UTC", 1),
        ("at 10", "2025-11-14", "UTC", 2),
        ("Monday 17 November", "2025-11-12", "UTC", 5),
        ("20 November", None, "Pacific/Auckland", 7),
    ],
)
def test_appointment_is_a_topic_until_its_day_is_over(
    value: str, valid_from: str | None, timezone: str, last_day_s: int
) -> None:
    """On the day of the appointment it is still asked about, and on the next one no more, by the caller's days."""
    view = msgspec.structs.replace(VIEW, timezone=timezone)
    booked = stated("appointment", value, valid_from=valid_from, timezone=timezone)
    assert topics(booked, view=view, at_s=NOON_S + last_day_s * DAY_S - DAY_S // 4) == ["appointment"]
    assert topics(booked, view=view, at_s=NOON_S + last_day_s * DAY_S + DAY_S) == []


def test_what_is_done_is_not_asked_about() -> None:
    """A later statement that something of the topic is over closes what was open before it, and nothing after it."""
    late = stated("issue", "the parcel is late")
    came = stated("issue", "the parcel", is_current=False, status="ended", until_s=NOON_S + 60)
    again = stated("issue", "another parcel is late", occurred_at_s=NOON_S + 120)
    assert topics(late, came) == []
    assert topics(came, again) == ["parcel"]
    assert topics(late, stated("complaint", "the parcel", is_current=False, status="ended", until_s=NOON_S + 60)) == [
        "parcel"
    ]


def test_order_is_done_once_its_parcel_has_come() -> None:
    """Of two orders the one whose number was said to have come is done; a parcel without a number ends all before."""
    orders = [stated("order", "4711"), stated("order", "4712")]
    came = stated("issue", "parcel 4711", text="Parcel.", is_current=False, status="ended", until_s=NOON_S + 60)
    assert [*open_words(*orders, came)] == [{"4712"}]
    came = stated("issue", "the parcel", is_current=False, status="ended", until_s=NOON_S + 60)
    assert topics(*orders, came) == []


def open_words(*facts: Memory) -> list[set[str]]:
    found = open_matters(VIEW, facts, AGENT, registry=Registry(), withheld=ToldValues([], ["en"]), at_s=NOON_S + DAY_S)
    return [set(matter.words) for matter in found]


def test_newest_is_first() -> None:
    """What was said last is asked about."""
    older, newer = stated("order", "4711"), stated("issue", "the parcel", occurred_at_s=NOON_S + 60)
    assert topics(older, newer) == topics(newer, older) == ["parcel", "order"]


def test_nobody_is_asked_while_nobody_knows_who_calls() -> None:
    """While names alternate, without an agent, and of what another person said, nothing is asked."""
    parcel = stated("issue", "the parcel")
    assert topics(parcel, view=msgspec.structs.replace(VIEW, person=0)) == []
    assert topics(stated("issue", "the parcel", person=0), view=msgspec.structs.replace(VIEW, person=0)) == []
    assert topics(parcel, view=msgspec.structs.replace(VIEW, person=2)) == []
    assert topics(parcel, agent=None) == []
    assert topics(parcel, agent="agent_other") == []


def test_what_is_withheld_is_no_topic() -> None:
    """What would tell something sensitive in its words is not asked about, whatever its own label."""
    assert topics(stated("order", "Zoloft tablets 4711"), withheld=("Zoloft",)) == []
    assert topics(stated("order", "4711"), withheld=("Zoloft",)) == ["order"]
    health = Registry({"order": AddedAttribute(sensitive="health")})
    view = msgspec.structs.replace(VIEW, facts=(collected("order_number", "4711"),))
    assert topics(view=view) == ["order"]
    assert topics(view=view, registry=health) == []


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (collected("order_number", "4711"), ["order"]),
        (collected("open_issue", "The parcel has not arrived."), ["parcel"]),
        (collected("open_issue", "The refund has not arrived."), []),
        (collected("open_issue", "Call back."), []),
        (collected("open_issue", "The parcel has not arrived.", conversation_id="conv_1"), []),
        (collected("order_number", "4711", conversation_id="conv_1"), []),
        (collected("order_number", "4711", agent_id="agent_other"), []),
        (collected("order_number", "4711", told_to="agent_other"), []),
        (collected("order_number", "4711", occurred_at_s=NOON_S - 30 * DAY_S), []),
        (collected("appointment_date", "2025-11-20T10:00", conversation_id="conv_1"), ["appointment"]),
        (collected("appointment_date", "2025-11-12T10:00"), []),
        (collected("tracking_number", "X1"), ["parcel"]),
        (collected("delivery_address", "12 Oak Street"), []),
        (collected("insurance", "parcel"), []),
    ],
)
def test_asks_about_what_was_collected_in_the_newest_call(fact: Fact, expected: list[str]) -> None:
    """Of a collected value nobody says that it is done: it counts if it is of the agent's newest call, or has a day."""
    assert topics(view=msgspec.structs.replace(VIEW, facts=(fact,))) == expected


def test_fact_that_agents_alone_collected_counts_for_its_call() -> None:
    """A value that no model stated is open as long as no later call of the agent came, also within the facts."""
    sources = [FactSource(kind="collected", conversation_id="conv_1", said_at_s=NOON_S, value="4711")]
    assert topics(stated("order", "4711", sources=sources)) == []
    sources = [FactSource(kind="collected", conversation_id="conv_2", said_at_s=NOON_S, value="4711")]
    assert topics(stated("order", "4711", sources=sources)) == ["order"]


def spoken_of(
    *facts: Memory, view: CallerView = VIEW, agent: str | None = AGENT, at_s: int = NOON_S + DAY_S
) -> set[str]:
    return {matter.topic for matter in proposable(view, facts, agent, registry=Registry(), at_s=at_s)}


def test_proposal_may_name_what_the_newest_call_was_about() -> None:
    """A topic of which no fact says more may be named, unless any fact says that it is done, another's, or delicate."""
    every = {"parcel", "appointment", "order", "repair"}
    view = msgspec.structs.replace(
        VIEW,
        newest_calls=(AgentsCall(agent=audience_of([AGENT]), conversation_id="conv_2", occurred_at_s=NOON_S),),
    )
    assert spoken_of(view=view) == every
    came = stated("issue", "the parcel", is_current=False, status="ended", until_s=NOON_S)
    assert spoken_of(came, view=view) == every - {"parcel"}
    assert spoken_of(stated("issue", "refund for the parcel"), view=view) == every - {"parcel"}
    assert spoken_of(stated("appointment", "12 November"), view=view) == every - {"appointment"}
    with_order = msgspec.structs.replace(view, facts=(collected("order_number", "4711"),))
    assert spoken_of(view=with_order) == every - {"order"}
    assert spoken_of(view=view, at_s=NOON_S + 30 * DAY_S) == set()
    assert spoken_of(view=view, agent="agent_other") == set()
    assert spoken_of(view=view, agent=None) == set()
    assert spoken_of(view=msgspec.structs.replace(view, person=0)) == set()
    assert spoken_of(view=VIEW) == set()  # the call does not say when it was
