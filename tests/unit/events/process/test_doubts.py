"""Settings that can be read, and are probably not what was meant."""

import pytest

from events.process.doubts import doubts_of, misspelt
from events.process.settings.known import KNOWN_SETTINGS

LONG = "0123456789abcdef"
_USUAL = """
HOME HOSTNAME LANG LOGNAME LS_COLORS MAIL PATH PWD SHELL SHLVL TERM TZ USER XDG_RUNTIME_DIR _ OLDPWD EDITOR
API_KEY SECRET_KEY OPENAI_API_KEY DATABASE_URL REDIS_URL AWS_SECRET_ACCESS_KEY SSH_AUTH_SOCK VIRTUAL_ENV
HONCHO_PROCESS_NAME INVOCATION_ID JOURNAL_STREAM MAINPID SYSTEMD_EXEC_PID PYTHONPATH PYTHONUNBUFFERED
GPG_KEY PYTHON_VERSION HOSTS PORTS REPORT DEBUGGER ELEVENLABS_VOICE_ID WORKERS WEB_CONCURRENCY LOGS_DIRECTORY
ADMIN_KEY_OLD NODE_ENV CI GITHUB_TOKEN XPC_FLAGS DISPLAY COLORTERM LC_ALL LESSOPEN DBUS_SESSION_BUS_ADDRESS
"""
SECRETS = ("ELEVENLABS_POST_CALL_KEY", "ELEVENLABS_SEARCH_DATA_KEY", "ADMIN_KEY")


def weak(**variables: str) -> list[str]:
    """Return the variables whose secrets are doubtful, each with the reason."""
    return [str(doubt) for doubt in doubts_of(variables, secrets=SECRETS)]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ELEVENLABS_POSTCALL_KEY", "ELEVENLABS_POST_CALL_KEY"),
        ("ELEVENLABS_POST_CALL_KEYS", "ELEVENLABS_POST_CALL_KEY"),
        ("ELEVENLABS_POST_CALLS_KEY", "ELEVENLABS_POST_CALL_KEY"),
        ("ELEVENLAB_POST_CALL_KEY", "ELEVENLABS_POST_CALL_KEY"),
        ("ELEVEN_LABS_POST_CALL_KEY", "ELEVENLABS_POST_CALL_KEY"),
        ("elevenlabs_post_call_key", "ELEVENLABS_POST_CALL_KEY"),
        ("ELEVENLABS-POST-CALL-KEY", "ELEVENLABS_POST_CALL_KEY"),
        ("POST_CALL_KEY", "ELEVENLABS_POST_CALL_KEY"),
        ("ELEVENLABS_KEY_POST_CALL", "ELEVENLABS_POST_CALL_KEY"),
        ("CLIENT_DATA_KEY", "ELEVENLABS_CLIENT_DATA_KEY"),
        ("ELEVENLABS_CLIENTDATA_KEY", "ELEVENLABS_CLIENT_DATA_KEY"),
        ("ELEVENLABS_APIKEY", "ELEVENLABS_API_KEY"),
        ("PAYLOADS_STORAGE_PATH", "PAYLOAD_STORAGE_PATH"),
        ("PAYLOAD_PATH_STORAGE", "PAYLOAD_STORAGE_PATH"),
        ("READMODEL_PATH", "READ_MODEL_PATH"),
        ("OPEN_MEMORY_KEY", "OPENMEMORY_KEY"),
        ("INGRES_WORKERS", "INGRESS_WORKERS"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("TIME_ZONE", "TIMEZONE"),
        ("ADMINKEY", "ADMIN_KEY"),
        ("Port", "PORT"),
    ],
)
def test_misspelt_variable_is_named_with_the_one_that_was_meant(name: str, meant: str) -> None:
    """A letter too few or too many, another case, other dashes, another order or a missing prefix is seen."""
    (doubt,) = misspelt({name: "x", "PATH": "/bin"})
    assert doubt.variable == name
    assert f"Is {meant} meant" in doubt.reason


def test_variables_of_other_programs_are_left_alone() -> None:
    """What an environment usually holds is no misspelt setting of ours, and neither is a setting."""
    usual = _USUAL.split()
    assert list(misspelt(dict.fromkeys([*usual, *KNOWN_SETTINGS], "x"))) == []
    assert list(misspelt(dict.fromkeys(usual, "x"))) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("READMODEL_PATH", "READ_MODEL_PATH"),
        ("ELEVENLABS_POSTCALL_KEY", "ELEVENLABS_POST_CALL_KEY"),
        ("elevenlabs_post_call_key", "ELEVENLABS_POST_CALL_KEY"),
        ("ELEVENLABS_KEY_POST_CALL", "ELEVENLABS_POST_CALL_KEY"),
        ("KEY_LOG", "LOG_KEY"),
    ],
)
def test_misspelt_variable_is_named_beside_the_right_one(name: str, meant: str) -> None:
    """With both set, the one that has no effect is named; an empty right one counts as not set."""
    (doubt,) = misspelt({name: "x", meant: "y"})
    assert doubt.variable == name
    assert doubt.reason.endswith(f"Is {meant} meant, which is set as well?")
    (doubt,) = misspelt({name: "x", meant: " "})
    assert doubt.reason.endswith(f"Is {meant} meant, which is not set?")


@pytest.mark.parametrize("name", ["ELEVENLABS_POST_CALL_KEYS", "POST_CALL_KEY", "LOG_KEYS", "ADMIN_KEY_OLD", "PORTS"])
def test_what_is_less_alike_is_left_alone_beside_settings_that_are_set(name: str) -> None:
    """A letter more, or a word less, may be another program's or a former one's where all settings are set."""
    assert list(misspelt({name: "x", **dict.fromkeys(KNOWN_SETTINGS, "y")})) == []


@pytest.mark.parametrize("secret", ["a", "hunter2", "0123456789abcde", f"{LONG},short", " short "])
def test_short_secret_is_doubtful(secret: str) -> None:
    """A secret of less than 16 characters is named by its variable, and not shown."""
    (said,) = weak(ADMIN_KEY=secret)
    assert said.startswith("ADMIN_KEY holds a secret that is shorter than 16 characters")
    assert "hunter2" not in said


@pytest.mark.parametrize("second", [LONG, f"another-secret-12345,{LONG}", f" {LONG} "])
def test_one_secret_for_two_purposes_is_doubtful(second: str) -> None:
    """A secret that two variables share, also in a list of rotated ones, is named once, with both variables."""
    (said,) = weak(ELEVENLABS_SEARCH_DATA_KEY=second, ELEVENLABS_POST_CALL_KEY=LONG)
    assert said.startswith("ELEVENLABS_SEARCH_DATA_KEY holds a secret that ELEVENLABS_POST_CALL_KEY holds too")
    assert LONG not in said


def test_good_secrets_are_not_doubted() -> None:
    """Long secrets, each for one purpose, also several of one variable, are fine; so is none at all."""
    assert weak(ADMIN_KEY=f"{LONG}1,{LONG}2", ELEVENLABS_POST_CALL_KEY=f"{LONG}3") == []
    assert weak() == weak(ADMIN_KEY="") == []
