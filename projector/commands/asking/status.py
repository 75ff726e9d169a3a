"""`projector status`: how the log, the projector and the memories stand, once or again and again."""

import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

import click
import msgspec

from events.open_log import open_log_there
from events.process import logging
from events.process.command import FOUND_SOMETHING, echo_json
from events.process.screen.lines import Screen
from events.process.terminal import count_of
from projector.commands.settings import Settings
from projector.read_model.open import open_generations
from projector.read_side.signs.learning import Learning
from projector.read_side.whole.status import LogStatus, MemoryStatus, Status, StatusWatch

_FROM_THE_TOP = "\x1b[H\x1b[2J\x1b[3J"
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def show_status(settings: Settings, *, every_s: float | None, is_json: bool) -> None:
    """
    Print how everything stands; exit 1 if something asks for an operator.

    Args:
        every_s: how long to wait before the next look, until SIGINT; None to look once.
    """
    logging.configure(level="error")
    generations = open_generations(settings.memories_location)
    watch = StatusWatch(lambda: open_log_there(settings.log_location), generations, settings.read_model_folder)
    if every_s is None:
        status = watch.look()
        _print(status, is_json=is_json, is_watched=False)
        sys.exit(0 if status.is_well else FOUND_SOMETHING)
    with suppress(KeyboardInterrupt):
        while True:
            _print(watch.look(), is_json=is_json, is_watched=True)
            time.sleep(every_s)


def _print(status: Status, *, is_json: bool, is_watched: bool) -> None:
    if is_json:
        encoded = msgspec.json.encode(status)
        # One line for each look, so that a script can read them one by one.
        echo_json((encoded if is_watched else msgspec.json.format(encoded, indent=2)).decode())
        return
    if is_watched and sys.stdout.isatty():
        click.echo(_FROM_THE_TOP, nl=False)
    _Lines(status).print()


class _Lines:
    """The lines of one look."""

    def __init__(self, status: Status) -> None:
        self._status = status
        self._screen = Screen()

    def print(self) -> None:
        self._screen.text(f"As of {status_time(self._status.at)}")
        self._print_log(self._status.log)
        self._print_projector()
        self._print_memories(self._status.memories)
        self._print_learning(self._status.learning)

    def _print_log(self, log: LogStatus) -> None:
        self._screen.heading("Log")
        if log.error is not None:
            self._screen.line("wrong", "log", log.error)
        last = f", the last one {_ago(self._status.at, log.last_event_at)}" if log.last_event_at else ""
        self._screen.line("ok", "events", f"{log.events}, of {_size(log.body_bytes)}{last}")
        for each in log.by_kind_and_source:
            self._screen.detail(f"{each.kind} from {each.source}", str(each.count))
        self._screen.line("ok", "last minute", f"{count_of(log.in_last_minute, 'event')} came in")

    def _print_projector(self) -> None:
        projector, memories = self._status.projector, self._status.memories
        self._screen.heading("Projector")
        if projector.error is not None:
            self._screen.line("wrong", "projector", projector.error)
        else:
            self._screen.line("ok", "projector", f"runs, as process {projector.process}")
        if memories.behind:
            since = f", the oldest of them for {_span(memories.oldest_waiting_s)}" if not memories.error else ""
            self._screen.line("warning", "behind", f"{count_of(memories.behind, 'event')} to be projected{since}")
        else:
            self._screen.line("ok", "behind", "everything is projected")
        if projector.is_running:
            self._screen.line("ok", "last minute", f"{count_of(projector.in_last_minute, 'event')} projected")

    def _print_memories(self, memories: MemoryStatus) -> None:
        self._screen.heading("Memories")
        if memories.error is not None:
            self._screen.line("wrong", "memories", memories.error)
            return
        calls = f"{count_of(memories.calls, 'call')} of {count_of(memories.callers, 'caller')}"
        self._screen.line("ok", "callers", calls)
        self._screen.line("ok", "memories", f"{memories.memories}, in generation {memories.generation}")
        for sector, count in memories.by_sector.items():
            self._screen.detail(sector, str(count))
        if memories.facts or memories.corrections:
            text = f"{memories.facts} so now, {count_of(memories.corrections, 'correction')} by persons"
            self._screen.line("ok", "facts", text)
        if memories.agents:
            text = f"{memories.agents} had calls, {memories.known_agents} known by name"
            self._screen.line("ok", "agents", text)
        if memories.failures:
            then = "`projector failures` says why, and `projector retry` tries again."
            self._screen.line("wrong", "failures", f"{count_of(memories.failures, 'event')} not projected", then=then)
        else:
            self._screen.line("ok", "failures", "none")
        if memories.partly_read:
            then = "`projector failures` lists them."
            text = f"{count_of(memories.partly_read, 'event')} not read whole"
            self._screen.line("warning", "partly read", text, then=then)
        if memories.unfinished_erasures:
            text = f"{count_of(memories.unfinished_erasures, 'erasure')} not done after a minute"
            self._screen.line("wrong", "erasures", text, then="The projector's log says what they wait for.")
        if memories.waiting_callers:
            text = f"{count_of(memories.waiting_callers, 'caller')} with calls that are not folded yet"
            self._screen.line("warning", "waiting", text)
        if memories.owed_callers:
            text = f"the memory engine lacks changes of {count_of(memories.owed_callers, 'caller')}"
            self._screen.line("warning", "engine", text)

    def _print_learning(self, learning: Learning | None) -> None:
        self._screen.heading("Learning")
        if learning is None or not learning.provider:
            self._screen.line("ok", "model", "none reads the calls: LLM_PROVIDER is not set")
            return
        model = f"{learning.provider} {learning.model}".strip()
        self._screen.line("ok", "model", f"{model}, prompt version {learning.prompt_version}")
        if learning.held:
            since = status_time(datetime.fromtimestamp(learning.held_since_s, UTC))
            then = "Nobody is asked, and all calls wait. Mend it, then restart the projector, or `projector retry`."
            self._screen.line("wrong", "held", f"it refuses all questions since {since}: {learning.held}", then=then)
        if learning.fallback_held:
            self._screen.line("warning", "fallback", f"it refuses all questions: {learning.fallback_held}")
        if learning.is_silent(self._status.at.timestamp()):
            self._screen.line("warning", "silent", "the process that asks gives no sign of life: see the log")
        elif learning.waits_for:
            self._screen.line("warning", "waits", learning.waits_for)
        waiting = f"{count_of(learning.waiting, 'call')} to be read, {learning.under_way} asked about just now"
        self._screen.line("ok", "waiting", waiting)
        if learning.batches:
            since = status_time(datetime.fromtimestamp(learning.batches_since_s, UTC))
            batches = "1 batch" if learning.batches == 1 else f"{learning.batches} batches"
            text = f"{count_of(learning.in_batch, 'call')} in {batches} at the vendor, since {since}"
            level = "warning" if learning.batch_waits_for else "ok"
            self._screen.line(level, "batch", text, then=learning.batch_waits_for)
        if learning.failed:
            then = "`projector failures` says why, and `projector retry` has them asked about again."
            self._screen.line("wrong", "failed", f"{count_of(learning.failed, 'call')} not read", then=then)
        self._print_tokens(learning)

    def _print_tokens(self, learning: Learning) -> None:
        most = f" of {learning.tokens_per_day_max:,}" if learning.tokens_per_day_max is not None else ""
        text = f"{learning.tokens_today:,}{most} spent today (UTC)"
        if learning.is_spent:
            self._screen.line("warning", "tokens", text, then="The rest waits until the day is over.")
        else:
            self._screen.line("ok", "tokens", text)
        totals = learning.totals
        cost = f", {learning.cost:.4f} by LLM_PRICE_*" if learning.cost is not None else ""
        self._screen.detail("ever", f"{totals.tokens_in:,} in, {totals.tokens_out:,} out{cost}")


def status_time(at: datetime) -> str:
    """Return a moment for a person, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _ago(now: datetime, then: datetime) -> str:
    return f"{_span(max(0.0, (now - then).total_seconds()))} ago ({status_time(then)})"


def _span(seconds: float) -> str:
    for unit, length_s in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length_s:
            return count_of(int(seconds // length_s), unit)
    return count_of(int(seconds), "second")


def _size(count: float) -> str:
    for unit in _UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == _UNITS[0] else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {_UNITS[-1]}"
