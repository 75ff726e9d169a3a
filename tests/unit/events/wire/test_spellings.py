"""One line, written in the ways in which its country has written it."""

import pytest

from events.wire.caller import caller_key, keys_of_number, number_of, user_key
from events.wire.spellings import spellings

SPELLED = {
    "Mexico, from abroad": ("+525587654321", ["+5215587654321", "+52 1 55 8765 4321", "sip:+5215587654321@host"]),
    "Mexico, of another town": ("+528112345678", ["+5218112345678"]),
    "Argentina": ("+541123456789", ["+5491123456789", "+54 9 11 2345-6789", "+54 11 15 2345-6789"]),
    "Argentina, of a long area code": ("+542966123456", ["+5492966123456", "+54 2966 15 123456"]),
    "Brazil, Sao Paulo": ("+5511987654321", ["+551187654321", "+55 11 8765-4321"]),
    "Brazil, the south": ("+5551996543210", ["+555196543210"]),
    "Brazil, a mobile of before": ("+5521961234567", ["+552161234567"]),
    "Ivory Coast, Orange": ("+2250707123456", ["+22507123456"]),
    "Ivory Coast, MTN": ("+2250545123456", ["+22545123456"]),
    "Ivory Coast, Moov": ("+2250101020304", ["+22501020304"]),
    "Ivory Coast, fixed line of Orange": ("+2252720212223", ["+22520212223"]),
    "Ivory Coast, fixed line of MTN": ("+2252520012223", ["+22520012223"]),
    "Ivory Coast, fixed line of Moov": ("+2252120812223", ["+22520812223"]),
    "Benin, mobile": ("+2290197123456", ["+22997123456"]),
    "Benin, fixed line": ("+2290121301234", ["+22921301234"]),
    "Cameroon, mobile": ("+237671234567", ["+23771234567"]),
    "Cameroon, fixed line": ("+237222123456", ["+23722123456"]),
    "Colombia, fixed line": ("+576012345678", ["+5712345678"]),
}


@pytest.mark.parametrize(("key", "written"), SPELLED.values(), ids=SPELLED)
def test_every_spelling_is_one_caller(key: str, written: list[str]) -> None:
    """A line has one key, however its country wrote it, and the key is read as itself."""
    assert {number_of(each) for each in [key, *written]} == {key}
    assert {caller_key(each) for each in [key, *written]} == {key}


@pytest.mark.parametrize(("key", "written"), SPELLED.values(), ids=SPELLED)
def test_spellings_of_before_are_known(key: str, written: list[str]) -> None:
    """A request of an earlier release named a caller by that release's key: it is among the spellings of this one."""
    assert written[0] in list(spellings(key))


@pytest.mark.parametrize("digits", ["525587654321", "5215587654321", "541123456789", "5491123456789", "2250707123456"])
def test_foreign_number_can_be_typed_without_its_plus(digits: str) -> None:
    """Digits that are no number at home are read as one with its country code."""
    assert caller_key(digits) == number_of("+" + digits)


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("55 8765 4321", "MX"),
        ("044 55 8765 4321", "MX"),
        ("01 55 8765 4321", "MX"),
        ("045 55 8765 4321", "MX"),
    ],
)
def test_spelling_at_home_is_the_same_caller(number: str, region: str) -> None:
    """What is dialled before a number at home is no part of it."""
    assert number_of(number, region=region) == "+525587654321"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+551132654321", "+5511932654321"),  # a fixed line, and a mobile
        ("+12025550143", "+12025550144"),
        ("+525587654321", "+525587654322"),
        ("+2290197123456", "+2250797123456"),
        ("+23788012345", "+237688012345"),  # a toll-free line
    ],
)
def test_two_lines_stay_two_callers(one: str, other: str) -> None:
    """Numbers that no renumbering joins are two callers."""
    assert number_of(one) not in {None, number_of(other)}


@pytest.mark.parametrize(
    "caller",
    ["user:+5215587654321", "whatsapp:x", "conversation:conv_1", "+12025550143", "+551132654321", "+4930123456"],
)
def test_key_without_another_spelling_has_itself_alone(caller: str) -> None:
    """Most callers were known by one key at all times."""
    assert list(spellings(caller)) == [caller]


WITHHELD = [
    *("0000000000", "+10000000000", "sip:0000000000@host", "+1 000 000 0000", "000-000-0000", "tel:+10000000000"),
    *("1111111111", "+11111111111", "5555555555", "(999) 999-9999", "+15555555555", 5555555555, "sip:+19999999999"),
    *("+440000000000", "+4400000000", "+49000000000", "+33000000000", "+5200000000000", "+5215555555555"),
    *("+5499999999999", "+22500000000", "+22900000000", "+4588888888", "\N{FULLWIDTH PLUS SIGN}10000000000"),
]


@pytest.mark.parametrize("raw", WITHHELD)
@pytest.mark.parametrize("region", ["US", "DE", "MX", "CI"])
def test_one_digit_again_and_again_is_nobody(raw: str | int, region: str) -> None:
    """What is sent in place of a withheld number makes no caller, in any country and however it is written."""
    assert number_of(raw, region=region) is None


@pytest.mark.parametrize("raw", ["+12025550143", "+12222222223", "+15105550000", "+4930000001", "+390000001"])
def test_number_with_another_digit_is_somebody(raw: str) -> None:
    """A number is not withheld because many of its digits are the same."""
    assert number_of(raw) is not None


@pytest.mark.parametrize(
    "user_id", ["+10000000000", "10000000000", "0000000000", "5555555555", "+4900000000", "+1 000 000 0000"]
)
def test_user_id_of_a_withheld_number_is_nobodys(user_id: str) -> None:
    """ElevenLabs sends back as `user_id` what we answered to a withheld number before: it makes no caller either."""
    assert user_key(user_id) is None


@pytest.mark.parametrize("user_id", ["777", "10000000", "1000000001", "12025550143", "42"])
def test_user_id_of_other_digits_is_somebodys(user_id: str) -> None:
    """A user's id may well be a number."""
    assert user_key(user_id) == f"user:{user_id}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0000000000", "+10000000000"),
        ("+10000000000", "0000000000"),
        ("sip:0000000000@host", "0000000000"),
        ("911", "911"),
        ("+266696687", "266696687"),
        ("12345678901234567890", "+12345678901234567890"),
        ("tel:+12025550143;ext=44", "+12025550143;ext=44"),
        ("555 01", "55501"),
    ],
)
def test_any_digits_can_be_asked_for(one: str, other: str) -> None:
    """Digits that are no caller's can be typed all the same, and name whoever an event names by them."""
    asked = caller_key(one)
    assert asked is not None
    assert asked in keys_of_number(other)


@pytest.mark.parametrize(
    "text", ["anonymous", "", "sip:host.example", "+", "12", "+1", "call me", "+12025550143 or 0144", "x" * 100]
)
def test_what_holds_no_digits_alone_cannot_be_asked_for(text: str) -> None:
    """Other text than a number or a key names nobody."""
    assert caller_key(text) is None


def test_extension_is_not_the_switchboard_nor_another_line() -> None:
    """Whoever is behind a switchboard is named by all of the digits: neither by the line alone, nor by another line."""
    assert keys_of_number("tel:+493012345;ext=678") == ["+493012345678"]
    assert keys_of_number("+493012345") == ["+493012345"]
