"""What a read model keeps of who is who: machines, ids that name a number's owner, and conversations given away."""

from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptExtraction, KeptGroup, KeptValue, SaidRow
from tests.contract.read_models.rows import NOON_S, call

ANA, BEN, ID = "+12025550143", "+12025550199", "whatsapp:US.1"


def test_machine_is_noted_once_and_forgotten(writer: ReadModelWriter) -> None:
    """It may be noted before its call is kept, and twice."""
    with writer.transaction():
        assert not writer.calls.is_machine("conv_1")
        writer.calls.note_machine("conv_1")
        writer.calls.note_machine("conv_1")
        assert writer.calls.is_machine("conv_1")
        assert not writer.calls.is_machine("conv_2")
        writer.calls.remove_machine("conv_1")
        writer.calls.remove_machine("conv_2")
        assert not writer.calls.is_machine("conv_1")


def test_id_is_the_last_calls(writer: ReadModelWriter) -> None:
    """The call with the greatest time, then the greatest id, says whose an id is; without one it is nobody's."""
    with writer.transaction():
        assert writer.links.caller_of(ID) is None
        writer.links.note("conv_2", ID, ANA, 100)
        writer.links.note("conv_1", ID, BEN, 100)
        assert writer.links.caller_of(ID) == ANA
        writer.links.note("conv_1", ID, BEN, 101)
        assert writer.links.caller_of(ID) == BEN
        assert writer.read_model.remembered_as(ID) == BEN
        assert writer.links.id_in("conv_1") == ID
        writer.links.remove("conv_1")
        writer.links.remove("conv_1")
        assert writer.links.caller_of(ID) == ANA
        assert writer.links.id_in("conv_1") is None
        writer.links.remove("conv_2")
    assert writer.read_model.remembered_as(ID) == ID
    assert writer.read_model.remembered_as(ANA) == ANA


def test_conversation_is_given_to_another_party(writer: ReadModelWriter) -> None:
    """A conversation that is given away is its new caller's, still that of whom it names, and no former one's."""
    with writer.transaction():
        writer.parties.note("conv_1", ID, 100, position=1)
        writer.parties.rename("conv_1", ID, ID, ANA)
        assert writer.parties.conversations_of(ANA) == writer.parties.conversations_of(ID) == ["conv_1"]
        writer.parties.rename("conv_1", ID, ANA, BEN)
        assert writer.parties.conversations_of(ANA) == []
        assert writer.parties.conversations_of(BEN) == ["conv_1"]
        writer.parties.rename("conv_1", ID, BEN, ID)
        assert writer.parties.conversations_of(BEN) == []
        assert writer.parties.conversations_of(ID) == ["conv_1"]


def test_extraction_that_counts_is_of_the_version_and_the_newest_prompt(writer: ReadModelWriter) -> None:
    """Of what was said of one version of a call counts the greatest prompt, then the later answer, then the hash."""
    with writer.transaction():
        for sha256, version, at_s, of in (("a", 1, 9, "v"), ("b", 2, 1, "v"), ("c", 2, 1, "v"), ("d", 3, 9, "other")):
            writer.extractions.put(KeptExtraction("conv_1", sha256, of, version, at_s, b"{}"))
            writer.extractions.put(KeptExtraction("conv_1", sha256, of, version, at_s, b"again"))
        best = writer.extractions.best("conv_1", "v")
        assert best is not None
        assert (best.sha256, best.answer) == ("c", b"{}")
        assert writer.extractions.best("conv_2", "v") is None
        assert not writer.extractions.has(ANA)
        assert [writer.extractions.is_there(id_) for id_ in ("conv_1", "conv_2")] == [True, False]
        assert writer.extractions.remove("conv_1") == 4
        assert writer.extractions.best("conv_1", "v") is None


def test_answer_to_a_newer_prompt_than_may_count_does_not(writer: ReadModelWriter) -> None:
    """It is kept, and known as what was asked, but what counts is the answer before it."""
    with writer.transaction():
        writer.calls.put(call(), agent_number=None, sha256="v", counted_at_s=NOON_S)
        writer.extractions.put(KeptExtraction("conv_1", "a", "v", 1, 9, b"1"))
        writer.extractions.put(KeptExtraction("conv_1", "b", "v", 2, 9, b"2", is_counted=False))
        best = writer.extractions.best("conv_1", "v")
        assert best is not None
        assert best.answer == b"1"
    assert writer.read_model.extractions.is_read("conv_1", "v", 2)


def test_calls_that_no_model_has_read_are_found_newest_first(writer: ReadModelWriter) -> None:
    """Neither a call in which nobody spoke, nor one of which the version that is kept was read by this prompt."""
    calls = {"conv_1": NOON_S, "conv_2": NOON_S + 2, "conv_3": NOON_S + 1, "conv_4": None, "conv_5": NOON_S + 2}
    with writer.transaction():
        for id_, at_s in calls.items():
            writer.calls.put(call(id_), agent_number=None, sha256=f"v{id_[-1]}", counted_at_s=at_s)
        unread = writer.read_model.extractions
        assert unread.newest_unread(2, limit=9) == ["conv_5", "conv_2", "conv_3", "conv_1"]
        assert unread.newest_unread(2, limit=2) == ["conv_5", "conv_2"]
        writer.extractions.put(KeptExtraction("conv_5", "a", "v5", 3, 9, b"{}"))
        writer.extractions.put(KeptExtraction("conv_2", "b", "v2", 1, 9, b"{}"))
        writer.extractions.put(KeptExtraction("conv_3", "c", "a former version", 2, 9, b"{}"))
        assert unread.newest_unread(2, limit=9) == ["conv_2", "conv_3", "conv_1"]
        assert unread.newest_unread(1, limit=9) == ["conv_3", "conv_1"]
        assert (unread.unread_count(2), unread.unread_count(1), unread.unread_count(4)) == (3, 2, 4)
        assert unread.is_read("conv_5", "v5", 2)
        assert not unread.is_read("conv_5", "v5", 4)
        assert not unread.is_read("conv_3", "v3", 1)


def test_what_was_said_is_found_by_its_group(writer: ReadModelWriter) -> None:
    """A conversation's statements take the place of what it said before, and are found by caller and group."""
    with writer.transaction():
        writer.said.replace(ANA, "conv_2", [SaidRow("g", b"2"), SaidRow("h", b"3")])
        writer.said.replace(ANA, "conv_1", [SaidRow("g", b"1")])
        writer.said.replace(BEN, "conv_3", [SaidRow("g", b"4")])
        assert writer.said.of_group(ANA, "g") == [b"1", b"2"]
        assert writer.said.groups(ANA) == ["g", "h"]
        assert writer.said.of_call(ANA, "h", "conv_2") == [b"3"]
        writer.said.replace(ANA, "conv_2", [SaidRow("i", b"5")])
        assert writer.said.of_conversation(ANA, "conv_2") == [SaidRow("i", b"5")]
        writer.said.forget(ANA)
        assert writer.said.groups(ANA) == []
        assert writer.said.of_group(BEN, "g") == [b"4"]


def test_how_far_groups_are_folded(writer: ReadModelWriter) -> None:
    """How far groups are folded is kept by caller and group; of their values those that are so now are found."""
    with writer.transaction():
        histories = writer.histories
        histories.put(
            ANA,
            KeptGroup("g", 5, "conv_1", b"1"),
            [KeptValue("a", True, b"a", '["x","y"]'), KeptValue("b", False, b"b", '["x"]')],
        )
        assert [histories.current_with(ANA, "g", [f'"{word}"']) for word in ("x", "xy")] == [[b"a"], []]
        histories.put(ANA, KeptGroup("g", 6, "conv_2", b"2"), [KeptValue("b", True, b"c", '["z","x"]')])
        histories.put(BEN, KeptGroup("g", 1, "conv_3", b"3"), [KeptValue("a", True, b"d", '["x"]')])
        assert histories.current_with(ANA, "g", ['"z"', '"y"', '"x"']) == [b"a", b"c"]
        assert histories.get(ANA, "g") == KeptGroup("g", 6, "conv_2", b"2")
        assert histories.current(ANA, "g") == [b"a", b"c"]
        assert [histories.value(ANA, "g", key) for key in ("a", "b", "c")] == [b"a", b"c", None]
        assert [histories.is_there(caller) for caller in (ANA, "+1")] == [True, False]
        histories.remove(ANA, "g")
        assert (histories.get(ANA, "g"), histories.current(ANA, "g"), histories.groups(ANA)) == (None, [], [])
        histories.forget(BEN)
        assert not histories.is_there(BEN)
