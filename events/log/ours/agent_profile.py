"""
The event of an agent's profile: what ElevenLabs said an agent is called, speaks and says first.

We append it ourselves (source `agent-profile`), so that a replay asks nobody. It holds nothing of any caller.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from events.log.event import Event
from events.log.filing import AGENT_PROFILE
from events.log.protocol import EventLog
from events.log.receipt import Receipt

SOURCE = "agent-profile"
# The greatest number that every reader of JSON keeps.
_SECOND_MAX = 2**53 - 1


class AgentProfile(Struct, frozen=True, kw_only=True, tag_field="type", tag="elaoms_agent_profile"):
    """
    What is known of one agent; a text is empty where ElevenLabs does not say.

    `name` is for people, `company` whom the agent speaks for, `language` a BCP 47 tag as ElevenLabs writes it, and
    `first_message` what the agent says first, with its `{{variables}}` as they are. `read_at_s`, in Unix seconds, is
    when this was read first: an agent that goes back to what it was before makes an event of its own.
    """

    agent_id: str
    name: str = ""
    company: str = ""
    language: str = ""
    first_message: str = ""
    read_at_s: Annotated[int, Meta(ge=0, le=_SECOND_MAX)] = 0

    def says_the_same(self, other: "AgentProfile") -> bool:
        """Tell whether another profile says the same, whenever the two were read."""
        return msgspec.structs.replace(self, read_at_s=0) == msgspec.structs.replace(other, read_at_s=0)


_decoder = msgspec.json.Decoder(AgentProfile)


def append_agent_profile(log: EventLog, profile: AgentProfile) -> Receipt:
    """
    Append a profile, and return its receipt once it is durable.

    Raises:
        LogClosedError, JournalError: as `EventLog.append` raises them.
        LogKeyError: the projector would not believe it. Nothing was appended.
    """
    log.proofs.check_key()
    return log.append(msgspec.json.encode(profile), source=SOURCE)


def is_agent_profile(receipt: Receipt) -> bool:
    """Return whether an event is a profile of ours; a webhook is none, whatever its body says."""
    return receipt.kind == AGENT_PROFILE and receipt.source == SOURCE


def read_agent_profile(event: Event) -> AgentProfile:
    """
    Return the profile that an event of ours is.

    Raises:
        DamagedEventError: the event does not match its receipt.
        msgspec.MsgspecError: it has a form that this release does not know.
    """
    return read_agent_profile_body(event.body())


def read_agent_profile_body(body: bytes) -> AgentProfile:
    """Return the profile that a body of ours is; raises `msgspec.MsgspecError` as `read_agent_profile` does."""
    return _decoder.decode(body)
