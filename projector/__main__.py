"""The `projector` command: parses options, and calls the functions of the rooms."""

import sys
import time
from functools import partial
from pathlib import Path

import click

from events.errors import EventsError
from events.process.command import FOUND_SOMETHING, USED_WRONGLY, exit_on, say, settings_or_exit, with_version
from projector.commands.asking.about_callers import dump_all, export, forget, list_callers, show
from projector.commands.asking.explain import ExplainSettings, explain_memory, explain_search
from projector.commands.asking.failed_events import exit_on_faults, list_failures
from projector.commands.asking.status import show_status
from projector.commands.runs import catch_up, follow, replay_log, run_backfill
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.errors import EngineError, EngineRefusedError, ProjectorError
from projector.read_model.open import open_generations, open_writer

# Each is a command now; the option stays for one release.
_FORMER = ("replay", "dump", "export", "forget", "backfill")


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
@with_version("projector")
@click.pass_context
def cli(context: click.Context, /, *, once: bool, is_sure: bool, **former: str | bool | None) -> None:
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
    more = {name: former[name] for name in ("since", "agent", "audio")}
    if asked != ["backfill"] and any(value is not None and value is not False for value in more.values()):
        raise click.UsageError("--since, --agent and --audio go with --backfill")
    if is_sure and asked != ["forget"]:
        raise click.UsageError("--yes goes with --forget")
    if context.invoked_subcommand is not None:
        return
    if asked:
        _run_former(context, asked[0], former[asked[0]], is_sure=is_sure, **more)
    elif once:
        settings = _settings()
        catch_up(settings, _usable_engines(settings))
        exit_on_faults(settings)
    else:
        settings = _settings()
        follow(settings, _usable_engines(settings))


def _run_former(
    context: click.Context, name: str, value: str | bool | None, *, is_sure: bool, **more: str | bool | None
) -> None:
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
            context.invoke(replay_command)
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
    FILE, and the audit trail notes that it was written.
    """
    show(_settings_to_read(), number, page=page)


@cli.command("callers", short_help="List the callers, or find those of a name.")
@click.option("--search", metavar="NAME", help="Only callers with such a name, or with these digits in their number.")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object for each caller, one a line.")
def callers_command(*, search: str | None, is_json: bool) -> None:
    """
    List the callers: the number, the name, how many calls, and the day of the last one (UTC); exit 1 if there are none.

    A name is found by the beginnings of its words, in any order, without regard to case and accents.
    """
    list_callers(_settings_to_read(), search, is_json=is_json)


@cli.command("export", short_help="Print all that is held about the caller NUMBER.")
@click.argument("number")
def export_command(number: str) -> None:
    """Print all that is held about the caller NUMBER as JSON; exit 1 if nothing is."""
    export(_settings_to_read(), number)


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
    dump_all(_settings_to_read())


@cli.command("replay", short_help="Rebuild all memories from the log.")
def replay_command() -> None:
    """Rebuild all memories from the log, then exit; exit 1 if any event could not be folded."""
    settings = _settings()
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
    """List the events that could not be folded, or not be read whole; exit 1 if there are any."""
    list_failures(_settings_to_read(), is_json=is_json)


@cli.command(short_help="Fold the failed event ID again, or all failed events.")
@click.argument("id_", metavar="[ID]", type=int, required=False)
def retry(id_: int | None) -> None:
    """Fold the failed event ID again, or all failed events; exit 1 if any still fails."""
    settings = _settings()
    with open_writer(open_generations(settings.read_model_folder)) as writer:
        asked = writer.faults.ask_again(id_, now_s=int(time.time()))
    if not asked:
        _say("there is no such failure that could be tried again")
        sys.exit(0 if id_ is None else FOUND_SOMETHING)
    # Whether an event can be folded does not depend on an outside engine.
    catch_up(settings, Engines(settings.projection.engine), waits_for_engine=False)
    exit_on_faults(settings, position=id_)


@cli.command("explain", short_help="Say where a memory comes from, or why a search finds what it finds.")
@click.argument("memory_id", required=False)
@click.option("--search", nargs=2, metavar="NUMBER QUERY", help="Search what NUMBER told us, and say why it ranks so.")
@click.option("--agent", "agent_id", metavar="ID", help="With --search: the agent that asks; all memories without it.")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 20), help="With --search: how many.")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object; with --search an array.")
def explain_command(
    *, memory_id: str | None, search: tuple[str, str] | None, agent_id: str | None, limit: int, is_json: bool
) -> None:
    """
    Say where the memory MEMORY_ID comes from, or why a search finds what it finds.

    The call, the turn, the second and the words; what it superseded, and what said it again; the event, its file, and
    the receipt that proves it, with ElevenLabs' signature where ELEVENLABS_POST_CALL_KEY is set. With --search: each
    memory with its score, and how well it answers each word of the question. Exits 1 if there is no such memory, if its
    proof does not hold, or if a search finds nothing.
    """
    if (memory_id is None) == (search is None):
        raise click.UsageError("name a MEMORY_ID, or give --search NUMBER QUERY")
    if memory_id is not None:
        from_env = partial(ExplainSettings.from_env, needs_engine=False)
        explain_memory(settings_or_exit("projector", from_env), memory_id, is_json=is_json)
    elif search is not None:
        explain_search(_settings(), *search, agent_id=agent_id, limit=limit, is_json=is_json)


@cli.command("status", short_help="Say how the log, the projector and the memories stand.")
@click.option("--watch", is_flag=True, help="Look again and again, until Ctrl-C.")
@click.option(
    "--every",
    "every_s",
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    type=click.FloatRange(0.2, 3600.0),
    help="With --watch: how long to wait between two looks.",
)
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object; with --watch one a line.")
def status_command(*, watch: bool, every_s: float, is_json: bool) -> None:
    """
    Say how the log, the projector and the memories stand; exit 1 if something asks for an operator.

    That is: no projector runs, or it waits for something; events could not be projected; the log or the memories cannot
    be read; an erasure is not done after a minute. Events that are still to be projected are no fault.
    """
    show_status(_settings_to_read(), every_s=every_s if watch else None, is_json=is_json)


def main() -> None:
    """Run the command."""
    with exit_on("projector", EventsError, ProjectorError, OSError):
        cli(prog_name="projector")


def _say(message: str) -> None:
    say("projector", message)


def _settings(*, needs_api: bool = False) -> Settings:
    return settings_or_exit("projector", lambda variables: Settings.from_env(variables, needs_api=needs_api))


def _settings_to_read() -> Settings:
    """Return the settings of a command that only reads the log and the read model."""
    return settings_or_exit("projector", lambda variables: Settings.from_env(variables, needs_engine=False))


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
