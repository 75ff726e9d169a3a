"""The command `events copy`: both ends, what may not be copied into what, and what is printed."""

import sys
from typing import Protocol

import click
import msgspec

from events.copying.copier import Copier
from events.copying.locations import Location, WithoutPasswords, check_apart
from events.copying.totals import CopyNote, CopyTotals
from events.open_log import open_copy_source, open_copy_target, with_body_store
from events.process.command import FOUND_SOMETHING
from events.process.screen.progress import ProgressReport
from events.wire.shared_secrets import Secrets


class CopySettings(Protocol):
    """The settings that the command needs."""

    @property
    def log_keys(self) -> Secrets | None:
        """The secrets of `LOG_KEY`."""

    @property
    def body_store(self) -> str:
        """Where long bodies of a database lie; empty for the database."""


@click.command(cls=WithoutPasswords)
@click.argument("source", metavar="FROM", type=Location())
@click.argument("target", metavar="TO", type=Location())
@click.option("--leave-out", is_flag=True, help="Copy events whose body is missing or damaged without it; exit 1.")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object for each note, and the totals last.")
@click.pass_obj
def copy(settings: CopySettings, source: str, target: str, *, leave_out: bool, is_json: bool) -> None:
    """
    Copy the log at FROM to TO, byte for byte, and go on where an earlier copy ended; exit 1 if that cannot be.

    Each is a folder, or a database: postgresql://USER@HOST/NAME. FROM is never changed, and may be appended to
    meanwhile: TO then ends where FROM ended when the copy began. TO must be empty, or hold a beginning of FROM, and
    nothing else may append to it. What is erased in FROM is erased in TO; exit 1 if a server there may still keep some
    of it. Needs LOG_KEY, if the log has one: it tells which erasures are ours. Long bodies of a database lie at
    BODY_STORE_URL, if that is set.

    A copy in a folder is a backup that `events verify` checks. Copy again to bring it up to date. It can be ended at
    any moment.
    """
    check_apart(source, target)
    source, target = (with_body_store(location, settings.body_store) for location in (source, target))
    one, other = open_copy_source(source, log_keys=settings.log_keys), open_copy_target(target)
    if one.identity() & other.identity():
        raise click.UsageError(
            "FROM and TO are the same log, or share its journal: what `cp -al` made of hard links cannot grow alone"
        )
    report = ProgressReport("copying")
    copying = Copier(one, other, leaves_out=leave_out, on_progress=report)
    try:
        for note in copying.run():
            _print(note, is_json=is_json)
    finally:
        report.close()
    _print(copying.totals, is_json=is_json)
    if copying.totals.left_out or copying.totals.remains:
        sys.exit(FOUND_SOMETHING)


def _print(result: CopyNote | CopyTotals, *, is_json: bool) -> None:
    click.echo(msgspec.json.encode(result) if is_json else str(result))
