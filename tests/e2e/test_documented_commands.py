"""The commands on the pages for operators, run as they stand there."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.support.samples import MARTA, transcription
from tests.support.servers import Site

pytestmark = [pytest.mark.slow, pytest.mark.server]

_DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_VARIABLE = re.compile(r"([A-Z_]+)=(.*)")
# Asks for ElevenLabs, waits for Ctrl-C, or erases: these have tests of their own.
_LEFT_OUT = re.compile(r"\b(backfill|forget|import|key)\b|--watch")


def commands(page: str) -> list[str]:
    """Return the commands of ours on a page, without what a comment says of them."""
    lines = [line for block in _BLOCK.findall((_DOCS / page).read_text()) for line in block.splitlines()]
    ours = [line.split("#")[0].strip() for line in lines if re.search(r"(^|=\S+ )(projector|events) ", line)]
    return [command for command in ours if not _LEFT_OUT.search(command)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An installation that learned from a call."""
    site = Site(tmp_path_factory.mktemp("site"))
    body = transcription("conv_1", "I am allergic to nuts.", first_name="Marta", allergies="nuts")
    with site.ingress():
        assert site.post_call(body).status_code == 200
    site.run("projector", "--once")
    return site


def test_commands_for_looking_run_as_they_are_written(site: Site) -> None:
    """Each line works, in the page's order: no wrong option and no error; exit 1 only where something may differ."""
    (best, *_) = json.loads(site.run("projector", "explain", "--search", MARTA, "allergies", "--json").stdout)
    written = commands("looking.md")
    assert len(written) >= 9
    for line in written:
        words = shlex.split(re.sub(r"\b[0-9a-f]{32}\b", best["memory"]["id"], line))
        given = {}
        while found := _VARIABLE.fullmatch(words[0]):
            given[found[1]] = found[2]
            del words[0]
        before = dict(site.env)
        site.env.update(given)
        # The second folder of a comparison of two.
        if words[-2:] == ["then", "now"]:
            site.run("projector", "replay", "--into", "now")
        done = site.run(*words, check=False)
        site.env.clear()
        site.env.update(before)
        may_differ = "diff" in words or "--dry-run" in words or "status" in words or "then" in given.values()
        assert done.returncode in ((0, 1) if may_differ else (0,)), (line, done.stderr)
        assert "Traceback" not in done.stderr, line
