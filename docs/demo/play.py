"""
The demo: both processes under honcho in a temporary folder, played upon as ElevenLabs would.

Run it by `make demo`. It leaves nothing behind, and exits 0 only if everything that it says is true.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from events.wire.recording import audio_webhook
from ingress.operating.simulate import Simulator

_ROOT = Path(__file__).parents[2]
_PAYLOADS = _ROOT / "tests" / "payloads"
_MARTA, _AGENT_LINE = "+12025550143", "+12025550100"
_AGENT = "agent_7301k9r8sbb5fjbbym8c9y1jqt9b"
_PATIENCE_S = 30.0


class DemoError(Exception):
    """The product did not do what the demo says it does."""


def main() -> None:
    """Play the demo."""
    with tempfile.TemporaryDirectory(prefix="elaoms-demo-") as name:
        folder = Path(name)
        environment = _environment(folder)
        with _processes(folder, environment):
            simulator = Simulator(f"http://127.0.0.1:{environment['PORT']}")
            _play(simulator, environment)
            simulator.close()
            _replay(environment)
            _prove(environment)
    _say("Done. That was all real: two processes, signed webhooks, files, and a replay.")


def _play(simulator: Simulator, environment: dict[str, str]) -> None:
    _say("1. Somebody calls for the first time. Who is it?")
    _greet(simulator, environment)

    _say("2. The call ends. ElevenLabs posts what was said, then the recording; each is appended to the log.")
    transcription = (_PAYLOADS / "post_call_transcription.captured.json").read_bytes()
    conversation_id = msgspec.json.decode(transcription)["data"]["conversation_id"]
    mp3 = _PAYLOADS / "call_audio.mp3"
    recording = b"".join(audio_webhook(mp3, conversation_id, agent_id=_AGENT, timestamp_s=int(time.time())))
    outbound = (_PAYLOADS / "post_call_transcription.outbound.json").read_bytes()
    for what, body in (("inbound call", transcription), ("its recording", recording), ("outbound call", outbound)):
        answer = simulator.post_call(body, secret=environment["ELEVENLABS_POST_CALL_KEY"])
        _print_answer(f"POST /webhook/post-call ({what})", answer)
    _wait_until_folded(environment, events=4)  # with the seal, by which the projector begins a log with a key

    _say("3. The same number calls again.")
    greeting = _greet(simulator, environment)
    if "Marta" not in greeting:
        raise DemoError(f"the greeting does not know the caller: {greeting}")

    _say("4. During the call the agent asks what the caller told us before.")
    query = "What is my last name?"
    answer = simulator.search(
        _MARTA, query, key=environment["ELEVENLABS_SEARCH_DATA_KEY"], agent_id=_AGENT, called_number=_AGENT_LINE
    )
    found = answer.json()
    print(f'   POST /webhook/search-data "{query}" -> {answer.status_code}')
    for memory in found["memories"][:3]:
        print(f"     {memory['score']:.2f}  {memory['content'][:90]}")
    print(f"     summary: {found['summary']}")
    if "Lindqvist" not in found["summary"]:
        raise DemoError("the search does not find the last name")


def _replay(environment: dict[str, str]) -> None:
    _say("5. All of it is a projection of the log. Rebuild it, and compare.")
    live = _run(environment, "projector", "dump")
    _run(environment, "projector", "replay")
    replayed = _run(environment, "projector", "dump")
    if live != replayed:
        raise DemoError("the replayed dump differs from the live one")
    print(f"   projector replay: the dump of {len(live)} bytes is the same, byte for byte.")


def _prove(environment: dict[str, str]) -> None:
    _say("6. Is the log what was received, and is what we added ours? Verify it, against a signed head.")
    head = _run(environment, "events", "head", "--sign")
    for line in _run(environment, "events", "verify", "--head", head).splitlines():
        if "signed" in line or "verified" in line:
            print(f"   events verify: {line}")


def _greet(simulator: Simulator, environment: dict[str, str]) -> str:
    answer = simulator.call_start(
        _MARTA, key=environment["ELEVENLABS_CLIENT_DATA_KEY"], agent_id=_AGENT, called_number=_AGENT_LINE
    )
    variables = answer.json()["dynamic_variables"]
    print(f"   POST /webhook/client-data {_MARTA} -> {answer.status_code}")
    for name in ("greeting", "caller_name", "last_call_summary"):
        print(f"     {name}: {textwrap.shorten(str(variables[name]), 90, placeholder='...') or '-'}")
    return str(variables["greeting"])


def _environment(folder: Path) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "PORT": str(port),
        "ELEVENLABS_POST_CALL_KEY": secrets.token_hex(),
        "ELEVENLABS_CLIENT_DATA_KEY": secrets.token_hex(),
        "ELEVENLABS_SEARCH_DATA_KEY": secrets.token_hex(),
        "LOG_KEY": secrets.token_hex(),
        "PAYLOAD_STORAGE_PATH": str(folder / "payloads"),
        "READ_MODEL_PATH": str(folder / "readmodel"),
    }


@contextmanager
def _processes(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    # A folder of its own, so that no .env of the project has a say; the Procfile is the one that serves for real.
    shutil.copy(_ROOT / "Procfile", folder)
    with (folder / "honcho.log").open("wb") as output:
        honcho = subprocess.Popen(
            [sys.executable, "-m", "honcho", "start"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        try:
            _wait_until_folded(environment, events=0)
            yield
        except (DemoError, httpx.HTTPError) as error:
            print(f"\nThe demo failed: {error}\n{(folder / 'honcho.log').read_text()}", file=sys.stderr)
            sys.exit(1)
    finally:
        honcho.send_signal(signal.SIGTERM)
        honcho.wait(20)


def _wait_until_folded(environment: dict[str, str], *, events: int) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        try:
            read_model = httpx.get(f"http://127.0.0.1:{environment['PORT']}/health", trust_env=False).json()[
                "read_model"
            ]
        except httpx.TransportError:
            pass
        else:
            if read_model["error"] is None and read_model["position"] >= events:
                return
        time.sleep(0.05)
    raise DemoError(f"the processes did not fold {events} events within {_PATIENCE_S:.0f} s")


def _run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=Path(environment["READ_MODEL_PATH"]).parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DemoError(f"{' '.join(command)} exited {done.returncode}: {done.stderr}")
    return done.stdout


def _print_answer(what: str, answer: httpx.Response) -> None:
    data = answer.json()["data"]
    print(f"   {what} -> {answer.status_code}, event {data['position']}, {data['kind']}")
    if answer.status_code != 200:
        raise DemoError(answer.text)


def _say(words: str) -> None:
    print(f"\n{words}", flush=True)


if __name__ == "__main__":
    main()
