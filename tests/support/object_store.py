"""An S3 of the tests' own: rclone, which serves a folder on a free port, and is ended by its process id."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil

from tests.support.postgres import stopped
from tests.support.servers import free_port
from tests.support.waiting import wait_until

_BUCKET = "bodies"
ACCESS_KEY, SECRET_KEY = "access-key-of-a-test", "secret/key+of=a%test"


def program() -> str | None:
    """Return the program; None where it is not installed."""
    beside = Path(sys.executable).with_name("rclone")
    return str(beside) if beside.exists() else shutil.which("rclone")


class ObjectStore:
    """
    One server with one bucket; what it holds lies in a folder as it was put there.

    It takes what S3 takes, in parts as well, checks signatures, and refuses a wrong key.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = free_port()
        (folder / _BUCKET).mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def endpoint(self) -> str:
        """The URL of the server."""
        return f"http://127.0.0.1:{self._port}"

    def url(self, prefix: str = "elaoms/log", *, secret: str = SECRET_KEY) -> str:
        """Return its location, as `BODY_STORE_URL` has it."""
        options = {
            "endpoint": self.endpoint,
            "region": "auto",
            "access_key_id": ACCESS_KEY,
            "secret_access_key": secret,
        }
        return f"s3://{_BUCKET}/{quote(prefix)}?{urlencode(options)}"

    def start(self) -> None:
        """Start the server, again on its port."""
        found = program()
        assert found is not None
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(found, "serve", "s3", "--addr", f"127.0.0.1:{self._port}", "--config", ""),
                    *("--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", str(self.folder)),
                ],
                stdout=output,
                stderr=output,
            )
        port = self._port
        server = psutil.Process(self._process.pid)
        wait_until(lambda: any(each.laddr.port == port for each in server.net_connections()))

    def kill(self) -> None:
        """End the server at once; what was put there stays."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def reread(self) -> None:
        """Start the server anew: it remembers what lay in its folders, and a test has changed that."""
        self.kill()
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop the server until the block ends; the system still answers for it."""
        assert self._process is not None
        with stopped(psutil.Process(self._process.pid)):
            yield

    def objects(self) -> list[Path]:
        """Return the files of what was put there, but for the sign of each log."""
        return [path for path in (self.folder / _BUCKET).rglob("*") if path.is_file() and path.name != "log"]

    def close(self) -> None:
        """End the server."""
        if self._process is not None and self._process.poll() is None:
            self.kill()


class SharedStore:
    """The one server of a process of tests: made when it is first asked for."""

    def __init__(self) -> None:
        self._store: ObjectStore | None = None

    def store(self) -> ObjectStore:
        """Return it."""
        self._store = self._store or ObjectStore(Path(tempfile.mkdtemp(prefix="elaoms-s3-")))
        return self._store

    def close(self) -> None:
        """End it, if it was made."""
        if self._store is not None:
            self._store.close()
            shutil.rmtree(self._store.folder, ignore_errors=True)
            self._store = None


SHARED_STORE = SharedStore()
