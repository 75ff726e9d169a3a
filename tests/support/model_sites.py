"""An installation whose calls a model on the loopback reads, through the vendor's SDK."""

import json
import threading
from pathlib import Path
from typing import Any

import msgspec

from events.log.event import Event
from events.log.ours.extraction import ExtractionData, is_extraction, read_extraction
from events.open_log import open_log
from tests.support.extractions import SAYINGS, statement
from tests.support.model_server import KEY, ModelServer, Received, Reply, completion
from tests.support.servers import Site


class Model:
    """
    A careful model: of each saying of `SAYINGS` that it is sent it states what is in it.

    `hold` makes all answers wait until `go` is set. `fault`, where it is set, is answered instead.
    """

    def __init__(self) -> None:
        self.server = ModelServer(self._answer)
        self.fault: Reply | None = None
        self.go = threading.Event()
        self.go.set()

    @property
    def asked(self) -> int:
        """How many questions came in."""
        return len(self.server.requests)

    def _answer(self, received: Received) -> Reply:
        fault = self.fault  # as it was when the question came in
        self.go.wait(60)
        return fault or completion(json.dumps({"memories": stated(received)}))


def stated(received: Received) -> list[dict[str, Any]]:
    """Return what is stated of the call that a question holds."""
    turns = [json.loads(line) for line in received.user.splitlines() if line.startswith('{"turn"')]
    return [statement(turn["caller"], turn["turn"]) for turn in turns if turn.get("caller") in SAYINGS]


def model_site(folder: Path, model: Model, **settings: str) -> Site:
    """Return an installation that asks a model, which must be serving."""
    asked = {
        "LLM_PROVIDER": "openai-compatible",
        "LLM_BASE_URL": f"{model.server.url}/v1",
        "LLM_MODEL": "luna",
        "LLM_API_KEY": KEY,
        "LLM_TIMEOUT_S": "60",
    }
    return Site(folder, **(asked | settings))


def extractions(site: Site) -> list[ExtractionData]:
    """Return the answers that the log of an installation holds, in their order."""
    events = [event for event in open_log(site.payloads).read() if isinstance(event, Event)]
    return [read_extraction(event) for event in events if is_extraction(event.receipt)]


def learning(site: Site) -> dict[str, Any]:
    """Return what `projector status` says of asking."""
    status: dict[str, Any] = msgspec.json.decode(site.run("projector", "status", "--json", check=False).stdout.encode())
    said: dict[str, Any] = status["learning"]
    return said
