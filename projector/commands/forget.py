"""Forget a caller: append the request, and wait until nothing is left; without a running projector, do the work."""

import time
from collections.abc import Callable

import msgspec

from events.errors import JournalError
from events.folder_log.erasing import request_erasure
from events.folder_log.log import FolderLog
from events.log.erasure import Erasure
from projector.commands.waiting import WaitReporter, why_behind
from projector.errors import EngineError, ErasureError, ErasureWaitsError, ReadModelMissingError
from projector.follow.follower import Follower
from projector.projection.settings import ProjectionSettings
from projector.read_model.records import ErasureState
from projector.read_model.sqlite.generations import Generations
from projector.read_model.sqlite.reading import has_memories, open_read_model

_POLL_S = 0.05


def forget_caller(
    payloads: FolderLog,
    generations: Generations,
    settings: ProjectionSettings,
    caller: str,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> Erasure:
    """
    Remove all that is held about a caller up to now, and return the account of it.

    Args:
        caller: the caller's key.
        tell: is given a line where another projector follows the log and does the work, and one where that takes long.

    Raises:
        ErasureWaitsError: a memory engine outside has not forgotten yet; all else is done.
        ErasureError: the request could not be carried out; it stays in the log, and a mended projector does it.
        EventsError, ProjectorError, OSError, sqlite3.Error: as appending and projecting do; so does it then.
    """
    if payloads.tail() is None and has_memories(generations.folder):
        raise JournalError(
            f"the journal in {payloads.folder} is gone, and there are memories of it; is its disk mounted?"
        )
    position = request_erasure(payloads, caller).position
    waiting = WaitReporter(settings.engine, tell=tell, why=lambda: _why(generations, settings, position))
    while True:
        try:
            with generations.lock("follow", wait=False) as is_held:
                if is_held:
                    _catch_up(payloads, generations, settings)
                else:
                    waiting.begin("another projector follows this log, and does the work")
            state = _state(generations, position)
            if state is not None and state.is_finished and state.account is not None:
                return state.account
            waiting.look()
        except EngineError as error:
            raise _waits(generations, position, error) from error
        time.sleep(_POLL_S)


def _catch_up(payloads: FolderLog, generations: Generations, settings: ProjectionSettings) -> None:
    follower = Follower(payloads, generations, settings)
    try:
        follower.catch_up()
    finally:
        follower.close()


def _why(generations: Generations, settings: ProjectionSettings, position: int) -> str:
    """Return what is still to be done, in words."""
    state = _state(generations, position)
    if state is None or state.account is None:
        return f"{why_behind(generations.folder, position)}, and the request is event {position}"
    done = "the caller is not greeted or told any more, and the files of the log are removed"
    if settings.engine.is_outside:
        return f"{done}; the memory engine is still to forget, or somebody reads the read model, or a replay runs"
    return f"{done}; somebody reads the read model, or a replay runs, and freed pages may hold words until that ends"


def _waits(generations: Generations, position: int, error: EngineError) -> ErasureError:
    """Return what to say where a memory engine outside cannot forget yet."""
    state = _state(generations, position)
    again = (
        f"Nothing needs to be asked again: the request, event {position}, is in the log, and a running projector or"
        f" `projector --once` carries it out once that is mended ({error})"
    )
    if state is None or state.account is None:
        return ErasureError(f"not forgotten yet: the memories cannot be made again without the memory engine. {again}")
    return ErasureWaitsError(
        "done: the caller is not greeted or told any more, and the files of the log are removed. Not yet: the memory"
        f" engine holds what it was told, and freed pages of the read model may hold words. {again}",
        msgspec.json.encode(state.account),
    )


def _state(generations: Generations, position: int) -> ErasureState | None:
    try:
        with open_read_model(generations.folder) as read_model:
            state = read_model.erasure(position)
            fault = next((fault for fault in read_model.faults() if fault.place.position == position), None)
    except ReadModelMissingError:
        return None
    # A fault beside an account is one of the journal, not of the request.
    if fault is not None and (state is None or state.account is None):
        raise ErasureError(f"the request, event {position}, cannot be carried out: {fault.error}")
    return state
