"""What a server is set to, which of it makes an acknowledgement worth less, and what an erasure cannot prove there."""

from events.database.body_store import look_at_body_store
from events.database.look import KEPT_LITTLE, Look, State
from events.database.servers import look_at_read_url, look_at_servers
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections
from events.postgres_server.standbys import look_at_standbys

_VERSION_MIN = 150_000
_WAIT_S = 5.0
_SETTINGS = (
    "server_version_num",
    "server_encoding",
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "synchronous_standby_names",
    "statement_timeout",
    "data_checksums",
    "wal_recycle",
    "wal_keep_size",
)
_LOOK = "SELECT " + ", ".join(f"current_setting('{name}', true)" for name in _SETTINGS)
# A superuser has all rights, and is a member of no role that gives them. Where the schema is missing, we make it.
_RIGHTS = """
SELECT pg_is_in_recovery(), pg_has_role(current_user, 'pg_monitor', 'USAGE'),
pg_has_role(current_user, 'pg_checkpoint', 'USAGE'), has_function_privilege('pg_switch_wal()', 'EXECUTE'),
has_function_privilege('pg_ls_dir(text)', 'EXECUTE')
AND has_function_privilege('pg_stat_file(text, boolean)', 'EXECUTE'),
has_database_privilege(current_database(), 'CREATE') AND coalesce(
    (SELECT pg_has_role(current_user, nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'elaoms'), true),
current_user::text, pg_backend_pid()
"""


def look_at(location: str, standbys_min: int, *, read_url: str) -> list[Look]:
    """
    Return what is to be said of the servers at a location.

    Args:
        standbys_min: how many synchronous standbys must have an event before it is acknowledged.
        read_url: the URL by which callers are looked up; may hold a password.

    Raises:
        OSError: it cannot be asked.
    """
    connections = Connections(location, wait_s=_WAIT_S, only_reads=True)
    looks = connections.read(lambda connection: _looks(connection, standbys_min))
    looks += look_at_servers(location, standbys_min)
    looks += look_at_body_store(connections)
    if read_url != connections.url:
        looks.append(look_at_read_url(location, read_url))
    return looks


def _looks(connection: Connection, standbys_min: int) -> list[Look]:
    row, rights = connection.execute(_LOOK).fetchone(), connection.execute(_RIGHTS).fetchone()
    assert row is not None
    assert rights is not None
    told = {name: str(value or "") for name, value in zip(_SETTINGS, row, strict=True)}
    is_in_recovery, may_see, may_checkpoint, may_switch, may_list, may_make, role, process = rights
    return [
        _server(told, is_in_recovery=is_in_recovery),
        *_kept(told),
        _standbys(connection, told, standbys_min),
        _look(
            told,
            "data_checksums",
            is_right=told["data_checksums"] == "on",
            right="a block that the disk changed is noticed",
            wrong="a block that the disk changed is read as if it were right; `initdb --data-checksums`",
        ),
        _look(
            told,
            "wal_recycle",
            is_right=told["wal_recycle"] == "off",
            right="what was erased leaves the log of the server with its files",
            wrong="an erasure takes longer: files of the server's log are overwritten, not removed",
        ),
        _look(
            told,
            "wal_keep_size",
            is_right=told["wal_keep_size"] in KEPT_LITTLE,
            right="little more of the log of the server is kept than others need",
            wrong="an erasure waits until that much more has been written; 0 is best, and 16MB what Patroni takes",
        ),
        _pooler(has_one=connection.info.backend_pid != process),
        _right(
            role,
            "to the tables",
            has_it=may_make,
            right="it makes and owns what it needs",
            wrong="neither log nor memories can be kept: let the database and its schema elaoms be owned by",
            state="wrong",
        ),
        _right(
            role,
            "pg_monitor",
            has_it=may_see,
            right="it sees which standbys follow, and what the servers still keep",
            wrong="nobody sees which standbys follow, and no erasure is ever finished; `GRANT pg_monitor TO`",
        ),
        _right(
            role,
            "pg_checkpoint",
            has_it=may_checkpoint,
            right="an erasure writes its own checkpoint",
            wrong="an erasure waits for the server's own checkpoint; `GRANT pg_checkpoint TO`",
        ),
        _right(
            role,
            "pg_switch_wal()",
            has_it=may_switch,
            right="an erasure begins another file of the server's log",
            wrong="an erasure waits until that file is full; `GRANT EXECUTE ON FUNCTION pg_switch_wal() TO`",
        ),
        _right(
            role,
            "pg_ls_dir(), pg_stat_file()",
            has_it=may_list,
            right="an erasure sees what a crash of a server left",
            wrong="after a crash of a server an erasure may never be finished; `GRANT EXECUTE ON FUNCTION "
            "pg_ls_dir(text), pg_stat_file(text, boolean) TO`",
        ),
    ]


def _server(told: dict[str, str], *, is_in_recovery: bool) -> Look:
    version, encoding = int(told["server_version_num"]), told["server_encoding"]
    value = f"PostgreSQL {version // 10_000}, {encoding}"
    if version < _VERSION_MIN:
        return Look("server", value, "wrong", "15 is the oldest that keeps a log")
    if encoding != "UTF8":
        return Look("server", value, "wrong", "the database must be in UTF8: `CREATE DATABASE ... TEMPLATE template0`")
    if is_in_recovery:
        return Look("server", value, "wrong", "it is a standby, which takes no events; target_session_attrs=read-write")
    return Look("server", value, "ok", "it is a primary")


def _kept(told: dict[str, str]) -> list[Look]:
    return [
        _look(
            told,
            "fsync",
            is_right=told["fsync"] == "on",
            right="what is committed is on the disk",
            wrong="a power cut undoes what was committed",
            state="wrong",
        ),
        _look(
            told,
            "full_page_writes",
            is_right=told["full_page_writes"] == "on",
            right="a power cut leaves whole pages",
            wrong="a power cut may damage the tables",
            state="wrong",
        ),
        _look(
            told,
            "synchronous_commit",
            is_right=told["synchronous_commit"] in {"on", "remote_apply"},
            right="a commit waits for the disks",
            wrong="a commit does not wait for the standby's disk",
            state="wrong",
        ),
        _look(
            told,
            "statement_timeout",
            is_right=told["statement_timeout"] == "0",
            right="no append is cut off",
            wrong="it could cut an append off",
            state="wrong",
        ),
    ]


def _pooler(*, has_one: bool) -> Look:
    if not has_one:
        return Look("pooler", "none", "ok", "the connection leads to the server itself")
    text = "it must pool by session: by transaction, settings and notifications get lost"
    return Look("pooler", "one", "costs", text)


def _standbys(connection: Connection, told: dict[str, str], standbys_min: int) -> Look:
    seen = look_at_standbys(connection)
    name, value = "synchronous_standby_names", told["synchronous_standby_names"]
    if error := seen.error(standbys_min):
        return Look(name, value, "wrong", error)
    if not seen.told:
        return Look(name, value, "costs", "no standby: whoever loses this server's disk loses what was acknowledged")
    follow = "this role may not see which follow" if seen.in_sync is None else f"{seen.in_sync} follow"
    return Look(name, value, "ok", f"{seen.told} must have an event before it is acknowledged, and {follow}")


def _look(told: dict[str, str], name: str, *, is_right: bool, right: str, wrong: str, state: State = "costs") -> Look:
    return Look(name, told[name], "ok" if is_right else state, right if is_right else wrong)


def _right(role: str, name: str, *, has_it: bool, right: str, wrong: str, state: State = "costs") -> Look:
    value = "yes" if has_it else "no"
    return Look(f"right {name}", value, "ok" if has_it else state, right if has_it else f"{wrong} {role}")
