"""The `projector` command: parses options, and calls the functions of the rooms."""

import sys
import time
from pathlib import Path

import click

from events.errors import EventsError
from events.process.command import FOUND_SOMETHING, USED_WRONGLY, exit_on, say, settings_or_exit, with_version
from events.process.terminal import count_of
from events.storage import server_or_exit
from projector.commands.aside.replay_aside import moment_of, replay_aside, replay_dry
from projector.commands.asking.about_callers import dump_all, export, forget, list_callers, show
from projector.commands.asking.face import QUESTIONS, settings_to_read
from projector.commands.asking.failed_events import exit_on_faults, list_failures
from projector.commands.correct import COMMANDS
from projector.commands.following import follow
from projector.commands.learning.face import extract_command
from projector.commands.learning.unanswered import ask_again
from projector.commands.runs import catch_up, expire_once, replay_log, run_backfill
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.errors import EngineError, EngineRefusedError, ProjectorError
from projector.read_model.open import open_generations, open_writer

# Each is a command now; the option stays for one release.
_FORMER = ("replay", "dump", "export", "forget", "backfill")
_MORE = {"backfill": ("since", "agent", "audio"), "replay": ("until", "into", "dry_run")}


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Fold all new events, then exit; exit 1 if any could not be folded.")
@click.option("--replay", is_flag=True, help="Deprecated: `projector replay`.")
@click.option("--dump", is_flag=True, help="Deprecated: `projector dump`.")
@click.option("--export", metavar="NUMBER", help="Deprecated: `projector export NUMBER`.")
@click.option("--forget", metavar="NUMBER", help="Deprecated: `projector forget NUMBER`.")
@click.option("--yes", "is_sure", is_flag=True, help="With --forget: do not ask.")
@click.option("--backfill", is_flag=True, help="Deprecated: `projector backfill`.")
@click.option("--since", metavar="DATE", help="With --backfill, as there.")
@click.option("--agent", metavar="ID", help="With --backfill, as there.")
@click.option("--audio", is_flag=True, help="With --backfill, as there.")
@click.option("--until", metavar="DATE", help="With --replay, as there.")
@click.option("--into", metavar="DIR", type=click.Path(path_type=Path), help="With --replay, as there.")
@click.option("--dry-run", is_flag=True, help="With --replay, as there.")
@with_version("projector")
@click.pass_context
def cli(context: click.Context, /, *, once: bool, is_sure: bool, **former: str | bool | Path | None) -> None:
    """
    Turn the payload log into memories.

    Without an option or a command, follow the log until stopped. Settings come from the environment and from
    .env; docs/settings.md lists them. Exit codes: 0 done, 1 found something wrong, 2 used wrongly.
    """
    asked = [name for name in _FORMER if former[name] is not None and former[name] is not False]
    if len(asked) + once + (context.invoked_subcommand is not None) > 1:
        raise click.UsageError(
            "--once, --replay, --dump, --export, --forget, --backfill and the commands exclude each other"
        )
    more: dict[str, str | bool | Path | None] = {}
    for of, names in _MORE.items():
        given = {name: former[name] for name in names}
        if asked == [of]:
            more = given
        elif any(value is not None and value is not False for value in given.values()):
            options = [f"--{name.replace('_', '-')}" for name in names]
            raise click.UsageError(f"{', '.join(options[:-1])} and {options[-1]} go with --{of}")
    if is_sure and asked != ["forget"]:
        raise click.UsageError("--yes goes with --forget")
    if context.invoked_subcommand is not None:
        return
    if asked:
        _run_former(context, asked[0], former[asked[0]], is_sure=is_sure, **more)
    elif once:
        settings = _settings()
        engines = _usable_engines(settings)
        catch_up(settings, engines)
        expire_once(settings, engines)
        exit_on_faults(settings)
    else:
        settings = _settings(may_use_api=True)
        server_or_exit("projector", settings)
        follow(settings, _usable_engines(settings))


def _run_former(context: click.Context, name: str, value: object, *, is_sure: bool, **more: object) -> None:
    """Run the command that took the place of an option."""
    _say(f"--{name} is going away with the next release: write `projector {name}`")
    match name:
        case "forget":
            context.invoke(forget_command, number=value, is_sure=is_sure)
        case "export":
            context.invoke(export_command, number=value)
        case "backfill":
            context.invoke(backfill_command, **more)
        case "replay":
            context.invoke(replay_command, **more)
        case _:
            context.invoke(dump_command)


@cli.command("show", short_help="Show what is known of the caller NUMBER.")
@click.argument("number")
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it into FILE instead, as one page for a browser.",
)
def show_command(number: str, *, page: Path | None) -> None:
    """
    Show what is known of the caller NUMBER, each fact with its source; exit 1 if nothing is known.

    Open issues, facts, preferences, what they superseded, and a timeline of the calls. The page also holds what was
    said, and plays a recording from the second that a memory comes from, if the log holds the MP3. Only you may read
    FILE, and the audit trail notes that it was written. For a script: `projector export NUMBER`.
    """
    show(settings_to_read(), number, page=page)


@cli.command("callers", short_help="List the callers, or find those of a name.")
@click.option("--search", metavar="NAME", help="Only callers with such a name, or with these digits in their number.")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object for each caller, one a line.")
def callers_command(*, search: str | None, is_json: bool) -> None:
    """
    List the callers: the number, the name, how many calls, and the day of the last one (UTC); exit 1 if there are none.

    A name is found by the beginnings of its words, in any order, without regard to case and accents.
    """
    list_callers(settings_to_read(), search, is_json=is_json)


@cli.command("export", short_help="Print all that is held about the caller NUMBER.")
@click.argument("number")
def export_command(number: str) -> None:
    """Print all that is held about the caller NUMBER as JSON; exit 1 if nothing is."""
    export(settings_to_read(), number)


@cli.command("forget", short_help="Erase the caller NUMBER.")
@click.argument("number")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
def forget_command(number: str, *, is_sure: bool) -> None:
    """
    Erase the caller NUMBER, and print what was removed as JSON; exit 1 if nothing was held.

    Says who that is, and asks first. A program that runs it says --yes.
    """
    forget(_settings(), number, is_sure=is_sure)


@cli.command("dump")
def dump_command() -> None:
    """Print every caller and memory as canonical JSON."""
    dump_all(settings_to_read())


@cli.command("replay", short_help="Rebuild all memories from the log, or look how that would differ.")
@click.option("--dry-run", is_flag=True, help="Change nothing; print how the memories would differ, exit 1 if they do.")
@click.option("--into", metavar="DIR", type=click.Path(path_type=Path), help="Into a new folder, beside the live ones.")
@click.option("--until", metavar="DATE", help="With --into: as of the end of that date (UTC), or of an RFC 3339 time.")
@click.option("--json", "is_json", is_flag=True, help="With --dry-run: a JSON object for each caller, one a line.")
def replay_command(
    *, dry_run: bool = False, into: Path | None = None, until: str | None = None, is_json: bool = False
) -> None:
    """
    Rebuild all memories from the log, then exit; exit 1 if any event could not be folded.

    With --dry-run or --into neither the live memories nor the log change: so you see what a setting or a new release
    would do before it goes live, or what was known on a day. What was asked to be forgotten since stays forgotten.
    """
    if dry_run and (into is not None or until is not None):
        raise click.UsageError("--dry-run compares all of today: leave --into and --until out")
    if until is not None and into is None:
        raise click.UsageError("--until DATE goes with --into DIR: the live memories are never put back to a day")
    if is_json and not dry_run:
        raise click.UsageError("--json goes with --dry-run")
    settings = _settings()
    if dry_run:
        replay_dry(settings, is_json=is_json)
        return
    if into is not None:
        try:
            until_s = None if until is None else moment_of(until)
        except ValueError as error:
            raise click.UsageError(f"--until: {error}") from error
        replay_aside(settings, into, until_s=until_s)
        return
    replay_log(settings, _usable_engines(settings))
    exit_on_faults(settings)


@cli.command("backfill", short_help="Fetch calls that are missing from the log.")
@click.option("--since", metavar="DATE", help="Only calls from that date (UTC) or RFC 3339 time on.")
@click.option("--agent", metavar="ID", help="Only calls of that agent.")
@click.option("--audio", is_flag=True, help="Also fetch the recordings.")
def backfill_command(*, since: str | None, agent: str | None, audio: bool) -> None:
    """
    Fetch the calls that are missing from the log, and their recordings, from ElevenLabs; exit 1 if any fetch fails.

    Needs ELEVENLABS_API_KEY. Without --since, asks for everything that ElevenLabs still has.
    """
    settings = _settings(needs_api=True)
    from projector.sources.backfill import unix_seconds_of  # noqa: PLC0415 - a slow import, and only a backfill needs it

    if agent == "":  # an empty variable of a script must not mean all agents
        raise click.UsageError("--agent is empty")
    try:
        since_s = None if since is None else unix_seconds_of(since)
    except ValueError as error:
        raise click.UsageError(f"--since: {error}") from error
    code = run_backfill(settings, since_s=since_s, agent_id=agent, has_recordings=audio)
    if code:
        sys.exit(code)
    exit_on_faults(settings)


@cli.command(short_help="List the events that could not be folded.")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON array.")
def failures(*, is_json: bool) -> None:
    """
    List the events that could not be folded, or not be read whole, and the calls that no model had an answer for.

    Exits 1 if there are any.
    """
    list_failures(settings_to_read(), is_json=is_json)


@cli.command(short_help="Try again what failed: ID, or all of it.")
@click.argument("id_", metavar="[ID]", required=False)
def retry(id_: str | None) -> None:
    """
    Fold the failed event ID again, or ask a model again about the call ID; without ID, all that failed.

    A following projector asks, or `projector extract`. Exits 1 if an event still fails.
    """
    settings = _settings()
    position = int(id_) if id_ is not None and id_.isdecimal() else None
    questions = ask_again(settings, id_) if position is None else 0
    with open_writer(open_generations(settings.memories_location)) as writer:
        is_event = id_ is None or position is not None
        asked = writer.faults.ask_again(position, now_s=int(time.time())) if is_event else 0
    if questions:
        _say(f"{count_of(questions, 'call')} to be asked about again, by a following projector or `projector extract`")
    if not asked:
        if questions:
            return
        _say("there is no such failure that could be tried again")
        sys.exit(0 if id_ is None else FOUND_SOMETHING)
    # Whether an event can be folded does not depend on an outside engine.
    catch_up(settings, Engines(settings.projection.engine), waits_for_engine=False)
    exit_on_faults(settings, position=position)


for _command in (*QUESTIONS, *COMMANDS, extract_command):
    cli.add_command(_command)


def main() -> None:
    """Run the command."""
    with exit_on("projector", EventsError, ProjectorError, OSError):
        cli(prog_name="projector")


def _say(message: str) -> None:
    say("projector", message)


def _settings(*, needs_api: bool = False, may_use_api: bool = False) -> Settings:
    return settings_or_exit(
        "projector",
        lambda variables: Settings.from_env(variables, needs_api=needs_api, may_use_api=may_use_api),
    )


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


if __name__ == "__main__":
    main()
