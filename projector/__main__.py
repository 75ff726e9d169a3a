"""The `projector` command: parses options, and calls the functions of the rooms."""

import getpass
import os
import sys
import time
from functools import partial

import click
import msgspec

from events.errors import EventsError
from events.open_log import open_log
from events.process import audit, logging
from events.process.command import FOUND_SOMETHING, USED_WRONGLY, echo_json, exit_on, say, settings_or_exit
from events.process.terminal import count_of, printable
from events.wire.caller import caller_key, masked
from projector.commands.correct import COMMANDS
from projector.commands.forget import forget_caller
from projector.commands.runs import catch_up, follow, replay_log, run_backfill
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.engines.settings import OPENMEMORY_SERVER
from projector.errors import EngineError, EngineRefusedError, ErasurePendingError, ProjectorError
from projector.read_model.open import open_generations, open_read_model, open_writer
from projector.read_model.records import Fault, PartlyRead
from projector.read_side.export import LINE_STAYS, export_caller, is_known
from projector.read_side.facts import extraction_lines
from projector.read_side.show import show_caller

_NOT_RETRIED = "not retried; fixed, it is folded by the next `projector --replay`"
# Like --dump and --export, these commands need no memory engine.
_READ_ONLY = {"show", "failures", "extraction", *(str(command.name) for command in COMMANDS)}


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Fold all new events, then exit; exit 1 if any could not be folded.")
@click.option(
    "--replay", "is_replaying", is_flag=True, help="Rebuild all memories from the log, then exit; exit 1 as above."
)
@click.option("--dump", is_flag=True, help="Print every caller and memory as canonical JSON.")
@click.option("--export", metavar="NUMBER", help="Print all that is held about a caller as JSON; exit 1 if nothing is.")
@click.option("--forget", metavar="NUMBER", help="Erase a caller, and print what was removed.")
@click.option(
    "--backfill", "is_backfilling", is_flag=True, help="Fetch calls missing from the log; exit 1 if any fetch fails."
)
@click.option("--since", metavar="DATE", help="With --backfill: only calls from that date (UTC) or RFC 3339 time on.")
@click.option("--agent", metavar="ID", help="With --backfill: only calls of that agent.")
@click.option("--audio", is_flag=True, help="With --backfill: also fetch the recordings.")
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

    Without an option or a command, follow the log until stopped. Settings come from the environment and from
    .env; docs/settings.md lists them. Exit codes: 0 done, 1 found something wrong, 2 used wrongly.
    """
    modes = (once, is_replaying, dump, export is not None, forget is not None, is_backfilling)
    if sum((*modes, context.invoked_subcommand is not None)) > 1:
        raise click.UsageError(
            "--once, --replay, --dump, --export, --forget, --backfill and the commands exclude each other"
        )
    if not is_backfilling and (since is not None or agent is not None or audio):
        raise click.UsageError("--since, --agent and --audio go with --backfill")
    is_read_only = dump or export is not None or context.invoked_subcommand in _READ_ONLY
    read_settings = partial(Settings.from_env, needs_api=is_backfilling, needs_engine=not is_read_only)
    context.obj = settings = settings_or_exit("projector", read_settings)
    if context.invoked_subcommand is not None:
        return
    if dump:
        _dump(settings)
    elif is_replaying:
        replay_log(settings, _usable_engines(settings))
        _exit_on_faults(settings)
    elif export is not None:
        _export(settings, export)
    elif forget is not None:
        _forget(settings, forget)
    elif once:
        catch_up(settings, _usable_engines(settings))
        _exit_on_faults(settings)
    elif is_backfilling:
        _backfill(settings, since, agent, has_recordings=audio)
    else:
        follow(settings, _usable_engines(settings))


@cli.command(short_help="Show what is known of the caller NUMBER.")
@click.argument("number")
@click.pass_obj
def show(settings: Settings, number: str) -> None:
    """Show what is known of the caller NUMBER, each fact with its source; exit 1 if nothing is known."""
    caller = _caller(settings, number)
    with open_read_model(open_generations(settings.read_model_folder)) as read_model:
        lines = list(show_caller(read_model, caller, settings.projection.fold.registry()))
    if not lines:
        _say(f"nothing is known of {caller}")
        sys.exit(FOUND_SOMETHING)
    click.echo("\n".join(lines))


@cli.command(short_help="Show what a model said of the call CONVERSATION.")
@click.argument("conversation_id", metavar="CONVERSATION")
@click.pass_obj
def extraction(settings: Settings, conversation_id: str) -> None:
    """Show what a model said of a call: what counts, and what was rejected and why; exit 1 for an unknown call."""
    with open_read_model(open_generations(settings.read_model_folder)) as read_model:
        lines = list(extraction_lines(read_model, conversation_id, settings.projection.fold.registry()))
    if not lines:
        _say(f"no call is known by the id {conversation_id}")
        sys.exit(FOUND_SOMETHING)
    click.echo("\n".join(lines))


for command in COMMANDS:
    cli.add_command(command)


@cli.command()
@click.option("--json", "is_json", is_flag=True, help="Print a JSON array.")
@click.pass_obj
def failures(settings: Settings, *, is_json: bool) -> None:
    """List the events that could not be folded, or not be read whole; exit 1 if there are any."""
    with open_read_model(open_generations(settings.read_model_folder)) as read_model:
        faults, partly_read = read_model.faults(), read_model.partly_read.all()
    if is_json:
        echo_json(msgspec.json.encode([*faults, *partly_read]).decode())
    else:
        _list(faults)
        for event in partly_read:
            where = f"{event.place.position}  {event.kind}  {event.conversation_id or '-'}"
            click.echo(printable(f"{where}  {_unread(event)}"))
    if faults or partly_read:
        sys.exit(FOUND_SOMETHING)


@cli.command(short_help="Fold the failed event ID again, or all failed events.")
@click.argument("id_", metavar="[ID]", type=int, required=False)
@click.pass_obj
def retry(settings: Settings, id_: int | None) -> None:
    """Fold the failed event ID again, or all failed events; exit 1 if any still fails."""
    with open_writer(open_generations(settings.read_model_folder)) as writer:
        asked = writer.faults.ask_again(id_, now_s=int(time.time()))
    if not asked:
        _say("there is no such failure that could be tried again")
        sys.exit(0 if id_ is None else FOUND_SOMETHING)
    # Whether an event can be folded does not depend on an outside engine.
    catch_up(settings, Engines(settings.projection.engine), waits_for_engine=False)
    _exit_on_faults(settings, position=id_)


def main() -> None:
    """Run the command."""
    with exit_on("projector", EventsError, ProjectorError, OSError):
        cli(prog_name="projector")


def _say(message: str) -> None:
    say("projector", message)


def _usable_engines(settings: Settings) -> Engines:
    """Return the engines of this process; if the settings name one that cannot be used, say why and exit 2."""
    engines = Engines(settings.projection.engine)
    if engines.settings.is_outside:
        try:
            engines.store(may_create=True).check()
        except EngineRefusedError as error:
            _say(f"MEMORY_ENGINE {engines.settings.name}: {error}")
            sys.exit(USED_WRONGLY)
        except EngineError:  # it does not answer just now: a following projector reports that, and waits for it
            pass
    return engines


def _backfill(settings: Settings, since: str | None, agent: str | None, *, has_recordings: bool) -> None:
    from projector.sources.backfill import unix_seconds_of  # noqa: PLC0415 - a slow import, and only a backfill needs it

    if agent == "":  # an empty variable of a script must not mean all agents
        raise click.UsageError("--agent is empty")
    try:
        since_s = None if since is None else unix_seconds_of(since)
    except ValueError as error:
        raise click.UsageError(f"--since: {error}") from error
    code = run_backfill(settings, since_s=since_s, agent_id=agent, has_recordings=has_recordings)
    if code:
        sys.exit(code)
    _exit_on_faults(settings)


def _dump(settings: Settings) -> None:
    with open_read_model(open_generations(settings.read_model_folder)) as read_model:
        for line in read_model.dump():
            echo_json(line)


def _export(settings: Settings, number: str) -> None:
    caller = _caller(settings, number)
    payloads = open_log(settings.payload_folder)
    with open_read_model(open_generations(settings.read_model_folder)) as read_model:
        if not is_known(read_model, payloads, caller, region=settings.projection.region):
            line = f"; {LINE_STAYS}" if read_model.is_agent_line(caller) else ""
            _say(f"nothing is held about {caller}{line}")
            sys.exit(FOUND_SOMETHING)
        _audit(settings, audit.EXPORT, caller)
        for piece in export_caller(read_model, payloads, caller, region=settings.projection.region):
            echo_json(piece, nl=False)


def _forget(settings: Settings, number: str) -> None:
    logging.configure(level="error")
    caller = _caller(settings, number)
    _audit(settings, audit.ERASURE, caller)
    try:
        account = forget_caller(
            open_log(settings.payload_folder, log_keys=settings.log_keys),
            open_generations(settings.read_model_folder),
            settings.projection,
            caller,
            tell=_say,
        )
    except ErasurePendingError as error:
        echo_json(msgspec.json.format(error.account, indent=2).decode())
        raise
    echo_json(msgspec.json.format(msgspec.json.encode(account), indent=2).decode())
    if account.unread:
        _say(
            f"{count_of(len(account.unread), 'event')} could not be read, and may name the caller: `projector failures`"
            " lists them; each is searched once it can be read"
        )
    if not account.events and not account.counts:
        outside = ", and the memory engine holds nothing either" if settings.projection.engine.is_outside else ""
        _say(f"the log held nothing about this caller{outside}; events that arrive late are erased as well")
    with open_read_model(open_generations(settings.read_model_folder)) as read_model:
        if read_model.is_agent_line(caller):
            _say(LINE_STAYS)
    if settings.projection.engine.name == OPENMEMORY_SERVER:
        stays = "freed pages of its database, and its note that there was a user of that number"
        _say(f"the OpenMemory server itself may keep {stays}: see docs/engines.md")


def _caller(settings: Settings, number: str) -> str:
    caller = caller_key(number, region=settings.projection.region)
    if caller is None:
        raise click.UsageError(f"{number!r} is neither a phone number nor a key such as user:... or whatsapp:...")
    return caller


def _audit(settings: Settings, action: str, caller: str) -> None:
    trail = audit.AuditTrail(settings.audit_path)
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # in a container the user id may have no name
        user = f"uid {os.getuid()}"
    trail.note(action, by=f"command:{user}", caller=masked(caller), is_durable=True)


def _exit_on_faults(settings: Settings, *, position: int | None = None) -> None:
    with open_read_model(open_generations(settings.read_model_folder)) as read_model:
        faults = [fault for fault in read_model.faults() if position in (None, fault.place.position)]
    if faults:
        _list(faults)
        sys.exit(FOUND_SOMETHING)


def _unread(event: PartlyRead) -> str:
    if not event.left_out:
        return f"{event.path} cannot be read; it is kept, and a replay by a later release may read it"
    return f"folded without what could not be read: {', '.join(event.left_out)}"


def _list(faults: list[Fault]) -> None:
    for fault in faults:
        tries = f"{fault.attempts} {'try' if fault.attempts == 1 else 'tries'}"
        again = f"{tries}, {'not retried any more' if fault.next_try_at_s is None else 'will be retried'}"
        where = f"{fault.place.position}  {fault.kind}  {fault.conversation_id or '-'}"
        click.echo(printable(f"{where}  {fault.error}  ({_NOT_RETRIED if fault.is_final else again})"))


if __name__ == "__main__":
    main()
