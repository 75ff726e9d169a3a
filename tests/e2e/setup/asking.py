"""Runs `ingress setup`, in this process, against a workspace on the loopback."""

import json
import time
from contextlib import chdir
from typing import Any

from click.testing import CliRunner, Result
from dotenv import dotenv_values

from ingress.__main__ import cli
from tests.support.servers import Site

URL = "https://memory.example.com"


KEYS = ("ELEVENLABS_POST_CALL_KEY", "ELEVENLABS_CLIENT_DATA_KEY", "ELEVENLABS_SEARCH_DATA_KEY")


def run(site: Site, *arguments: str, answers: str | None = None) -> Result:
    """Run `ingress setup` in the folder of a site, in this process: a new one would import for a second each time."""
    with chdir(site.folder):
        return CliRunner(env=site.env).invoke(cli, ["setup", *arguments], input=answers, catch_exceptions=False)


def setup(site: Site, *arguments: str, code: int = 0) -> str:
    """Run it to the end that is expected, and return what it printed."""
    done = run(site, *arguments)
    assert done.exit_code == code, done.output
    return done.stdout


def env_of(site: Site) -> dict[str, str]:
    return {name: value or "" for name, value in dotenv_values(site.folder / ".env", interpolate=False).items()}


def now_s() -> int:
    return int(time.time())


def plain(state: Any) -> str:
    """Return a state without what ElevenLabs counts as nothing: null, and objects with nothing in them."""
    if isinstance(state, dict):
        kept = {key: plain(value) for key, value in state.items()}
        return json.dumps({key: value for key, value in sorted(kept.items()) if value not in ("null", "{}", "[]")})
    return json.dumps(state)
