"""A read model damaged while both processes run is found, reported, replayed, and never answered from."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest

from events.folder_log.log import FolderLog
from ingress.wording.cleaning import clean
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.damages import DAMAGES, SOMEBODY_ELSE, Damage, with_other_words, with_shm_cut, without_anything
from tests.support.read_models import live_read_model
from tests.support.samples import MARTA, transcription
from tests.support.servers import CLIENT_DATA_KEY, SEARCH_DATA_KEY, Site

BEN = SOMEBODY_ELSE
_CALLS = 60
_DEFAULT_GREETING = "Hello! How can I help you today?"
_QUESTIONS = [(caller, query) for caller in (MARTA, BEN) for query in ("zebra", "parrot", "word 7", "word 58", "")]


def remember(site: Site, numbers: range) -> None:
    """Append calls of two callers, long enough that not all of them fit into SQLite's cache."""
    log = FolderLog(site.payloads)
    for number in numbers:
        caller, name, animal = (MARTA, "Marta", "zebra") if number % 2 else (BEN, "Ben", "parrot")
        words = f"My {animal} is word {number}. " + f"{animal} " * 500
        body = transcription(f"conv_{number}", words, caller=caller, first_name=name, at_s=1_700_000_000 + number)
        log.append(body, source="webhook")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose processes run, and survive any damage to their read model."""
    site = Site(tmp_path_factory.mktemp("site"))
    remember(site, range(_CALLS))
    with site.ingress(), site.projector():
        yield site


def ask(client: httpx.Client, caller: str, query: str) -> dict[str, Any]:
    """Ask who is calling, and search for what they said."""
    start = client.post("/webhook/client-data", json={"caller_id": caller}, headers={"x-api-key": CLIENT_DATA_KEY})
    question = {"caller_id": caller, "query": query}
    found = client.post("/webhook/search-data", json=question, headers={"x-api-key": SEARCH_DATA_KEY})
    assert start.status_code == found.status_code == 200
    return {"start": start.json(), "found": found.json()}


def is_allowed(answer: dict[str, Any], right: dict[str, Any], own: set[str]) -> bool:
    """
    Return whether each half of an answer is the right one, or that of a missing read model.

    Until damage is found a search may find fewer of the caller's `own` memories: what an index lost, it hides.
    """
    variables = answer["start"]["dynamic_variables"]
    is_default = variables["greeting"] == _DEFAULT_GREETING and not variables["caller_name"]
    found = answer["found"]
    is_empty = found["degraded"] and not found["memories"] and not found["profile"]["name"]
    is_own = found["profile"] == right["found"]["profile"] and own.issuperset(m["content"] for m in found["memories"])
    return (answer["start"] == right["start"] or is_default) and (is_own or is_empty)


@contextmanager
def asked_meanwhile(site: Site) -> Iterator[tuple[list[str], threading.Lock]]:
    """
    Ask all the time, except while a test holds the lock; in the end all answers are right again.

    Yields the list of wrong answers, and that lock.
    """
    wrong: list[str] = []
    turn = threading.Lock()
    memories = json.loads("".join(dump(site)))["memories"]
    own = {caller: {clean(m["text"], 500) for m in memories if m["caller"] == caller} for caller in (MARTA, BEN)}
    is_over = threading.Event()

    def keep_asking() -> None:
        with site.client() as client:
            while not is_over.is_set():
                for question in _QUESTIONS:
                    try:
                        with turn:
                            answer = ask(client, *question)
                    except (httpx.HTTPError, AssertionError) as error:
                        wrong.append(repr(error))
                        return
                    if not is_allowed(answer, right[question], own[question[0]]):
                        wrong.append(f"{question}: {answer}")

    with site.client() as client:
        right = {question: ask(client, *question) for question in _QUESTIONS}
        assert right[MARTA, "zebra"]["start"]["dynamic_variables"]["greeting"].startswith("Welcome back, Marta!")
        assert len(right[MARTA, "zebra"]["found"]["memories"]) == 5
        thread = threading.Thread(target=keep_asking)
        thread.start()
        try:
            yield wrong, turn
            assert {question: ask(client, *question) for question in _QUESTIONS} == right
        finally:
            is_over.set()
            thread.join()


def health(site: Site) -> dict[str, Any]:
    """Return the health report of the site."""
    answer = site.health_answer()
    assert answer.status_code == 200
    data: dict[str, Any] = answer.json()
    return data


def replays(site: Site) -> int:
    """Return how many replays have ended."""
    return site.log("projector").count("replay_finished")


def dump(site: Site) -> list[str]:
    """Return the dump of the memories."""
    generations = SqliteGenerations(site.read_model)
    with live_read_model(generations) as read_model:
        return list(read_model.dump())


def checks(site: Site) -> int:
    """Return how many full checks found nothing."""
    return site.log("projector").count("read_model_sound")


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_while_running_is_found_and_never_answered_from(running: Site, damage: Damage) -> None:
    """
    Whatever happens to the files of an idle read model, it is replayed without an operator.

    Until then each answer is the right one, or the one for unknown callers.
    """
    site = running
    # One part is in the database, and another only in its write-ahead log.
    events = health(site)["log"]["events"]
    remember(site, range(events, events + 4))
    site.wait_until_folded(events + 4)
    before, replays_before, checks_before = dump(site), replays(site), checks(site)

    with asked_meanwhile(site) as (wrong, turn):
        live = site.read_model / str(health(site)["read_model"]["generation"])
        # A process that reads that file at this very moment dies, and cannot prevent it.
        with turn if damage is with_shm_cut else nullcontext():
            damage(live)
        site.wait_until(lambda: replays(site) > replays_before or checks(site) > checks_before)
        site.wait_until(lambda: health(site)["status"] == "ok")
    assert wrong == []
    # Only the file that keeps no data may be restored without a replay.
    assert replays(site) > replays_before or damage is with_shm_cut
    assert dump(site) == before


def test_damage_is_said_by_all_who_answer(tmp_path: Path) -> None:
    """
    Once one worker meets damage, no worker answers from the read model, and /health says so until the projector has
    replayed.

    Until then every caller is answered as unknown, even those with intact rows; and webhooks are taken.
    """
    site = Site(tmp_path, INGRESS_WORKERS="2")
    remember(site, range(4))
    site.run("projector", "--once")
    with site.ingress():
        assert site.call_start(BEN)["dynamic_variables"]["caller_name"] == "Ben"
        with_other_words(site.read_model / "1")
        site.wait_until(lambda: site.search("", MARTA)["degraded"])  # once a worker no longer has it in its cache

        for _ in range(10):
            assert site.call_start(BEN)["dynamic_variables"]["greeting"] == _DEFAULT_GREETING
            found = site.search("parrot", BEN)
            assert (found["degraded"], found["memories"], found["profile"]["name"]) == (True, [], "")
            said = health(site)
            assert said["degraded"] == ["read_model"]
            assert "it is damaged" in said["read_model"]["error"]
        assert site.post_call(transcription("conv_new", "My parrot flew away.", caller=BEN)).status_code == 200

        with site.projector():
            site.wait_until(lambda: health(site)["status"] == "ok")
            assert "My parrot flew away." in {memory["content"] for memory in site.search("flew", BEN)["memories"]}


def test_one_projector_follows_after_everything_was_removed(site: Site) -> None:
    """The locks are removed with the folder: of two projectors still only one continues, and nothing is lost."""
    remember(site, range(4))
    with site.ingress(), site.projector(), site.projector():
        site.wait_until_folded(4)
        site.wait_until(lambda: "another projector follows" in site.log("projector"))
        before = dump(site)
        without_anything(site.read_model / "1")
        site.wait_until(lambda: "follow_lock_lost" in site.log("projector"))
        site.wait_until(lambda: health(site)["status"] == "ok")
        assert dump(site) == before
        site.post_call(transcription("conv_new", "My parrot flew away."))
        site.wait_until_folded(5)
        assert site.log("projector").count("journal_followed") == 1
