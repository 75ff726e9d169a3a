"""
The event of what a model said of a call: its raw answer, byte for byte, and how it came about.

We append it ourselves (source `extraction`), so that a replay calls nobody. What of the answer counts is decided by the
fold, again and again: see `projector.domain.facts`.
"""

import base64
import binascii
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from events.log.event import Event
from events.log.filing import EXTRACTION
from events.log.receipt import Receipt

SOURCE = "extraction"
# The greatest number that every reader of JSON keeps.
COUNT_MAX = 2**53 - 1
Count = Annotated[int, Meta(ge=0, le=COUNT_MAX)]


class Prompt(Struct, frozen=True):
    """The prompt that was sent: its name, its version, and the hash of its text; empty where that is not known."""

    id: str = ""
    version: Count = 0
    sha256: str = ""


class Usage(Struct, frozen=True):
    """How many tokens an answer took; `cached_tokens` are those of the input that were not counted again."""

    input_tokens: Count = 0
    cached_tokens: Count = 0
    output_tokens: Count = 0

    def __add__(self, other: "Usage") -> "Usage":
        """Return how many both took."""
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
        )


class ExtractionData(Struct, frozen=True, kw_only=True):
    """
    One answer of a model to one call.

    `transcription_sha256` is the hash of the webhook that was read. `schema_sha256` is that of the schema of the
    answer, `host` the name of the machine that was asked, empty where that is not known. `completed_at_s` is Unix
    seconds, `latency_ms` milliseconds; `attempt` counts from 1. `answer` is the answer as text; in base64 where
    `encoding` says so, for it was no UTF-8.
    """

    conversation_id: str
    transcription_sha256: str
    provider: str
    model: str
    completed_at_s: Count
    answer: str
    prompt: Prompt = Prompt()
    requested_model: str = ""
    schema_sha256: str = ""
    host: str = ""
    usage: Usage = Usage()
    finish_reason: str = ""
    latency_ms: Count = 0
    attempt: Count = 1
    encoding: str = "utf-8"

    def raw_answer(self) -> bytes:
        """
        Return the answer as the model gave it.

        Raises:
            msgspec.ValidationError: it is no base64, although it says so.
        """
        if self.encoding != "base64":
            return self.answer.encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(self.answer, validate=True)
        except (binascii.Error, ValueError) as error:
            raise msgspec.ValidationError("the answer of an extraction is no base64") from error

    @property
    def precedence(self) -> tuple[int, int]:
        """Sort key among the extractions of one version of a call, before the event's hash: the greatest counts."""
        return self.prompt.version, self.completed_at_s


class Extraction(Struct, frozen=True, kw_only=True, tag_field="type", tag="elaoms_extraction"):
    """The event as it is stored."""

    data: ExtractionData


_decoder = msgspec.json.Decoder(Extraction)


def encoded_answer(answer: bytes) -> tuple[str, str]:
    """Return a raw answer as `answer` and `encoding` of an extraction."""
    try:
        return answer.decode(), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(answer).decode(), "base64"


def is_extraction(receipt: Receipt) -> bool:
    """Return whether an event is an extraction of ours; a webhook is none, whatever its body says."""
    return receipt.kind == EXTRACTION and receipt.source == SOURCE


def read_extraction(event: Event) -> ExtractionData:
    """
    Return the extraction that an event of ours is.

    Raises:
        DamagedEventError: the event does not match its receipt.
        msgspec.MsgspecError: it has a form that this release does not know.
    """
    return _decoder.decode(event.body()).data
