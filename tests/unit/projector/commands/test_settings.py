"""Which settings the projector reads, and how it reports the faults in them."""

from pathlib import Path

import honcho.environ
import pytest
from dotenv import dotenv_values

from events.errors import SettingsError
from projector.commands.settings import Settings
from projector.domain.fold import FoldSettings
from projector.domain.names.fields import NAME_FIELDS
from projector.domain.redaction.redaction import RedactionSettings
from projector.engines.settings import ENGINES, EngineSettings
from projector.projection.settings import ProjectionSettings


def faults(**variables: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(variables)
    return caught.value.faults


def test_needs_nothing() -> None:
    """Without any variable the projector has the documented defaults, and needs no secret."""
    assert Settings.from_env({}) == Settings(
        payload_folder=Path("payloads"),
        read_model_folder=Path("data/readmodel"),
        projection=ProjectionSettings(
            engine=EngineSettings(),
            region="US",
            timezone="UTC",
            fold=FoldSettings(NAME_FIELDS),
            redaction=RedactionSettings(("card", "security_code", "ssn", "iban"), {}),
            audio_mp3=True,
        ),
        audit_path=Path("data/audit.jsonl"),
        is_watching=True,
        log_level="info",
    )


def test_reads_what_it_is_told() -> None:
    """Every setting is read from its variable, without the spaces around it."""
    read = Settings.from_env(
        {
            "PAYLOAD_STORAGE_PATH": "/srv/payloads",
            "READ_MODEL_PATH": "~/readmodel",
            "MEMORY_ENGINE": "embedded",
            "DEFAULT_REGION": " de ",
            "TIMEZONE": " europe/berlin ",
            "NAME_FIELDS": "vorname + nachname, name,",
            "REDACT": "iban, Card,",
            "REDACT_PATTERNS": '{"policy": "P-[0-9]+", "customer number": "K[0-9]{6}"}',
            "AUDIO_MP3": "false",
            "AUDIT_LOG_PATH": "/srv/audit.jsonl",
            "FILE_WATCHER": "no",
            "LOG_LEVEL": "debug",
        }
    )

    assert read == Settings(
        payload_folder=Path("/srv/payloads"),
        read_model_folder=Path.home() / "readmodel",
        projection=ProjectionSettings(
            engine=EngineSettings(),
            region="DE",
            timezone="Europe/Berlin",
            fold=FoldSettings(("vorname + nachname", "name")),
            redaction=RedactionSettings(("card", "iban"), {"customer number": "K[0-9]{6}", "policy": "P-[0-9]+"}),
            audio_mp3=False,
        ),
        audit_path=Path("/srv/audit.jsonl"),
        is_watching=False,
        log_level="debug",
    )


def test_takes_empty_variables_for_unset_ones() -> None:
    """A variable that is empty or blank counts as not set."""
    names = ["PAYLOAD_STORAGE_PATH", "READ_MODEL_PATH", "MEMORY_ENGINE", "DEFAULT_REGION", "NAME_FIELDS", "AUDIO_MP3"]
    names += ["REDACT", "REDACT_PATTERNS"]

    assert Settings.from_env(dict.fromkeys(names, "")) == Settings.from_env(dict.fromkeys(names, " "))
    assert Settings.from_env(dict.fromkeys(names, "")) == Settings.from_env({})


def test_names_every_fault_at_once() -> None:
    """All faults are reported together, each with its variable and what would be right."""
    said = faults(MEMORY_ENGINE="mongodb", DEFAULT_REGION="Germany", AUDIO_MP3="2", FILE_WATCHER="x", LOG_LEVEL="loud")

    assert sorted(said) == [
        "AUDIO_MP3 must be true or false",
        "DEFAULT_REGION must be an ISO 3166 country code such as US or DE, not 'GERMANY'",
        "FILE_WATCHER must be true or false",
        "LOG_LEVEL must be one of debug, info, warning, error",
        f"MEMORY_ENGINE must be one of {', '.join(ENGINES)}",
    ]


@pytest.mark.parametrize("timezone", ["Berlin", "CEST", "+02:00", "Europe/Atlantis"])
def test_refuses_a_time_zone_that_is_none_of_ianas(timezone: str) -> None:
    """A city, an abbreviation or an offset is a fault of TIMEZONE that says what would be right."""
    (fault,) = faults(TIMEZONE=timezone)
    assert fault == f"TIMEZONE must be the IANA name of a time zone such as Europe/Berlin, not {timezone!r}"


@pytest.mark.parametrize("region", ["USA", "XX", "+49", "001"])
def test_refuses_a_region_that_is_no_country(region: str) -> None:
    """
    A region that is no country is a fault: no national number could be read, so its callers would not be recognised.
    """
    assert [fault.split()[0] for fault in faults(DEFAULT_REGION=region)] == ["DEFAULT_REGION"]


def test_needs_no_secret_of_the_webhooks() -> None:
    """The webhooks' secrets are not the projector's: it neither needs, checks nor holds them."""
    variables = {"ELEVENLABS_POST_CALL_KEY": "wsec_0f3a9c", "ELEVENLABS_CLIENT_DATA_KEY": "changeme"}
    read = Settings.from_env(variables)

    assert read == Settings.from_env({})
    assert "wsec_0f3a9c" not in repr(read)


@pytest.mark.parametrize(
    ("changed", "is_the_same"),
    [
        ({"DEFAULT_REGION": "DE"}, False),
        ({"NAME_FIELDS": "vorname"}, False),
        ({"NAME_FIELDS": ",".join(NAME_FIELDS)}, True),
        ({"REDACT": "card"}, False),
        ({"REDACT": "none"}, False),
        ({"REDACT": "iban, ssn, security_code, card, card"}, True),
        ({"REDACT_PATTERNS": '{"policy": "P-[0-9]+"}'}, False),
        ({"REDACT_PATTERNS": "{}"}, True),
        ({"EXTRACTION_PROMPT_MAX": "1"}, False),
        ({"EXTRACTION_PROMPT_MAX": "0"}, False),
        ({"AUDIO_MP3": "false"}, True),
        ({"LOG_LEVEL": "debug"}, True),
        ({"PAYLOAD_STORAGE_PATH": "/srv/payloads"}, True),
    ],
)
def test_replays_after_a_change_of_what_the_fold_takes(changed: dict[str, str], is_the_same: bool) -> None:
    """Only a setting that changes what is remembered changes the fingerprint, and so makes the projector replay."""
    before, after = Settings.from_env({}).projection, Settings.from_env(changed).projection

    assert (before.fingerprint() == after.fingerprint()) is is_the_same


def test_looks_at_the_api_only_where_it_is_needed() -> None:
    """A fault in the settings of ElevenLabs' API counts only for a command that calls the API."""
    unusable = {"ELEVENLABS_API_KEY": "changeme", "ELEVENLABS_BASE_URL": "nowhere"}
    assert Settings.from_env(unusable) == Settings.from_env({})
    assert Settings.from_env({}).api is None


def test_reads_where_the_api_is() -> None:
    """The API's key and address are read from their variables, and the key is never printed."""
    variables = {"ELEVENLABS_API_KEY": " sk_secret ", "ELEVENLABS_BASE_URL": "https://api.eu.residency.elevenlabs.io"}
    settings = Settings.from_env(variables, needs_api=True)
    assert settings.api is not None
    assert list(settings.api.key) == ["sk_secret"]
    assert settings.api.base_url == "https://api.eu.residency.elevenlabs.io"
    assert "sk_secret" not in repr(settings)
    assert Settings.from_env({"ELEVENLABS_API_KEY": "sk_secret"}, needs_api=True).api is not None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ELEVENLABS_API_KEY", "", "is not set"),
        ("ELEVENLABS_API_KEY", "your_api_key_here", "placeholder"),
        ("ELEVENLABS_API_KEY", "sk_\u00e9", "holds a character that no HTTP header can carry"),
        ("ELEVENLABS_API_KEY", "sk_\x01", "holds a character that no HTTP header can carry"),
        ("ELEVENLABS_BASE_URL", "api.elevenlabs.io", "must be an address"),
        ("ELEVENLABS_BASE_URL", "ftp://api.elevenlabs.io", "must be an address"),
        ("ELEVENLABS_BASE_URL", "https://", "must be an address"),
        ("ELEVENLABS_BASE_URL", "https://[::1", "must be an address"),
        ("ELEVENLABS_BASE_URL", "https://host:port", "must be an address"),
        ("ELEVENLABS_BASE_URL", "https://ho\x00st", "must be an address"),
        ("ELEVENLABS_BASE_URL", "https://host/?a=b", "must be an address"),
    ],
)
def test_names_what_is_wrong_with_the_api(name: str, value: str, words: str) -> None:
    """A placeholder key, a key that cannot be sent, and an invalid address are faults that name their variable."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"ELEVENLABS_API_KEY": "sk_secret", name: value}, needs_api=True)
    (fault,) = caught.value.faults
    assert fault.startswith(name)
    assert words in fault


def test_redacts_nothing_when_told_so() -> None:
    """`none` switches every kind off, and leaves the operator's own patterns on."""
    read = Settings.from_env({"REDACT": "none", "REDACT_PATTERNS": '{"policy": "P-[0-9]+"}'})

    assert read.projection.redaction == RedactionSettings((), {"policy": "P-[0-9]+"})


@pytest.mark.parametrize("kinds", ["cards", "card, phone", "none, card", "card iban"])
def test_refuses_to_redact_what_it_does_not_know(kinds: str) -> None:
    """An unknown kind is a fault: the operator would believe it removed, and it would stay."""
    assert [fault.split()[0] for fault in faults(REDACT=kinds)] == ["REDACT"]


@pytest.mark.parametrize(
    "patterns",
    [
        "K[0-9]{6}",
        "[]",
        '{"policy": 5}',
        '{"policy": "("}',
        '{"policy": "P*"}',
        '{"policy": ""}',
        '{"policy": "(?=P)|$"}',
        '{"": "P"}',
        '{"policy number [x": "P"}',
        '{"policy_1": "P"}',
        '{"one two three four five six": "P"}',
        '{"IBAN": "P"}',
        '{"card number": "P"}',
        '{"policy": "a{99999999999999999999}"}',
    ],
)
def test_refuses_patterns_that_cannot_work(patterns: str) -> None:
    """A pattern is a fault if it is no regular expression, matches the empty text, or has an unfit name."""
    assert [fault.split()[0] for fault in faults(REDACT_PATTERNS=patterns)] == ["REDACT_PATTERNS"]


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("""REDACT_PATTERNS='{"customer number": "[Kk][0-9]{6}"}'""", "[Kk][0-9]{6}"),
        (r"""REDACT_PATTERNS='{"customer number": "\u005cbK\u005cd{6}\u005cb"}'""", r"\bK\d{6}\b"),
        ("""REDACT_PATTERNS='{"customer number": "(?i)kunde (?:nr[.] )?#?[0-9]+"}'""", "(?i)kunde (?:nr[.] )?#?[0-9]+"),
    ],
)
def test_reads_patterns_with_both_parsers(line: str, pattern: str, tmp_path: Path) -> None:
    """A pattern written as in the documentation reads the same for honcho and for python-dotenv."""
    dotenv = tmp_path / ".env"
    dotenv.write_text(line + "\n")

    for variables in (honcho.environ.parse(line + "\n"), dotenv_values(dotenv, interpolate=False)):
        read = Settings.from_env({name: value for name, value in variables.items() if value is not None})
        assert read.projection.redaction.patterns == {"customer number": pattern}


@pytest.mark.parametrize("key", ["schlüssel", "tab\tinside", "new\nline", "кey"])
def test_refuses_a_key_that_no_header_carries(key: str) -> None:
    """A key that HTTP cannot carry is a fault, or every question would fail; the fault does not repeat the key."""
    said = faults(MEMORY_ENGINE="openmemory-server", OPENMEMORY_KEY=key)

    assert [fault.split()[0] for fault in said] == ["OPENMEMORY_KEY"]
    assert "no HTTP header can carry" in said[0]
    assert key not in said[0]


def test_takes_a_key_of_any_ascii() -> None:
    """A key of any other characters is taken as it is."""
    read = Settings.from_env({"MEMORY_ENGINE": "openmemory-server", "OPENMEMORY_KEY": " om_7c1e:/+ =~ "})

    assert read.projection.engine.key == "om_7c1e:/+ =~"


def test_reads_own_attributes_of_facts_in_any_order() -> None:
    """Attributes of the operator are read; another order of them makes no other memories."""
    one = Settings.from_env({"FACT_ATTRIBUTES": '{"b": {"several": true}, "a": {"labels": {"de": "A"}}}'})
    other = Settings.from_env({"FACT_ATTRIBUTES": '{"a": {"labels": {"de": "A"}}, "b": {"several": true}}'})
    registry = one.projection.fold.registry()
    assert [getattr(registry.get(name), "is_several", None) for name in ("a", "b", "c")] == [False, True, None]
    assert one.projection.fingerprint() == other.projection.fingerprint()
    assert one.projection.fingerprint() != Settings.from_env({}).projection.fingerprint()


@pytest.mark.parametrize(
    "attributes",
    [
        "[]",
        '{"Frame Size": {}}',
        '{"": {}}',
        '{"frame": {"sensitive": "secret"}}',
        '{"frame": {"sector": "other"}}',
        '{"frame": {"single": true}}',
        '{"frame": {"safe": true, "sensitive": "health"}}',
    ],
)
def test_refuses_attributes_that_mean_nothing(attributes: str) -> None:
    """A name that is not in snake case, an unknown field or kind, and what is safe and sensitive at once: refused."""
    assert [fault.split()[0] for fault in faults(FACT_ATTRIBUTES=attributes)] == ["FACT_ATTRIBUTES"]


def test_api_that_is_not_needed_keeps_nobody_from_starting() -> None:
    """Who merely can ask ElevenLabs is told what is wrong with its key or address, and starts without asking."""
    key = {"ELEVENLABS_API_KEY": "sk_0123456789"}
    usable = Settings.from_env(key, may_use_api=True)
    assert usable.api is not None
    assert list(usable.api.key) == ["sk_0123456789"]
    assert usable.doubts == ()

    for wrong in (
        {"ELEVENLABS_API_KEY": "your_key_here"},
        {"ELEVENLABS_API_KEY": "schlüssel"},
        key | {"ELEVENLABS_BASE_URL": "api.eleven"},
    ):
        settings = Settings.from_env(wrong, may_use_api=True)
        assert settings.api is None
        (doubt,) = settings.doubts
        assert str(doubt).startswith("ELEVENLABS_API_KEY is not used, and no agent is asked about: ELEVENLABS_")
        assert "schlüssel" not in str(doubt)
    for empty in ({}, {"ELEVENLABS_API_KEY": " "}, {"ELEVENLABS_BASE_URL": "nonsense"}):
        assert Settings.from_env(empty, may_use_api=True).api is None
    assert Settings.from_env(key).api is None


def test_agents_may_be_left_alone() -> None:
    """A profile is kept for a day, or for as long as is said; 0 asks about no agent."""
    assert Settings.from_env({}).agent_ttl_hours == 24
    assert Settings.from_env({"AGENT_PROFILE_TTL_HOURS": "168"}).agent_ttl_hours == 168
    assert Settings.from_env({"AGENT_PROFILE_TTL_HOURS": "0"}).agent_ttl_hours is None
    assert faults(AGENT_PROFILE_TTL_HOURS="-1") == ["AGENT_PROFILE_TTL_HOURS must lie between 0 and 8760"]
