"""Whom to ask: what must be set, where words may go, and that reading it imports no SDK."""

import subprocess
import sys
from pathlib import Path

import pytest

from events.errors import SettingsError
from events.process.environment import Environment
from projector.sources.models.settings import ModelSettings, read_models

KEY = "sk-0123456789abcdef"
VENDOR = {"LLM_PROVIDER": "anthropic", "LLM_MODEL": "claude-haiku-5-5", "LLM_API_KEY": KEY}
LOCAL = {"LLM_PROVIDER": "openai-compatible", "LLM_MODEL": "qwen3:14b", "LLM_BASE_URL": "http://127.0.0.1:11434/v1/"}


def read(variables: dict[str, str]) -> ModelSettings | None:
    """Return the settings of an environment, which must have no fault."""
    env = Environment(variables)
    settings = read_models(env)
    env.check()
    return settings


def fault(variables: dict[str, str]) -> str:
    """Return the one fault of an environment."""
    with pytest.raises(SettingsError) as caught:
        read(variables)
    (found,) = caught.value.faults
    return found


def test_nobody_is_asked_unless_it_is_set() -> None:
    """Without a provider the other variables are not even looked at."""
    assert read({}) is None
    assert read({"LLM_PROVIDER": "none", "LLM_BASE_URL": "nonsense", "LLM_FALLBACK_PROVIDER": "openai"}) is None


def test_vendor_is_asked_at_its_own_address() -> None:
    """Model and key are enough; the key is never shown."""
    settings = read(VENDOR)
    assert settings is not None
    provider = settings.provider
    assert (provider.kind, provider.model, provider.key) == ("anthropic", "claude-haiku-5-5", KEY)
    assert (provider.host, provider.timeout_s, provider.structured) == ("api.anthropic.com", 30, "schema")
    assert settings.fallback is None
    assert KEY not in repr(settings)


def test_server_of_ones_own_needs_an_address_and_no_key() -> None:
    """A slash at the end of an address says nothing."""
    settings = read(LOCAL | {"LLM_STRUCTURED": "tools", "LLM_TIMEOUT_S": "240"})
    assert settings is not None
    assert settings.provider.base_url == "http://127.0.0.1:11434/v1"
    assert (settings.provider.key, settings.provider.structured, settings.provider.timeout_s) == ("", "tools", 240)


def test_fallback_is_another_provider() -> None:
    """It has variables of its own, and shares the hosts that are allowed."""
    settings = read(VENDOR | {name.replace("LLM_", "LLM_FALLBACK_"): value for name, value in LOCAL.items()})
    assert settings is not None
    assert settings.fallback is not None
    assert (settings.fallback.kind, settings.fallback.host) == ("openai-compatible", "127.0.0.1")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"LLM_PROVIDER": "gpt"}, "LLM_PROVIDER must be one of none, openai, anthropic, openai-compatible, file"),
        (VENDOR | {"LLM_MODEL": ""}, "LLM_MODEL is not set; it is the model to ask"),
        (VENDOR | {"LLM_API_KEY": ""}, "LLM_API_KEY is not set; it is the API key"),
        (VENDOR | {"LLM_API_KEY": "your_key_here"}, "LLM_API_KEY holds an empty or a placeholder"),
        (VENDOR | {"LLM_API_KEY": f"{KEY},{KEY}2"}, "LLM_API_KEY must be one key"),
        (VENDOR | {"LLM_API_KEY": "ключ-ключ-ключ"}, "LLM_API_KEY holds a character that no HTTP header can carry"),
        (VENDOR | {"LLM_STRUCTURED": "json"}, "LLM_STRUCTURED must be schema, or not set"),
        (VENDOR | {"LLM_TIMEOUT_S": "0"}, "LLM_TIMEOUT_S must lie between 1"),
        (LOCAL | {"LLM_BASE_URL": ""}, "LLM_BASE_URL is not set; it is the address"),
        (LOCAL | {"LLM_STRUCTURED": "yaml"}, "LLM_STRUCTURED must be one of schema, json, tools"),
        (
            VENDOR | {"LLM_FALLBACK_PROVIDER": "openai-compatible", "LLM_FALLBACK_MODEL": "m"},
            "LLM_FALLBACK_BASE_URL is",
        ),
        ({"LLM_PROVIDER": "file"}, "LLM_FILE is not set"),
        ({"LLM_PROVIDER": "file", "LLM_FILE": "/nowhere/answers.jsonl"}, "LLM_FILE must be a file that is there"),
        (VENDOR | {"LLM_ALLOWED_HOSTS": "127.0.0.1"}, "api.anthropic.com is not among the hosts"),
        (LOCAL | {"LLM_ALLOWED_HOSTS": "gpu.example.com"}, "LLM_BASE_URL must agree with LLM_ALLOWED_HOSTS"),
    ],
)
def test_what_is_wrong_is_named(variables: dict[str, str], words: str) -> None:
    """Each fault names its variable, and what would be right."""
    assert words in fault(variables)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1:11434",
        "ftp://host/v1",
        "https://",
        "https://user:pass@host/v1",
        "https://host/v1?key=1",
        "https://host/v1#a",
        "https://host:99999/v1",
        "https://[::1/v1",
        "https://hóst/v1",
        "https://ho st/v1",
    ],
)
def test_address_that_is_none_is_named(address: str) -> None:
    """An address with a secret or a query in it is none either."""
    assert "LLM_BASE_URL must be a web address" in fault(LOCAL | {"LLM_BASE_URL": address})


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "localhost", "192.168.1.20", "10.0.0.4", "gpu-box", "ollama.local", "llm.internal"]
)
def test_host_in_the_own_network_needs_no_tls(host: str) -> None:
    """Words that do not leave the house need no certificate."""
    assert read(LOCAL | {"LLM_BASE_URL": f"http://{host}:8000/v1"}) is not None


def test_host_outside_needs_tls_unless_it_is_named() -> None:
    """Words of calls do not cross the internet in the clear by mistake."""
    outside = LOCAL | {"LLM_BASE_URL": "http://gpu.example.com/v1"}
    assert "must begin with https" in fault(outside)
    assert read(outside | {"LLM_ALLOWED_HOSTS": "GPU.example.com."}) is not None
    assert read(LOCAL | {"LLM_BASE_URL": "https://gpu.example.com/v1"}) is not None


def test_reading_the_settings_imports_no_sdk(tmp_path: Path) -> None:
    """A projector starts, and is told what is wrong, without the seconds that an SDK takes."""
    program = (
        "import sys, projector.__main__\n"
        "from projector.commands.settings import Settings\n"
        f"Settings.from_env({VENDOR!r})\n"
        "print([name for name in ('openai', 'anthropic', 'httpx2', 'pydantic') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ran.stdout.strip() == "[]"


def test_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain install has no SDK: the fault says how to get it."""
    monkeypatch.setattr("projector.sources.models.settings.find_spec", lambda name: None)
    assert "LLM_PROVIDER is anthropic, which needs: pip install 'elaoms[anthropic]'" in fault(VENDOR)
    assert "needs: pip install 'elaoms[openai]'" in fault(LOCAL)
