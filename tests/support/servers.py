"""Real processes on free ports of the loopback, ended by the test that started them."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from events.folder_log.log import FolderLog
from events.log.event import Event
from events.wire.signature import sign
from tests.support.starts.process import ForkedProcess, can_be_forked
from tests.support.starts.running import run_forked
from tests.support.waiting import PATIENCE_S, wait_until

POST_CALL_KEY, CLIENT_DATA_KEY, SEARCH_DATA_KEY = "wsec_post_call_of_a_test", "key-client-data-1", "key-search-data-1"


class Site:
    """One installation in a folder of its own: its settings, its two processes, and a client with the keys."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.payloads = folder / "payloads"
        self.read_model = folder / "readmodel"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            "PATH": os.environ["PATH"],
            "ELEVENLABS_POST_CALL_KEY": POST_CALL_KEY,
            "ELEVENLABS_CLIENT_DATA_KEY": CLIENT_DATA_KEY,
            "ELEVENLABS_SEARCH_DATA_KEY": SEARCH_DATA_KEY,
            "PAYLOAD_STORAGE_PATH": str(self.payloads),
            "READ_MODEL_PATH": str(self.read_model),
            "PORT": str(self.port),
            "SEMANTIC_SEARCH": "off",  # what is tested must not depend on a wheel; tests of meaning say so
            **settings,
        }

    @contextmanager
    def ingress(self, *, under: Sequence[str] = ()) -> Iterator[subprocess.Popen[bytes]]:
        """Run ingress until the block ends; it answers when the block begins."""
        with self.process("ingress", under=under) as process:
            self.wait_for_ingress(process)
            yield process

    @contextmanager
    def projector(self, *, under: Sequence[str] = ()) -> Iterator[subprocess.Popen[bytes]]:
        """Run a following projector until the block ends."""
        with self.process("projector", under=under) as process:
            yield process

    @contextmanager
    def process(
        self, *command: str, under: Sequence[str] = (), by: Sequence[str] = (sys.executable,)
    ) -> Iterator[subprocess.Popen[bytes]]:
        """
        Run one of our commands until the block ends, `under` another command that executes it in its own place.

        Args:
            by: the Python that runs it, with its options.
        """
        output = self.folder / f"{command[0]}.log"
        if not under and by == (sys.executable,) and can_be_forked(self.env):
            process: subprocess.Popen[bytes] = ForkedProcess(
                command, folder=self.folder, env=self.env, stdout=output, stderr=output
            )
        else:
            with output.open("ab") as to:
                process = subprocess.Popen(
                    [*under, *by, "-m", *command],
                    cwd=self.folder,
                    env=self.env,
                    stdin=subprocess.DEVNULL,
                    stdout=to,
                    stderr=to,
                    start_new_session=True,
                )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(PATIENCE_S)
                except subprocess.TimeoutExpired:
                    kill_all(process)
                    raise
            kill_all(process)  # a worker whose parent a test has killed

    def run(self, *command: str, check: bool = True, under: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Run one of our commands to its end, `under` another command that executes it in its own place."""
        if not under and can_be_forked(self.env):
            done = run_forked(command, folder=self.folder, env=self.env)
        else:
            done = subprocess.run(
                [*under, sys.executable, "-m", *command],
                cwd=self.folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        if check and done.returncode:
            raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def events(self) -> list[Event]:
        """Return all events of the log, each of them chained and checked against its receipt."""
        found = []
        for event in FolderLog(self.payloads).read():
            assert isinstance(event, Event)
            assert event.is_chained
            assert event.body()
            found.append(event)
        return found

    def dump(self) -> str:
        """Return the dump of the memories."""
        return self.run("projector", "dump").stdout

    def wait_for_ingress(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until ingress answers."""

        def has_answered() -> bool:
            assert process.poll() is None, "ingress has ended:\n" + self.log("ingress")
            try:
                self.get("/")
            except httpx.TransportError:
                return False
            return True

        self.wait_until(has_answered, "ingress")

    def log(self, command: str) -> str:
        """Return what a process has printed so far."""
        return (self.folder / f"{command}.log").read_text()

    def wait_until(self, is_so: Callable[[], object], command: str = "projector") -> None:
        """
        Wait until a condition holds that one of the processes brings about.

        If it does not, the error shows the log of that process, and what `/health` says.
        """
        wait_until(is_so, describe=lambda: f"{self.log(command)}\n{self._health_text()}")

    def _health_text(self) -> str:
        try:
            return self.get("/health").text
        except httpx.HTTPError as error:
            return f"/health does not answer: {error!r}"

    def client(self) -> httpx.Client:
        """Return a client of this ingress."""
        return loopback_client(base_url=self.url)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request to this ingress, on a connection of its own."""
        with self.client() as client:
            return client.request(method, path, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Get a path of this ingress."""
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """Post to a path of this ingress."""
        return self.request("POST", path, **more)

    def health(self) -> dict[str, Any]:
        """Return the report of `/health` of what is so now, whatever its status."""
        health: dict[str, Any] = self.health_answer().json()
        return health

    def recent_health(self) -> dict[str, Any]:
        """Return the next report of `/health`: for loops, as what it saw may be a second old."""
        health: dict[str, Any] = self.get("/health").json()
        return health

    def health_answer(self) -> httpx.Response:
        """Return an answer of `/health` that saw what is so now."""
        asked_at = datetime.now(UTC)
        answers: list[httpx.Response] = []

        def is_fresh() -> bool:
            answers.append(self.get("/health"))
            looked_at = answers[-1].json()["looked_at"]
            return looked_at is not None and datetime.fromisoformat(looked_at) >= asked_at

        self.wait_until(is_fresh, "ingress")
        return answers[-1]

    def post_call(self, body: bytes, *, client: httpx.Client | None = None) -> httpx.Response:
        """Post a webhook with a valid signature."""
        if client is not None:
            return client.post(f"{self.url}/webhook/post-call", content=body, headers=signed(body))
        return self.post("/webhook/post-call", content=body, headers=signed(body))

    def call_start(self, caller: str | None, **more: Any) -> dict[str, Any]:
        """Ask who is calling."""
        answer = self.post(
            "/webhook/client-data", json={"caller_id": caller} | more, headers={"x-api-key": CLIENT_DATA_KEY}
        )
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()
        return data

    def search(self, query: Any, caller: Any, **more: Any) -> dict[str, Any]:
        """Search for what a caller said."""
        question = {"query": query, "caller_id": caller} | more
        headers = {"x-api-key": SEARCH_DATA_KEY}
        answer = self.post("/webhook/search-data", json=question, headers=headers)
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()
        return data

    def wait_until_folded(self, events: int, *, patience_s: float = PATIENCE_S, is_told: bool = True) -> None:
        """Wait until the projector has folded this many events, and delivered them to an outside engine."""
        read_model: dict[str, Any] = {}

        def is_folded() -> bool:
            read_model.update(self.recent_health()["read_model"])
            is_waiting = read_model["waiting"] or (is_told and read_model["owed"])
            return bool(read_model["position"] >= events and not is_waiting)

        wait_until(is_folded, patience_s=patience_s, describe=lambda: f"{read_model}\n{self.log('projector')}")


def loopback_client(**more: Any) -> httpx.Client:
    """Return a client of servers that speak no TLS: to read the world's certificates takes 50 ms of processor time."""
    return httpx.Client(timeout=PATIENCE_S, trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), **more)


def signed(body: bytes, *, secret: str = POST_CALL_KEY, age_s: int = 0) -> dict[str, str]:
    """Return the header with which ElevenLabs sends a body now, or sent it `age_s` ago."""
    return {"elevenlabs-signature": sign(body, secret, timestamp_s=int(time.time()) - age_s)}


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL a process and those that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE_S)


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
