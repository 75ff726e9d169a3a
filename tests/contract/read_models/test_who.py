"""What a read model keeps of who is who: machines, ids that name a number's owner, and conversations given away."""

from projector.read_model.protocol import ReadModelWriter

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
