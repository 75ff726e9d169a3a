"""The `events` command: verifies the payload log, imports payloads, copies it, and proves our own events."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import click
import msgspec
from msgspec import Struct

from events.copying.command import copy
from events.database.command import database
from events.disk.links import real_path
from events.errors import EventsError
from events.importing.extractions import ExtractionImporter, ExtractionNote, ExtractionTotals
from events.importing.importer import Importer
from events.importing.totals import ImportTotals, Note
from events.log.ours.seal import seal as seal_log
from events.log.proof.head import Head
from events.log.proof.keys import LogKeys, key_id_of
from events.log.protocol import EventLog
from events.open_log import open_log, open_log_there
from events.process.command import FOUND_SOMETHING, USED_WRONGLY, exit_on, say, settings_or_exit, with_version
from events.process.environment import Environment
from events.process.folders import PAYLOADS, payload_folder
from events.process.log_key import LOG_KEY, LOG_KEYS, new_key, read_log_keys, write_key
from events.process.screen.progress import ProgressReport
from events.process.settings.database import Database, read_body_store, read_database
from events.process.settings.shared import POST_CALL_KEYS
from events.storage import log_location
from events.taking_out.command import cat, mp3
from events.verify.findings import Finding, Totals
from events.verify.heads import current_head, head_of, read_heads
from events.verify.verification import Verification
from events.wire.shared_secrets import Secrets


class Settings(Struct, frozen=True, kw_only=True):
    """The settings of the command; `docs/settings.md` says what each of them does."""

    payload_folder: Annotated[Path, PAYLOADS]
    post_call_keys: Annotated[Secrets, POST_CALL_KEYS]
    log_keys: Annotated[Secrets | None, LOG_KEYS]
    database: Database | None = None
    body_store: str = ""

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
            post_call_keys=POST_CALL_KEYS.read(env, required=False),
            log_keys=read_log_keys(env),
            database=read_database(env),
            body_store=read_body_store(env),
        )
        env.check()
        return settings

    @property
    def log_location(self) -> str | Path:
        """Where the log is; may hold a password."""
        return log_location(self.database, self.payload_folder)


@click.group()
@with_version("events")
@click.pass_context
def cli(context: click.Context) -> None:
    """
    Verify the payload log, import payloads into it, copy it, set its database up, and prove what we append ourselves.

    Settings come from the environment and from .env; docs/settings.md lists them. Exit codes: 0 done, 1 found
    something wrong, 2 used wrongly.
    """
    context.obj = settings_or_exit("events", Settings.from_env)


cli.add_command(copy)
cli.add_command(cat)
cli.add_command(mp3)
cli.add_command(database)


def _heads(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> list[Head | str]:
    try:
        return [
            head
            for value in values
            for head in read_heads(Path(value).read_text("utf-8") if _is_file(value) else value)
        ]
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{error}; a file of such lines will do as well") from error


def _is_file(value: str) -> bool:
    try:
        return Path(value).is_file()
    except (OSError, ValueError):  # too long for a name, or a NUL in it
        return False


@cli.command()
@click.option(
    "--head",
    "heads",
    metavar="SHA256|LINE|FILE",
    multiple=True,
    callback=_heads,
    help="A head that was noted earlier: its hash, a line of `events head`, or a file of such lines.",
)
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object for each finding, and the totals last.")
@click.pass_obj
def verify(settings: Settings, *, heads: list[Head | str], is_json: bool) -> None:
    """
    Verify that nothing in the log is missing, altered or slipped in; exit 1 if anything is.

    Reads PAYLOAD_STORAGE_PATH and changes nothing in it; ingress may run meanwhile. Checks the signatures of ElevenLabs
    with ELEVENLABS_POST_CALL_KEY, and those of our own events with LOG_KEY; both are lists that may hold rotated
    secrets. Prints the head of the journal last: keep it elsewhere and give it as --head later, to show that nobody has
    cut or rewritten the journal since. `events head --sign` prints it signed.
    """
    _check_folder(settings, "events verify")
    report = ProgressReport("verifying")
    verification = Verification(
        settings.payload_folder,
        settings.post_call_keys,
        log_keys=settings.log_keys,
        heads=heads,
        on_progress=report,
    )
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
    audio event becomes one. From another log a webhook brings its signature, if ELEVENLABS_POST_CALL_KEY proves it.
    What is imported is signed with LOG_KEY. Another DIR is never changed, and neither is what the log already holds.
    """
    _check_folder(settings, "events import DIR")
    report = ProgressReport("importing")
    importing = Importer(
        settings.payload_folder,
        folder,
        log_keys=settings.log_keys,
        post_call_keys=settings.post_call_keys,
        on_progress=report,
    )
    for note in importing.run():
        _print(note, is_json=is_json)
    report.close()
    _print(importing.totals, is_json=is_json)
    if importing.totals.failed:
        sys.exit(FOUND_SOMETHING)


@cli.command("import-extractions")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object for each note, and the totals last.")
@click.pass_obj
def import_extractions(settings: Settings, file: Path, *, is_json: bool) -> None:
    """
    Import what models said of calls: each line of FILE as an event of source `extraction`; exit 1 if any was left out.

    A line is a JSON object: conversation_id, prompt_version, provider, model, completed_at (Unix seconds), answer. The
    answer is what the model said, an object or a text, with a list of statements in `memories`. The call must be in the
    log. A line that was imported before is not imported again. What is imported is signed with LOG_KEY.
    """
    importing = ExtractionImporter(_log_there(settings, settings.log_keys))
    with file.open("rb") as lines:
        for note in importing.run(lines):
            _print(note, is_json=is_json)
    _print(importing.totals, is_json=is_json)
    if importing.totals.failed:
        sys.exit(FOUND_SOMETHING)


@cli.command()
@click.option("--sign", "is_signing", is_flag=True, help="Sign it with the first key of LOG_KEY.")
@click.pass_obj
def head(settings: Settings, *, is_signing: bool) -> None:
    """
    Print where the journal ends, as one line of JSON: the log's name, position, hash and time.

    Keep one such line a day, where no program that writes into the log can write. `events verify --head FILE` shows
    later that nobody has cut or rewritten the journal before any of them, and who signed them.
    """
    keys = LogKeys(_log_keys(settings) if is_signing else None)
    if settings.database is not None:
        found = head_of(open_log_there(settings.log_location), keys)
    else:
        found = current_head(settings.payload_folder, keys)
    click.echo(msgspec.json.encode(found))


@cli.command()
@click.pass_obj
def seal(settings: Settings) -> None:
    """
    Vouch for the events of our own that the first key of LOG_KEY did not sign: append an event that names them.

    Do this when a key is lost, or before you drop an old one from LOG_KEY, and look first: `events verify` names what
    is unproven. An event with a wrong signature is not vouched for. `projector retry` then folds what was set aside.
    """
    keys = _log_keys(settings)
    sealed = seal_log(_log_there(settings, keys))
    if sealed is None:
        click.echo("nothing to vouch for: the first key of LOG_KEY signed all events of our own")
        return
    sources = ", ".join(f"{source} {count}" for source, count in sorted(sealed.sources.items()))
    click.echo(f"sealed at position {sealed.receipt.position}: vouches for {sources}")


@cli.group()
def key() -> None:
    """Make keys for LOG_KEY."""


@key.command()
@click.option(
    "--file",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the key into a new file, 0600, in place of stdout.",
)
@click.pass_obj
def new(settings: Settings, file: Path | None) -> None:
    """Make a key for LOG_KEY, print it, and say on stderr where to put it."""
    made = new_key()
    if file is None:
        click.echo(made)
    else:
        if real_path(file).is_relative_to(real_path(settings.payload_folder)):
            raise click.UsageError("--file must lie outside of the log. Who can write to the log must not have the key")
        write_key(file, made)
        say("events", f"wrote key {key_id_of(made)} into {file}")
    others = " before the ones that are there, with a comma between" if settings.log_keys else ""
    say("events", f"put it into .env or the environment as {LOG_KEY}{others}, for ingress, the projector and `events`")
    say("events", "keep a copy apart from the log and its backups: without it, our own events are unproven")


def _check_folder(settings: Settings, command: str) -> None:
    """Refuse a command that is about what only a folder has: files without receipts, links, drafts."""
    if settings.database is not None:
        raise click.UsageError(
            f'DATABASE_URL is set, and this command is about a folder: `events copy "$DATABASE_URL" FOLDER` first,'
            f" then `DATABASE_URL= PAYLOAD_STORAGE_PATH=FOLDER {command}`"
        )


def _log_there(settings: Settings, keys: Secrets | None) -> EventLog:
    """Return the log that the settings name, which must be there."""
    if settings.database is None and not settings.payload_folder.is_dir():
        raise FileNotFoundError(f"{settings.payload_folder} is not there; is its disk mounted?")
    return open_log(settings.log_location, log_keys=keys)


def main() -> None:
    """Run the command."""
    with exit_on("events", EventsError, OSError):
        cli(prog_name="events")


def _log_keys(settings: Settings) -> Secrets:
    if settings.log_keys is None:
        say("events", f"{LOG_KEY} is not set; make one with `events key new`")
        sys.exit(USED_WRONGLY)
    return settings.log_keys


def _print(
    result: Finding | Note | Totals | ImportTotals | ExtractionNote | ExtractionTotals, *, is_json: bool
) -> None:
    click.echo(msgspec.json.encode(result) if is_json else str(result))


if __name__ == "__main__":
    main()
