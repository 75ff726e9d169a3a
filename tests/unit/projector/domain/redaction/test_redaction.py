"""What is removed from a call before any of it is kept, and what must stay."""

import time
from typing import Any

import pytest

from projector.domain.calls import Call, Turn
from projector.domain.fold import FoldSettings, fold
from projector.domain.redaction.redaction import RedactionSettings, redact
from projector.domain.redaction.replacing import KINDS
from tests.support.samples import MARTA

CARD, CODE = "[card number removed]", "[security code removed]"
SSN, IBAN = "[social security number removed]", "[IBAN removed]"


def call(*said: str, summary: str = "", title: str = "", **collected: Any) -> Call:
    """A call with these turns; those that begin with `> ` are the agent's."""
    turns = tuple(
        Turn(index=index, is_caller=not text.startswith("> "), text=text.removeprefix("> "), second=index)
        for index, text in enumerate(said)
    )
    return Call(
        conversation_id="conv_1",
        caller=MARTA,
        agent_id=None,
        agent_number=None,
        direction=None,
        language=None,
        status="done",
        started_at_s=0,
        event_timestamp_s=0,
        duration_s=0,
        title=title,
        summary=summary,
        turns=turns,
        turn_count=len(turns),
        collected=collected,
        source="webhook",
        sha256="",
    )


def redacted(given: Call, *kinds: str, **patterns: str) -> Call:
    settings = RedactionSettings(
        kinds or tuple(KINDS), {name.replace("_", " "): pattern for name, pattern in patterns.items()}
    )
    once = redact(given, settings)
    assert redact(once, settings) == once
    return once


def said(*turns: str, **of: Any) -> list[str]:
    """Return these turns as they are after redaction."""
    return [turn.text for turn in redacted(call(*turns, **of)).turns]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("4111111111111111", CARD),
        ("My card is 4111 1111 1111 1111, thanks.", f"My card is {CARD}, thanks."),
        ("4111-1111-1111-1111", CARD),
        ("4111.1111.1111.1111", CARD),
        ("4111\u20111111\u20131111\u20141111", CARD),
        ("4111\u200b1111\u00a01111\n1111", CARD),
        ("4111, 1111, 1111, 1111", CARD),
        ("41 11 11 11 11 11 11 11", CARD),
        ("3782 822463 10005", CARD),
        ("6011000990139424.", f"{CARD}."),
        ("Visa4111111111111111", f"Visa{CARD}"),
        ('{"number":4111111111111111}', f'{{"number":{CARD}}}'),
        ("12 4111 1111 1111 1111 9", f"12 {CARD} 9"),
        ("\u0664\u0661\u0661\u0661 \u0661\u0661\u0661\u0661 \u0661\u0661\u0661\u0661 \u0661\u0661\u0661\u0661", CARD),
        ("5555555555554444 and 4111111111111111", f"{CARD} and {CARD}"),
        ("5555555555554444 or 4111111111111111", f"{CARD} or {CARD}"),
        ("+1 202 555 0143 4111 1111 1111 1111", f"+1 202 555 0143 {CARD}"),
        ("four one one one, one one one one, one one one one, one one one one", CARD),
        ("It's Four ONE one one one one one one one one one one one one one One.", f"It's {CARD}."),
        ("four triple one uh double one 11 and then 1111, um, one one dash one one", CARD),
        ("five five five five, five five five five, five five five five, double four double four", CARD),
        ("six oh double one, zero nought o nine nine oh one three nine four two four", CARD),
        # Two overlapping runs pass Luhn's check; removing the first alone would leave digits of the second.
        ("2 2 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", CARD),
        ("4111 1111, one moment, 1111 1111", CARD),
        ("forty-one eleven, eleven eleven, eleven eleven, eleven eleven", CARD),
        ("thirty seven eighty two, eight twenty-two four sixty-three, one double oh oh five", CARD),
        # The word before the number is read with its first digit, as 84, 24 or 44.
        ("EIGHTY four zero one two one zero one two one two three one five", CARD),
        ("Flat twenty four one one one, one one one one, one one one one, one one one one", f"Flat {CARD}"),
        ("I said it double four one one one, one one one one, one one one one, one one one one", f"I said it {CARD}"),
    ],
)
def test_removes_a_card_number(words: str, left: str) -> None:
    """A card number is removed, whether grouped, in digits of any script, or spoken digit by digit or in pairs."""
    assert said(words) == [left]


@pytest.mark.parametrize(
    "words",
    [
        "4111 1111 1111 1112",  # the check digit is wrong
        "1234567812345670",  # of an airline, by its first digit
        "1762948800000 and 1762948800123",
        "20251112120006",  # a time that passes Luhn's check
        "+49 1512 3456 787, +4915123456787",
        "plus four nine one five one two three four five six seven eight seven",
        "Call 202-555-0143, 303-555-0199 or (404) 555-0123.",
        "202.555.0143, 1-303-555-0199",
        "24.12.2025 - 31.12.2025, 2025-12-24, 2025-12-31, 12/24/2025",
        "It is 10:30 on the 4th of May 2026, and costs $4,111.11 or 1.111,11.",
        "Order 4567 and order 1009-4411-2873, to 90210-1234.",
        "My pin for the gate is 4711.",
        "The security code of the door is 4711.",
        "four people, two children, one dog",
        "twenty twenty five, one second please",
        "GB28 NWBK 6016 1331 9268 19",  # the check digits are wrong
        "My member number is 536904399.",
        "123-45-67890 or 000-12-3456 or 666-12-3456 or 912-12-3456",
        "My favourite number is [card number removed].",
    ],
)
def test_leaves_other_numbers(words: str) -> None:
    """Phone numbers, dates, times, prices, order numbers, postal codes and codes without a card stay as they are."""
    given = call(words, f"> {words}", summary=words, title=words, note=words)

    assert redacted(given) == given


def test_removes_a_card_number_spread_over_turns() -> None:
    """A card number spoken in pieces, with a nod or a part read back in between, is removed from each of the turns."""
    assert said(
        "> Your card number, please?",
        "Sure, 4111",
        "> mm-hm",
        "uh, one one one one",
        "> 4111 1111, go on.",
        "and then 1111",
        "> Okay, and the last four?",
        "1111. That's it, 4 people.",
    ) == [
        "Your card number, please?",
        f"Sure, {CARD}",
        "mm-hm",
        f"uh, {CARD}",
        f"{CARD}, go on.",
        f"and then {CARD}",
        "Okay, and the last four?",
        f"{CARD}. That's it, 4 people.",
    ]


def test_joins_no_answers_to_different_questions() -> None:
    """Answers to different questions belong to different numbers, even if together they would be a card's."""
    turns = ["> How many?", "4111", "> And on what day?", "1111", "> Your number?", "1111 1111"]

    assert said(*turns) == [turn.removeprefix("> ") for turn in turns]


def test_removes_what_the_agent_reads_back() -> None:
    """The agent's words are redacted as well: it reads numbers back, and its question is kept with the answer."""
    assert said("> So that is 4111 1111 1111 1111?", "Yes.") == [f"So that is {CARD}?", "Yes."]


@pytest.mark.parametrize(
    ("turns", "left"),
    [
        (["4111111111111111, 12/27, 123"], [f"{CARD}, 12/27, {CODE}"]),
        (["4111 1111 1111 1111 and one two three"], [f"{CARD} and {CODE}"]),
        (["The code is 1234 for 4111111111111111."], [f"The code is {CODE} for {CARD}."]),
        (["4111111111111111", "> ok", "123"], [CARD, "ok", CODE]),
        (["4111111111111111", "> ok", "um, one two three."], [CARD, "ok", f"um, {CODE}."]),
        (
            ["4111111111111111", "> The three digits on the back?", "Let me look. It says 123.", "> 123, thanks."],
            [CARD, "The three digits on the back?", f"Let me look. It says {CODE}.", f"{CODE}, thanks."],
        ),
        (
            ["4111111111111111", "> Thanks.", "The security code is 1234."],
            [CARD, "Thanks.", f"The security code is {CODE}."],
        ),
        (["My CVV is 123."], [f"My CVV is {CODE}."]),
        (["> What is the CVC2?", "one double two"], ["What is the CVC2?", CODE]),
    ],
)
def test_removes_the_security_code_near_a_card(turns: list[str], left: list[str]) -> None:
    """Three or four digits are removed if they stand beside a card number, follow it alone, or are called its code."""
    assert said(*turns) == left


@pytest.mark.parametrize(
    ("turns", "left"),
    [
        (["4111111111111111", "> And your order number?", "It's order 4567."], [CARD, None, None]),
        (["4111111111111111", "> ok", "My zip is 90210."], [CARD, None, None]),
        (["4111111111111111" + " well" * 20 + " order 4567"], [CARD + " well" * 20 + " order 4567"]),
        (
            ["Charge $250.00 or 300 euros to 4111111111111111 at 10:30"],
            [f"Charge $250.00 or 300 euros to {CARD} at 10:30"],
        ),
        (
            ["4111111111111111", *["> Fine.", "Good."] * 4, "> The security code of the gate?", "4711"],
            [CARD, *["Fine.", "Good."] * 4, "The security code of the gate?", "4711"],
        ),
    ],
)
def test_leaves_other_short_numbers(turns: list[str], left: list[str | None]) -> None:
    """Short numbers that are not near a card, or that are amounts and times, stay, even in a call with a card."""
    assert said(*turns) == [
        turn.removeprefix("> ") if words is None else words for turn, words in zip(turns, left, strict=True)
    ]


@pytest.mark.parametrize(
    ("turns", "left"),
    [
        (["It's 536-90-4399."], [f"It's {SSN}."]),
        (["536 90 4399, 536.90.4399"], [f"{SSN}, {SSN}"]),
        (["My social security number is 536904399."], [f"My social security number is {SSN}."]),
        (["> What is your SSN?", "536904399"], ["What is your SSN?", SSN]),
        (
            ["> Your social, please?", "five three six, nine oh, four three double nine"],
            ["Your social, please?", SSN],
        ),
        (
            ["> Your tax ID?", "536904399", "> So five three six nine oh four three nine nine?"],
            ["Your tax ID?", SSN, f"So {SSN}?"],
        ),
        (["> Your social?", "536", "> mhm", "90", "> go on", "4399"], ["Your social?", SSN, "mhm", SSN, "go on", SSN]),
        (["> Your SSN?", "flat twenty five three six nine oh four three nine nine"], ["Your SSN?", f"flat {SSN}"]),
        (
            ["> Your SSN?", "Unit four twenty five three six nine oh four three nine nine."],
            ["Your SSN?", f"Unit four {SSN}."],
        ),
        (["> Your social?", "double five, three six nine oh four three nine nine"], ["Your social?", SSN]),
    ],
)
def test_removes_a_social_security_number(turns: list[str], left: list[str]) -> None:
    """Three, two and four digits are removed; nine in a row or spoken are if they are named, or read back."""
    assert said(*turns) == left


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("DE89 3704 0044 0532 0130 00", IBAN),
        ("de89370400440532013000 for the rent", f"{IBAN} for the rent"),
        ("IBAN: GB29 NWBK 6016 1331 9268 19 is mine", f"IBAN: {IBAN} is mine"),
        ("gb29nwbk60161331926819", IBAN),
        ("D E eight nine three seven oh four double oh four four, oh five three two, oh one three oh, oh oh", IBAN),
        ("d. e. 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0 and more", f"{IBAN} and more"),
        ("N L nine one A B N A oh four one seven one six four three O O", IBAN),
        ("N L four four R A B O 0123456789", IBAN),
        ("NO93 8601 1117 947 or so", f"{IBAN} or so"),
        ("MT 86 MALT 01100 ABCDEFGHIJKLMNOPQR, 12 times", f"{IBAN}, 12 times"),
        ("MT eight six MALT 01100 ABCDEFGHIJKLMNOPQR, 12 times", f"{IBAN}, 12 times"),
    ],
)
def test_removes_an_iban(words: str, left: str) -> None:
    """An IBAN is removed in any case, grouped, ungrouped or spelled, and no word after it is removed with it."""
    assert said(words) == [left]


def test_removes_an_iban_spread_over_turns() -> None:
    """An IBAN spoken in pieces is removed from each of the turns."""
    turns = ["D E eight nine", "> yes", "3704 0044", "> yes", "0532 0130 00"]

    assert said(*turns) == [IBAN, "yes", IBAN, "yes", IBAN]


def test_redacts_every_field() -> None:
    """Summary, title and collected values are redacted like turns; a whole number becomes the placeholder."""
    given = call(
        "Hello.",
        summary="Paid with 4111 1111 1111 1111, security code: 123.",
        title="Card 4111111111111111",
        card=4111111111111111,
        card_as_float=4111111111111111.0,
        cvv=123,
        cardSecurityCode="4321",
        ssn=536904399,
        both="4111111111111111 and DE89370400440532013000",
        is_paid=True,
        people=4,
        price=41.11,
    )
    left = redacted(given)

    assert left.summary == f"Paid with {CARD}, security code: {CODE}."
    assert left.title == f"Card {CARD}"
    assert left.collected == {
        "card": CARD,
        "card_as_float": CARD,
        "cvv": CODE,
        "cardSecurityCode": CODE,
        "ssn": SSN,
        "both": f"{CARD} and {IBAN}",
        "is_paid": True,
        "people": 4,
        "price": 41.11,
    }
    assert left.summary_redacted == ("card", "security_code")
    assert left.collected_redacted == {
        "card": ("card",),
        "card_as_float": ("card",),
        "cvv": ("security_code",),
        "cardSecurityCode": ("security_code",),
        "ssn": ("ssn",),
        "both": ("card", "iban"),
    }


def test_tells_in_the_memory_what_was_removed() -> None:
    """A memory names the kinds that were removed from its words or from the question before it; so does a fact."""
    given = call(
        "> Is it 4111 1111 1111 1111?",
        "No, DE89370400440532013000.",
        "> Thanks.",
        "Bye.",
        summary="Not 4111111111111111.",
        iban="DE89370400440532013000",
        city="Lund",
    )
    folded = fold([redacted(given)], FoldSettings())

    assert {memory.key: memory.redacted for memory in folded.memories} == {
        "iban": ("iban",),
        "city": (),
        "summary": ("card",),
        "1": ("card", "iban"),
        "3": (),
    }
    assert {fact.id: fact.redacted for fact in folded.view.facts} == {"iban": ("iban",), "city": ()}


def test_takes_no_name_from_what_was_removed() -> None:
    """A placeholder never becomes the name of a caller who gave a number as their name."""
    earlier, later = call("Hello.", name="Marta"), call("Hello.", name="4111111111111111")

    assert fold([redacted(earlier), redacted(later)], FoldSettings()).view.name == "Marta"


@pytest.mark.parametrize("kind", list(KINDS))
def test_removes_only_the_kinds_that_are_chosen(kind: str) -> None:
    """Each kind is switched separately; the security code is recognised by its card even if the card stays."""
    words = "4111111111111111, 123, or 536-90-4399, or DE89370400440532013000"
    numbers = {
        "card": "4111111111111111",
        "security_code": "123",
        "ssn": "536-90-4399",
        "iban": "DE89370400440532013000",
    }
    left = redacted(call(words), kind)

    assert left.turns[0].text == words.replace(numbers[kind], f"[{KINDS[kind]} removed]")
    assert left.turns[0].redacted == (kind,)


def test_removes_nothing_when_nothing_is_chosen() -> None:
    """Without kinds and patterns a call stays as it is."""
    given = call("4111111111111111")

    assert redact(given, RedactionSettings(kinds=())) is given


def test_removes_what_own_patterns_match() -> None:
    """A match of an operator's own regular expression is removed and named after it, as the built-in kinds are."""
    left = redacted(call("K123456 pays by 4111111111111111", n=7654321), customer_number="K?[0-9]{6,7}", kind="pays")

    assert left.turns[0].text == f"[customer number removed] [kind removed] by {CARD.replace('card', 'card')}"
    assert left.turns[0].redacted == ("card", "customer number", "kind")
    assert left.collected == {"n": "[customer number removed]"}


@pytest.mark.parametrize("pattern", [".+", "[a-z ]+", "removed", "card", r"\w+$", "(?<=x)y|x", r"foo(?!bar)|bar"])
def test_leaves_what_it_put_there(pattern: str) -> None:
    """A placeholder is never redacted itself, and redacting again changes nothing."""
    left = redacted(call("foobar xyx removed card 4111111111111111 x"), own=pattern)

    assert CARD in left.turns[0].text
    assert set(left.turns[0].redacted) == {"card", "own"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        "4" * 100_000,
        "one " * 25_000,
        " " * 100_000,
        "- " * 50_000,
        "4" + " -" * 50_000 + "4",
        "5 6 " * 25_000,
        "DE89 " * 20_000,
        "[a " * 33_000,
        "social" + " " * 100_000,
    ],
    ids=["digits", "ones", "spaces", "dashes", "far digits", "spaced digits", "countries", "brackets", "a name"],
)
@pytest.mark.slow
def test_ends_soon_on_any_text(words: str) -> None:
    """The projector redacts 100 KB of digits, of number words, of spaces or of dashes in seconds, not in hours."""
    began_s = time.process_time()  # the CPU time of this process, however busy the machine is
    redact(call("> Your CVV?", words, "123"), RedactionSettings())
    assert time.process_time() - began_s < 20
