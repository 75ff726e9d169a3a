"""Which fields of a webhook make the caller's key, and which never do."""

from collections.abc import Callable
from typing import Any

import msgspec
import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from events.wire.caller import (
    caller_key,
    caller_of_question,
    is_region,
    masked,
    number_of,
    user_key,
    whatsapp_key,
)
from events.wire.people import caller_of_call, caller_of_failure
from events.wire.webhooks import CallInitiationFailure, PostCallTranscription, TranscriptionData
from tests.support.samples import AGENT_LINE, CAPTURED, MARTA, PAYLOADS, failure, transcription

ERIK = "+442079460123"
# What Twilio sends where a number is withheld: the word, or the word as dialled on a keypad with a plus before it.
# Source: Twilio, "Why am I getting calls from these strange numbers?".
DIALLED_WORDS = {
    "anonymous": "+266696687",
    "restricted": "+7378742833",
    "blocked": "+2562533",
    "unknown": "+8656696",
    "unavailable": "+86282452253",
}


def call(
    phone: dict[str, Any] | None = None,
    variables: dict[str, Any] | None = None,
    *,
    whatsapp: Any = None,
    sms: Any = None,
    user_id: str | None = None,
) -> TranscriptionData:
    metadata = {
        "phone_call": phone,
        "whatsapp": {"whatsapp_user_id": whatsapp} if whatsapp else None,
        "sms": {"sms_user_phone_number": sms} if sms else None,
    }
    data = {
        "conversation_id": "conv_1",
        "user_id": user_id,
        "metadata": metadata,
        "conversation_initiation_client_data": {"dynamic_variables": variables} if variables else None,
    }
    return msgspec.convert(data, TranscriptionData)


def variables(caller_id: Any, called_number: Any) -> dict[str, Any]:
    return {"system__caller_id": caller_id, "system__called_number": called_number}


@pytest.mark.parametrize(
    "raw",
    [
        "+12025550143",
        " +1 (202) 555-0143\n",
        "+1-202-555-0143",
        "2025550143",
        "(202) 555-0143",
        "12025550143",
        12025550143,
        "\N{FULLWIDTH PLUS SIGN}12025550143",
        "sip:+12025550143@host.example",
        "sip:+12025550143",
        "SIP:+12025550143@host.example",
        "sips:+12025550143@host.example;transport=tls",
        "sip:+12025550143;user=phone@host.example",
        "sip:2025550143@192.0.2.1:5060",
        "tel:+1-202-555-0143",
        "tel:+12025550143;ext=",
        "tel:+12025550143;verstat=TN-Validation-Passed",
        "tel:5550143;phone-context=+1202",
        "sip:2025550143;phone-context=+1@host.example",
        "sip:2025550143;phone-context=host.example@host.example;user=phone",
    ],
)
def test_number_is_read_however_it_is_written(raw: Any) -> None:
    """A number is known by its E.164 form, however a provider writes it."""
    assert number_of(raw) == MARTA


@pytest.mark.parametrize(
    ("raw", "region", "number"),
    [
        ("020 7946 0123", "GB", "+442079460123"),
        ("030 23125 000", "DE", "+493023125000"),
        ("+12025550143", "GB", "+12025550143"),
        ("020 7946 0123", "US", None),
        ("+290 22345", "SH", "+29022345"),  # as short as a service's, but its country code makes it a line
    ],
)
def test_national_number_is_read_in_its_country(raw: str, region: str, number: str | None) -> None:
    """A number without a country code is read in the configured region; a number with one is read by its own."""
    assert number_of(raw, region=region) == number


@pytest.mark.parametrize("raw", ["sip:anonymous@anonymous.invalid", "sip:+266696687@host.example", "sip:@host", "sip:"])
def test_sip_address_without_number_is_nobody(raw: str) -> None:
    """A SIP address without a number names no caller."""
    assert number_of(raw) is None


@pytest.mark.parametrize(
    "word", ["anonymous", "restricted", "blocked", "unknown", "unavailable", "private", "withheld"]
)
def test_word_is_nobody(word: str) -> None:
    """A word in the place of a number names no caller, in any case and among any spaces."""
    assert [number_of(raw) for raw in (word, word.upper(), f" {word.title()} ")] == [None, None, None]


@pytest.mark.parametrize("dialled", DIALLED_WORDS.values(), ids=DIALLED_WORDS)
def test_dialled_word_is_nobody(dialled: str) -> None:
    """Twilio's words as dialled on a keypad are withheld numbers, not one caller for all of them."""
    assert number_of(dialled) is None


@pytest.mark.parametrize("dialled", DIALLED_WORDS.values(), ids=DIALLED_WORDS)
@pytest.mark.parametrize("region", ["US", "DE", "RU"])
@pytest.mark.parametrize("written", ["{}", "+{}", " + {}", "++{}", "sip:{}@host.example", "\N{FULLWIDTH PLUS SIGN}{}"])
def test_dialled_word_is_nobody_however_it_is_written(dialled: str, region: str, written: str) -> None:
    """A dialled word without its plus names no caller either, even in a country that has a number of those digits."""
    digits = dialled.removeprefix("+")
    assert number_of(written.format(digits), region=region) is None
    assert number_of(written.format(f"{digits[:3]} {digits[3:]}"), region=region) is None


@pytest.mark.parametrize(
    "raw",
    [
        "+12025550143#44",
        "+12025550143,44",
        "+12025550143,,2025550144",
        "+12025550143~44",
        "+12025550143*44",
        "+12025550143x44",
        "+12025550143 ext. 44",
        "tel:+12025550143;ext=44",
        "sip:+12025550143;EXT=44@host.example",
        "tel:+12025550143;isub=44",
        "+12025550143;+12025550144",
        "+12025550143;2025550144",
        "+12025550143; DROP TABLE callers",
        "+12025550143,+12025550144",
        "+12025550143/+12025550144",
        "+12025550143\n+12025550144",
        "2025550143 2025550144",
        '"Marta" <sip:+12025550143@host.example>',
        "*67 202 555 0143",
        "\N{CIRCLED DIGIT ONE}2025550143",
        "2025550143\N{SUPERSCRIPT TWO}",
        "+12025550143\x00",
        "+12025550143\ud800",
    ],
    ids=ascii,
)
def test_number_with_more_than_itself_is_nobody(raw: str) -> None:
    """A number with an extension, a second number or a code beside it does not say which person it is."""
    assert number_of(raw) is None


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("tel:2025550143;phone-context=+44", "+442025550143"),
        ("sip:7946 0123;phone-context=+44-20@host.example", ERIK),
        ("tel:+12025550143;phone-context=+44", MARTA),
        ("sip:+12025550143@+442079460123", MARTA),
        ("sip:+12025550143@host.example;phone-context=+44;user=+442079460123", MARTA),
    ],
)
def test_local_number_is_read_where_it_says_that_it_is_local(raw: str, number: str) -> None:
    """A local number with its context is that country's number, and never the one of the same digits elsewhere."""
    assert number_of(raw) == number


@pytest.mark.parametrize("number", ["+490883849500", "+4900883849500", "+49883849500", MARTA, ERIK, "+39061234567"])
def test_key_is_read_as_itself(number: str) -> None:
    """A key that is typed, as for an export or an erasure, is the caller who has it, and no other."""
    key = number_of(number)
    assert key is None or number_of(key) == key


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_number_of_every_country_is_its_own_key(region: str) -> None:
    """A valid number of any country, fixed, mobile or toll-free, is known by its E.164 form, however it is written."""
    for type_ in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE):
        number = phonenumbers.example_number_for_type(region, type_)
        if number is None:
            continue
        key = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if region == "AR":
            key = key.replace("+549", "+54")  # the same line, as it is dialled from abroad
        formats = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966)
        assert {number_of(phonenumbers.format_number(number, format_)) for format_ in formats} == {key}
        national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        assert number_of(national, region=region) == key, national


@pytest.mark.parametrize(
    "raw", ["sip:203.113.25.10", "sip:203.113.25.10;transport=tcp", "sips:203.113.25.10", "sip:marta@203.113.25.10"]
)
def test_address_of_a_host_is_nobodys_number(raw: str) -> None:
    """The address of a gateway, with as many digits as a number, names no caller: all of its callers would share it."""
    assert number_of(raw) is None


@pytest.mark.parametrize(
    ("code", "region"), [("911", "US"), ("24273", "US"), ("611", "US"), ("112", "DE"), ("999", "GB"), ("118500", "GB")]
)
def test_short_code_is_nobody(code: str, region: str) -> None:
    """A short code is a service, not a caller."""
    assert number_of(code, region=region) is None
    assert number_of(f"sip:{code}@host.example", region=region) is None


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        " ",
        "+",
        "+5",
        "0",
        "+1202555014",
        "+120255501430",
        "+999123456789",
        "00",
        "\x00",
        "+" + "1" * 100,
        "1-800-FLOWERS",
        "5550143",  # local: another line in each area
        "+1 555 0143",
        "tel:5550143",
        "marta@host.example",
        True,
        False,
        12025550143.0,
        ["+12025550143"],
        {"number": "+12025550143"},
        10**60,
    ],
)
def test_what_is_no_number_is_nobody(raw: Any) -> None:
    """A value that cannot be dialled, or is not even text or a whole number, names no caller."""
    assert number_of(raw) is None


def test_region_is_one_whose_numbers_can_be_read() -> None:
    """A region is a country code in capitals, and nothing else."""
    assert [is_region(text) for text in ("US", "DE", "us", "USA", "XX", "")] == [True, True, False, False, False, False]


def test_user_id_never_meets_a_phone_number() -> None:
    """A browser's own user id keeps its channel, even if it looks like a number or another channel."""
    assert user_key("user123") == "user:user123"
    assert user_key(MARTA) == f"user:{MARTA}"
    assert user_key("whatsapp:1") == "user:whatsapp:1"
    assert user_key(42) == "user:42"


def test_user_id_has_a_limit() -> None:
    """A user id of 256 characters is a key; a longer one is not."""
    assert user_key("x" * 256) == "user:" + "x" * 256
    assert user_key("x" * 257) is None
    assert whatsapp_key("x" * 256) == "whatsapp:" + "x" * 256
    assert whatsapp_key("x" * 257) is None


@pytest.mark.parametrize(
    "placeholder",
    [
        "anonymous",
        "Anonymous",
        "+266696687",
        "7378742833",
        "sip:anonymous@anonymous.invalid",
        "sips:restricted@host.example",
        "undefined",
        "null",
        "None",
        "NaN",
        "N/A",
        "[object Object]",
        "false",
        "guest",
        "{{user_id}}",
        "{{ system__caller_id }}",
        "0",
        0,
        "00000000-0000-0000-0000-000000000000",
        "-",
        "?",
        "''",
        "\x00",
        "\u200b",
    ],
    ids=ascii,
)
def test_placeholder_is_nobody(placeholder: Any) -> None:
    """A program's placeholder for a missing id names no caller; otherwise all callers without an id would be one."""
    assert user_key(placeholder) is None
    assert whatsapp_key(placeholder) is None
    assert caller_of_question("anonymous", MARTA, placeholder, is_agent_line=lines()) is None


@pytest.mark.parametrize("id_", ["anonymous42", "null@example.com", "u-0", "10", "false-friend", "Ana", "{a}"])
def test_id_that_only_resembles_a_placeholder_is_somebodys(id_: str) -> None:
    """An id that contains the word of a placeholder, or a zero, is an id."""
    assert user_key(id_) == f"user:{id_}"


@pytest.mark.parametrize("raw", [None, "", "  ", True, 1.5, [], {}])
def test_empty_id_is_nobody(raw: Any) -> None:
    """An empty id, or one that is not text, names no caller."""
    assert user_key(raw) is None
    assert whatsapp_key(raw) is None


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("12025550143", MARTA),
        ("+12025550143", MARTA),
        (12025550143, MARTA),
        (" 442079460123 ", ERIK),
        ("marta.lindqvist", "whatsapp:marta.lindqvist"),
        ("US.13491208655302741918", "whatsapp:US.13491208655302741918"),
        ("12345", "whatsapp:12345"),
        ("\u0661\u0662", "whatsapp:\u0661\u0662"),
    ],
)
def test_whatsapp_id_is_its_number_or_keeps_its_channel(raw: Any, key: str) -> None:
    """A WhatsApp id of a whole international number is that number; any other carries its channel."""
    assert whatsapp_key(raw) == key


@pytest.mark.parametrize("direction", ["inbound", "outbound", None])
def test_external_number_comes_first(direction: str | None) -> None:
    """The external number is the human party in both directions, whatever else a call holds."""
    data = call(
        {"direction": direction, "agent_number": AGENT_LINE, "external_number": "(202) 555-0143"},
        variables(ERIK, ERIK),
        whatsapp="447700900123",
        sms=ERIK,
        user_id="user123",
    )
    assert caller_of_call(data) == MARTA


@pytest.mark.parametrize("direction", ["inbound", "Inbound", None])
@pytest.mark.parametrize("external", [None, "", "anonymous", "24273"])
def test_inbound_caller_is_the_calling_number(direction: str | None, external: str | None) -> None:
    """Inbound, or without a direction, the caller id replaces an invalid external number."""
    data = call(
        {"direction": direction, "external_number": external},
        variables(MARTA, AGENT_LINE),
        whatsapp="447700900123",
        sms=ERIK,
        user_id="user123",
    )
    assert caller_of_call(data) == MARTA


def test_caller_id_counts_without_phone_metadata() -> None:
    """A call without telephone metadata is taken for an inbound one."""
    assert caller_of_call(call(None, variables(MARTA, AGENT_LINE), user_id="user123")) == MARTA


@pytest.mark.parametrize("direction", ["outbound", "Outbound"])
def test_outbound_caller_is_the_called_number(direction: str) -> None:
    """Outbound, the caller id is the agent's own line: the human is the called party."""
    phone = {"direction": direction, "agent_number": AGENT_LINE}
    assert caller_of_call(call(phone, variables(AGENT_LINE, MARTA))) == MARTA


@pytest.mark.parametrize("called", [None, "", "anonymous", "+266696687", "24273"])
def test_outbound_call_never_belongs_to_the_agents_line(called: str | None) -> None:
    """An outbound call to an unknown party has no caller: under the agent's line all callees would be one."""
    phone = {"direction": "outbound", "agent_number": AGENT_LINE, "external_number": called}
    assert caller_of_call(call(phone, variables(AGENT_LINE, called))) is None
    assert caller_of_call(call(phone, variables(AGENT_LINE, called), user_id="user123")) == "user:user123"


@pytest.mark.parametrize("direction", ["inbound", "outbound", None])
def test_call_never_belongs_to_its_own_line(direction: str | None) -> None:
    """
    The agent's own line is never the caller, even if a call has no direction, or the line's number for both parties.
    """
    line = {"direction": direction, "agent_number": "(202) 555-0100", "external_number": None}
    assert caller_of_call(call(line, variables(AGENT_LINE, AGENT_LINE))) is None
    assert caller_of_call(call(line | {"external_number": AGENT_LINE}, variables(AGENT_LINE, None))) is None


def test_unheard_of_direction_trusts_neither_number() -> None:
    """With an unknown direction, neither of the two numbers is taken for the human's."""
    assert caller_of_call(call({"direction": "sideways"}, variables(MARTA, ERIK))) is None


def test_whatsapp_comes_before_sms_and_user_id() -> None:
    """Without a telephone number, the WhatsApp id names the caller."""
    assert caller_of_call(call(whatsapp="12025550143", sms=ERIK, user_id="user123")) == MARTA
    assert caller_of_call(call(whatsapp="marta.l", sms=ERIK, user_id="user123")) == "whatsapp:marta.l"
    nobody = variables("anonymous", "")
    assert caller_of_call(call({}, nobody, whatsapp="marta.l", sms=ERIK)) == "whatsapp:marta.l"


def test_sms_number_comes_before_user_id() -> None:
    """Without a WhatsApp id, the number of an SMS does."""
    assert caller_of_call(call(sms="+1 202 555 0143", user_id="user123")) == MARTA
    assert caller_of_call(call(sms="24273", user_id="user123")) == "user:user123"


def test_user_id_comes_last() -> None:
    """Without any of these, the user id does; it keeps its channel even if it is a telephone number."""
    assert caller_of_call(call(user_id="user123")) == "user:user123"
    assert caller_of_call(call(user_id=MARTA)) == f"user:{MARTA}"
    assert caller_of_call(call({"external_number": "anonymous"}, user_id=MARTA)) == f"user:{MARTA}"


@pytest.mark.parametrize("nobody", ["anonymous", "restricted", "unknown", *DIALLED_WORDS.values(), "24273", "", None])
def test_withheld_number_is_nobody(nobody: str | None) -> None:
    """A withheld number names no caller in any field: such calls never share a placeholder."""
    data = call({"direction": "inbound", "external_number": nobody}, variables(nobody, AGENT_LINE), sms=nobody)
    assert caller_of_call(data) is None


def test_call_that_says_nothing_is_nobodys() -> None:
    """A call without any of these fields has no caller."""
    assert caller_of_call(TranscriptionData(conversation_id="conv_1")) is None
    assert caller_of_call(call({}, {"system__caller_id": None})) is None


@pytest.mark.parametrize("odd", [True, 1.5, ["+12025550143"], {"a": 1}])
def test_odd_dynamic_variable_is_nobody(odd: Any) -> None:
    """A dynamic variable may hold anything; a value that is no number names no caller."""
    assert caller_of_call(call(None, variables(odd, AGENT_LINE))) is None


def test_numbers_of_a_call_are_read_in_the_region() -> None:
    """Each number of a call is read in the configured region."""
    national = "020 7946 0123"
    calls = (
        call({"external_number": national}),
        call(None, variables(national, "")),
        call({"direction": "outbound"}, variables(AGENT_LINE, national)),
        call(sms=national),
    )
    assert [caller_of_call(data, region="GB") for data in calls] == [ERIK] * 4
    assert [caller_of_call(data, region="US") for data in calls] == [None] * 4


@pytest.mark.parametrize(
    ("body", "caller"),
    [
        (CAPTURED.read_bytes(), MARTA),
        ((PAYLOADS / "post_call_transcription.outbound.json").read_bytes(), MARTA),
        ((PAYLOADS / "post_call_transcription.web.json").read_bytes(), "user:user123"),
        (transcription("conv_1", caller="anonymous"), None),
        (transcription("conv_1", caller=None, user_id="widget"), "user:widget"),
    ],
    ids=["captured", "outbound", "web", "withheld", "widget"],
)
def test_sample_call_has_its_caller(body: bytes, caller: str | None) -> None:
    """The recorded calls belong to the people who took part in them."""
    assert caller_of_call(msgspec.json.decode(body, type=PostCallTranscription).data) == caller


def failed(body: dict[str, Any] | None) -> CallInitiationFailure:
    metadata = {"type": "twilio", "body": body}
    webhook = {"type": "call_initiation_failure", "data": {"conversation_id": "conv_1", "metadata": metadata}}
    return msgspec.convert(webhook, CallInitiationFailure)


@pytest.mark.parametrize(
    ("body", "caller"),
    [
        ({"Direction": "outbound-api", "To": MARTA, "From": AGENT_LINE}, MARTA),
        ({"To": MARTA, "From": AGENT_LINE}, MARTA),
        ({"to_number": MARTA, "from_number": AGENT_LINE}, MARTA),
        ({"Direction": "inbound", "To": AGENT_LINE, "From": MARTA}, MARTA),
        ({"Direction": "Inbound", "to_number": AGENT_LINE, "from_number": MARTA}, MARTA),
        ({"Direction": "outbound-api", "To": "sip:+12025550143@host.example"}, MARTA),
        ({"Direction": "outbound-api", "To": "24273", "From": AGENT_LINE}, None),
        ({"Direction": "inbound", "To": AGENT_LINE, "From": "anonymous"}, None),
        ({"From": AGENT_LINE}, None),
        ({}, None),
        (None, None),
    ],
)
def test_failure_belongs_to_who_would_have_been_reached(body: dict[str, Any] | None, caller: str | None) -> None:
    """A failed call belongs to the called party, or, inbound, to the calling one; never to the agent's line."""
    assert caller_of_failure(failed(body)) == caller


def test_failure_without_metadata_is_nobodys() -> None:
    """A failure without data about the call has no caller."""
    webhook = {"type": "call_initiation_failure", "data": {"conversation_id": "conv_1"}}
    assert caller_of_failure(msgspec.convert(webhook, CallInitiationFailure)) is None


def test_number_of_a_failure_is_read_in_the_region() -> None:
    """Failures are read in the configured region, in both directions."""
    for body in ({"To": "020 7946 0123"}, {"Direction": "inbound", "From": "020 7946 0123"}):
        assert caller_of_failure(failed(body), region="GB") == ERIK
        assert caller_of_failure(failed(body)) is None


@pytest.mark.parametrize(
    ("body", "caller"),
    [
        ((PAYLOADS / "call_initiation_failure.twilio.json").read_bytes(), ERIK),
        ((PAYLOADS / "call_initiation_failure.sip.json").read_bytes(), ERIK),
        (failure("conv_1"), MARTA),
    ],
    ids=["twilio", "sip", "written"],
)
def test_sample_failure_has_its_caller(body: bytes, caller: str) -> None:
    """The recorded failures belong to the people whom they would have reached."""
    assert caller_of_failure(msgspec.json.decode(body, type=CallInitiationFailure)) == caller


def lines(*numbers: str) -> Callable[[str], bool]:
    return frozenset(numbers).__contains__


@pytest.mark.parametrize(
    ("caller_id", "called_number", "user_id", "caller"),
    [
        # Inbound: a human calls the agent's line.
        (MARTA, AGENT_LINE, None, MARTA),
        (MARTA, None, None, MARTA),
        (MARTA, AGENT_LINE, "user123", MARTA),
        (12025550143, AGENT_LINE, None, MARTA),
        # Inbound on a line that is not known yet.
        (MARTA, "+12025550199", None, MARTA),
        # Outbound: the agent's line calls a human.
        (AGENT_LINE, MARTA, None, MARTA),
        (AGENT_LINE, "sip:+12025550143@host.example", None, MARTA),
        (AGENT_LINE, "anonymous", None, None),
        (AGENT_LINE, None, None, None),
        # One agent calls another.
        (AGENT_LINE, "+12025550101", None, None),
        (AGENT_LINE, AGENT_LINE, None, None),
        # Withheld: the called line may be another human's, whom we know.
        ("anonymous", MARTA, None, None),
        ("+266696687", MARTA, None, None),
        ("", MARTA, None, None),
        (None, MARTA, None, None),
        (None, None, None, None),
        # No telephone.
        (None, None, "user123", "user:user123"),
        ("", "", MARTA, f"user:{MARTA}"),
        ("anonymous", MARTA, "user123", "user:user123"),
        (None, None, 42, "user:42"),
    ],
)
def test_question_is_about_the_human_party(
    caller_id: Any, called_number: Any, user_id: Any, caller: str | None
) -> None:
    """Of the two numbers of a running call, the human's is the one that is no agent's line."""
    is_agent_line = lines(AGENT_LINE, "+12025550101")
    assert caller_of_question(caller_id, called_number, user_id, is_agent_line=is_agent_line) == caller


def test_question_asks_for_lines_in_their_e164_form() -> None:
    """A lookup of an agent's line uses the number's E.164 form, read in the configured region."""
    national = "020 7946 0123"
    assert caller_of_question(national, MARTA, None, is_agent_line=lines(ERIK), region="GB") == MARTA
    assert caller_of_question(AGENT_LINE, national, None, is_agent_line=lines(AGENT_LINE), region="GB") == ERIK


@pytest.mark.parametrize(
    ("caller", "mask"),
    [
        (MARTA, "***143"),
        ("user:user1234", "user:***234"),
        ("whatsapp:marta.l", "whatsapp:***a.l"),
        ("conversation:conv_123", "conversation:***123"),
        ("user:secret", "user:***"),
        ("user:a", "user:***"),
        ("+12345", "***"),
        ("", "nobody"),
        (None, "nobody"),
    ],
)
def test_masked_key_shows_its_channel_and_its_end(caller: str | None, mask: str) -> None:
    """A masked key shows its channel and its last three characters, and of a short one only the channel."""
    assert masked(caller) == mask


@pytest.mark.parametrize("user_id", [f"{MARTA}:1", f"tel:{MARTA}", "marta@example.com:web", "a:b:c:d"])
def test_masked_key_hides_an_id_that_holds_a_colon(user_id: str) -> None:
    """A colon within an id does not make the text before it a channel: it stays hidden."""
    key = user_key(user_id)
    assert key is not None
    assert masked(key).removeprefix("user:") in {"***", f"***{user_id[-3:]}"}


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("+12025550143", "+12025550143"),
        ("(202) 555-0143", "+12025550143"),
        ("user: bob ", "user:bob"),
        ("whatsapp:12025550143", "+12025550143"),
        ("whatsapp:abc", "whatsapp:abc"),
        ("conversation:conv_1", "conversation:conv_1"),
        ("conversation:../x", None),
        ("user:", None),
        ("sip:+12025550143@example.org", "+12025550143"),
        ("anonymous", None),
        ("", None),
    ],
)
def test_key_that_is_typed_is_the_one_that_is_kept(typed: str, key: str | None) -> None:
    """A typed key is the key under which the caller's calls are stored, or no key at all."""
    assert caller_key(typed) == key


@pytest.mark.parametrize(
    ("caller_id", "user_id", "caller"),
    [
        ("US.13491208655302741918", None, "whatsapp:US.13491208655302741918"),
        ("DE.ENT.abc123", "user123", "whatsapp:DE.ENT.abc123"),
        (None, "US.13491208655302741918", "user:US.13491208655302741918"),  # a browser may say that of itself
        ("us.13491208655302741918", "user123", "user:user123"),
        ("US.", None, None),
        ("0000000000", "+10000000000", None),
        ("0000000000", "user123", "user:user123"),
        ("+5215587654321", "user123", "+525587654321"),
    ],
)
def test_question_names_a_whatsapp_user_by_the_platforms_word_alone(
    caller_id: Any, user_id: Any, caller: str | None
) -> None:
    """A WhatsApp id counts where the platform fills it in, as a number does, and not where a browser does."""
    assert caller_of_question(caller_id, None, user_id, is_agent_line=lambda _: False) == caller
