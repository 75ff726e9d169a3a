"""
When ElevenLabs was asked about which agent: a small file beside the generations.

What was said is in the log. When it was said again is not: the same profile makes no new event. Whoever loses this file
asks once more.
"""

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from events.disk.durable import FILE_MODE

NAME = ".agents"


class Asked(Struct, frozen=True):
    """
    The last question about an agent, at a Unix second; `failures` counts questions in a row without an answer.

    `position` is that of the agent's last call then: as long as no call has come since, nobody needs to ask again.
    """

    at_s: float
    position: int
    failures: int = 0


class AskedAgents:
    """
    The last question about each agent.

    Args:
        folder: `READ_MODEL_PATH`.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._asked: dict[str, Asked] = {}
        # One that cannot be read is none: a disk that gives nothing back must not keep the projector from its work.
        with suppress(OSError, ValueError, msgspec.MsgspecError):
            self._asked = msgspec.json.decode(self._path.read_bytes(), type=dict[str, Asked])

    def of(self, agent_id: str) -> Asked | None:
        """Return the last question about an agent; None where there was none."""
        return self._asked.get(agent_id)

    def note(self, agent_id: str, asked: Asked) -> None:
        """
        Note the last question about an agent.

        It counts in this process even if it cannot be written.

        Raises:
            OSError: it cannot be written.
        """
        self._asked[agent_id] = asked
        aside = self._path.with_name(f"{NAME}.new")
        fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
        with os.fdopen(fd, "wb") as file:
            file.write(msgspec.json.encode(self._asked, order="sorted"))
        aside.replace(self._path)
