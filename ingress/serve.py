"""Serves the application: binds the port, runs one worker or several, and ends within a supervisor's grace period."""

import errno
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext

import uvicorn
from uvicorn.supervisors import Multiprocess

from events.errors import LogClosedError
from events.open_log import open_log
from events.process import logging
from events.process.doubts import log_doubts
from ingress.app import create_app, end_soon
from ingress.http.protocol import GuardedProtocol
from ingress.metrics.sharing import shared_counters
from ingress.settings import Settings
from projector.read_model.open import has_memories, open_generations

# From SIGTERM to the end. honcho kills after 5 s.
_GRACE_S = 2
# An earlier ingress that was killed may keep the port for a moment, until its workers end.
_BIND_TRIES_S = 5.0


def serve(settings: Settings) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish the requests that are under way."""
    logging.configure(level=settings.log_level)
    log_doubts(settings.doubts)
    check_log(settings)  # before any worker starts: the supervisor would start failing workers again and again
    is_many = settings.workers > 1
    config = uvicorn.Config(
        "ingress.app:create_worker_app" if is_many else create_app(settings, on_stopping=end_soon),
        factory=is_many,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="error",  # its warnings are of requests that are no HTTP; anybody may send any number of them
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    listener = bind(settings.host, settings.port)
    # After a graceful end uvicorn raises the signal once more. For us that is a success.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    run: Callable[[], None]
    if is_many:
        run = Multiprocess(config, sockets=[listener]).run
    else:
        server = uvicorn.Server(config)
        run = lambda: server.run(sockets=[listener])  # noqa: E731
    try:
        with shared_counters() if is_many else nullcontext():
            run()
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        listener.close()


def check_log(settings: Settings) -> None:
    """
    Check that the payload log is the one from which the read model was made.

    Raises:
        LogClosedError: there are memories, but the journal is gone. A new journal would hide that.
        OSError: the folder cannot be used.
    """
    payloads = open_log(settings.log_location)
    if not payloads.size() and has_memories(open_generations(settings.memories_location)):
        advice = "is its disk mounted? To start afresh, remove READ_MODEL_PATH too"
        if settings.database is not None:
            raise LogClosedError(
                f"{payloads} holds no log any more, but memories made of one; restore it: docs/backup.md"
            )
        raise LogClosedError(f"PAYLOAD_STORAGE_PATH {settings.payload_folder} holds no journal any more; {advice}")


def bind(host: str, port: int) -> socket.socket:
    """
    Return a listening socket.

    Raises:
        OSError: the address is not one of this machine's, or another process holds the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    until = time.monotonic() + _BIND_TRIES_S
    while True:
        # The protocol is named: asyncio sets TCP_NODELAY only on a socket that it knows to be TCP. Without it, answers
        # wait 40 ms for the client's ACK.
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
