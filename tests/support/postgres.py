"""A PostgreSQL of the tests' own: a cluster in memory where there is room, on a free port, ended by its process id."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path

import psutil
import psycopg

from tests.support.new_clusters import USER, NewClusters, give, memory, run, user_of_servers
from tests.support.servers import free_port
from tests.support.waiting import wait_until

_START_S = 60.0
_VERSION_MIN = 15
_NO_PROGRAMS = f"PostgreSQL's programs, of version {_VERSION_MIN} or later, are not installed"
_names = count()
_NEW = NewClusters()
_SCHEMAS_OF_MEMORIES = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'elaoms\\_%'"
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@cache
def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest version; None where there are none that we can use."""
    if (found := shutil.which("initdb")) is not None:
        return Path(found).resolve().parent
    versions = [path.name for path in Path("/usr/lib/postgresql").glob("*") if (path / "bin" / "initdb").exists()]
    newest = max((int(version) for version in versions if version.isdecimal()), default=0)
    return Path(f"/usr/lib/postgresql/{newest}/bin") if newest >= _VERSION_MIN else None


def why_not() -> str:
    """Return why no cluster can be made here; empty if one can, or must: CI leaves nothing out."""
    if os.environ.get("CI"):
        return ""
    if binaries() is None:
        return _NO_PROGRAMS
    try:
        user_of_servers()
    except KeyError:
        return f"there is no user {USER}, and the superuser may not run PostgreSQL"
    return ""


class Cluster:
    """
    One server with a superuser whom everybody on the loopback is taken for.

    Args:
        of: the primary whose standby it is to be; None for a primary.
        is_recycling: whether it gives old files of WAL new names, as it does by default, and does not remove them.
        within: the folder that its own is made in, such as a disk of its own; None for memory, where there is room.
    """

    def __init__(self, of: "Cluster | None" = None, *, is_recycling: bool = False, within: Path | None = None) -> None:
        found = binaries()
        assert found is not None, _NO_PROGRAMS
        self._binaries = found
        self._is_synced = within is not None
        self.folder = Path(tempfile.mkdtemp(prefix="elaoms-pg-", dir=within or memory()))
        self.port = free_port()
        self._is_recycling = is_recycling
        self._process: subprocess.Popen[bytes] | None = None
        self._copied: Path | None = None
        give(self.folder)
        try:
            if of is None:
                self._make()
                self.start()
            else:
                self.follow(of)
        except BaseException:
            self.close()
            raise

    @property
    def data(self) -> Path:
        """The server's own folder."""
        return self.folder / "data"

    def follow(self, primary: "Cluster") -> None:
        """Become the standby of a primary, made anew, on the port of before. Must not run."""
        shutil.rmtree(self.data, ignore_errors=True)
        self._run(
            "pg_basebackup",
            *self._making(self.data),
            "-h",
            "127.0.0.1",
            "-p",
            str(primary.port),
            "-R",
            "--checkpoint=fast",
        )
        self.start()

    def _make(self) -> None:
        if self._is_synced:
            self._initdb(self.data)
            return

        def make(folder: Path) -> None:
            give(folder)
            self._initdb(folder / "data")

        self._copied = _NEW.take(memory(), make)
        run("cp", "-a", str(self._copied / "data"), str(self.data))

    def _initdb(self, data: Path) -> None:
        self._run("initdb", *self._making(data), "-A", "trust", "-E", "UTF8", "--no-locale")

    def _making(self, data: Path) -> list[str]:
        return ["-D", str(data), "-U", USER, *([] if self._is_synced else ["--no-sync"])]

    def url(self, database: str = "postgres") -> str:
        """Return the location of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"]
        options.append(f"wal_recycle={'on' if self._is_recycling else 'off'}")
        command = [str(self._binaries / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        command += [word for option in options for word in ("-c", option)]
        until_s = time.monotonic() + _START_S
        while True:
            if self._process is None or self._process.poll() is not None:
                # Again, if it was killed: it refuses to start until the last of its former processes has ended.
                with (self.folder / "output").open("ab") as output:
                    self._process = subprocess.Popen(
                        command, user=user_of_servers(), cwd="/", stdout=output, stderr=output
                    )
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError:
                assert time.monotonic() < until_s, (self.folder / "output").read_text()
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """End the server as a power cut would, but for what the operating system still holds."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()  # its children end by themselves, once they notice

    def kill_all(self) -> None:
        """SIGKILL the server with all of its processes, and wait until none of them has a file open."""
        processes = self.processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.kill()
        wait_until(lambda: not any(_is_running(process) for process in processes))

    def processes(self) -> list[psutil.Process]:
        """Return the server's processes, the first one first."""
        assert self._process is not None
        server = psutil.Process(self._process.pid)
        return [server, *server.children(recursive=True)]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop the server with all of its processes until the block ends; the system still answers for it."""
        with stopped(*self.processes()):
            yield

    def demand_standby(self, *, is_demanded: bool = True) -> None:
        """Have every commit wait for a standby, also where there is none; or for none any more."""
        names = "*" if is_demanded else ""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
            connection.execute("SELECT pg_reload_conf()")
            wait_until(lambda: connection.execute("SHOW synchronous_standby_names").fetchone() == (names,))

    def promote(self) -> None:
        """Make a standby a primary."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute("SELECT pg_promote(wait => false)")
        wait_until(self._is_primary)

    def _is_primary(self) -> bool:
        try:
            with psycopg.connect(self.url(), autocommit=True) as connection:
                return connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
        except psycopg.errors.SerializationFailure:  # what the question sees, the WAL may be about to remove
            return False

    def close(self) -> None:
        """End the server, and remove all that it kept."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # at once: nobody needs what it holds
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)  # children of a server that was killed may still write
        if self._copied is not None:
            _NEW.give_back(self._copied)
            self._copied = None

    @contextmanager
    def database(self, *, like: str = "template0") -> Iterator[str]:
        """Yield the location of a new database, empty or like another one, which goes at the end of the block."""
        name = f"log_{os.getpid()}_{next(_names)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
            try:
                yield self.url(name)
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, program: str, *arguments: str) -> None:
        run(str(self._binaries / program), *arguments)


@contextmanager
def stopped(*processes: psutil.Process) -> Iterator[None]:
    """Stop processes, as if they hung, until the block ends."""
    try:
        for process in processes:
            process.suspend()
        wait_until(lambda: all(process.status() == psutil.STATUS_STOPPED for process in processes))
        yield
    finally:
        for process in processes:
            process.resume()


class Shared:
    """The one cluster of a process of tests: made when it is first asked for."""

    def __init__(self) -> None:
        self._cluster: Cluster | None = None
        self._memories: str | None = None

    def cluster(self) -> Cluster:
        """Return it."""
        self._cluster = self._cluster or Cluster()
        return self._cluster

    def memories_url(self) -> str:
        """Return the location of its one database for memories."""
        if self._memories is None:
            self._memories = self.cluster().url("memories")
            with psycopg.connect(self.cluster().url(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE memories TEMPLATE template0")
            set_few_partitions(self._memories)
        return self._memories

    def close(self) -> None:
        """End it, if it was made."""
        if self._cluster is not None:
            self._cluster.close()
            self._cluster = self._memories = None


SHARED = Shared()


@contextmanager
def memories_database() -> Iterator[str]:
    """
    Yield the location of a database without memories, with few partitions: each is a table to be made.

    All tests of a process use one, one after the other: to drop a database, the server writes all that it holds.
    """
    url = SHARED.memories_url()
    try:
        yield url
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_END_OTHERS)
            for (schema,) in connection.execute(_SCHEMAS_OF_MEMORIES).fetchall():
                connection.execute(f'DROP SCHEMA "{schema}" CASCADE')


def set_few_partitions(url: str) -> None:
    """Have a database make few partitions of the tables of memories."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {url.rpartition('/')[2]} SET elaoms.partitions = 2")


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
