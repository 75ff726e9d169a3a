"""What a language model is asked, what it answers, and who asks it."""

import re
from typing import Any, Literal, Protocol

import msgspec
from msgspec import Struct

from events.log.ours.extraction import Usage

# Why an answer ended: it is whole, it was cut at the most tokens, it was refused, or something that we do not know.
Finish = Literal["complete", "length", "refusal", "other"]
# What an answer is: JSON, as was asked for; other words; or a page that no model wrote, such as that of a proxy.
Content = Literal["json", "prose", "html"]
_FENCED = re.compile(rb"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)


class Question(Struct, frozen=True, kw_only=True):
    """
    One request, which knows nothing of any other.

    `conversation_id` is the call that it is about; it is not sent. `schema` is the JSON schema of the answer, named
    `schema_name`, and `output_tokens_max` how long that may get.
    """

    conversation_id: str
    system: str
    user: str
    schema: dict[str, Any]
    schema_name: str
    output_tokens_max: int


class Answered(Struct, frozen=True, kw_only=True):
    """
    What was answered. A refusal, words in place of JSON and a page of HTML are answers, too.

    `body` is what the model said, byte for byte, without the envelope of its vendor; of a page it is the page.
    `model` is what the answer says who it is of; `host` is who was asked. `latency_s` is in seconds.
    """

    provider: str
    host: str
    requested_model: str
    model: str
    body: bytes
    finish: Finish
    content: Content
    usage: Usage = Usage()
    latency_s: float = 0.0


class Model(Protocol):
    """A model of one vendor, as far as it says whose an answer is."""

    @property
    def name(self) -> str:
        """As `LLM_PROVIDER` names it."""
        ...

    @property
    def host(self) -> str:
        """The name of the machine that gets the words; empty if none does."""
        ...

    @property
    def model(self) -> str:
        """The model that is asked."""
        ...


class Provider(Model, Protocol):
    """Asks one model of one vendor. It may be asked by several threads at a time."""

    def ask(self, question: Question) -> Answered:
        """
        Ask once, and wait for the answer.

        Raises:
            AskLaterError: there is no answer now; the same question may be asked again.
            ProviderHeldError: there will be none before the operator has changed something.
        """
        ...

    def close(self) -> None:
        """Close what is open. Nobody asks any more."""
        ...


def content_of(body: bytes) -> Content:
    """Tell whether a model answered in JSON, also between fences, or in other words."""
    fenced = _FENCED.match(body)
    try:
        msgspec.json.decode(fenced[1] if fenced else body, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return "prose"
    return "json"
