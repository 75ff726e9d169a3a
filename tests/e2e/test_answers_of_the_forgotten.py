"""An answer that is appended in the same moment as its caller asks to be forgotten: nothing of it stays."""

from contextlib import closing
from pathlib import Path

import pytest

from events.log.erasure_request import request_erasure
from events.log.event import Event
from events.log.ours.extraction import is_extraction
from events.open_log import open_log
from tests.support.batch_vendor import BatchVendor
from tests.support.crashing import Crashing
from tests.support.model_sites import Model, model_site
from tests.support.samples import MARTA, transcription
from tests.support.servers import Site

pytestmark = [pytest.mark.server, pytest.mark.slow]

DELTA, CIGNA = "I'm with Delta.", "I'm with Cigna now."
ZOE = "+12025550199"


def kept(site: Site) -> set[str]:
    """Return of which calls the log holds an answer."""
    return {path.parent.name for path in site.payloads.glob("*/*_extraction*.json")}


@pytest.mark.parametrize("command", [["extract"], ["extract", "--batch"]])
@pytest.mark.parametrize("moment", ["requested", "erased", "erased twice"])
def test_answer_appended_in_the_moment_of_an_erasure_is_erased_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, command: list[str]
) -> None:
    """
    Who asks has just seen that nobody is to be forgotten, and is held there; it appends the answer after the request.

    Held or not, it does so at last; the projector removes what came late, as it removes late webhooks.
    """
    model = Model()
    BatchVendor(model.server)
    with model.server.serving():
        site = model_site(tmp_path / "site", model, LLM_PROVIDER="openai", READ_MODEL_PATH="readmodel")
        site.folder.mkdir()
        with site.ingress():
            site.post_call(transcription("conv_marta", DELTA))
            site.post_call(transcription("conv_zoe", CIGNA, caller=ZOE, at_s=1))
        site.run("projector", "--once")
        for name, value in site.env.items():
            monkeypatch.setenv(name, value)
        with (
            closing(Crashing(tmp_path)) as crashing,
            crashing.held(site.folder, command, at="answer_wanted", payloads=str(site.payloads)),
        ):
            if moment == "requested":
                request_erasure(open_log(site.payloads), MARTA)
            else:
                for number in range(moment.count(" ") + 1):
                    site.run("projector", "forget", MARTA, "--yes", check=not number)
                assert "conv_marta" not in site.dump()
            assert kept(site) == set()
        site.run("projector", "--once")
        left = [path for path in site.folder.rglob("*") if path.is_file() and b"Delta" in path.read_bytes()]
        assert left == []
        assert "conv_marta" not in site.dump()
        appended = [event.receipt for event in open_log(site.payloads).read() if isinstance(event, Event)]
        late = [each.conversation_id for each in appended if is_extraction(each)]
        assert late == ["conv_marta", "conv_zoe"]  # it came after the request, and has a receipt for ever
        assert kept(site) == {"conv_zoe"}
        assert "nothing is wrong" in site.run("events", "verify").stdout
        dump = site.dump()
        site.run("projector", "replay")
        assert site.dump() == dump
        again = site.run("projector", *command)
        assert again.returncode == 0
        assert kept(site) == {"conv_zoe"}
