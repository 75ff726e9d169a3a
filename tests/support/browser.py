"""A real browser without a window: Debian's chromium, spoken to by its DevTools protocol."""

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.support.waiting import PATIENCE_S

CHROMIUM = shutil.which("chromium")
_LISTENING = re.compile(r"DevTools listening on ws://(127\.0\.0\.1:\d+)/")
# Silent, without a sandbox (a container's root can have none), and with nothing of a former run.
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--mute-audio",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--remote-debugging-port=0",
)


class Tab:
    """
    One page that is open.

    `errors` collects what the browser refused or could not do on it, `requests` the addresses that it asked for.
    An address that the page's own policy forbids is not asked for.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self.errors: list[str] = []
        self._asked: dict[str, str] = {}
        for domain in ("Runtime", "Log", "Network", "Page"):
            self._call(f"{domain}.enable")

    @property
    def requests(self) -> list[str]:
        """The addresses that were asked for."""
        return list(self._asked.values())

    def open(self, path: Path) -> None:
        """Load a file, to its end."""
        self._call("Page.navigate", url=path.resolve().as_uri())
        self.wait_for("document.readyState === 'complete' && location.protocol === 'file:'")

    def visit(self, url: str) -> None:
        """Load a page of a server, to its end."""
        self._call("Page.navigate", url=url)
        self.wait_for(f"document.readyState === 'complete' && location.href === {json.dumps(url)}")

    def evaluate(self, script: str) -> Any:
        """Return the value of a script, which counts as a person's own doing."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait_for(self, script: str) -> None:
        """Wait until a script is true."""
        loop = f"new Promise(done => {{ const look = () => ({script}) ? done() : setTimeout(look, 20); look(); }})"
        answer = self._call("Runtime.evaluate", expression=loop, awaitPromise=True, userGesture=True)
        assert "exceptionDetails" not in answer, answer

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        id_ = next(self._ids)
        self._socket.send(json.dumps({"id": id_, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE_S))
            if message.get("id") == id_:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self._note(message.get("method"), message.get("params", {}))

    def _note(self, event: str | None, params: dict[str, Any]) -> None:
        if event == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(params["entry"]["text"])
        elif event == "Runtime.exceptionThrown":
            self.errors.append(str(params["exceptionDetails"]))
        elif event == "Network.requestWillBeSent":
            self._asked[params["requestId"]] = params["request"]["url"]
        elif event == "Network.loadingFailed" and params.get("blockedReason") == "csp":
            self._asked.pop(params["requestId"], None)


@contextmanager
def tab(folder: Path) -> Iterator[Tab]:
    """
    Open an empty tab until the block ends.

    Args:
        folder: where the browser keeps what it writes.
    """
    assert CHROMIUM is not None
    command = [CHROMIUM, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as browser:
        try:
            assert browser.stderr is not None
            address = next(found[1] for line in browser.stderr if (found := _LISTENING.search(line)))
            with httpx.Client(trust_env=False, timeout=PATIENCE_S) as client:
                made = client.put(f"http://{address}/json/new?about:blank").json()
            with connect(made["webSocketDebuggerUrl"], max_size=None, proxy=None) as socket:
                yield Tab(socket)
        finally:
            browser.terminate()
            browser.wait(PATIENCE_S)
