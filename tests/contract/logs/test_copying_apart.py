"""A copy goes into another place than it comes from, whatever each is called, and leaves what is not its own."""

import os
import shutil
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from events.copying.command import copy as copy_command
from events.errors import JournalError, LogKeyError
from events.log.protocol import EventLog
from events.open_log import is_database, open_copy_source, open_copy_target, open_log
from events.postgres_server.location import read_location
from events.wire.shared_secrets import Secrets
from tests.contract.logs.kinds import Kind
from tests.support.copies import content_of, copy, files_in
from tests.support.logs import CALL, LATER, OTHER, append


class Settings:
    """The settings of the command, without a key."""

    log_keys: Secrets | None = None
    body_store: str = ""


def asked(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(copy_command, arguments, obj=Settings())


def other_names(location: str, folder: Path) -> list[str]:
    """Return other names of the same log."""
    if is_database(location):
        return [
            location.replace("postgresql://", "postgres://"),
            location.replace("127.0.0.1", "localhost"),
            f"{location}?application_name=other",
        ]
    (folder / "link").symlink_to(location)
    shutil.copytree(location, folder / "hard", copy_function=os.link)
    return [str(folder / "link"), f"{location}/../{Path(location).name}", str(folder / "hard")]


def test_the_same_log_by_another_name_is_refused(log: EventLog, tmp_path: Path) -> None:
    """A log is not copied into itself, nor into what shares its journal: that would pass for a backup, and be none."""
    append(log, CALL)
    names = other_names(log.location, tmp_path)
    append(log, LATER)
    before = content_of(log.location)
    for name in names:
        for ends in ((log.location, name), (name, log.location)):
            done = asked(*ends)
            assert done.exit_code == 2, done.output
            assert "FROM and TO" in done.output
    assert content_of(log.location) == before


def test_two_places_have_no_mark_in_common(log: EventLog, other: EventLog) -> None:
    """Another folder, or another database of the same server, is another place, also with the same log in it."""
    append(log, CALL)
    copy(log.location, other.location)
    assert not open_copy_source(log.location).identity() & open_copy_target(other.location).identity()


def everything_at(location: str) -> object:
    """Return all that lies at a location, also what is no event's."""
    if not is_database(location):
        return files_in(Path(location))
    with psycopg.connect(read_location(location).url) as connection:
        return connection.execute("SELECT * FROM elaoms.log").fetchall(), connection.execute(
            "SELECT * FROM elaoms.bodies"
        ).fetchall()


def test_a_place_with_another_log_is_not_touched(log: EventLog, other: EventLog) -> None:
    """What is refused as another history is left to the byte: a line that is being written, a key, a draft."""
    append(log, CALL)
    append(other, OTHER)
    if not is_database(other.location):
        folder = Path(other.location)
        with (folder / "journal.jsonl").open("ab") as journal:
            journal.write(b'{"position":')
        (folder / ".erasure.key.0123").write_text("of another process")
        (folder / ".incoming" / "abandoned-0.body").write_text("of another process")
    before = everything_at(other.location)
    with pytest.raises(JournalError, match="another history"):
        copy(log.location, other.location)
    assert everything_at(other.location) == before


def test_nothing_is_made_where_the_key_is_missing(kind: Kind, tmp_path: Path) -> None:
    """A copy that cannot begin, because LOG_KEY is missing, makes nothing at the place that it was to go to."""
    source = open_log(str(tmp_path / "signed"), log_keys=Secrets(["log-key-of-a-test"]))
    source.append(CALL, source="import")
    with kind.place(tmp_path / "target") as target:
        with pytest.raises(LogKeyError):
            copy(source.location, target)
        if is_database(target):
            with psycopg.connect(read_location(target).url) as connection:
                assert connection.execute("SELECT to_regclass('elaoms.log')").fetchone() == (None,)
        else:
            assert not Path(target).exists()


@pytest.mark.parametrize(
    "location",
    ["", "host=h password=hush", "POSTGRESQL://u:hush@h/d", "postgresql:/u:hush@h/d", "mysql://u:hush@h/d"],
)
def test_location_that_is_neither_is_refused_and_not_repeated(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no folder and no URL of ours makes no folder of that name, and no password is printed."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for ends in ((str(tmp_path / "x"), location), (location, str(tmp_path / "x"))):
        done = asked(*ends)
        assert done.exit_code == 2, done.output
        assert "hush" not in done.output
    assert list(Path.cwd().iterdir()) == []
    surplus = asked(str(tmp_path / "x"), str(tmp_path / "y"), "postgresql://u:hush@h/d")
    assert surplus.exit_code == 2
    assert "hush" not in surplus.output


def test_symbolic_link_to_itself_is_refused(tmp_path: Path) -> None:
    """A link that leads to itself is told in a line, as wrong use."""
    (tmp_path / "link").symlink_to(tmp_path / "link")
    done = asked(str(tmp_path / "link"), str(tmp_path / "to"))
    assert done.exit_code == 2
    assert "leads to itself" in done.output
