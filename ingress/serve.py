"""Serve the application: bind, run one worker or several, end within the time that a supervisor gives."""

import errno
import signal
import socket
import sys
import time
from collections.abc import Callable

import uvicorn
from uvicorn.supervisors import Multiprocess

from events.errors import LogClosedError
from events.open_log import open_log
from ingress.app import create_app
from ingress.http.protocol import GuardedProtocol
from ingress.settings import Settings
from projector.read_model.open import has_memories, open_generations

# Between SIGTERM and the end; honcho kills after 5 s.
_GRACE_S = 2
# A predecessor that was killed may still hold the port for the moment in which its workers end.
_BIND_TRIES_S = 5.0


def serve(settings: Settings) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish what is under way."""
    check_log(settings)  # before anything listens: workers would fail again and again
    is_many = settings.workers > 1
    config = uvicorn.Config(
        "ingress.app:create_worker_app" if is_many else create_app(settings),
        factory=is_many,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    listener = bind(settings.host, settings.port)
    # uvicorn raises the signal again once it has ended gracefully; that is a success of ours.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    run: Callable[[], None]
    if is_many:
        run = Multiprocess(config, sockets=[listener]).run
    else:
        server = uvicorn.Server(config)
        run = lambda: server.run(sockets=[listener])  # noqa: E731
    try:
        run()
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        listener.close()


def check_log(settings: Settings) -> None:
    """
    Make sure of the payload log before anything is appended to it.

    Raises:
        LogClosedError: there are memories of a journal that is gone; a new one would hide the old.
        OSError: the folder cannot be used.
    """
    payloads = open_log(settings.payload_folder)
    if not payloads.size() and has_memories(open_generations(settings.read_model_folder)):
        words = "is its disk mounted? To start afresh, remove READ_MODEL_PATH too"
        raise LogClosedError(f"PAYLOAD_STORAGE_PATH {settings.payload_folder} holds no journal any more; {words}")


def bind(host: str, port: int) -> socket.socket:
    """
    Return a listening socket.

    Raises:
        OSError: the address is not ours, or somebody else holds the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    until = time.monotonic() + _BIND_TRIES_S
    while True:
        # Named, for asyncio sends at once only what it knows to be TCP; else answers wait 40 ms for the client's ack.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(2048)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise OSError(error.errno, f"HOST {host}, PORT {port}: {error.strerror}") from error
            time.sleep(0.1)
        else:
            listener.set_inheritable(True)
            return listener
