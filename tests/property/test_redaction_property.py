"""Whatever the words around a number, and however it is spoken, the number is removed and nothing else is."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum import luhn

from projector.domain.calls import Call, Turn
from projector.domain.redaction.redaction import RedactionSettings, redact
from tests.support.samples import MARTA

# Prefixes that are issued; none of them can be the year of a date.
PREFIXES = ("4", "51", "55", "2221", "2720", "34", "37", "36", "38", "6011", "65", "62", "3528", "50", "58", "63")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TIMES = {2: "double", 3: "triple"}
JOINTS = (" ", "-", ".", ", ", " - ", "\u2013", "\n", " um ", " and ", ", uh, ", "\u00a0", "")
SCRIPTS = ("0123456789", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669")
AROUND = (
    "",
    "my card is",
    "please charge",
    "Karte:",
    "(",
    "Merci !",
    "\u05e9\u05dc\u05d5\u05dd",
    "\u202e",
    '"',
    "'",
    "\x00",
    "100%",
)
SETTINGS = RedactionSettings()

around = st.one_of(
    st.sampled_from(AROUND),
    st.text(st.characters(exclude_categories=("Nd", "Cs"), exclude_characters="+"), max_size=20).filter(
        lambda text: "plus" not in text.lower() and not any(word in text.lower() for word in TIMES.values())
    ),
)


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    prefix = draw(st.sampled_from(PREFIXES))
    length = draw(st.integers(13, 19))
    digits = prefix + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=19, max_size=19)))
    digits = digits[: length - 1]
    return digits + luhn.calc_check_digit(digits)


@st.composite
def written(draw: st.DrawFn, digits: str) -> str:
    """The number in groups, all joined in one way."""
    joint, script = draw(st.sampled_from(JOINTS)), draw(st.sampled_from(SCRIPTS))
    groups = draw(grouped(digits))
    sizes = [len(group) for group in groups]
    # Groups that begin like a date are read as one, and so is a phone number among pauses.
    assume(not {"".join(map(str, sizes[:3])), "".join(map(str, sizes[-3:]))} & {"224", "124", "214", "114", "422"})
    return joint.join("".join(script[int(digit)] for digit in group) for group in groups)


@st.composite
def grouped(draw: st.DrawFn, digits: str) -> list[str]:
    groups: list[str] = []
    while digits:
        size = draw(st.integers(1, 6))
        groups.append(digits[:size])
        digits = digits[size:]
    return groups


@st.composite
def told(draw: st.DrawFn, digits: str) -> str:
    """The number digit by digit, in words or not, some of them doubled."""
    said: list[str] = []
    while digits:
        same = len(digits) - len(digits.lstrip(digits[0]))
        times = draw(st.sampled_from([number for number in (1, 2, 3) if number <= same]))
        word = draw(st.sampled_from([WORDS[int(digits[0])], WORDS[int(digits[0])].upper(), digits[0]]))
        if digits[0] == "0":
            word = draw(st.sampled_from([word, "oh", "o", "nought"]))
        said.append(f"{TIMES[times]} {word}" if times > 1 else word)
        digits = digits[times:]
    joints = [draw(st.sampled_from([" ", " ", ", ", " um ", " and ", " - "])) for _ in said]
    return "".join(word + joint for word, joint in zip(said, [*joints[1:], ""], strict=True))


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str]:
    digits = draw(card_numbers())
    return digits, draw(st.one_of(written(digits), told(digits)))


def call(turns: tuple[Turn, ...], words: str, value: str | int) -> Call:
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
        title=words,
        summary=words,
        turns=turns,
        turn_count=len(turns),
        collected={"note": value, "words": words},
        source="webhook",
        sha256="",
    )


def turn(index: int, text: str, *, is_caller: bool = True) -> Turn:
    return Turn(index=index, is_caller=is_caller, text=text, second=index)


@settings(max_examples=300)
@given(number=numbers(), before=around, after=around)
def test_no_card_number_is_left_in_any_field(number: tuple[str, str], before: str, after: str) -> None:
    """Any card number, grouped or spoken in any way, with any words around it, is removed from every field."""
    digits, words = number
    whole = f"{before} {words} {after}"
    redacted = redact(call((turn(0, whole, is_caller=False), turn(1, whole)), whole, int(digits)), SETTINGS)

    left = [*(one.text for one in redacted.turns), redacted.title, redacted.summary, *redacted.collected.values()]
    assert all("[card number removed]" in str(text) for text in left)
    assert all(words not in str(text) and digits not in str(text) for text in left)
    assert all("card" in one.redacted for one in redacted.turns)
    assert "card" in redacted.summary_redacted
    assert set(redacted.collected_redacted) == {"note", "words"}
    assert redact(redacted, SETTINGS) == redacted


@settings(max_examples=150)
@given(data=st.data(), digits=card_numbers())
def test_no_part_of_a_card_number_is_left_in_any_turn(data: st.DataObject, digits: str) -> None:
    """
    A card number spoken over several turns, with a nod between them, leaves no digit in any of the caller's turns.
    """
    parts = data.draw(grouped(digits))
    nods = st.sampled_from(["mm-hm", "Okay.", "go on", "Yes, next?", "Got it, and the next four digits?", "uh-huh"])
    turns: list[Turn] = []
    for part in parts:
        words = data.draw(told(part))
        turns += (turn(len(turns), words), turn(len(turns) + 1, data.draw(nods), is_caller=False))
    redacted = redact(call(tuple(turns), "", "x"), SETTINGS)

    assert {one.text for one in redacted.turns if one.is_caller} == {"[card number removed]"}


@settings(max_examples=200)
@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=("Nd", "Cs"))).filter(
            lambda text: (
                not any(word in text.lower() for word in (*WORDS, "ten", "eleven", "twel", "teen", "ty", "o", "n"))
            )
        ),
        min_size=2,
        max_size=5,
    )
)
def test_text_without_digits_is_untouched(texts: list[str]) -> None:
    """A text without any written or spoken digit is unchanged."""
    given_call = call(
        tuple(turn(index, text, is_caller=index % 2 == 1) for index, text in enumerate(texts)), texts[0], texts[1]
    )

    assert redact(given_call, SETTINGS) is given_call


@settings(max_examples=200)
@given(
    said=st.lists(
        st.lists(
            st.one_of(
                st.sampled_from(
                    [
                        "4111",
                        "1111 1111",
                        "1111",
                        "12",
                        "536-90-4399",
                        "536904399",
                        "social",
                        "CVV",
                        "DE89",
                        "123",
                        "and",
                    ]
                ),
                st.sampled_from(
                    ["3704 0044 0532 0130 00", "four", "one", "double", "+", "o", "$", "card", "[IBAN removed]"]
                ),
                st.text(max_size=4),
            ),
            max_size=12,
        ).map(" ".join),
        max_size=5,
    )
)
def test_redacting_again_changes_nothing(said: list[str]) -> None:
    """Redacting a redacted text again changes nothing, and gives the same every time."""
    turns = tuple(turn(index, text, is_caller=index % 2 == 1) for index, text in enumerate(said))
    first = redact(call(turns, " ".join(said), "x"), SETTINGS)

    assert redact(first, SETTINGS) == first
    assert redact(call(turns, " ".join(said), "x"), SETTINGS) == first
