"""A reader gets all rows of a caller, in order, and none of another caller."""

import random

import msgspec
import pytest

from projector.domain.audience import audience_of
from projector.domain.memories import NO_CONVERSATION
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import CallerSums, MissedCall
from tests.contract.engines.memories import AGENT, ANA, BEN, OTHER_AGENT, memory
from tests.contract.read_models.rows import ONE, TWO, call, dated, view, write

# Of random characters, or a database could shorten it.
LONG = "".join(map(chr, random.Random(20).sample(range(0x20000, 0x2A000), 2000)))


def test_view_is_the_one_that_was_written(writer: ReadModelWriter) -> None:
    """The view of a caller comes back as it was written; an unknown caller has none."""
    write(writer)

    assert writer.read_model.view(ANA) == view(ANA)
    assert writer.read_model.view(BEN) is None


def test_views_are_listed_by_key_but_for_who_is_forgotten(writer: ReadModelWriter) -> None:
    """Every caller's view comes once, in the order of the keys; one who is being forgotten is not among them."""
    write(writer, memory("We have a dog.", caller=BEN), caller=BEN, calls=(call("conv_2", BEN, TWO),))
    write(writer, memory("My son is 3."))

    assert [*writer.read_model.views()] == sorted((view(ANA), view(BEN)), key=lambda one: one.caller)
    with writer.transaction():
        writer.parties.begin_forgetting(ANA, 1)
    assert [*writer.read_model.views()] == [view(BEN)]


def test_memories_are_found_by_id_for_their_caller_alone(writer: ReadModelWriter) -> None:
    """A caller's memory is found by its id, and for no other caller."""
    mine, other = memory("My son is 3."), memory("We have a dog.", caller=BEN)
    write(writer, mine)
    write(writer, other, caller=BEN, calls=(call("conv_2", BEN, TWO),))

    assert writer.read_model.memories(ANA, [mine.id, other.id, "none"]) == {mine.id: mine}
    assert writer.read_model.memories(BEN, [mine.id]) == {}


def test_memory_is_known_with_its_caller_by_its_id_alone(writer: ReadModelWriter) -> None:
    """Whose a memory is can be asked by its id; nobody's where there is none, or the caller is being forgotten."""
    mine, other = memory("My son is 3."), memory("We have a dog.", caller=BEN)
    write(writer, mine)
    write(writer, other, caller=BEN, calls=(call("conv_2", BEN, TWO),))

    whose = writer.read_model.caller_of_memory
    assert (whose(mine.id), whose(other.id), whose("none")) == (ANA, BEN, None)
    with writer.transaction():
        writer.parties.begin_forgetting(ANA, 1)
    assert (whose(mine.id), whose(other.id)) == (None, BEN)


def test_memories_are_counted_by_sector(writer: ReadModelWriter) -> None:
    """Each sector has a count, over all callers but those who are being forgotten, whatever the memories say."""
    fact = msgspec.structs.replace(memory('Son\0 age: "sector":"episodic" 3'), sector="semantic")
    write(writer, memory("My son is 3."), fact)
    write(writer, memory("We have a dog.", caller=BEN), caller=BEN, calls=(call("conv_2", BEN, TWO),))

    assert writer.read_model.sectors() == {"episodic": 2, "semantic": 1}
    with writer.transaction():
        writer.parties.begin_forgetting(ANA, 1)
    assert writer.read_model.sectors() == {"episodic": 1}


def test_calls_are_a_callers_own_in_the_order_of_their_events(writer: ReadModelWriter) -> None:
    """The kept calls of a caller come by position; none of another caller, or of one who is being forgotten."""
    write(writer, calls=(call("conv_2", place=TWO), call("conv_1", place=ONE)))
    write(writer, caller=BEN, calls=(call("conv_3", BEN, TWO),))

    kept = writer.read_model.kept_calls
    assert [each.conversation_id for each in kept(ANA)] == ["conv_1", "conv_2"]
    assert [each.conversation_id for each in kept(BEN)] == ["conv_3"]
    with writer.transaction():
        writer.parties.begin_forgetting(ANA, 1)
    assert kept(ANA) == []


def test_conversations_are_listed_by_when_they_began(writer: ReadModelWriter) -> None:
    """Those that began by a second come oldest first, each once, whoever took part; none that is erased."""
    with writer.transaction():
        for conversation, at_s in (("conv_3", 300), ("conv_1", 100), ("conv_2", 200)):
            writer.parties.note(conversation, ANA, at_s, position=1)
            writer.parties.note(conversation, BEN, at_s + 500, position=2)

    begun = writer.read_model.begun_until
    assert begun(200, limit=9) == ["conv_1", "conv_2"]
    assert begun(999, limit=1) == ["conv_1"]
    assert begun(99, limit=9) == []
    with writer.transaction():
        writer.parties.erase(ANA, 7, before=0, started_until_s=150)
    assert begun(999, limit=9) == ["conv_2", "conv_3"]


def test_recent_ones_are_newest_first_and_for_the_agent(writer: ReadModelWriter) -> None:
    """Recent memories are the current ones, newest first, without those whose audience is another agent."""
    old, new = dated("old", 100), dated("new", 300)
    gone = dated("gone", 400, is_current=False)
    told, hidden = dated("told", 200, told_to=AGENT), dated("hidden", 500, told_to=OTHER_AGENT)
    both = dated("both", 150, told_to=audience_of([OTHER_AGENT, AGENT]))
    write(writer, old, new, gone, told, hidden, both)

    assert writer.read_model.recent(ANA, agent_id=AGENT, limit=9) == [new, told, both, old]
    assert writer.read_model.recent(ANA, agent_id=OTHER_AGENT, limit=9) == [hidden, new, both, old]
    assert writer.read_model.recent(ANA, agent_id="agent_third", limit=9) == [new, old]
    assert writer.read_model.recent(ANA, agent_id=None, limit=2) == [hidden, new]
    assert writer.read_model.recent(BEN, agent_id=None, limit=9) == []


def test_memories_of_a_time_are_newest_first_and_for_the_agent(writer: ReadModelWriter) -> None:
    """Memories of a time are those from its first second to before its last, current ones, for the agent that asks."""
    before, first, last, after = dated("before", 99), dated("first", 100), dated("last", 199), dated("after", 200)
    gone, of_many = dated("gone", 150, is_current=False), dated("often", 150, conversation=NO_CONVERSATION)
    told, hidden = dated("told", 120, told_to=AGENT), dated("hidden", 130, told_to=OTHER_AGENT)
    write(writer, before, first, last, after, gone, of_many, told, hidden)

    read_model = writer.read_model
    assert read_model.within(ANA, 100, 200, agent_id=AGENT, limit=9) == [last, told, first]
    assert read_model.within(ANA, 100, 200, agent_id=None, limit=2) == [last, hidden]
    assert read_model.within(ANA, 200, 200, agent_id=None, limit=9) == []
    assert read_model.within(BEN, 0, 999, agent_id=None, limit=9) == []


def test_what_was_within_a_time_is_told_to_each_agent_that_heard_it(writer: ReadModelWriter) -> None:
    """What several agents heard is told to each of them once, and what another one heard leaves it its room."""
    both = msgspec.structs.replace(dated("Both heard it.", 100), told_to=audience_of([AGENT, OTHER_AGENT]))
    others = [msgspec.structs.replace(dated(f"Other {n}.", 110 + n), told_to=OTHER_AGENT) for n in range(3)]
    write(writer, both, *others)

    read_model = writer.read_model
    assert read_model.within(ANA, 0, 200, agent_id=AGENT, limit=2) == [both]
    assert read_model.within(ANA, 0, 200, agent_id=OTHER_AGENT, limit=9) == [*reversed(others), both]
    assert read_model.within(ANA, 0, 200, agent_id=None, limit=9) == [*reversed(others), both]
    assert read_model.within(ANA, 0, 200, agent_id="agent_third", limit=9) == []


def test_agents_are_told_apart_however_long_their_ids_are(writer: ReadModelWriter) -> None:
    """Agents whose ids are as long as no index holds, and begin alike, hear their own memories and no others."""
    ids = [LONG, f"{LONG}1", f"{LONG}2", f"{LONG[:300]}", f"{LONG[:299]}\0", "agent_1"]
    told = [dated(f"Told to {number}.", 1000 + number, told_to=id_) for number, id_ in enumerate(ids)]
    write(writer, *told)

    for id_, own in zip(ids, told, strict=True):
        assert writer.read_model.recent(ANA, agent_id=id_, limit=9) == [own]
    assert writer.read_model.recent(ANA, agent_id=None, limit=9) == told[::-1]
    assert writer.read_model.recent(ANA, agent_id=f"{LONG}3", limit=9) == []


def test_caller_of_a_call_is_known_until_forgotten(writer: ReadModelWriter) -> None:
    """A conversation says whose it is, if it was a call, and no longer once the caller is being forgotten."""
    write(writer, memory("My son is 3."))

    assert writer.read_model.caller_of("conv_1") == ANA
    assert writer.read_model.caller_of("conv_2") is None
    with writer.transaction():
        writer.parties.begin_forgetting(ANA, 1)
    assert writer.read_model.caller_of("conv_1") is None
    assert writer.read_model.within(ANA, 0, 999, agent_id=None, limit=9) == []


def test_all_memories_are_in_the_order_of_the_calls(writer: ReadModelWriter) -> None:
    """All memories of a caller are listed, oldest first, including superseded ones."""
    written = [dated("third", 300, is_current=False), dated("first", 100), dated("second", 200)]
    write(writer, *written)

    assert [each.text for each in writer.read_model.all_memories(ANA)] == ["first", "second", "third"]


def test_slow_reader_holds_up_no_writer(writer: ReadModelWriter) -> None:
    """A reader that takes one memory after the other does not block the writer, and reads the rest as it then is."""
    write(writer, dated("first", 100), dated("second", 200))
    reading = writer.read_model.all_memories(ANA)
    assert next(reading).text == "first"
    write(writer, dated("third", 300))

    assert [each.text for each in reading] == ["second"]


def test_agent_lines_are_known(writer: ReadModelWriter) -> None:
    """A number that was an agent's own line in any call is recognised as one."""
    with writer.transaction():
        writer.calls.put(call(), agent_number="+12025550100")

    assert writer.read_model.is_agent_line("+12025550100")
    assert not writer.read_model.is_agent_line(ANA)


def test_newest_missed_call_of_a_conversation_counts(writer: ReadModelWriter) -> None:
    """Of several events about one missed call the later counts, whichever is read first; calls come oldest first."""
    later, earlier = MissedCall("conv_1", 200, "busy"), MissedCall("conv_1", 100, "no answer")
    first = MissedCall("conv_0", 50, "busy")
    for missed, sha256 in ((later, "a"), (earlier, "b"), (first, "c")):
        writer.calls.put_missed(missed, ANA, sha256=sha256)

    assert writer.read_model.missed_calls(ANA) == [first, later]
    assert writer.read_model.missed_calls(BEN) == []


def test_calls_come_back_in_the_order_of_their_events(writer: ReadModelWriter) -> None:
    """The calls of a caller come back with their places and bodies, in the order of their events."""
    writer.calls.put(call("conv_b", place=TWO, body=b"[2]"), agent_number=None)
    writer.calls.put(call("conv_a", place=ONE, body=b"[1]"), agent_number=None)
    writer.calls.put(call("conv_c", BEN, place=ONE), agent_number=None)

    kept = writer.calls.of(ANA)
    assert [(each.conversation_id, each.place, each.body) for each in kept] == [
        ("conv_a", ONE, b"[1]"),
        ("conv_b", TWO, b"[2]"),
    ]
    assert writer.calls.callers() == sorted([ANA, BEN])
    assert writer.calls.get("conv_c") is not None
    assert (writer.calls.remove("conv_c"), writer.calls.remove("conv_c")) == (1, 0)
    assert writer.calls.get("conv_c") is None


def test_newer_version_takes_the_place_of_a_call(writer: ReadModelWriter) -> None:
    """A call that is written again exists once, in its last form."""
    writer.calls.put(call(body=b"[1]"), agent_number=None)
    writer.calls.put(call(caller=BEN, place=TWO, body=b"[2]"), agent_number=None)

    assert writer.calls.of(ANA) == []
    assert [each.body for each in writer.calls.of(BEN)] == [b"[2]"]


def test_first_version_of_a_call_replaces_none(writer: ReadModelWriter) -> None:
    """Where a version is kept already, nothing changes, the sums of its caller among them."""
    write(writer)
    sums = writer.callers.sums(ANA)
    with writer.transaction():
        again = call(caller=BEN, place=TWO, body=b"[2]")
        assert not writer.calls.put(again, agent_number="+12025550100", replaces=False)
        assert writer.calls.get("conv_1") == writer.calls.of(ANA)[0]
        assert not writer.read_model.is_agent_line("+12025550100")
        assert (writer.callers.sums(ANA), writer.callers.sums(BEN)) == (sums, CallerSums())
        assert writer.calls.put(call("conv_2", BEN), agent_number=None, replaces=False)
        assert [each.conversation_id for each in writer.calls.of(BEN)] == ["conv_2"]
        assert writer.calls.put(again, agent_number=None)
        assert [each.conversation_id for each in writer.calls.of(BEN)] == ["conv_2", "conv_1"]


@pytest.mark.parametrize("text", ["Zoë \N{FAMILY}", "a\0b", "'; DROP TABLE memories; --", "\u2028", ""])
def test_dump_is_canonical_json(writer: ReadModelWriter, text: str) -> None:
    """The dump is one JSON document with every view and memory, whatever their words hold."""
    remembered = memory(text, key="k")
    write(writer, remembered)

    lines = list(writer.read_model.dump())
    dumped = msgspec.json.decode("".join(lines))
    assert dumped == {
        "callers": [msgspec.json.decode(msgspec.json.encode(view(ANA)))],
        "memories": [msgspec.json.decode(msgspec.json.encode(remembered))],
    }
    assert len(lines) == 5


def test_dump_does_not_depend_on_the_order_of_writing(writer: ReadModelWriter) -> None:
    """Callers are dumped by their keys and memories by their calls, in whatever order they were written."""
    write(writer, dated("late", 200), dated("early", 100))
    write(writer, memory("hello", caller=BEN), caller=BEN, calls=(call("conv_2", BEN, TWO),))

    dumped = msgspec.json.decode("".join(writer.read_model.dump()))
    assert [each["caller"] for each in dumped["callers"]] == sorted([ANA, BEN])
    assert [each["text"] for each in dumped["memories"]] == ["early", "late", "hello"]


def test_counts_are_those_of_what_is_there(writer: ReadModelWriter) -> None:
    """The counts give the number of callers, calls, memories and faults."""
    write(writer, memory("one"), memory("two"))
    writer.faults.record(TWO, "transcription", None, "cannot be read", now_s=0)

    counted = {"callers": 1, "calls": 1, "memories": 2, "faults": 1, "corrections": 0, "facts": 0}
    assert writer.read_model.counts() == counted
    assert writer.memories.count_by_kind(ANA) == {"turn": 2}
