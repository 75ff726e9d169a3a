"""Has a process of its own ask ElevenLabs about some agents: whatever happens there, the projector goes on."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress

import msgspec

from projector.sources.agents.messages import Question, Told
from projector.sources.sdk_client import TIMEOUT_S

# For the start, and for an agent of which nobody answers.
_STARTS_WITHIN_S, _EACH_S = 60.0, 3.0
_LINE_BYTES_MAX = 64 * 1024
_ENDS_WITHIN_S = 1.0


class Asking:
    """
    Asks one ElevenLabs account about agents.

    Args:
        key: the account's API key. It is passed on by a pipe: a command line is for all to see.
        base_url: the address of the API; None is the address that the SDK uses.
        timeout_s: how long an answer, or the next piece of one, may take.
    """

    def __init__(self, key: str, base_url: str | None, *, timeout_s: float = TIMEOUT_S) -> None:
        self._key, self._base_url, self._timeout_s = key, base_url, timeout_s
        self._lock = threading.Lock()
        self._is_closed = False
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, agent_ids: Sequence[str]) -> Iterator[Told]:
        """
        Yield what becomes of the question about each agent, in this order; end early where it is down or refuses us.

        If the process ends without a word on an agent, that one is `down`. Yields nothing more once this is closed.
        """
        question = Question(
            key=self._key,
            base_url=self._base_url,
            agent_ids=list(agent_ids),
            timeout_s=self._timeout_s,
            process_s=int(_STARTS_WITHIN_S + self._timeout_s + _EACH_S * len(agent_ids)),
        )
        last: Told | None = None
        count = 0
        try:
            for last in self._lines(question):
                count += 1
                yield last
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            reason = f"the process that asks could not be used: {error}"
        else:
            reason = "the process that asks ended without an answer"
        is_done = count == len(agent_ids) or (last is not None and last.outcome in {"down", "refused"})
        if not (is_done or self._is_closed):
            yield Told(agent_id=agent_ids[count], outcome="down", reason=reason)

    def close(self) -> None:
        """End the process that asks, if any does, and ask no more; any thread may do so."""
        with self._lock:
            self._is_closed = True
            process = self._process
        if process is not None:
            process.kill()

    def _lines(self, question: Question) -> Iterator[Told]:
        with self._lock:
            if self._is_closed:
                return
            process = self._process = subprocess.Popen(
                [sys.executable, "-m", "projector.sources.agents.process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a traceback may quote what it was told
            )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(msgspec.json.encode(question) + b"\n")
                process.stdin.flush()
            while line := process.stdout.readline(_LINE_BYTES_MAX):
                yield msgspec.json.decode(line, type=Told)
        finally:
            process.kill()  # it has said all, or something that it must not say
            with suppress(subprocess.TimeoutExpired):
                process.wait(_ENDS_WITHIN_S)
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()
