"""
What ElevenLabs sends, as msgspec Structs.

Unknown fields are skipped, every field but the ids may be absent or null, and no text is an enum. ElevenLabs adds
fields and values every month, and a webhook that we refuse is a call that is lost.

Source: the SDK's `GetConversationResponseModel` and its parts (elevenlabs 2.78), and captured payloads.
"""

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

# The id becomes a folder: no id may be `_events` or `_unreadable`, and none may lead out of the payload folder.
_CONVERSATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


def is_conversation_id(text: str) -> bool:
    """Return whether a text can be the id of a conversation, and so the name of a folder of the log."""
    return _CONVERSATION_ID.fullmatch(text) is not None


Seconds = int | float
UnixSeconds = Annotated[Seconds | None, Meta(description="Unix time in seconds, UTC.")]
ConversationId = Annotated[
    str,
    Meta(description="ElevenLabs' id of the conversation.", examples=["conv_4201k9wfkvjyf60aevvp97zch524"]),
]
AgentId = Annotated[
    str | None, Meta(description="ElevenLabs' id of the agent.", examples=["agent_7301k9r8sbb5fjbbym8c9y1jqt9b"])
]


# What may stand in a field that is new, in place of what we read there. It is skipped.
_OddItem = list[msgspec.Raw] | str | int | float | bool | None
_Odd = dict[str, msgspec.Raw] | str | int | float | bool | None


class AgentRef(Struct, kw_only=True):
    """Names one agent (SDK: `AgentMetadata`, `VisitedAgentRef`)."""

    agent_id: Annotated[Any, Meta(description="ElevenLabs' id of the agent.")] = None


class Turn(Struct, kw_only=True):
    """One utterance of a transcript (SDK: `ConversationHistoryTranscriptCommonModelOutput`)."""

    role: Annotated[str | None, Meta(description="Who spoke: `user` or `agent`.")] = None
    message: Annotated[str | None, Meta(description="The words; null for a tool call.")] = None
    time_in_call_secs: Annotated[Seconds | None, Meta(description="Seconds since the call began.")] = None
    agent_metadata: Annotated[AgentRef | _OddItem, Meta(description="The agent that spoke, or heard the turn.")] = None
    source_medium: Annotated[Any, Meta(description="`audio`, `text`, `dtmf` (typed on the keypad), ...")] = None
    platform_event: Annotated[Any, Meta(description="Set where nobody spoke: `user_turn_timeout`, ...")] = None
    ignored_as_backchannel: Annotated[Any, Meta(description="True for a sound of listening, such as `mhm`.")] = None
    contextual_update_info: Annotated[Any, Meta(description="Set for what an app wrote in the role `user`.")] = None
    user_identifier: Annotated[Any, Meta(description="Who of several people wrote, in a group chat.")] = None
    tool_results: Annotated[Any, Meta(description="What the agent's tools brought, one object for each.")] = None


class PhoneCall(Struct, kw_only=True):
    """The telephone side of a call. `external_number` is the human's, whichever side called."""

    direction: Annotated[str | None, Meta(description="`inbound` or `outbound`.")] = None
    agent_number: Annotated[str | None, Meta(description="The agent's own line.")] = None
    external_number: Annotated[str | None, Meta(description="The human party's number.")] = None
    call_sid: Annotated[str | None, Meta(description="The telephony provider's id of the call.")] = None
    call_result: Annotated[Any, Meta(description="`answered`, `voicemail`, `busy`, `no_answer` or `failed`.")] = None


class WhatsAppRecipient(Struct, kw_only=True):
    """The human party of a WhatsApp conversation; the phone number is not always told."""

    phone: Annotated[Any, Meta(description="The phone number; usually digits.")] = None
    bsuid: Annotated[Any, Meta(description="WhatsApp's id of the person for one business.")] = None


class WhatsApp(Struct, kw_only=True):
    """The WhatsApp side of a conversation."""

    whatsapp_user_id: Annotated[str | None, Meta(description="The human party; usually digits.")] = None
    recipient: Annotated[WhatsAppRecipient | _OddItem, Meta(description="The human party, since SDK 2.74.")] = None
    call_result: Annotated[Any, Meta(description="As that of a telephone call.")] = None


class Sms(Struct, kw_only=True):
    """The SMS side of a conversation."""

    sms_user_phone_number: Annotated[str | None, Meta(description="The human party's number.")] = None


class FeatureStatus(Struct, kw_only=True):
    """Whether one feature of an agent was used."""

    used: Annotated[Any, Meta(description="True if it was.")] = None


class FeaturesUsage(Struct, kw_only=True):
    """Which features of an agent a call used (SDK: `FeaturesUsageCommonModel`)."""

    voicemail_detection: Annotated[FeatureStatus | _OddItem, Meta(description="Used where a mailbox answered.")] = None


class CallMetadata(Struct, kw_only=True):
    """When and how a call took place (SDK: `ConversationHistoryMetadataCommonModel`)."""

    start_time_unix_secs: UnixSeconds = None
    call_duration_secs: Annotated[Seconds | None, Meta(description="Length of the call in seconds.")] = None
    phone_call: Annotated[PhoneCall | None, Meta(description="Null for web, text and WhatsApp.")] = None
    whatsapp: Annotated[WhatsApp | None, Meta(description="Set for WhatsApp.")] = None
    sms: Annotated[Sms | None, Meta(description="Set for SMS.")] = None
    main_language: Annotated[str | None, Meta(description="BCP 47 tag of the call's language.")] = None
    timezone: Annotated[Any, Meta(description="IANA name of the human's time zone; often null.")] = None
    termination_reason: Annotated[str | None, Meta(description="Why the call ended.")] = None
    features_usage: Annotated[FeaturesUsage | _OddItem, Meta(description="Which features were used.")] = None
    conversation_initiation_source: Annotated[
        Any, Meta(description="The channel: `twilio`, `widget`, `whatsapp`, `subagent_tool`, ...")
    ] = None


class CollectedValue(Struct, kw_only=True):
    """One value that the agent was configured to collect (SDK: `DataCollectionResultCommonModel`)."""

    value: Annotated[Any, Meta(description="A string, a number, a boolean, or null.")] = None
    name: Annotated[Any, Meta(description="What the operator calls it (since SDK 2.70); its id may be opaque.")] = None


class ListedValue(CollectedValue, kw_only=True):
    """One collected value in a list."""

    data_collection_id: Annotated[Any, Meta(description="The id of the value.")] = None


class ScopedAnalysis(Struct, kw_only=True):
    """What was collected for one agent of a call with transfers (SDK: `ScopedAnalysisResult`)."""

    source_agent_id: Annotated[Any, Meta(description="The agent.")] = None
    data_collection_results: Annotated[
        dict[str, CollectedValue | _OddItem] | list[ListedValue | _OddItem] | str | int | float | bool | None,
        Meta(description="Collected values by their id."),
    ] = None


class Analysis(Struct, kw_only=True):
    """What ElevenLabs concluded from a call (SDK: `ConversationHistoryAnalysisCommonModel`)."""

    transcript_summary: Annotated[str | None, Meta(description="The call in a few sentences.")] = None
    call_summary_title: Annotated[str | None, Meta(description="The call in a few words.")] = None
    data_collection_results: Annotated[
        dict[str, CollectedValue | None] | None, Meta(description="Collected values by their id.")
    ] = None
    data_collection_results_list: Annotated[
        list[ListedValue | _OddItem] | _Odd, Meta(description="The collected values as a list.")
    ] = None
    scoped: Annotated[
        list[ScopedAnalysis | _OddItem] | _Odd, Meta(description="After a transfer: what was collected for each agent.")
    ] = None


class DynamicVariables(Struct, kw_only=True):
    """The `system__` variables that say who called whom, and where. `Any`: an agent may declare them with any type."""

    caller_id: Annotated[Any, Meta(description="The calling party; outbound, the agent's line.")] = msgspec.field(
        default=None, name="system__caller_id"
    )
    called_number: Annotated[Any, Meta(description="The called party; outbound, the human.")] = msgspec.field(
        default=None, name="system__called_number"
    )
    timezone: Annotated[Any, Meta(description="IANA name of the human's time zone; often null.")] = msgspec.field(
        default=None, name="system__timezone"
    )


class InitiationData(Struct, kw_only=True):
    """What ElevenLabs was given when the conversation began."""

    dynamic_variables: Annotated[DynamicVariables | None, Meta(description="The variables of the call.")] = None


class TranscriptionData(Struct, kw_only=True):
    """The whole of one call."""

    conversation_id: ConversationId
    agent_id: AgentId = None
    agent_name: Annotated[str | None, Meta(description="The agent's name in the dashboard.")] = None
    status: Annotated[str | None, Meta(description="`done` once the analysis is complete.")] = None
    user_id: Annotated[str | None, Meta(description="The id that a widget, an SDK or a chat platform gave.")] = None
    transcript: Annotated[list[Turn] | None, Meta(description="The call, utterance by utterance.")] = None
    metadata: Annotated[CallMetadata | None, Meta(description="When and how the call took place.")] = None
    analysis: Annotated[Analysis | None, Meta(description="What ElevenLabs concluded; may be null.")] = None
    conversation_initiation_client_data: Annotated[
        InitiationData | None, Meta(description="The data that the call began with.")
    ] = None
    visited_agents: Annotated[
        list[AgentRef | _OddItem] | _Odd, Meta(description="After a transfer: each agent, in order.")
    ] = None


class AudioData(Struct, kw_only=True):
    """The recording of one call."""

    conversation_id: ConversationId
    agent_id: AgentId = None
    full_audio: Annotated[str | None, Meta(description="The recording: an MP3 file in base64.")] = None


class FailureBody(Struct, kw_only=True):
    """The telephony provider's report: first the field names of Twilio, then those of SIP."""

    direction: Annotated[str | None, Meta(description="Twilio: `outbound-api`, `inbound`.")] = msgspec.field(
        default=None, name="Direction"
    )
    to: Annotated[str | None, Meta(description="Twilio: who was called.")] = msgspec.field(default=None, name="To")
    from_: Annotated[str | None, Meta(description="Twilio: who called.")] = msgspec.field(default=None, name="From")
    called: Annotated[str | None, Meta(description="Twilio: who was called, as well.")] = msgspec.field(
        default=None, name="Called"
    )
    caller: Annotated[str | None, Meta(description="Twilio: who called, as well.")] = msgspec.field(
        default=None, name="Caller"
    )
    to_number: Annotated[str | None, Meta(description="SIP: who was called.")] = None
    from_number: Annotated[str | None, Meta(description="SIP: who called.")] = None


class FailureMetadata(Struct, kw_only=True):
    """Which telephony provider reported a failure, and its report."""

    type: Annotated[str | None, Meta(description="`twilio` or `sip`.")] = None
    body: Annotated[FailureBody | None, Meta(description="The provider's own report.")] = None


class FailureData(Struct, kw_only=True):
    """A call that was never connected."""

    conversation_id: ConversationId
    agent_id: AgentId = None
    failure_reason: Annotated[str | None, Meta(description="`busy`, `no-answer` or `unknown`.")] = None
    metadata: Annotated[FailureMetadata | None, Meta(description="The provider, and its report.")] = None


class PostCallTranscription(Struct, kw_only=True, tag_field="type", tag="post_call_transcription"):
    """After a call: what was said, and what ElevenLabs concluded."""

    data: Annotated[TranscriptionData, Meta(description="The call.")]
    event_timestamp: UnixSeconds = None


class PostCallAudio(Struct, kw_only=True, tag_field="type", tag="post_call_audio"):
    """After a call: its recording, in a webhook of its own that may come before or after the transcription."""

    data: Annotated[AudioData, Meta(description="The recording.")]
    event_timestamp: UnixSeconds = None


class CallInitiationFailure(Struct, kw_only=True, tag_field="type", tag="call_initiation_failure"):
    """An outbound call that was not connected."""

    data: Annotated[FailureData, Meta(description="The attempt.")]
    event_timestamp: UnixSeconds = None


PostCallWebhook = PostCallTranscription | PostCallAudio | CallInitiationFailure


class ClientDataRequest(Struct, kw_only=True):
    """The question that ElevenLabs asks when an inbound call begins."""

    caller_id: Annotated[str | None, Meta(description="The caller's number, `anonymous`, or a SIP URI.")] = None
    agent_id: Annotated[Any, Meta(description="ElevenLabs' id of the agent that is called.")] = None
    called_number: Annotated[str | None, Meta(description="The agent's line.")] = None
    call_sid: Annotated[str | None, Meta(description="The telephony provider's id of the call.")] = None
    call_id: Annotated[str | None, Meta(description="A SIP trunk's id of the call.")] = None
    conversation_id: Annotated[str | None, Meta(description="Mostly absent: it begins after this.")] = None


class SearchDataRequest(Struct, kw_only=True):
    """
    The question that an agent's search tool asks during a call. An LLM fills in some fields, so any may be odd.

    Where no number is sent, the id of the conversation, or of the call, says who is calling.
    """

    query: Annotated[str | int | float | None, Meta(description="What to look for; empty for the newest.")] = None
    keywords: Annotated[
        list[Any] | str | None, Meta(description="Other words for it; those that nobody said do no harm.")
    ] = None
    caller_id: Annotated[
        str | int | None, Meta(description="Bind to `system__caller_id`, never to the LLM.", examples=["+12025550143"])
    ] = None
    called_number: Annotated[
        str | int | None, Meta(description="Bind to `system__called_number`.", examples=["+12025550100"])
    ] = None
    user_id: Annotated[str | int | None, Meta(description="The caller's id, if there is no phone number.")] = None
    agent_id: Annotated[Any, Meta(description="Bind to `system__agent_id`: only what it may hear is told.")] = None
    conversation_id: Annotated[str | None, Meta(description="Bind to `system__conversation_id`.")] = None
    call_sid: Annotated[str | None, Meta(description="Bind to `system__call_sid`.")] = None
    timezone: Annotated[Any, Meta(description="`system__timezone`; else the zone of earlier calls counts.")] = None
    search_all_agents: Annotated[bool | None, Meta(description="Also search what only other agents were told.")] = None
    limit: Annotated[int | None, Meta(description="The most memories, 1 to 20; else some 3,000 characters.")] = None
