"""
Plays the calls of a collection through the webhooks of two real processes, and asks its questions as an agent does.

It posts calls to the post-call webhook, and sends questions to `/webhook/search-data` with the `agent_id` of the calls.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from bench.recall.asking import TimedAnswers, ask, send
from bench.recall.corpora.conversations import Collection, Question
from bench.recall.measures import MISSED_BELOW, Answer, is_missed
from bench.rig.scratch import scratch_folder
from events.errors import SettingsError
from ingress.settings import Settings
from tests.support.servers import Site

_LIMIT_MAX = 20
_THRESHOLD, _MEANING = "MEMORY_RELEVANCE_THRESHOLD", "SEMANTIC_SEARCH"
# What is found must not depend on how busy the machine is. How long it takes is printed.
_PATIENT = {"SEMANTIC_DEADLINE_MS": "2000"}
_QUIET_S = 10


class Way(Struct, frozen=True):
    """
    One way to search: its name in the tables, and the settings that both processes get for it.

    `answers` is a file with what a model answered about the calls, for `events import-extractions`; None for no facts.
    """

    name: str
    settings: dict[str, str] = {}
    answers: Path | None = None

    @property
    def has_meaning(self) -> bool:
        """Whether vectors are made, which follow the words, and a model is loaded to search by them."""
        return self.settings.get(_MEANING) == "on"


class Results(Struct, kw_only=True):
    """
    The answers of one collection to one way of searching.

    `usual` and `usual_unanswerable` were given under default settings; `unfiltered` and `unanswerable` without a
    threshold. `far` holds, for each question that was missed, an answer without a threshold, as long as search makes
    it.
    """

    way: Way
    threshold: float
    usual: TimedAnswers
    usual_unanswerable: list[Answer]
    unfiltered: list[Answer]
    unanswerable: dict[str, list[Answer]]
    far: dict[Question, Answer]


def ways(read_settings: Callable[[dict[str, str]], object]) -> list[Way]:
    """
    Return how this release can search on this machine: by words, and with meaning.

    One way without a name, if the release knows no such setting. Where it does and meaning cannot be had, prints why.

    Args:
        read_settings: reads the settings of ingress with some added; raises SettingsError where they cannot be used.
    """
    if _fault(read_settings, "neither") is None:
        return [Way("")]
    by_words, with_meaning = Way("by words", {_MEANING: "off"}), Way("with meaning", {_MEANING: "on", **_PATIENT})
    if fault := _fault(read_settings, "on"):
        print(f"Only by words: {fault}")
        return [by_words]
    return [by_words, with_meaning]


def ways_here() -> list[Way]:
    """Return how the checked out release can search on this machine."""
    env = Site(scratch_folder("settings")).env
    return ways(lambda more: Settings.from_env(env | more))


def play(collection: Collection, way: Way, *, is_thorough: bool = False) -> Results:
    """
    Play the calls, and ask all questions in one way.

    Args:
        is_thorough: whether to make `usual_unanswerable` and `far` too.
    """
    site = Site(scratch_folder("search"), **way.settings)
    calls = {call.conversation_id: call for call in collection.calls}
    threshold = Settings.from_env(site.env).relevance_threshold
    unanswerable: list[Question] = []
    missed: list[Question] = []
    if is_thorough:
        unanswerable = [question for asked in collection.unanswerable.values() for question in asked]
    with site.projector():
        with _ready_ingress(site, way):
            send(site, collection)
            if way.answers is not None:
                site.run("events", "import-extractions", str(way.answers))
                site.wait_until_folded(len(site.events()))
            if way.has_meaning:
                _wait_until_quiet(site.read_model)
            usual = ask(site, collection.questions, calls=calls)
            _check_collected(collection, usual.answers)
            usual_unanswerable = ask(site, unanswerable, calls=calls).answers
        if is_thorough:
            missed = [answer.question for answer in usual.answers if is_missed(answer, MISSED_BELOW)]
        site.env[_THRESHOLD] = "0"  # an absent variable would be the default threshold
        with _ready_ingress(site, way):
            return Results(
                way=way,
                threshold=threshold,
                usual=usual,
                usual_unanswerable=usual_unanswerable,
                unfiltered=ask(site, collection.questions, calls=calls).answers,
                unanswerable={
                    name: ask(site, asked, calls=calls).answers for name, asked in collection.unanswerable.items()
                },
                far={answer.question: answer for answer in ask(site, missed, calls=calls, limit=_LIMIT_MAX).answers},
            )


def _fault(read_settings: Callable[[dict[str, str]], object], value: str) -> str | None:
    try:
        read_settings({_MEANING: value})
    except SettingsError as error:
        return str(error)
    return None


@contextmanager
def _ready_ingress(site: Site, way: Way) -> Iterator[None]:
    """Run ingress; with meaning, the block begins when its model is loaded."""
    with site.ingress():
        if way.has_meaning:
            site.wait_until(lambda: site.recent_health()["meaning"]["is_used"], "ingress")
        yield


def _wait_until_quiet(folder: Path) -> None:
    """Wait until nothing in a folder has changed for some seconds: vectors are made after all else, at low priority."""
    seen, since_s = _files(folder), time.monotonic()
    while time.monotonic() - since_s < _QUIET_S:
        time.sleep(0.5)
        now = _files(folder)
        if now != seen:
            seen, since_s = now, time.monotonic()


def _files(folder: Path) -> list[tuple[str, int, int]]:
    files = []
    for path in folder.rglob("*"):
        # Readers change the index of a write-ahead log as well, and a process says again and again that it lives.
        if not path.name.endswith("-shm") and not path.name.startswith("."):
            with suppress(FileNotFoundError):
                status = path.stat()
                files.append((str(path), status.st_size, status.st_mtime_ns))
    return sorted(files)


def _check_collected(collection: Collection, answers: Iterable[Answer]) -> None:
    known = {(call.conversation_id, id_) for call in collection.calls for id_ in call.collected}
    for answer in answers:
        for found in answer.found:
            place = found.place
            # Read wrongly, a value would be counted as neither right nor superseded.
            if place.kind == "collected" and (place.conversation_id, place.key) not in known:
                raise AssertionError(f"nobody collected {place}: {found.words}")
