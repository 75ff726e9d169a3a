"""
How long the worst texts take: to be redacted, and to be folded and indexed.

`BENCH_WORST_TEXTS` texts are made and tried at a small size, the slowest of them at a larger one, and the slowest of
those with 1 MiB of text. The reference is how long the same steps take for 1 MiB of what callers say, and how the time
grows from half of the text to all of it says whether it grows faster than the text: it does if that is more than 2.
"""

import os
import time
from collections.abc import Callable
from heapq import nlargest

from bench.rig.corpus import words
from bench.rig.table import Table
from bench.rig.worst_texts import Recipe, recipes
from projector.domain.calls import Call, Turn
from projector.domain.fold import FoldSettings, fold
from projector.domain.memories import by_conversation
from projector.domain.redaction.redaction import RedactionSettings, redact
from projector.engines.lexical.segment import build_segment

# The least of so many measurements counts: others use the machine, too.
_TRIES = 3
_TEXTS = int(os.environ.get("BENCH_WORST_TEXTS", "10000"))
_SEED = 14
_MIB = 1024 * 1024
# The size that texts are tried at, and how many of them, the slowest, are then tried at the next size.
_SIZES = ((2048, 1000), (16 * 1024, 250), (128 * 1024, 50), (_MIB, 1))
# An event of 1 MiB has this much around the words of each turn.
_OF_A_TURN = len('{"role":"user","message":"","time_in_call_secs":1234},')
_MUST_S, _AIM_S = 0.5, 0.25


def run() -> None:
    """Search for the worst texts, and print how long they take."""
    table = Table(
        f"The worst of {_TEXTS:,} texts, an event of 1 MiB: seconds of processor time",
        *("", "worst", "said by callers", "of half of it", "growth", "must reach", "aim", "which"),
    )
    for name, work in (("redaction", _redact), ("fold and index", _learn)):
        worst = _worst(work)
        took_s, half_s = (min(_time(work, worst, size) for _ in range(_TRIES)) for size in (_MIB, _MIB // 2))
        ordinary_s = min(_ordinary_s(work) for _ in range(_TRIES))
        which = " ".join(map(repr, worst.tokens))[:60] + (
            f" in turns of {worst.turn_chars}" if worst.turn_chars else ""
        )
        table.add(name, took_s, ordinary_s, half_s, took_s / half_s, _MUST_S, _AIM_S, which)
    table.show()


def _worst(work: Callable[[Call], object]) -> Recipe:
    """Return the slowest recipe: at each size the slowest ones of the size before are tried."""
    found = list(recipes(_TEXTS, seed=_SEED))
    for chars, count in _SIZES:
        found = nlargest(count, found, key=lambda recipe: _time(work, recipe, chars))
    return found[0]


def _time(work: Callable[[Call], object], recipe: Recipe, size: int) -> float:
    # The turns of an event take room, too.
    of_text = recipe.turn_chars / (recipe.turn_chars + _OF_A_TURN) if recipe.turn_chars else 1
    return _seconds(work, _call(recipe.turns(int(size * of_text)), recipe.is_callers, recipe.language))


def _seconds(work: Callable[[Call], object], call: Call) -> float:
    begin = time.process_time()
    work(call)
    return time.process_time() - begin


def _ordinary_s(work: Callable[[Call], object]) -> float:
    said = [words(number, 12) for number in range(_MIB // (70 + _OF_A_TURN))]
    return _seconds(work, _call(said, lambda number: number % 2 == 0, "en"))


def _redact(call: Call) -> object:
    return redact(call, RedactionSettings())


def _learn(call: Call) -> object:
    return [build_segment(of) for of in by_conversation(fold([call], FoldSettings()).memories).values()]


def _call(said: list[str], is_callers: Callable[[int], bool], language: str) -> Call:
    turns = tuple(
        Turn(index=index, is_caller=is_callers(index) or len(said) == 1, text=text, second=index)
        for index, text in enumerate(said)
        if text
    )
    return Call(
        conversation_id="conv_1",
        caller="+12025550143",
        agent_id=None,
        agent_number=None,
        direction=None,
        language=language,
        status="done",
        started_at_s=0,
        event_timestamp_s=0,
        duration_s=0,
        title="",
        summary="",
        turns=turns,
        turn_count=len(turns),
        collected={},
        source="webhook",
        sha256="",
    )
