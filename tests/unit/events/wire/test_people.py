"""Whose call it is where a conversation names several people, or somebody by an id that is not theirs."""

from typing import Any

import msgspec
import pytest

from events.wire.people import caller_of_call, parties_of_call
from events.wire.webhooks import TranscriptionData
from tests.support.samples import AGENT_LINE, MARTA

HEX, UUID = "0f9c1d2e3b4a5968778695a4b3c2d1e0", "3F2504E0-4F89-11D3-9A0C-0305E82C3301"
BSUID = "US.13491208655302741918"


def data(**fields: Any) -> TranscriptionData:
    """Return a conversation; `metadata` and all else as ElevenLabs sends it."""
    return msgspec.convert({"conversation_id": "conv_1", **fields}, TranscriptionData)


def whatsapp(user_id: Any = None, **recipient: Any) -> TranscriptionData:
    return data(metadata={"whatsapp": {"whatsapp_user_id": user_id, "recipient": recipient or None}})


@pytest.mark.parametrize("user_id", [HEX, HEX.upper(), UUID, UUID.lower(), f" {HEX}\n"])
def test_id_that_a_widget_makes_up_is_nobodys(user_id: str) -> None:
    """A widget's own id of a visitor names nobody: identical devices share it. Where it is trusted it does."""
    visit = data(user_id=user_id, metadata={"conversation_initiation_source": "widget"})

    assert caller_of_call(visit) is None
    assert caller_of_call(visit, trusts_widget_ids=True) == f"user:{user_id.strip()}"
    assert parties_of_call(visit) == (f"user:{user_id.strip()}",)


@pytest.mark.parametrize("source", ["react_sdk", "js_sdk", "python_sdk", None, 5])
def test_same_id_from_a_program_is_somebodys(source: Any) -> None:
    """A program sets its users' ids itself, and they may well have that form."""
    assert caller_of_call(data(user_id=UUID, metadata={"conversation_initiation_source": source})) == f"user:{UUID}"


@pytest.mark.parametrize("user_id", ["shop/42", HEX[:-1], HEX + "0", HEX[:-1] + "g", "marta@example.com"])
def test_id_that_the_page_sets_is_somebodys(user_id: str) -> None:
    """A widget's visitor whom the page names by an id of another form is that user."""
    visit = data(user_id=user_id, metadata={"conversation_initiation_source": "widget"})
    assert caller_of_call(visit) == f"user:{user_id}"


@pytest.mark.parametrize(
    ("conversation", "caller"),
    [
        (whatsapp("12025550143"), MARTA),
        (whatsapp(BSUID, phone="12025550143", bsuid=BSUID), MARTA),
        (whatsapp(BSUID, phone="+1 202 555 0143"), MARTA),
        (whatsapp("12025550143", bsuid=BSUID), MARTA),
        (whatsapp("5215587654321", phone=None, bsuid=BSUID), "+525587654321"),
        (whatsapp(None, bsuid=BSUID), f"whatsapp:{BSUID}"),
        (whatsapp(BSUID, phone="0000000000", bsuid=BSUID), f"whatsapp:{BSUID}"),
        (whatsapp(None, phone=None, bsuid=None), None),
        (whatsapp(None, phone=[1], bsuid={}), None),
    ],
)
def test_whatsapp_is_told_by_the_number_first(conversation: TranscriptionData, caller: str | None) -> None:
    """On WhatsApp the number counts, wherever it stands, and where there is none the id."""
    assert caller_of_call(conversation) == caller


def test_both_names_of_a_whatsapp_user_are_parties() -> None:
    """Who asks to be forgotten may do so by the number or by the id."""
    assert parties_of_call(whatsapp(BSUID, phone="12025550143", bsuid=BSUID)) == (MARTA, f"whatsapp:{BSUID}")


def group(*ids: Any, role: str = "user") -> TranscriptionData:
    turns = [{"role": role, "message": "Hello.", "user_identifier": id_} for id_ in ids]
    return data(transcript=turns, user_id="the-room", metadata={"conversation_initiation_source": "slack_integration"})


def test_group_is_nobody_in_particular() -> None:
    """A conversation in which several people wrote is nobody's, and each of them is a party to it."""
    conversation = group("U1", "U2", "U1", None)

    assert caller_of_call(conversation) is None
    assert parties_of_call(conversation) == ("user:the-room", "user:U1", "user:U2")


@pytest.mark.parametrize("ids", [(), ("U1",), ("U1", "U1"), (None, "U1"), ("", "U1", None), ([], {}, "U1")])
def test_one_writer_is_no_group(ids: tuple[Any, ...]) -> None:
    """Where one person wrote, or nobody says who, the conversation is the user's."""
    assert caller_of_call(group(*ids)) == "user:the-room"


def test_agents_turns_make_no_group() -> None:
    """Only who writes in the role `user` is a person."""
    assert caller_of_call(group("a", "b", role="agent")) == "user:the-room"


def phone(external: Any, **fields: Any) -> TranscriptionData:
    line = {"direction": "inbound", "agent_number": AGENT_LINE, "external_number": external}
    return data(metadata={"phone_call": line}, **fields)


def test_every_human_is_a_party_and_the_line_is_none() -> None:
    """A request may name a person by anything that the call does; the agent's line is no person."""
    variables = {"dynamic_variables": {"system__caller_id": "0000000000", "system__called_number": AGENT_LINE}}
    call = phone("911", user_id="shop/42", conversation_initiation_client_data=variables)

    assert parties_of_call(call) == ("+911", "+1911", "+0000000000", "+10000000000", "user:shop/42")


def test_number_that_we_sent_back_is_no_second_party() -> None:
    """ElevenLabs sends back as `user_id` the number that we answered; that names nobody else."""
    assert parties_of_call(phone(MARTA, user_id=MARTA)) == (MARTA,)
