"""The questions about a call as requests of a batch: each under an id by which its result is known again."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from projector.domain.calls import Call
from projector.sources.extraction.ask import REQUESTS_MAX, key_of
from projector.sources.extraction.pieces import pieces_of
from projector.sources.extraction.prompt import ExtractionPrompt
from projector.sources.extraction.question import call_lines, question_of
from projector.sources.models.protocol import Answered, Model, Question


class Request(Struct, frozen=True):
    """
    One piece of a call, and what is asked about it.

    `id` has 64 letters and digits, and says nothing of the call; `key` is that of its answer for `ask_about`.
    """

    id: str
    key: str
    question: Question


def requests_of(call: Call, prompt: ExtractionPrompt, model: Model) -> Iterator[Request]:
    """
    Yield the requests about a call, in the order of its pieces.

    The same call, prompt and model have the same ids: by these the results are known again, whoever fetches them.
    """
    of_call = [call.conversation_id, call.sha256, prompt.named.sha256, prompt.schema_sha256]
    for piece in pieces_of(call_lines(call))[:REQUESTS_MAX]:
        key = key_of(model, piece)
        id_ = hashlib.sha256(msgspec.json.encode([*of_call, key])).hexdigest()
        yield Request(id_, key, question_of(call, piece, prompt, secrets.token_hex(8)))


def is_cut(answers: Mapping[str, Answered]) -> bool:
    """Tell whether an answer to a piece was cut, so that its halves are to be asked about."""
    return any(answered.finish == "length" for answered in answers.values())
