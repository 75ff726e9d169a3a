"""Keeps the profiles of agents: asks about those that have calls, and appends what is new."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Event as Flag
from typing import Protocol

from msgspec import Struct

from events.errors import EventsError
from events.log.ours.agent_profile import AgentProfile, append_agent_profile
from events.log.protocol import EventLog
from events.process.logging import get_logger
from events.wire.webhooks import is_conversation_id
from projector.errors import ProjectorError, ReadModelMissingError
from projector.sources.agents.asked import Asked, AskedAgents
from projector.sources.agents.messages import Told

logger = get_logger("projection")
LOOK_S = 1.0
# Until the next question without an answer, by how many there were in a row; also while our key is refused.
_BACKOFF_S = (60.0, 300.0, 1800.0)
_WAIT_S_MAX = 24 * 60 * 60.0
_AT_ONCE_MAX = 20


class Met(Protocol):
    """An agent that had a call, and the position of the last event of one."""

    @property
    def agent_id(self) -> str: ...
    @property
    def position(self) -> int: ...


class Known(Struct, frozen=True, kw_only=True):
    """
    How to look at what is projected; each may raise `ProjectorError` or `OSError`.

    `position` returns how far the log is projected, `agents` which agents had calls, and `profile` what is known of
    one.
    """

    position: Callable[[], int]
    agents: Callable[[], Sequence[Met]]
    profile: Callable[[str], AgentProfile | None]


class AgentWorker:
    """
    Asks about an agent when its first call is known, and again when one comes after the time that a profile is kept.

    Nothing waits for it. What cannot be asked now is asked later; until then the last profile counts.

    Args:
        log: open for appending.
        asked: when it was asked before.
        ask: asks about some agents, as `Asking.ask` does.
        ttl_s: how long a profile is kept, in seconds.
        clock_s: the present in Unix seconds.
    """

    def __init__(
        self,
        log: EventLog,
        known: Known,
        asked: AskedAgents,
        ask: Callable[[Sequence[str]], Iterable[Told]],
        *,
        ttl_s: float,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        self._log, self._known, self._asked, self._ask = log, known, asked, ask
        self._ttl_s, self._clock_s = ttl_s, clock_s
        self._tail: int | None = None
        self._fresh: dict[str, AgentProfile] = {}
        # Since when, and for how long, nobody is asked about.
        self._hold: tuple[float, float] | None = None
        self._holds = 0
        self._reason = ""

    def run(self, ended: Flag) -> None:
        """Ask again and again, until told to end."""
        while not ended.is_set():
            try:
                self.step()
            except ReadModelMissingError:
                pass  # the projector is about to make one
            except (EventsError, ProjectorError, OSError) as error:
                self._wait(str(error), LOOK_S)
            except Exception as error:
                logger.exception("agent_profiles_failed")
                self._wait(type(error).__name__, _BACKOFF_S[-1])
            ended.wait(LOOK_S)

    def step(self) -> int:
        """
        Ask about the agents whose turn it is, and return how many were asked about.

        Raises:
            EventsError, ProjectorError, OSError: the log or the read model cannot be read or written now.
        """
        if self._is_held() or not self._has_caught_up() or not (due := dict(self._due())):
            return 0
        self._log.proofs.check_key()
        self._hold, count = None, 0
        for told in self._ask(list(due)):
            count += 1
            self._take(told, due[told.agent_id])
            if self._is_held():
                break
        return count

    def _is_held(self) -> bool:
        return self._hold is not None and _is_within(self._clock_s(), *self._hold)

    def _has_caught_up(self) -> bool:
        """Tell whether all is projected that was there at the start: else nobody knows what is known."""
        if self._tail is None:
            place = self._log.tail()
            self._tail = place.position if place is not None else 0
        return self._known.position() >= self._tail

    def _due(self) -> Iterator[tuple[str, int]]:
        """Yield the agents whose turn it is, each with the position of its last call: the newest ones come first."""
        now_s = self._clock_s()
        due = [met for met in self._known.agents() if self._is_due(met, now_s)]
        # One that fails again and again must not keep the others waiting.
        due.sort(key=lambda met: (self._failures(met.agent_id), -met.position))
        yield from ((met.agent_id, met.position) for met in due[:_AT_ONCE_MAX])

    def _is_due(self, met: Met, now_s: float) -> bool:
        # The id becomes a part of an address, and the SDK puts it there as it is.
        if not is_conversation_id(met.agent_id):
            return False
        asked = self._asked.of(met.agent_id)
        if asked is None:
            profile = self._known.profile(met.agent_id)
            return profile is None or not _is_within(now_s, profile.read_at_s, self._ttl_s)
        if asked.failures:
            return not _is_within(now_s, asked.at_s, _backoff_s(asked.failures))
        return met.position != asked.position and not _is_within(now_s, asked.at_s, self._ttl_s)

    def _failures(self, agent_id: str) -> int:
        asked = self._asked.of(agent_id)
        return asked.failures if asked is not None else 0

    def _take(self, told: Told, position: int) -> None:
        agent_id, failures = told.agent_id, 0
        match told.outcome:
            case "known":
                failures = self._keep(told)
            case "gone":
                logger.info("agent_not_there", agent_id=agent_id, reason=told.reason)
            case "unusable":
                failures = self._failures(agent_id) + 1
                logger.warning("agent_profile_unusable", agent_id=agent_id, reason=told.reason)
            case "down":
                failures = self._failures(agent_id) + 1
                self._holds += 1
                self._wait(told.reason, max(_backoff_s(self._holds), min(told.wait_s or 0.0, _WAIT_S_MAX)))
            case "refused":
                self._wait(told.reason, _BACKOFF_S[-1])
                return  # the agent is asked about as soon as there is a better key, also after a restart
        if not self._is_held():
            self._holds, self._reason = 0, ""
        with suppress(OSError):  # it counts all the same, until the next start
            self._asked.note(agent_id, Asked(self._clock_s(), position, failures))

    def _keep(self, told: Told) -> int:
        """Append a profile if it says something new; return the failures of its agent, one more if that failed."""
        profile, agent_id = told.profile, told.agent_id
        if profile is None or profile.agent_id != agent_id:
            raise ProjectorError("the process that asks about agents mixed them up")
        # What was appended a moment ago may not be projected yet.
        known = self._fresh.get(agent_id) or self._known.profile(agent_id)
        if known is None or not known.says_the_same(profile):
            try:
                receipt = append_agent_profile(self._log, profile)
            except (EventsError, OSError) as error:
                self._wait(f"a profile cannot be appended: {error}", _BACKOFF_S[0])
                return self._failures(agent_id) + 1
            logger.info("agent_profile_appended", agent_id=agent_id, position=receipt.position)
        self._fresh[agent_id] = profile
        return 0

    def _wait(self, reason: str, wait_s: float) -> None:
        self._hold = self._clock_s(), wait_s
        if reason != self._reason:
            self._reason = reason
            then = "the last profile counts, if there is one"
            logger.warning("agent_profiles_waiting", reason=reason, retry_in_s=wait_s, consequence=then)


def _backoff_s(failures: int) -> float:
    return _BACKOFF_S[min(failures, len(_BACKOFF_S)) - 1]


def _is_within(now_s: float, since_s: float, span_s: float) -> bool:
    """Tell whether a span of time that began at a second is under way; a clock that was put back ends it."""
    return since_s <= now_s < since_s + span_s
