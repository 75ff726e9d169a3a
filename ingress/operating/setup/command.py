"""Runs `ingress setup`: looks, shows the differences, asks, changes, and looks again."""

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from events.errors import SettingsError
from events.process.command import FOUND_SOMETHING, echo_json
from events.process.screen.lines import Screen
from ingress.operating.account import Account
from ingress.operating.setup.agent_plan import plan
from ingress.operating.setup.carrying_out import DECLINED, DONE, REFUSED, Hands, Outcome, look
from ingress.operating.setup.record import read_record
from ingress.operating.setup.removal import Remover, Undo, UndoOutcome, undos
from ingress.operating.setup.settings import SetupSettings
from ingress.operating.setup.steps import Keys, Step, Wish, written_variable

EVENTS = ("transcript", "call_initiation_failure")
RECORDINGS = "audio"
_RESTART = (
    "Restart ingress now: until it has read the new secrets from .env, it refuses what they sign. What came in"
    " meanwhile, `projector backfill` fetches."
)
_MAKE_LOG_KEY = (
    "LOG_KEY is not set, so what we append to the log ourselves is unproven: `events key new` makes one for .env."
)
_STATES = {DONE: "ok", DECLINED: "skipped", REFUSED: "wrong"}


class Answer(StrEnum):
    """What an operator answers to a change."""

    YES = "yes"
    NO = "no"
    ALL = "all"


class Options(Struct, frozen=True, kw_only=True):
    """What the operator asked for: the address of this service, the agents, and how."""

    url: str
    agent_ids: tuple[str, ...] = ()
    all_agents: bool = False
    has_recordings: bool = False
    collects: bool = True
    is_dry_run: bool = False
    is_json: bool = False


class SetupCommand:
    """
    Sets ElevenLabs up, or takes it back.

    Args:
        folder: where `.env` and the record lie.
        ask: asks the operator whether to make the change that was just shown; None agrees to all.
        beating: the variables of the process, which beat those in `.env`.
    """

    def __init__(
        self,
        settings: SetupSettings,
        account: Account,
        folder: Path,
        ask: Callable[[], Answer] | None,
        *,
        beating: Collection[str] = (),
    ) -> None:
        self._settings, self._account, self._folder, self._ask = settings, account, folder, ask
        self._beating = beating
        self._screen = Screen()

    def set_up(self, options: Options) -> int:
        """
        Make what is missing, and return the exit code: 1 if anything was refused, else 0.

        Raises:
            AccountError: ElevenLabs could not be asked what stands there; nothing was changed.
            SettingsError: the record of an earlier run cannot be read, or a secret that would be written into `.env`
                would have no effect there.
            OSError: `.env` or the record could not be written.
        """
        record = read_record(self._folder)
        wish = Wish(
            url=options.url.rstrip("/"),
            events=(*EVENTS, RECORDINGS) if options.has_recordings else EVENTS,
            agent_ids=self._agents(options),
            keys=Keys(self._settings.keys),
            has_override=self._settings.first_message_override,
            collects=options.collects,
        )
        steps = plan(look(self._account, wish.agent_ids), wish, record)
        if options.is_dry_run:
            return self._show(steps, is_json=options.is_json)
        if not steps:
            return self._say_nothing_to_do(is_json=options.is_json)
        self._check_environment(steps)
        hands = Hands(self._account, wish, record, self._folder, self._agree)
        return self._tell(hands.carry_out(steps), is_json=options.is_json, advice=self._advice)

    def remove(self, options: Options, *, has_calls: bool) -> int:
        """Take back what setup made, and return the exit code; raises as `set_up` does."""
        record = read_record(self._folder)
        steps = undos(record)
        if options.is_dry_run:
            return self._show(steps, is_json=options.is_json)
        if not steps:
            return self._say_nothing_to_do(is_json=options.is_json)
        remover = Remover(self._account, record, self._folder, has_calls=has_calls, agree=self._agree)
        return self._tell(remover.take_back(), is_json=options.is_json, advice=lambda _: [])

    def _advice(self, outcomes: list[Outcome]) -> list[str]:
        """Return what the operator must do next."""
        wrote = any(outcome.state == DONE and outcome.step.after.endswith(".env") for outcome in outcomes)
        lines = [_RESTART] if wrote else []
        if not self._settings.has_log_key:
            lines.append(_MAKE_LOG_KEY)
        return [*lines, "Then `ingress doctor --url ADDRESS` looks at both sides, and the prompt is yours to write."]

    def _check_environment(self, steps: Iterable[Step]) -> None:
        written = {variable for step in steps if (variable := written_variable(step.action)) is not None}
        if beaten := sorted(written & set(self._beating)):
            advice = "is set in the environment, which beats .env: remove it there, or move it into .env"
            raise SettingsError([f"{name} {advice}" for name in beaten])

    def _agents(self, options: Options) -> tuple[str, ...]:
        ids = [str(agent["agent_id"]) for agent in self._account.agents()] if options.all_agents else []
        return tuple(dict.fromkeys([*options.agent_ids, *ids]))

    def _agree(self, step: Step | Undo) -> bool:
        """Ask for a step, unless all are agreed to: then what became of it is all that is printed."""
        if self._ask is None:
            return True
        self._show_step(step)
        answer = self._ask()
        if answer is Answer.ALL:
            self._ask = None
        return answer is not Answer.NO

    def _show(self, steps: Iterable[Step | Undo], *, is_json: bool) -> int:
        steps = list(steps)
        if is_json:
            _print_json([_told(step, "planned") for step in steps])
            return 0
        for step in steps:
            self._show_step(step)
        count = len(steps)
        self._screen.text(f"{count} to change; nothing was changed (--dry-run)" if count else "Nothing to change.")
        return 0

    def _show_step(self, step: Step | Undo) -> None:
        self._screen.line("change", step.where, step.title)
        if step.before or step.after:
            self._screen.detail("before", step.before or "nothing")
            self._screen.detail("after", step.after or "nothing")
        if isinstance(step, Step) and step.note:
            self._screen.detail("note", step.note)

    def _say_nothing_to_do(self, *, is_json: bool) -> int:
        if is_json:
            _print_json([])
        else:
            self._screen.text("Nothing to change.")
        return 0

    def _tell(
        self,
        outcomes: Iterable[Outcome | UndoOutcome],
        *,
        is_json: bool,
        advice: Callable[[list[Outcome]], list[str]],
    ) -> int:
        """Print what becomes of each step as it happens."""
        seen: list[Any] = []
        for outcome in outcomes:
            seen.append(outcome)
            if not is_json:
                state = _STATES.get(outcome.state, "warning")
                told = f"{outcome.state}: {outcome.reason}" if outcome.reason else outcome.state
                self._screen.line(state, outcome.step.where, f"{outcome.step.title}: {told}")
        if is_json:
            _print_json([_told(outcome.step, outcome.state, outcome.reason) for outcome in seen])
        else:
            counts = {state: sum(one.state == state for one in seen) for state in dict.fromkeys(o.state for o in seen)}
            self._screen.text(", ".join(f"{count} {state}" for state, count in counts.items()))
            for line in advice(seen):
                self._screen.text(line)
        return FOUND_SOMETHING if any(outcome.state == REFUSED for outcome in seen) else 0


def _told(step: Step | Undo, state: str, reason: str = "") -> dict[str, str]:
    told = {"where": step.where, "change": step.title, "before": step.before, "after": step.after, "state": state}
    return told | ({"reason": reason} if reason else {})


def _print_json(value: object) -> None:
    echo_json(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
