"""The commands `events database create`, `upgrade` and `check`."""

import sys
from pathlib import Path
from typing import Protocol

import click
import msgspec

from events.open_log import open_log, open_log_there
from events.process.command import FOUND_SOMETHING
from events.process.settings.database import Database
from events.process.terminal import count_of

_NO_DATABASE = "DATABASE_URL is not set: log and memories lie in folders, which need no setting up"


class WithDatabase(Protocol):
    """The settings that the commands need."""

    @property
    def database(self) -> Database | None:
        """Where the database is; None where there is none."""

    @property
    def log_location(self) -> str | Path:
        """Where the log is."""


@click.group()
def database() -> None:
    """Set the database at DATABASE_URL up for many machines, and say whether it would keep what it commits."""


@database.command()
@click.pass_obj
def create(settings: WithDatabase) -> None:
    """
    Make the tables of the log in the database at DATABASE_URL, where there are none.

    Ingress does so at its first start. Run this as the role that ingress and projectors have: an erasure rewrites the
    tables, which only their owner may. The projector makes its own.
    """
    log = open_log(_location(settings))
    tail = log.tail()
    count = count_of(tail.position if tail is not None else 0, "event")
    click.echo(f"the log is in {log}, with {count}; the projector makes the tables of memories itself")


@database.command()
@click.pass_obj
def upgrade(settings: WithDatabase) -> None:
    """
    Bring the tables of the log to this release; exit 1 if a newer one made them.

    There is one version of them so far, so this changes nothing. The memories need no upgrade: the projector of a new
    release makes them again from the log.
    """
    log = open_log_there(_location(settings))
    log.tail()
    click.echo(f"nothing to do: the tables of {log} are those of this release")


@database.command()
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object for each line.")
@click.pass_obj
def check(settings: WithDatabase, *, is_json: bool) -> None:
    """
    Name each setting of the servers that decides what an acknowledgement and an erasure are worth; changes nothing.

    A line begins with `ok`; with `costs`, and says what is lost; or with `wrong`: then nothing is acknowledged, or
    nothing long, what is may be lost, or no caller is known, and this exits 1.
    """
    location = _location(settings)
    assert settings.database is not None
    # It needs the driver, which a single machine has no need of.
    from events.database.durability import look_at  # noqa: PLC0415

    looks = look_at(location, settings.database.standbys_min, read_url=settings.database.read_url)
    for look in looks:
        click.echo(msgspec.json.encode(look) if is_json else str(look))
    if any(look.state == "wrong" for look in looks):
        sys.exit(FOUND_SOMETHING)


def _location(settings: WithDatabase) -> str:
    if settings.database is None:
        raise click.UsageError(_NO_DATABASE)
    return str(settings.log_location)
