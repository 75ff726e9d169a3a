"""A proxy before a server on the loopback that can swallow what the server sends, and end no connection."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_READ_BYTES = 65536


class SwallowingProxy:
    """
    Passes bytes on, both ways, until it is told to swallow what the server sends.

    `port` is its own; `swallowed` is set once something of the server was swallowed.
    """

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self.port: int = self._listener.getsockname()[1]
        self.is_swallowing = threading.Event()
        self.swallowed = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """End all connections, and wait for the threads."""
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join()

    def cut(self) -> None:
        """End all connections that there are, and pass on again what comes by new ones."""
        self.is_swallowing.clear()
        for each in self._sockets[1:]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._upstream))
                self._sockets += [client, server]
                for source, target, may_swallow in ((client, server, False), (server, client, True)):
                    thread = threading.Thread(target=self._pass_on, args=(source, target, may_swallow))
                    self._threads.append(thread)
                    thread.start()

    def _pass_on(self, source: socket.socket, target: socket.socket, may_swallow: bool) -> None:
        with suppress(OSError):
            while data := source.recv(_READ_BYTES):
                if may_swallow and self.is_swallowing.is_set():
                    self.swallowed.set()
                else:
                    target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


@contextmanager
def swallowing_proxy(upstream: int) -> Iterator[SwallowingProxy]:
    """Run a proxy before a port of the loopback until the block ends."""
    proxy = SwallowingProxy(upstream)
    try:
        yield proxy
    finally:
        proxy.close()
