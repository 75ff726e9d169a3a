"""Which settings ingress reads, and how it reports the faults in them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from events.errors import SettingsError
from events.process.environment import read_environment
from ingress.settings import OUR_VARIABLES, RELEVANCE_THRESHOLD, Settings
from ingress.wording.greetings.greeting import DEFAULT_GREETING, TEMPLATES
from ingress.wording.greetings.template import Template
from projector.engines.settings import EngineSettings

POST_CALL, CLIENT_DATA, SEARCH_DATA = "wsec_0f3a9c", "client-5b21", "search-77aa"
NEEDED = {
    "ELEVENLABS_POST_CALL_KEY": POST_CALL,
    "ELEVENLABS_CLIENT_DATA_KEY": CLIENT_DATA,
    "ELEVENLABS_SEARCH_DATA_KEY": SEARCH_DATA,
}


def settings(**variables: str) -> Settings:
    return Settings.from_env(NEEDED | variables)


def faults(variables: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(variables)
    return caught.value.faults


def fault(**variables: str) -> str:
    (only,) = faults(NEEDED | variables)
    return only


def test_needs_three_secrets_and_nothing_else() -> None:
    """With its three secrets alone ingress has the documented defaults."""
    read = settings()

    assert list(read.post_call_keys) == [POST_CALL]
    assert list(read.client_data_keys) == [CLIENT_DATA]
    assert list(read.search_data_keys) == [SEARCH_DATA]
    assert read.allow_unauthenticated_search is False
    assert read.signature_tolerance_s == 30 * 60
    assert (read.payload_folder, read.read_model_folder) == (Path("payloads"), Path("data/readmodel"))
    assert (read.engine, read.region) == (EngineSettings(), "US")
    assert (read.host, read.port, read.workers) == ("127.0.0.1", 8000, 1)
    assert read.body_bytes_max == 256 * 1024 * 1024
    assert (read.body_idle_timeout_s, read.free_disk_bytes_min) == (30, 512 * 1024 * 1024)
    assert read.free_files_min == 10_000
    assert (read.default_greeting, read.greetings) == (DEFAULT_GREETING, TEMPLATES)
    assert (read.first_message_override, read.extra_variables) == (True, {})
    assert (read.relevance_threshold, read.search_deadline_s) == (RELEVANCE_THRESHOLD, 2.5)
    assert (read.cors_allow_origins, read.is_debug, read.log_level) == ((), False, "info")


def test_takes_empty_variables_for_unset_ones() -> None:
    """A variable that is empty or blank counts as not set."""
    names = ["SIGNATURE_TOLERANCE_MINUTES", "PORT", "HOST", "GREETINGS", "DEFAULT_REGION", "MEMORY_RELEVANCE_THRESHOLD"]

    for blank in ("", "  "):
        read = settings(**dict.fromkeys(names, blank))
        assert (read.port, read.host, read.region, read.relevance_threshold) == (
            8000,
            "127.0.0.1",
            "US",
            RELEVANCE_THRESHOLD,
        )
        assert (read.signature_tolerance_s, read.greetings) == (1800, TEMPLATES)


def test_reads_what_it_is_told() -> None:
    """Every setting is read from its variable, without the spaces around it."""
    read = settings(
        SIGNATURE_TOLERANCE_MINUTES=" 5 ",
        PAYLOAD_STORAGE_PATH="/srv/payloads",
        READ_MODEL_PATH="~/readmodel",
        MEMORY_ENGINE="embedded",
        DEFAULT_REGION="de",
        HOST="0.0.0.0",  # noqa: S104 - only read
        PORT="8080",
        INGRESS_WORKERS="4",
        BODY_MAX_MB="1",
        DEFAULT_GREETING="Good day!",
        FIRST_MESSAGE_OVERRIDE="no",
        MEMORY_RELEVANCE_THRESHOLD="0.35",
        SEARCH_DEADLINE_MS="1500",
        CORS_ALLOW_ORIGINS="https://a.example, https://b.example,",
        DEBUG="on",
        LOG_LEVEL="warning",
    )

    assert read.signature_tolerance_s == 300
    assert (read.payload_folder, read.read_model_folder) == (Path("/srv/payloads"), Path.home() / "readmodel")
    assert (read.region, read.port, read.workers, read.body_bytes_max) == ("DE", 8080, 4, 1024 * 1024)
    assert (read.default_greeting, read.first_message_override) == ("Good day!", False)
    assert (read.relevance_threshold, read.search_deadline_s) == (0.35, 1.5)
    assert read.cors_allow_origins == ("https://a.example", "https://b.example")
    assert (read.is_debug, read.log_level) == (True, "warning")


def test_names_every_fault_at_once() -> None:
    """All faults are reported together, each with its variable, and once."""
    variables = {
        "ELEVENLABS_CLIENT_DATA_KEY": "changeme",
        "ELEVENLABS_SEARCH_DATA_KEY": " ",
        "SIGNATURE_TOLERANCE_MINUTES": "0",
        "MEMORY_ENGINE": "mongodb",
        "DEFAULT_REGION": "Germany",
        "PORT": "http",
        "INGRESS_WORKERS": "65",
        "BODY_MAX_MB": "-1",
        "GREETINGS": "{",
        "FIRST_MESSAGE_OVERRIDE": "maybe",
        "EXTRA_DYNAMIC_VARIABLES": "[]",
        "MEMORY_RELEVANCE_THRESHOLD": "1.5",
        "SEARCH_DEADLINE_MS": "49",
        "DEBUG": "2",
        "LOG_LEVEL": "loud",
        "ALLOW_UNAUTHENTICATED_SEARCH": "perhaps",
    }
    said = faults(variables)

    assert sorted(fault.split(maxsplit=1)[0] for fault in said) == sorted([*variables, "ELEVENLABS_POST_CALL_KEY"])
    assert all(len(fault.split()) > 3 for fault in said)


@pytest.mark.parametrize("name", NEEDED)
def test_says_which_secret_is_missing(name: str) -> None:
    """A secret that is missing is named, with what it is for."""
    without = {key: value for key, value in NEEDED.items() if key != name}

    (said,) = faults(without)
    assert said.startswith(f"{name} is not set; it is the ")


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize(
    "secret",
    ["your_key_here", "YOUR-SECRET", "changeme", "<secret>", "xxx", "placeholder", "good,", "good,,other", "good,todo"],
)
def test_refuses_placeholders(name: str, secret: str) -> None:
    """A placeholder, or an empty secret in a list, is a fault, whatever stands beside it."""
    said = fault(**{name: secret})

    assert said.startswith(f"{name} holds an empty or a placeholder secret")
    assert "good" not in said


def test_rotates_secrets() -> None:
    """A secret may be a list, any one of which is accepted."""
    keys = settings(ELEVENLABS_CLIENT_DATA_KEY="new-5b21, old-5b21").client_data_keys

    assert [keys.match(given) for given in ("new-5b21", "old-5b21", "new-5b21, old-5b21", "", None)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_opens_the_search_only_when_told() -> None:
    """Only an explicit setting opens the search without a secret; the other two secrets are still required."""
    without = {name: value for name, value in NEEDED.items() if name != "ELEVENLABS_SEARCH_DATA_KEY"}
    read = Settings.from_env(without | {"ALLOW_UNAUTHENTICATED_SEARCH": "true"})

    assert read.allow_unauthenticated_search is True
    assert not any(read.search_data_keys.match(given) for given in ("", None, "anything"))
    said = faults({"ALLOW_UNAUTHENTICATED_SEARCH": "true"})
    assert [fault.split()[0] for fault in said] == ["ELEVENLABS_POST_CALL_KEY", "ELEVENLABS_CLIENT_DATA_KEY"]


def test_never_prints_a_secret() -> None:
    """Neither the settings nor their faults show a secret, or a part of one."""
    variables = NEEDED | {"ELEVENLABS_SEARCH_DATA_KEY": f"{SEARCH_DATA},changeme", "PORT": "x"}
    printed = repr(settings()) + str(settings()) + "\n".join(faults(variables))

    assert "masked" in printed
    assert not any(secret in printed for secret in (POST_CALL, CLIENT_DATA, SEARCH_DATA))


@pytest.mark.parametrize("key", ["schlüssel", "日本", "tab\tinside", "key-1,кey"])
@pytest.mark.parametrize("name", ["ELEVENLABS_POST_CALL_KEY", "ELEVENLABS_SEARCH_DATA_KEY", "ADMIN_KEY"])
def test_refuses_a_secret_that_no_header_carries(name: str, key: str) -> None:
    """Senders write what is not ASCII in different ways, so that such a key would never match."""
    assert fault(**{name: key}).startswith(f"{name} holds a character that no HTTP header can carry")


@pytest.mark.parametrize("text", ["true", "TRUE", "1", "yes", "On"])
def test_reads_yes(text: str) -> None:
    """The usual words switch a flag on."""
    assert settings(DEBUG=text).is_debug is True


@pytest.mark.parametrize("text", ["false", "False", "0", "no", "OFF"])
def test_reads_no(text: str) -> None:
    """The usual words switch a flag off."""
    assert settings(FIRST_MESSAGE_OVERRIDE=text).first_message_override is False


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("PORT", ["0", "65536", "-1", "8000.5", "8000 9000", "0x1f", "eight"]),
        ("SIGNATURE_TOLERANCE_MINUTES", ["0", "1441", "1.5"]),
        ("INGRESS_WORKERS", ["0", "65"]),
        ("BODY_MAX_MB", ["0", "4097"]),
        ("BODY_IDLE_TIMEOUT_S", ["0", "601", "1.5"]),
        ("FREE_DISK_MIN_MB", ["-1", "half"]),
        ("FREE_FILES_MIN", ["-1", "few"]),
        ("SEARCH_DEADLINE_MS", ["49", "60001"]),
        ("MEMORY_RELEVANCE_THRESHOLD", ["-0.1", "1.1", "nan", "inf", "half"]),
        ("DEFAULT_REGION", ["USA", "Germany", "XX", "+49"]),
        ("LOG_LEVEL", ["trace", "INFO!"]),
    ],
)
def test_refuses_what_it_cannot_use(name: str, texts: list[str]) -> None:
    """A number out of its range, or a word that is no choice, is a fault of that variable."""
    for text in texts:
        assert fault(**{name: text}).startswith(f"{name} must ")


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("PORT", "1", "65535"),
        ("SIGNATURE_TOLERANCE_MINUTES", "1", "1440"),
        ("INGRESS_WORKERS", "1", "64"),
        ("POST_CALLS_MAX", "1", "10000"),
        ("BODY_MAX_MB", "1", "4096"),
        ("BODY_IDLE_TIMEOUT_S", "1", "600"),
        ("FREE_DISK_MIN_MB", "0", "1073741824"),
        ("FREE_FILES_MIN", "0", "1000000000"),
        ("SEARCH_DEADLINE_MS", "50", "60000"),
        ("MEMORY_RELEVANCE_THRESHOLD", "0", "1"),
    ],
)
def test_takes_the_limits_themselves(name: str, least: str, most: str) -> None:
    """The smallest and the largest value of a range are valid."""
    assert settings(**{name: least}) != settings(**{name: most})


GREETINGS: dict[str, dict[str, str]] = {"en": {"named": "Hi again, {name}!", "unnamed": "Hi again!"}}


def test_greeting_may_have_more_parts() -> None:
    """An operator's greeting may have a welcome, questions by topic and outbound words; what is left out is empty."""
    welcome = {"welcome_named": "Hi {name}!", "welcome_unnamed": "Hi!"}
    given = GREETINGS["en"] | welcome | {"topics": {"parcel": "The parcel?"}, "outbound": "Hello, this is us."}
    read = settings(GREETINGS=json.dumps({"en": given}), GREETING_DETAIL="topic", DEFAULT_OUTBOUND_GREETING="Hi!")
    assert read.greetings["en"].topics == {"parcel": "The parcel?"}
    assert (read.greetings["en"].outbound, read.outbound_greeting) == ("Hello, this is us.", "Hi!")
    assert read.greeting_detail == "topic"


@pytest.mark.parametrize(
    "wrong",
    [
        {"welcome_named": "Hi {name}!"},
        {"welcome_named": "Hi!", "welcome_unnamed": "Hi!"},
        {"welcome_named": "Hi {name}!", "welcome_unnamed": "Hi {name}!"},
        {"outbound": "Hi {name}!"},
        {"topics": {"parcel": "{name}'s parcel?"}},
        {"topics": {"health": "Are you well?"}},
    ],
)
def test_names_what_is_wrong_with_a_greeting(wrong: dict[str, Any]) -> None:
    """A part that would be said with a placeholder in it, or never, is refused at the start."""
    assert "GREETINGS" in fault(GREETINGS=json.dumps({"en": GREETINGS["en"] | wrong}))


def test_takes_greetings_over_its_own() -> None:
    """An operator's greetings replace the built-in ones of their languages, whatever the case; the others stay."""
    added = {"pt-BR": {"named": "Oi, {name}!", "unnamed": "Oi!"}}
    greetings = settings(GREETINGS=json.dumps(GREETINGS | added)).greetings

    assert greetings["en"] == Template("Hi again, {name}!", "Hi again!")
    assert greetings["pt-br"] == Template("Oi, {name}!", "Oi!")
    assert greetings["de"] == TEMPLATES["de"]
    assert TEMPLATES["en"] != greetings["en"]


@pytest.mark.parametrize(
    "greetings",
    [
        {"en": {"named": "Hi again!", "unnamed": "Hi again!"}},
        {"en": {"named": "Hi again, {name}!", "unnamed": "Hi again, {name}!"}},
        {"en": {"named": "Hi again, {name}!"}},
        {"en": "Hi again, {name}!"},
        ["Hi again, {name}!"],
    ],
    ids=json.dumps,
)
def test_refuses_greetings_that_cannot_be_said(greetings: Any) -> None:
    """A greeting needs both forms: one with a place for the name, and one without."""
    assert fault(GREETINGS=json.dumps(greetings)).startswith("GREETINGS ")


def test_takes_variables_for_all_and_for_one_agent() -> None:
    """An operator's variables may be texts, numbers and booleans, for all agents or under the id of one."""
    given = {"company": "Example Ltd", "year": 2026, "rate": 0.5, "is_open": True, "agent_a": {"company": "Inc"}}

    assert settings(EXTRA_DYNAMIC_VARIABLES=json.dumps(given)).extra_variables == given


@pytest.mark.parametrize("name", [*OUR_VARIABLES, "system__caller_id", "secret__token"])
@pytest.mark.parametrize("agent", [None, "agent_a"])
def test_refuses_variables_of_others(name: str, agent: str | None) -> None:
    """A name that ElevenLabs or this service sets is refused, for all agents as for one, and the fault says so."""
    given = {agent: {name: "x"}} if agent else {name: "x"}

    said = fault(EXTRA_DYNAMIC_VARIABLES=json.dumps(given))
    assert re.match(rf"EXTRA_DYNAMIC_VARIABLES .*'{name}'", said)


@pytest.mark.parametrize(
    "given", ['{"a": null}', '{"a": ["b"]}', '{"a": {"b": {"c": 1}}}', '{"a": {"b": null}}', "no", "1"]
)
def test_refuses_variables_that_are_no_values(given: str) -> None:
    """A value that is no text, number or boolean cannot be sent to ElevenLabs as a variable."""
    assert fault(EXTRA_DYNAMIC_VARIABLES=given).startswith("EXTRA_DYNAMIC_VARIABLES must be JSON")


def honcho(monkeypatch: pytest.MonkeyPatch, dotenv: Path, *, port: str, in_dotenv: str = "") -> Settings:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORT", port)
    dotenv.write_text(in_dotenv)
    return Settings.from_env(read_environment(dotenv))


def test_does_not_take_the_port_that_honcho_makes_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Under honcho 5000 is a default that no operator set: ingress listens where its documentation says, on 8000."""
    monkeypatch.setenv("HONCHO_PROCESS_NAME", "ingress.1")

    assert honcho(monkeypatch, tmp_path / ".env", port="5000").port == 8000


def test_takes_the_port_that_somebody_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A port that an operator set is used: any other from honcho, any in `.env`, and also 5000 without honcho."""
    monkeypatch.delenv("HONCHO_PROCESS_NAME", raising=False)
    assert honcho(monkeypatch, tmp_path / ".env", port="5000").port == 5000
    monkeypatch.setenv("HONCHO_PROCESS_NAME", "ingress.1")
    assert honcho(monkeypatch, tmp_path / ".env", port="5100").port == 5100
    assert honcho(monkeypatch, tmp_path / ".env", port="5000", in_dotenv='PORT="5000"\n').port == 5000
