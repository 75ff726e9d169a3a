"""A search lets others go first also once the engine has answered, and tells what it has found whatever comes."""

from pathlib import Path
from typing import Any

from events.wire.webhooks import SearchDataRequest
from ingress.searching.asking import Asking
from ingress.searching.finding import find, resting
from ingress.searching.found import Found
from ingress.webhooks.search_answer import answer
from projector.engines.open import Engines
from projector.engines.protocol import Hit
from projector.engines.settings import EngineSettings
from projector.errors import EngineError
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

_ASKING = Asking(question=SearchDataRequest(query="Which lamp?", caller_id=MARTA), region="US", at_s=NOON_S)


class Answered:
    """The embedded engine; `is_done` once it has answered."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.is_done = False

    def search(self, *of: Any, **more: Any) -> list[Hit]:
        hits: list[Hit] = self._engine.search(*of, **more)
        self.is_done = True
        return hits


def found(folder: Path, *, ends: bool) -> tuple[Found, int]:
    """Return what is found about lamps, and how often the search rested once the engine had answered."""
    site = ProjectorSite(folder)
    site.hold(transcription("conv_1", "I ordered a lamp.", lamp="red"), transcription("conv_2", "We moved."))
    rests = 0

    def pause() -> None:
        nonlocal rests
        if engine.is_done:
            rests += 1
            if ends:
                raise EngineError("the search waited too long for others")

    with site.read_model() as read_model:
        engine = Answered(Engines(EngineSettings()).read("embedded", read_model.engine_tables))
        return find(_ASKING, read_model, engine, until_s=float("inf"), pause=pause), rests  # type: ignore[arg-type]


def test_search_rests_once_the_engine_has_answered(tmp_path: Path) -> None:
    """Between the steps after the engine others may go first."""
    _, rests = found(tmp_path, ends=False)

    assert rests >= 3


def test_what_was_found_is_told_though_no_time_is_left_to_rest(tmp_path: Path) -> None:
    """Who may not wait for other searches any more goes on with what the engine has found."""
    in_time, _ = found(tmp_path / "in time", ends=False)
    late, _ = found(tmp_path / "late", ends=True)

    assert [each.memory.text for each in late.memories] == [each.memory.text for each in in_time.memories]
    assert (late.degraded, late.fault) == (False, None)


def test_putting_an_answer_into_words_rests(tmp_path: Path) -> None:
    """Others may go first before each memory that is told, and the answer does not depend on it."""
    of, _ = found(tmp_path, ends=False)
    rests = list[None]()

    def pause() -> None:
        rests.append(None)
        raise EngineError("the search waited too long for others")

    assert answer(of, _ASKING, 0.3, pause=resting(pause)) == answer(of, _ASKING, 0.3)
    assert len(rests) >= len(of.memories) > 2
