"""What a telephony provider says, in a webhook of its own, about who answered an outbound call."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from events.wire.webhooks import ConversationId


class DetectionData(Struct, kw_only=True):
    """What the telephony provider found out about who answered an outbound call."""

    conversation_id: ConversationId
    answered_by: Annotated[Any, Meta(description="`human`, `machine_start`, `fax`, `unknown`, ...")] = None


class AnsweringMachineDetection(Struct, kw_only=True):
    """During or after a call: whether a machine answered. It is no part of the conversation."""

    data: Annotated[DetectionData, Meta(description="What was found out.")]
