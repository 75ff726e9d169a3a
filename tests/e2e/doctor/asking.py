"""Asks `ingress doctor`, in this process, and returns what it found."""

import json
from contextlib import chdir
from typing import Any

from click.testing import CliRunner, Result

from ingress.__main__ import cli
from tests.support.servers import Site

URL = "https://memory.example.com"


SECRETS = {
    "ELEVENLABS_CLIENT_DATA_KEY": "c" * 32,
    "ELEVENLABS_SEARCH_DATA_KEY": "s" * 32,
    "LOG_KEY": "l" * 64,
}


def run(site: Site, *arguments: str) -> Result:
    """Run `ingress` in the folder of a site, in this process."""
    with chdir(site.folder):
        return CliRunner(env=site.env).invoke(cli, [*arguments], catch_exceptions=False)


def doctor(site: Site, *arguments: str, code: int | None = None) -> dict[str, dict[str, Any]]:
    """Return what the doctor found, by subject; what is wrong wins."""
    done = run(site, "doctor", "--json", *arguments)
    if code is not None:
        assert done.exit_code == code, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert all(one["then"].strip() for one in found)
    assert done.exit_code == int(any(one["state"] == "wrong" for one in found))
    return {one["subject"]: one for one in sorted(found, key=lambda one: one["state"] == "wrong")}


def states(found: dict[str, dict[str, Any]], state: str) -> set[str]:
    return {subject for subject, one in found.items() if one["state"] == state}
