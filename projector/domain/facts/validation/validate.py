"""Decides of each statement of an answer whether it counts, and says why where it does not."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec
from msgspec import UNSET

from projector.domain.calls import Call, Turn
from projector.domain.facts.registry.registry import OTHER, Attribute, Registry
from projector.domain.facts.statement import CALLER, Reason, Rejected, Retold, Statement, Validated
from projector.domain.facts.told.stems import content_tokens
from projector.domain.facts.told.tokens import composed
from projector.domain.facts.validation.answer import read_answer
from projector.domain.facts.validation.evidence import Evidence
from projector.domain.facts.validation.hostile.faults import fault_of
from projector.domain.facts.validation.hostile.links import spoken_ats
from projector.domain.facts.validation.hostile.orders import without_agents
from projector.domain.facts.validation.people.whose import is_of_another, says_the_callers
from projector.domain.facts.validation.polarity import agrees
from projector.domain.facts.validation.quote import Span, clause_around, find_quote
from projector.domain.facts.validation.retold import Retelling
from projector.domain.facts.validation.suppositions import is_doubted, is_supposed
from projector.domain.facts.validation.taking import takes, takes_back
from projector.domain.names.fields import NAME_FIELDS
from projector.domain.names.heard import heard_name

ITEMS_MAX, CHARS_MAX = 30, 300
_VALUE_CHARS_MAX, _ABOUT_CHARS_MAX = 120, 60
# From so many digits on it is the number of another caller, whom a call says nothing about.
_NUMBER_DIGITS_MIN = 6
# An answer is to the end of what was said before it.
_ANSWERED_CHARS_MAX = 2000
_DEFAULT_LANGUAGE = "en"


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
    for number, item in enumerate(read.memories[:ITEMS_MAX]):
        judged = _judged(item, call, registry)
        if isinstance(judged, Statement):
            statements.append(judged)
        else:
            rejected.append(Rejected(number, judged, *_shown(item)))
    rejected += [Rejected(number, "too_many") for number in range(ITEMS_MAX, len(read.memories))]
    return Validated(tuple(statements), tuple(rejected))


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


def _judged(item: msgspec.Raw, call: Call, registry: Registry) -> Statement | Reason:
    try:
        statement = msgspec.json.decode(item, type=Statement)
    except msgspec.ValidationError as error:
        return "out_of_range" if "Invalid enum" in str(error) else "undecodable"
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return "undecodable"
    statement = _tidied(statement)
    return _fault(statement, call, registry) or _with_span(statement, call)


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


def _fault(statement: Statement, call: Call, registry: Registry) -> Reason | None:
    # In this order: what is far too long is looked at no further.
    if (fault := _form_fault(statement) or _text_fault(statement, _language(call))) is not None:
        return fault
    attribute = registry.sameness(statement.attribute)
    if attribute is None:
        return "unknown_attribute"
    turn = _turn(statement, call)
    confirmed = _confirmed(statement, call.turns)
    if turn is None or turn.is_caller == _is_promise(statement) or confirmed is None:
        return "no_such_turn"
    span = find_quote(statement.quote, turn.text, _language(call))
    if span is None:
        return "quote_not_found"
    return _proof_fault(statement, call, attribute, span, confirmed)


def _proof_fault(statement: Statement, call: Call, attribute: Attribute, span: Span, confirmed: str) -> Reason | None:
    language, turn = _language(call), _turn(statement, call)
    assert turn is not None
    answered = confirmed or ("" if _is_promise(statement) else _answered(turn, call.turns))
    if not _is_named(statement.about, turn, answered, call.turns, language):
        return "other_person"
    clause = clause_around(span, turn.text)
    if statement.about == CALLER and is_of_another(
        statement.attribute, statement.value, clause, language, _callers_name(call)
    ):
        return "other_person"
    if statement.about != CALLER and says_the_callers(statement.content, statement.about, language):
        return "other_person"
    about = "" if statement.about == CALLER else statement.about
    labels = f"{attribute.label()} {attribute.label(language)}"
    if (fault := _unproven(statement, Evidence(span.text, answered, about, language), labels)) is not None:
        return fault
    if not _is_the_callers(statement, span.text, language) or not _is_bound(statement, span.text, language):
        return "unsupported"
    is_so = agrees(statement, clause, language) and not is_supposed(statement.attribute, clause, language)
    return "polarity" if not is_so or is_doubted(statement, span, composed(turn.text)) else None


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


def _unproven(statement: Statement, evidence: Evidence, labels: str) -> Reason | None:
    for text in (statement.value, statement.content):
        if evidence.addresses_beside(text):
            return "other_address"
        if evidence.numbers_beside(text):
            return "other_number"
        if evidence.names_beside(text, labels=labels):
            return "other_name"
    if evidence.has_exchanged_numbers(statement.value):
        return "other_number"
    if "@" not in statement.value and not evidence.supports(statement.value):
        return "unsupported"
    return None


def _is_the_callers(statement: Statement, quoted: str, language: str) -> bool:
    """Tell whether the caller said something of a value, or took what the agent said of it."""
    if _is_promise(statement) or Evidence(quoted, "", "", language).holds_any(statement.value):
        return True
    # An address is spelled in more than one way: that it was is asked of it as a whole.
    if "@" in statement.value or takes(quoted, language):
        return True
    return statement.status == "ended" and takes_back(quoted, language)


def _is_bound(statement: Statement, quoted: str, language: str) -> bool:
    """Tell whether the sentence says anything of the value, or of what is quoted: it is what others are told."""
    content = Evidence(statement.content, "", "", language)
    return content.holds_any(statement.value) or content.holds_any(quoted)


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


def _answered(turn: Turn, turns: Sequence[Turn]) -> str:
    """Return what the agent said just before a turn of the caller."""
    before = [each for each in turns if each.index < turn.index]
    said: list[str] = []
    for each in reversed(before):
        if each.is_caller:
            if said:
                break
            continue
        said.insert(0, each.text)
    return " \u2026 ".join(said)[-_ANSWERED_CHARS_MAX:]


def _confirmed(statement: Statement, turns: Sequence[Turn]) -> str | None:
    """Return the agent's words to which a quote says yes; empty where it says more, None where it cannot."""
    if statement.confirms_turn is None:
        return ""
    of_agent = [turn for turn in turns if turn.index < statement.turn and not turn.is_caller]
    if not of_agent or of_agent[-1].index != statement.confirms_turn:
        return None
    return of_agent[-1].text[-_ANSWERED_CHARS_MAX:]


def _is_named(about: str, turn: Turn, answered: str, turns: Sequence[Turn], language: str) -> bool:
    """Tell whether the caller has named whom a statement is about, in this call and until this turn."""
    if about == CALLER:
        return True
    if sum(map(str.isdigit, about)) >= _NUMBER_DIGITS_MIN or "@" in about:
        return False
    said = " \u2026 ".join(each.text for each in turns if each.is_caller and each.index <= turn.index)
    evidence = Evidence(turn.text if turn.is_caller else "", f"{said} \u2026 {answered}", "", language)
    words: Iterator[str] = (token.text for token in content_tokens(about, language))
    return all(map(evidence.has_word, words))


def _callers_name(call: Call) -> frozenset[str]:
    name = heard_name(call, NAME_FIELDS)
    return frozenset(f"{name.given} {name.family}".casefold().split()) if name is not None else frozenset()


def _with_span(statement: Statement, call: Call) -> Statement:
    """Return a statement with the words of the turn in place of the model's."""
    turn = _turn(statement, call)
    span = find_quote(statement.quote, turn.text, _language(call)) if turn is not None else None
    assert span is not None
    return msgspec.structs.replace(statement, quote=span.text)


def _turn(statement: Statement, call: Call) -> Turn | None:
    return next((turn for turn in call.turns if turn.index == statement.turn), None)


def _language(call: Call) -> str:
    return re.split(r"[-_]", call.language.lower(), maxsplit=1)[0] if call.language else _DEFAULT_LANGUAGE
