"""A provider that asks nobody: it answers from a file of recorded answers, for demos and tests."""

import time
from codecs import BOM_UTF8
from pathlib import Path

import msgspec
from msgspec import Struct

from projector.errors import AskLaterError, ProviderHeldError
from projector.sources.models.protocol import Answered, Question, content_of
from projector.sources.models.settings import FILE


class _Line(Struct):
    """A line as `events import-extractions` takes it; what that takes besides is of no use here."""

    conversation_id: str
    answer: msgspec.Raw
    model: str = ""


class AnswerFile:
    """
    Answers each question with what the file holds for its call; of several lines the last one counts.

    The file is read again for each question, so that an answer can be added while the projector runs.

    Args:
        path: the file, in JSON lines.
    """

    name, host, model = FILE, "", ""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, question: Question) -> Answered:
        """
        Return the recorded answer.

        Raises:
            AskLaterError: the file has none for this call.
            ProviderHeldError: the file cannot be read, or has a line that is no answer.
        """
        began_s = time.monotonic()
        line = self._line(question.conversation_id)
        if line is None:
            raise AskLaterError(f"{self._path.name} has no answer for this call")
        raw = bytes(line.answer)
        # Of a text the text itself is what the model said, and not how this file writes it down.
        body = msgspec.json.decode(raw, type=str).encode("utf-8", "surrogatepass") if raw[:1] == b'"' else raw
        return Answered(
            provider=self.name,
            host=self.host,
            requested_model=line.model,
            model=line.model,
            body=body,
            finish="complete",
            content=content_of(body),
            latency_s=time.monotonic() - began_s,
        )

    def close(self) -> None:
        """Nothing is open."""

    def _line(self, conversation_id: str) -> _Line | None:
        found: _Line | None = None
        for number, text in enumerate(self._texts(), 1):
            if not text.strip():
                continue
            try:
                line = msgspec.json.decode(text, type=_Line)
            except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
                raise ProviderHeldError(f"line {number} of {self._path.name} is no answer: {error}") from error
            found = line if line.conversation_id == conversation_id else found
        return found

    def _texts(self) -> list[bytes]:
        try:
            return self._path.read_bytes().removeprefix(BOM_UTF8).splitlines()
        except OSError as error:
            raise ProviderHeldError(f"{self._path.name} cannot be read: {error.strerror or error}") from error
