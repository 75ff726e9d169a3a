"""Decides of each statement of an answer whether it counts, and says why where it does not."""

import re
from collections.abc import Sequence
from datetime import date

import msgspec
from msgspec import UNSET, Struct

from projector.domain.calls import Call
from projector.domain.facts.registry.registry import OTHER, Registry
from projector.domain.facts.statement import CALLER, Reason, Rejected, Retold, Statement, Validated
from projector.domain.facts.validation.answer import read_answer
from projector.domain.facts.validation.evidence.quote import Span
from projector.domain.facts.validation.hostile.faults import fault_of
from projector.domain.facts.validation.hostile.links import spoken_ats
from projector.domain.facts.validation.hostile.orders import without_agents
from projector.domain.facts.validation.proof import Proof
from projector.domain.facts.validation.questions import questions_in
from projector.domain.facts.validation.retold import Retelling

ITEMS_MAX, CHARS_MAX = 30, 300
_VALUE_CHARS_MAX, _ABOUT_CHARS_MAX = 120, 60
_DEFAULT_LANGUAGE = "en"
_NO_QUESTIONS = msgspec.Raw(b"[]")


class _Attributed(Struct):
    attribute: str


_attributes = msgspec.json.Decoder(_Attributed)


def validated(answer: bytes, call: Call, registry: Registry) -> Validated:
    """
    Return what of a model's answer counts, statement by statement.

    The same answer and call give the same, always: a stricter rule needs no model, but a replay.

    Args:
        answer: the raw answer, as it came: an object, or a text that holds one.
        call: the call that was read, as it is kept: without the numbers that must not be remembered.
    """
    read = read_answer(answer)
    if read is None:
        return Validated(rejected=(Rejected(0, "undecodable"),))
    statements: list[Statement] = []
    rejected: list[Rejected] = []
    proof = Proof(call, _language(call))
    for number, item in enumerate(read.memories[:ITEMS_MAX]):
        judged = _judged(item, proof, registry)
        if isinstance(judged, Statement):
            statements.append(judged)
        else:
            rejected.append(Rejected(number, judged, *_shown(item)))
    rejected += [Rejected(number, "too_many") for number in range(ITEMS_MAX, len(read.memories))]
    return Validated(tuple(statements), tuple(rejected))


def names_stated(answer: bytes, call: Call, registry: Registry) -> list[Statement]:
    """
    Return what of a model's answer counts of what somebody is called: those statements of `validated`.

    The others are looked at no further than at what they are about. Takes what `validated` takes.
    """
    read = read_answer(answer)
    if read is None:
        return []
    proof = Proof(call, _language(call))
    judged = (_judged(item, proof, registry) for item in read.memories[:ITEMS_MAX] if _is_of_name(item, registry))
    return [each for each in judged if isinstance(each, Statement) and each.attribute == "name"]


def retold(answer: bytes, call: Call, registry: Registry) -> Retold:
    """Return what of a model's answer counts of what it says of the call as a whole; takes what `validated` takes."""
    read = read_answer(answer)
    if read is None:
        return Retold()
    return Retelling(call, validated(answer, call, registry).statements, _language(call)).of(read)


def proposed_greeting(answer: bytes, call: Call, statements: Sequence[Statement]) -> str:
    """
    Return the next greeting that a model's answer proposes, if it counts; else empty.

    Args:
        statements: those of the same answer that count.
    """
    read = read_answer(answer)
    if read is None or read.next_greeting is UNSET:
        return ""
    return Retelling(call, statements, _language(call)).greeting(read.next_greeting)


def _is_of_name(item: msgspec.Raw, registry: Registry) -> bool:
    try:
        attribute = registry.sameness(_attributes.decode(item).attribute)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return False
    return attribute is not None and attribute.name == "name"


def _shown(item: msgspec.Raw) -> tuple[str, str]:
    try:
        decoded = msgspec.json.decode(item)
    except (msgspec.MsgspecError, RecursionError):
        return "", ""
    if not isinstance(decoded, dict):
        return "", ""
    return _short(decoded.get("attribute")), _short(decoded.get("value"))


def _short(value: object) -> str:
    return " ".join(value.split())[:80] if isinstance(value, str) else ""


def _judged(item: msgspec.Raw, proof: Proof, registry: Registry) -> Statement | Reason:
    try:
        statement, questions = _read(item)
    except msgspec.ValidationError as error:
        return "out_of_range" if "Invalid enum" in str(error) else "undecodable"
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return "undecodable"
    statement = _tidied(statement)
    # In this order: what is far too long is looked at no further.
    if (fault := _form_fault(statement) or _text_fault(statement, proof.language)) is not None:
        return fault
    attribute = registry.sameness(statement.attribute)
    if attribute is None:
        return "unknown_attribute"
    found = proof.of(statement, attribute, is_promise=_is_promise(statement))
    if isinstance(found, Span):
        # The words of the turn stand in place of the model's.
        return msgspec.structs.replace(
            statement,
            quote=found.text,
            questions=questions_in(questions, statement.content, proof.language, is_promise=_is_promise(statement)),
        )
    return found


def _read(item: msgspec.Raw) -> tuple[Statement, msgspec.Raw]:
    """Return a statement and, as they came, its questions: these count or not by themselves."""
    fields = msgspec.json.decode(item, type=dict[str, msgspec.Raw])
    questions = fields.pop("questions", _NO_QUESTIONS)
    return msgspec.json.decode(msgspec.json.encode(fields), type=Statement), questions


def _tidied(statement: Statement) -> Statement:
    """Return a statement as it is meant: without blanks around its texts, and the same whatever words it is put in."""
    about = " ".join(statement.about.split()) if statement.about.isprintable() else statement.about
    if _is_promise(statement):
        # What proves it are the agent's words: these never say what somebody is called, has or likes.
        statement = msgspec.structs.replace(statement, category="promise", attribute="promise")
    elif statement.attribute == "issue" and statement.category == "factual":
        statement = msgspec.structs.replace(statement, category="issue")
    return msgspec.structs.replace(
        statement,
        about=CALLER if about.casefold() in {"caller", "the caller"} else about,
        value=" ".join(statement.value.split()) if statement.value.isprintable() else statement.value,
        content=" ".join(statement.content.split()) if statement.content.isprintable() else statement.content,
    )


def _form_fault(statement: Statement) -> Reason | None:
    texts = (statement.value, statement.content, statement.quote, statement.about, statement.attribute)
    if any(len(text) > CHARS_MAX for text in texts) or len(statement.value) > _VALUE_CHARS_MAX:
        return "too_long"
    if len(statement.about) > _ABOUT_CHARS_MAX:
        return "too_long"
    in_range = 1 <= statement.importance <= 10 and 0 <= statement.confidence <= 1 and statement.turn >= 0
    is_dated = all(map(_is_date, (statement.valid_from, statement.valid_to)))
    if not in_range or not is_dated or not all(map(str.strip, texts)):
        return "out_of_range"
    return None


def _text_fault(statement: Statement, language: str) -> Reason | None:
    attribute = statement.attribute.removeprefix(OTHER).replace("_", " ")
    is_promise = _is_promise(statement)
    is_issue = not {"issue", "complaint"}.isdisjoint({statement.attribute, statement.category})
    content, quote, value = (
        without_agents(text, is_promise=is_promise, is_issue=is_issue)
        for text in (statement.content, statement.quote, statement.value)
    )
    is_email = statement.attribute == "email"
    for text in (value, content, statement.about, attribute):
        addresses = spoken_ats(text) if is_email else 0
        if (
            fault := fault_of(text, language, is_promise=is_promise, is_agents=is_promise, addresses=addresses)
        ) is not None:
            return fault
    # What a caller says to the agent in place of saying something of themselves.
    if not statement.quote.isprintable():
        return "markup"
    # `At clinic dot com` ends an address; what is written in the value may be spoken in the quote in part.
    is_written = is_email or "@" in f"{value}{content}"
    addresses = max(int(is_written), spoken_ats(quote))
    return fault_of(quote, language, is_promise=True, is_agents=is_promise, addresses=addresses)


def _is_promise(statement: Statement) -> bool:
    return statement.category == "promise" or statement.attribute == "promise"


def _is_date(text: str | None) -> bool:
    if text is None:
        return True
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _language(call: Call) -> str:
    return re.split(r"[-_]", call.language.lower(), maxsplit=1)[0] if call.language else _DEFAULT_LANGUAGE
