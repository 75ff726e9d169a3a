"""The `projector` command: a thin face over the room's functions."""

import getpass
import os
import sys
import time

import click
import msgspec

from events.errors import EventsError, SettingsError
from events.folder_log.log import FolderLog
from events.process import audit, logging
from events.process.environment import read_environment
from events.wire.caller import caller_key, masked
from projector.commands.forget import forget_caller
from projector.commands.runs import catch_up, follow, replay_log, run_backfill
from projector.commands.settings import Settings
from projector.engines.registry import open_store
from projector.engines.settings import OPENMEMORY_SERVER
from projector.errors import EngineError, EngineRefusedError, ErasureWaitsError, ProjectorError
from projector.read_model.records import Fault
from projector.read_model.sqlite.connection import connect_live
from projector.read_model.sqlite.damage import READ_ERRORS, describe
from projector.read_model.sqlite.generations import Generations
from projector.read_model.sqlite.reading import open_read_model
from projector.read_model.sqlite.tables.faults import Faults
from projector.read_side.export import export_caller, is_known
from projector.read_side.show import show_caller

_FOUND_SOMETHING, _USED_WRONGLY = 1, 2
# The commands that only read the read model and the log, as --dump and --export do.
_READING = {"show", "failures"}


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Catch up with the log, then exit; 1 if any event was set aside.")
@click.option(
    "--replay", "is_replaying", is_flag=True, help="Rebuild all memories from the log, then exit; 1 as above."
)
@click.option("--dump", is_flag=True, help="Print every caller and memory as canonical JSON.")
@click.option("--export", metavar="NUMBER", help="Print all that is held about a caller as JSON; 1 if nothing is.")
@click.option("--forget", metavar="NUMBER", help="Erase a caller, and print what was removed.")
@click.option(
    "--backfill", "is_backfilling", is_flag=True, help="Fetch the calls that the log lacks; 1 if any cannot be had."
)
@click.option("--since", metavar="DATE", help="With --backfill: calls from that date (UTC) or RFC 3339 time on.")
@click.option("--agent", metavar="ID", help="With --backfill: calls of that agent only.")
@click.option("--audio", is_flag=True, help="With --backfill: recordings as well.")
@click.pass_context
def cli(
    context: click.Context,
    *,
    once: bool,
    is_replaying: bool,
    dump: bool,
    export: str | None,
    forget: str | None,
    is_backfilling: bool,
    since: str | None,
    agent: str | None,
    audio: bool,
) -> None:
    """
    Turn the payload log into memories.

    Without an option or a command: follow the log until stopped. Settings come from the environment and from
    .env; docs/settings.md lists them. Exit codes: 0 done, 1 found something wrong, 2 used wrongly.
    """
    modes = (once, is_replaying, dump, export is not None, forget is not None, is_backfilling)
    if sum((*modes, context.invoked_subcommand is not None)) > 1:
        raise click.UsageError(
            "--once, --replay, --dump, --export, --forget, --backfill and the commands exclude each other"
        )
    if not is_backfilling and (since is not None or agent is not None or audio):
        raise click.UsageError("--since, --agent and --audio go with --backfill")
    is_reading = dump or export is not None or context.invoked_subcommand in _READING
    context.obj = settings = _settings(needs_api=is_backfilling, needs_engine=not is_reading)
    if context.invoked_subcommand is not None:
        return
    if dump:
        _dump(settings)
    elif is_replaying:
        replay_log(_checked(settings))
        _end_with_faults(settings)
    elif export is not None:
        _export(settings, export)
    elif forget is not None:
        _forget(settings, forget)
    elif once:
        catch_up(_checked(settings))
        _end_with_faults(settings)
    elif is_backfilling:
        _backfill(settings, since, agent, has_recordings=audio)
    else:
        follow(_checked(settings))


@cli.command(short_help="Show what is known of the caller NUMBER.")
@click.argument("number")
@click.pass_obj
def show(settings: Settings, number: str) -> None:
    """Show what is known of the caller NUMBER, each fact with its source; 1 if nothing is."""
    caller = _caller(settings, number)
    with open_read_model(settings.read_model_folder) as read_model:
        lines = list(show_caller(read_model, caller))
    if not lines:
        click.echo(f"projector: nothing is known of {caller}", err=True)
        sys.exit(_FOUND_SOMETHING)
    click.echo("\n".join(lines))


@cli.command()
@click.option("--json", "is_json", is_flag=True, help="Print a JSON array.")
@click.pass_obj
def failures(settings: Settings, *, is_json: bool) -> None:
    """List the events that could not be folded; 1 if there are any."""
    with open_read_model(settings.read_model_folder) as read_model:
        faults = read_model.faults()
    if is_json:
        click.echo(msgspec.json.encode(faults).decode())
    else:
        _list(faults)
    if faults:
        sys.exit(_FOUND_SOMETHING)


@cli.command(short_help="Try the set-aside event ID again, or all of them.")
@click.argument("id_", metavar="[ID]", type=int, required=False)
@click.pass_obj
def retry(settings: Settings, id_: int | None) -> None:
    """Try the set-aside event ID again, or all of them; 1 if any still fails."""
    with connect_live(settings.read_model_folder, is_writing=True) as connection:
        asked = Faults(connection).ask_again(id_, now_s=int(time.time()))
    if not asked:
        click.echo("projector: there is no such failure that could be tried again", err=True)
        sys.exit(0 if id_ is None else _FOUND_SOMETHING)
    catch_up(settings, is_told=False)  # whether the event can be folded, no memory engine outside needs to tell
    _end_with_faults(settings, position=id_)


def main() -> None:
    """Run the command; an error of ours or of the world's is one line, exit 1."""
    try:
        cli(prog_name="projector")
    except (EventsError, ProjectorError, OSError, *READ_ERRORS) as error:
        click.echo(f"projector: {describe(error)}", err=True)
        sys.exit(_FOUND_SOMETHING)


def _settings(*, needs_api: bool, needs_engine: bool) -> Settings:
    try:
        return Settings.from_env(read_environment(), needs_api=needs_api, needs_engine=needs_engine)
    except SettingsError as error:
        for fault in error.faults:
            click.echo(f"projector: {fault}", err=True)
        sys.exit(_USED_WRONGLY)


def _checked(settings: Settings) -> Settings:
    """Return the settings, unless they name a memory engine that cannot be used: then say why, and end."""
    if settings.projection.engine.is_outside:
        try:
            open_store(settings.projection.engine, may_create=True).check()
        except EngineRefusedError as error:
            click.echo(f"projector: MEMORY_ENGINE {settings.projection.engine.name}: {error}", err=True)
            sys.exit(_USED_WRONGLY)
        except EngineError:  # not there just now: who follows waits for it, and says so
            pass
    return settings


def _backfill(settings: Settings, since: str | None, agent: str | None, *, has_recordings: bool) -> None:
    from projector.sources.backfill import unix_seconds_of  # noqa: PLC0415 - takes long, and no other command asks anybody

    if agent == "":  # an empty variable of a script must not mean all agents
        raise click.UsageError("--agent is empty")
    try:
        since_s = None if since is None else unix_seconds_of(since)
    except ValueError as error:
        raise click.UsageError(f"--since: {error}") from error
    code = run_backfill(settings, since_s=since_s, agent_id=agent, has_recordings=has_recordings)
    if code:
        sys.exit(code)
    _end_with_faults(settings)


def _dump(settings: Settings) -> None:
    with open_read_model(settings.read_model_folder) as read_model:
        for line in read_model.dump():
            click.echo(line)


def _export(settings: Settings, number: str) -> None:
    caller = _caller(settings, number)
    payloads = FolderLog(settings.payload_folder)
    with open_read_model(settings.read_model_folder) as read_model:
        if not is_known(read_model, payloads, caller, region=settings.projection.region):
            click.echo(f"projector: nothing is held about {caller}", err=True)
            sys.exit(_FOUND_SOMETHING)
        _audit(settings, audit.EXPORT, caller)
        for piece in export_caller(read_model, payloads, caller, region=settings.projection.region):
            click.echo(piece, nl=False)


def _forget(settings: Settings, number: str) -> None:
    logging.configure(level="error")
    caller = _caller(settings, number)
    _audit(settings, audit.ERASURE, caller)
    try:
        account = forget_caller(
            FolderLog(settings.payload_folder),
            Generations(settings.read_model_folder),
            settings.projection,
            caller,
            tell=lambda words: click.echo(f"projector: {words}", err=True),
        )
    except ErasureWaitsError as error:
        click.echo(msgspec.json.format(error.account, indent=2))
        raise
    click.echo(msgspec.json.format(msgspec.json.encode(account), indent=2))
    if not account.events and not account.counts:
        outside = ", and in the memory engine nothing is left" if settings.projection.engine.is_outside else ""
        click.echo(f"projector: nothing was held in the log{outside}; what comes in late is covered", err=True)
    if settings.projection.engine.name == OPENMEMORY_SERVER:
        stays = "freed pages of its database, and its note that there was a user of that number"
        click.echo(f"projector: the OpenMemory server itself may keep {stays}: see docs/engines.md", err=True)


def _caller(settings: Settings, number: str) -> str:
    caller = caller_key(number, region=settings.projection.region)
    if caller is None:
        raise click.UsageError(f"{number!r} is no phone number, and no key such as user:..., whatsapp:...")
    return caller


def _audit(settings: Settings, action: str, caller: str) -> None:
    trail = audit.AuditTrail(settings.audit_path)
    try:
        who = getpass.getuser()
    except (KeyError, OSError):  # as in a container, by a number that has no name
        who = f"uid {os.getuid()}"
    trail.note(action, by=f"command:{who}", caller=masked(caller), is_durable=True)


def _end_with_faults(settings: Settings, *, position: int | None = None) -> None:
    with open_read_model(settings.read_model_folder) as read_model:
        faults = [fault for fault in read_model.faults() if position in (None, fault.place.position)]
    if faults:
        _list(faults)
        sys.exit(_FOUND_SOMETHING)


def _list(faults: list[Fault]) -> None:
    for fault in faults:
        tries = f"{fault.attempts} {'try' if fault.attempts == 1 else 'tries'}"
        again = f"{tries}, {'given up' if fault.next_try_at_s is None else 'will be tried again'}"
        where = f"{fault.place.position}  {fault.kind}  {fault.conversation_id or '-'}"
        click.echo(f"{where}  {fault.error}  ({'until a replay finds it mended' if fault.is_final else again})")


if __name__ == "__main__":
    main()
