"""The settings of a database that many machines share: where it is, and what an acknowledgement means there."""

from importlib.util import find_spec
from typing import Annotated

from msgspec import Struct

from events.process.environment import Environment
from events.process.settings.setting import Text, Whole

_SCHEMES = ("postgresql://", "postgres://")
_STORE_SCHEMES = ("s3://", "file:///")
_STORE_DRIVER = "obstore"
_DRIVER = ("psycopg", "cryptography")

DATABASE_URL = Text(
    "DATABASE_URL",
    "database",
    "the database of the log and of the memories, for [many machines](many-machines.md); without it, both lie in "
    "folders of this machine",
    "postgresql://elaoms@db1,db2,db3/elaoms?target_session_attrs=read-write",
    more="Needs `.venv/bin/pip install --editable '.[postgres]'`. May hold a password, each special character of it "
    "written as %XX; `~/.pgpass` keeps one out of here",
)
DATABASE_READ_URL = Text(
    "DATABASE_READ_URL",
    "database",
    "the database in which ingress looks callers up: a standby takes that work from the primary",
    "postgresql://elaoms@db1,db2,db3/elaoms?target_session_attrs=prefer-standby",
    default_told="`DATABASE_URL`",
)
DATABASE_STANDBYS = Whole(
    "DATABASE_STANDBYS",
    "database",
    "how many synchronous standbys must have a webhook before it is acknowledged",
    "2",
    more="Where the server asks for fewer, none is acknowledged. 0 is for a server that stands alone, and for a "
    "service that replicates below PostgreSQL",
    default=1,
    low=0,
    high=16,
)
LOG_WAIT_S = Whole(
    "LOG_WAIT_S",
    "database",
    "how many seconds a webhook is held while no server takes it, as in a failover, before it is answered 503",
    "40",
    default=25,
    low=1,
    high=600,
)
BODY_STORE_URL = Text(
    "BODY_STORE_URL",
    "database",
    "where bodies above 1 MiB lie, such as recordings: a bucket of S3 or of what speaks as it does, or `file:///FOLDER`",
    "s3://bucket/elaoms?endpoint=https://s3.example.net&region=eu-1&access_key_id=...&secret_access_key=...",
    more="Only for a log in a database; read [how it keeps them](log-layout.md#long-bodies-in-a-bucket) first. May "
    "hold a secret, each special character of it written as %XX; what it leaves out comes from `AWS_ACCESS_KEY_ID`, "
    "`AWS_SECRET_ACCESS_KEY` and the like",
    default_told="the database",
)


class Database(Struct, frozen=True, kw_only=True):
    """The database of the log and of the memories. Its URLs may hold a password, and are never shown."""

    url: Annotated[str, DATABASE_URL]
    read_url: Annotated[str, DATABASE_READ_URL]
    standbys_min: Annotated[int, DATABASE_STANDBYS] = DATABASE_STANDBYS.default
    wait_s: Annotated[int, LOG_WAIT_S] = LOG_WAIT_S.default
    body_store: Annotated[str, BODY_STORE_URL] = ""

    def __repr__(self) -> str:
        """Show everything but the URLs."""
        return f"Database(standbys_min={self.standbys_min!r}, wait_s={self.wait_s!r})"


def read_database(env: Environment) -> Database | None:
    """Return the database that the environment names; None where log and memories lie in folders."""
    database = Database(
        url=DATABASE_URL.read(env),
        read_url=DATABASE_READ_URL.read(env) or DATABASE_URL.read(env),
        standbys_min=DATABASE_STANDBYS.read(env),
        wait_s=LOG_WAIT_S.read(env),
        body_store=read_body_store(env),
    )
    if not database.url:
        return None
    for name, url in ((DATABASE_URL.name, database.url), (DATABASE_READ_URL.name, database.read_url)):
        if not url.startswith(_SCHEMES):
            env.fault(name, "must be the URL of a database, such as postgresql://elaoms@db1/elaoms")
    if missing := [module for module in _DRIVER if find_spec(module) is None]:
        env.fault(
            DATABASE_URL.name,
            f"is set, which needs {' and '.join(missing)}: .venv/bin/pip install --editable '.[postgres]'",
        )
    return database


def read_body_store(env: Environment) -> str:
    """Return where long bodies of a log in a database lie; empty for the database. May hold a secret."""
    url = BODY_STORE_URL.read(env)
    if url and not url.startswith(_STORE_SCHEMES):
        env.fault(BODY_STORE_URL.name, "must be s3://BUCKET/PREFIX?endpoint=https://HOST, or file:///FOLDER")
    if url and find_spec(_STORE_DRIVER) is None:
        words = f"is set, which needs {_STORE_DRIVER}: .venv/bin/pip install --editable '.[postgres]'"
        env.fault(BODY_STORE_URL.name, words)
    return url
