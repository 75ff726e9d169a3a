"""The `events` command: a thin face over the room's functions."""

import re
import sys

import click
import msgspec

from events.environment import read_environment
from events.errors import EventsError, SettingsError
from events.progress import ProgressReport
from events.settings import Settings
from events.verify import Verification

_FOUND_SOMETHING, _USED_WRONGLY = 1, 2
_SHA256 = re.compile(r"[0-9a-f]{64}")


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """
    Verify the payload log, and import payloads into it.

    Settings come from the environment and from .env; docs/settings.md lists them. Exit codes: 0 done, 1 found
    something wrong, 2 used wrongly.
    """
    try:
        context.obj = Settings.from_env(read_environment())
    except SettingsError as error:
        for fault in error.faults:
            click.echo(f"events: {fault}", err=True)
        sys.exit(_USED_WRONGLY)


def _sha256(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and _SHA256.fullmatch(value.lower()) is None:
        raise click.BadParameter("is no SHA-256 of 64 hex digits")
    return value.lower() if value else None


@cli.command()
@click.option("--head", metavar="SHA256", callback=_sha256, help="The head as it was noted earlier.")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object for each finding, and the totals last.")
@click.pass_obj
def verify(settings: Settings, *, head: str | None, is_json: bool) -> None:
    """
    Verify that nothing in the log is missing, altered or slipped in; 1 if anything is.

    Reads PAYLOAD_STORAGE_PATH and changes nothing in it, also while ingress runs. Signatures are checked with
    ELEVENLABS_POST_CALL_KEY, a list that may hold rotated secrets. The head that is printed last, noted down
    elsewhere and given as --head later, shows that the journal was not cut or rewritten since.
    """
    report = ProgressReport("verifying")
    verification = Verification(settings.payload_folder, settings.post_call_keys, head=head, on_progress=report)
    for finding in verification.findings():
        click.echo(msgspec.json.encode(finding) if is_json else str(finding))
    report.close()
    totals = verification.totals
    click.echo(msgspec.json.encode(totals) if is_json else "\n".join(totals.lines()))
    if totals.findings:
        sys.exit(_FOUND_SOMETHING)


def main() -> None:
    """Run the command; an error of ours or of the world's is one line, exit 1."""
    try:
        cli(prog_name="events")
    except (EventsError, OSError) as error:
        click.echo(f"events: {error}", err=True)
        sys.exit(_FOUND_SOMETHING)


if __name__ == "__main__":
    main()
