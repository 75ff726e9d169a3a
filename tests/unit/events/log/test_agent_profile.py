"""The event of an agent's profile."""

from pathlib import Path

import msgspec
import pytest

from events.folder_log.log import FolderLog
from events.log.event import Event
from events.log.mentions import keys_in
from events.log.ours.agent_profile import (
    SOURCE,
    AgentProfile,
    append_agent_profile,
    is_agent_profile,
    read_agent_profile,
    read_agent_profile_body,
)
from events.log.receipt import sha256_of
from events.wire.shared_secrets import Secrets
from tests.support.logs import events

PROFILE = AgentProfile(agent_id="agent_1", name="Ada", company="Müller & Co", language="de", read_at_s=1_762_948_800)


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    """A log that signs what we append ourselves."""
    return FolderLog(tmp_path / "payloads", log_keys=Secrets(["a-key-of-the-tests-0123456789"]))


def last(log: FolderLog) -> Event:
    return events(log)[-1]


def test_is_filed_among_the_events_of_no_conversation(log: FolderLog) -> None:
    """It has a source, a kind and a place of its own, is signed with LOG_KEY, and reads back as it was."""
    receipt = append_agent_profile(log, PROFILE)

    body = msgspec.json.encode(PROFILE)
    assert (receipt.source, receipt.kind, receipt.conversation_id) == (SOURCE, "agent-profile", None)
    assert receipt.path == f"_events/agent-profile/{sha256_of(body)}.json"
    assert log.proofs.why_not(last(log)) is None
    assert receipt.signature is not None
    assert receipt.signature.startswith("log1=")
    assert is_agent_profile(receipt)
    assert read_agent_profile(last(log)) == PROFILE
    assert append_agent_profile(log, PROFILE) == receipt


def test_same_again_after_another_is_an_event_of_its_own(log: FolderLog) -> None:
    """An agent that is what it was before is read at another time, so that the order in the log says what is so now."""
    first = append_agent_profile(log, PROFILE)
    append_agent_profile(log, msgspec.structs.replace(PROFILE, name="Nova", read_at_s=PROFILE.read_at_s + 1))
    again = msgspec.structs.replace(PROFILE, read_at_s=PROFILE.read_at_s + 2)
    assert again.says_the_same(PROFILE)
    assert append_agent_profile(log, again).position == first.position + 2


@pytest.mark.parametrize("field", ["agent_id", "name", "company", "language", "first_message"])
def test_tells_whether_two_say_the_same(field: str) -> None:
    """Each text counts, and the time does not."""
    other = msgspec.structs.replace(PROFILE, **{field: "other"})
    assert not PROFILE.says_the_same(other)
    assert not other.says_the_same(PROFILE)


def test_webhook_is_none_whatever_its_body_says(log: FolderLog) -> None:
    """Whoever may send webhooks cannot rename an agent by one."""
    receipt = log.append(msgspec.json.encode(PROFILE), source="webhook")
    assert receipt.kind == "agent-profile"
    assert not is_agent_profile(receipt)


def test_names_no_caller(log: FolderLog) -> None:
    """A number that an agent tells everybody is no caller's, and neither is its name: an erasure leaves the profile."""
    append_agent_profile(
        log, msgspec.structs.replace(PROFILE, name="marta", first_message="Call us at +1 202 555 0143, or 2025550143.")
    )
    assert list(keys_in(last(log), region="US")) == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"elaoms_agent_profile"}',
        b'{"type":"elaoms_agent_profile","agent_id":7}',
        b'{"type":"elaoms_agent_profile","agent_id":"a","read_at_s":-1}',
        b'{"type":"elaoms_agent_profile","agent_id":"a","name":null}',
        b'{"type":"elaoms_correction","agent_id":"a"}',
    ],
)
def test_other_form_is_refused(body: bytes) -> None:
    """What this release cannot read is an error, and no profile of an agent without a name."""
    with pytest.raises(msgspec.MsgspecError):
        read_agent_profile_body(body)


def test_field_of_a_later_release_is_passed_over() -> None:
    """A later release may say more."""
    body = b'{"type":"elaoms_agent_profile","agent_id":"a","voice":"Rachel"}'
    assert read_agent_profile_body(body) == AgentProfile(agent_id="a")
