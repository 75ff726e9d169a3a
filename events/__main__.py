"""The `events` command: verifies the payload log, and imports payloads into it."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec
from msgspec import Struct

from events.errors import EventsError
from events.importing.importer import Importer, ImportTotals, Note
from events.process.command import FOUND_SOMETHING, exit_on, settings_or_exit
from events.process.environment import Environment
from events.process.folders import payload_folder
from events.process.progress import ProgressReport
from events.verify.findings import Finding, Totals
from events.verify.verification import Verification
from events.wire.shared_secrets import Secrets


class Settings(Struct, frozen=True, kw_only=True):
    """The settings of the command; `docs/settings.md` says what each of them does."""

    payload_folder: Path
    post_call_keys: Secrets

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "Settings":
        """
        Read the settings.

        Raises:
            SettingsError: at least one is unusable; it names all of them.
        """
        env = Environment(variables)
        settings = cls(
            payload_folder=payload_folder(env),
            post_call_keys=env.keys(
                "ELEVENLABS_POST_CALL_KEY", "the HMAC secret of the post-call webhook", required=False
            ),
        )
        env.check()
        return settings


_SHA256 = re.compile(r"[0-9a-f]{64}")


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """
    Verify the payload log, and import payloads into it.

    Settings come from the environment and from .env; docs/settings.md lists them. Exit codes: 0 done, 1 found
    something wrong, 2 used wrongly.
    """
    context.obj = settings_or_exit("events", Settings.from_env)


def _sha256(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and _SHA256.fullmatch(value.lower()) is None:
        raise click.BadParameter("is not a SHA-256 of 64 hex digits")
    return value.lower() if value else None


@cli.command()
@click.option("--head", metavar="SHA256", callback=_sha256, help="The head that an earlier run printed.")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object for each finding, and the totals last.")
@click.pass_obj
def verify(settings: Settings, *, head: str | None, is_json: bool) -> None:
    """
    Verify that nothing in the log is missing, altered or slipped in; exit 1 if anything is.

    Reads PAYLOAD_STORAGE_PATH and changes nothing in it; ingress may run meanwhile. Checks signatures with
    ELEVENLABS_POST_CALL_KEY, a list that may hold rotated secrets. Prints the head of the journal last: keep it
    elsewhere and give it as --head later, to show that nobody has cut or rewritten the journal since.
    """
    report = ProgressReport("verifying")
    verification = Verification(settings.payload_folder, settings.post_call_keys, head=head, on_progress=report)
    for finding in verification.findings():
        _print(finding, is_json=is_json)
    report.close()
    _print(verification.totals, is_json=is_json)
    if verification.totals.findings:
        sys.exit(FOUND_SOMETHING)


@cli.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object for each note, and the totals last.")
@click.pass_obj
def import_(settings: Settings, folder: Path, *, is_json: bool) -> None:
    """
    Import the payloads in DIR, byte for byte, as events of source `import`; exit 1 if any could not be read.

    DIR may be a folder of .json and .body files, the folder of an earlier installation, another payload folder, or
    PAYLOAD_STORAGE_PATH itself: then files without receipts get receipts, and stay where they are. An MP3 without an
    audio event becomes one. Another DIR is never changed, and neither is what the log already holds.
    """
    report = ProgressReport("importing")
    importing = Importer(settings.payload_folder, folder, on_progress=report)
    for note in importing.run():
        _print(note, is_json=is_json)
    report.close()
    _print(importing.totals, is_json=is_json)
    if importing.totals.failed:
        sys.exit(FOUND_SOMETHING)


def main() -> None:
    """Run the command."""
    with exit_on("events", EventsError, OSError):
        cli(prog_name="events")


def _print(result: Finding | Note | Totals | ImportTotals, *, is_json: bool) -> None:
    click.echo(msgspec.json.encode(result) if is_json else str(result))


if __name__ == "__main__":
    main()
