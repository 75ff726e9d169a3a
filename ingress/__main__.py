"""The `ingress` command: parses options, and calls the functions of the rooms."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from events.errors import EventsError, SettingsError
from events.process.command import FOUND_SOMETHING, USED_WRONGLY, exit_on, say, settings_or_exit, with_version
from events.process.terminal import printable, printable_block, printable_json
from events.storage import log_location, server_or_exit
from ingress.settings import Settings

if TYPE_CHECKING:
    from ingress.operating.setup.command import Answer


@click.group(invoke_without_command=True)
@with_version("ingress")
@click.pass_context
def cli(context: click.Context) -> None:
    """
    Serve ElevenLabs' webhooks: append what happened, answer what is asked.

    Without a command, serve on HOST and PORT until stopped. Settings come from the environment and from .env;
    docs/settings.md lists them. Exit codes: 0 done, 1 found something wrong, 2 used wrongly.
    """
    if context.invoked_subcommand is not None:
        return
    settings = _settings()
    server_or_exit("ingress", settings)
    # Imported only now: faults in the settings are reported in a fraction of the time that these imports take.
    from ingress.serve import serve  # noqa: PLC0415

    with _errors_as_lines():
        serve(settings)


@cli.command()
@click.argument("paths", nargs=-1, metavar="[FILE|FOLDER]...", type=click.Path(exists=True, path_type=Path))
@click.option("--call-start", metavar="NUMBER", help="Ask who NUMBER is, as ElevenLabs does when a call begins.")
@click.option("--search", nargs=2, metavar="NUMBER QUERY", help="Ask what NUMBER told us, as an agent's tool does.")
@click.option("--agent", "agent_id", default="", metavar="ID", help="The agent that asks.")
@click.option("--line", "called_number", default="", metavar="NUMBER", help="The agent's line that was called.")
@click.option("--url", default=None, help="The address of ingress; default: HOST and PORT of the settings.")
def simulate(
    paths: tuple[Path, ...],
    *,
    call_start: str | None,
    search: tuple[str, str] | None,
    agent_id: str,
    called_number: str,
    url: str | None,
) -> None:
    """
    Play ElevenLabs without a phone, against a running ingress.

    Signs each FILE (or each of a FOLDER) with the first post-call secret, and posts it. Wraps an .mp3 that is named
    after its conversation into an audio webhook. A FILE with a client-data or search-data question is sent with its
    key. Prints every answer; exits 1 if any is not 200, or if a FILE is none of these.
    """
    if not (paths or call_start or search):
        raise click.UsageError("name payload files, or --call-start NUMBER, or --search NUMBER QUERY")
    settings = _settings()
    from ingress.operating.simulate import Simulator, address, first, local_url, payload_files, play  # noqa: PLC0415

    try:
        simulator = Simulator(address(url if url is not None else local_url(settings.host, settings.port)))
    except ValueError as error:
        raise click.UsageError(f"--url: {error}") from error
    is_fine = True
    with _errors_as_lines():
        for path in payload_files(list(paths)):
            played = play(simulator, settings, path)
            if played is None:
                wanted = "a JSON object with `type` (a post-call webhook), `query` or `caller_id` (a question)"
                say("ingress", f"{path.name} was not sent: it is not {wanted}, or an .mp3")
                is_fine = False
            else:
                is_fine &= _print(path.name, played.status_code, played.content)
        if call_start:
            answer = simulator.call_start(
                call_start, key=first(settings.client_data_keys), agent_id=agent_id, called_number=called_number
            )
            is_fine &= _print("call start", answer.status_code, answer.content)
        if search:
            answer = simulator.search(
                *search, key=first(settings.search_data_keys), agent_id=agent_id, called_number=called_number
            )
            is_fine &= _print("search", answer.status_code, answer.content)
    simulator.close()
    sys.exit(0 if is_fine else FOUND_SOMETHING)


@cli.command(short_help="Set ElevenLabs up, or take it back.")
@click.option("--url", metavar="ADDRESS", help="Where ElevenLabs reaches ingress, such as https://memory.example.com.")
@click.option("--agent", "agent_ids", multiple=True, metavar="ID", help="Set this agent up; can be given again.")
@click.option("--all-agents", is_flag=True, help="Set up all agents that are not archived.")
@click.option("--recordings", is_flag=True, help="Also have recordings sent (the event `audio`).")
@click.option("--no-collecting", is_flag=True, help="Leave what the agents collect as it is.")
@click.option("--dry-run", is_flag=True, help="Print the differences, and change nothing.")
@click.option("--yes", is_flag=True, help="Change everything without asking.")
@click.option("--remove", is_flag=True, help="Take back what setup made, and nothing else.")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON array; with --dry-run or --yes.")
def setup(
    url: str | None,
    *,
    agent_ids: tuple[str, ...],
    all_agents: bool,
    recordings: bool,
    no_collecting: bool,
    dry_run: bool,
    yes: bool,
    remove: bool,
    is_json: bool,
) -> None:
    """
    Set ElevenLabs up: webhooks, secrets, the search tool, and each agent.

    Asks ElevenLabs what stands there, with ELEVENLABS_API_KEY, and asks you before each change. Writes the secrets
    into .env, and what it made into .elevenlabs-setup.json beside it: keep that file, --remove needs it. A second run
    changes nothing. Exits 1 if a change was refused, 2 if used wrongly.
    """
    from ingress.operating.setup.settings import SetupSettings, doubt_of_address  # noqa: PLC0415

    if not remove and (doubt := doubt_of_address(_public_address(url or ""))):
        say("ingress", doubt)
    if remove and (agent_ids or all_agents):
        raise click.UsageError("--remove takes back all that setup made, in every agent: leave --agent out")
    if is_json and not (dry_run or yes):
        raise click.UsageError("--json asks no questions: give --dry-run or --yes with it")
    settings = settings_or_exit("ingress", SetupSettings.from_env)
    from ingress.operating.setup.command import Options, SetupCommand  # noqa: PLC0415

    options = Options(
        url=url or "",
        agent_ids=agent_ids,
        all_agents=all_agents,
        has_recordings=recordings,
        collects=not no_collecting,
        is_dry_run=dry_run,
        is_json=is_json,
    )
    from ingress.operating.account import Account, AccountError  # noqa: PLC0415

    account = Account(settings.api.key, settings.api.base_url)
    beating = [name for name, value in os.environ.items() if value]
    command = SetupCommand(settings, account, Path.cwd(), None if yes else _ask_for_change, beating=beating)
    with exit_on("ingress", AccountError, EventsError, OSError):
        try:
            code = command.remove(options, has_calls=_has_calls()) if remove else command.set_up(options)
        except SettingsError as error:
            for fault in error.faults:
                say("ingress", fault)
            code = USED_WRONGLY
        except click.Abort:
            say("ingress", "stopped; what was done before is noted. In a script, give --yes")
            code = FOUND_SOMETHING
        finally:
            account.close()
    sys.exit(code)


@cli.command(short_help="Say what is wrong, and what to do.")
@click.option("--url", metavar="ADDRESS", help="Also look at the address that ElevenLabs has, and send probes there.")
@click.option("--agent", "agent_ids", multiple=True, metavar="ID", help="Look at this agent; can be given again.")
@click.option(
    "--body-mb", default=16, show_default=True, type=click.IntRange(1, 256), help="How large a probe is sent."
)
@click.option("--json", "is_json", is_flag=True, help="Print a JSON array.")
def doctor(*, url: str | None, agent_ids: tuple[str, ...], body_mb: int, is_json: bool) -> None:
    """
    Look at everything that this service needs, and say what is wrong and what to do.

    Settings, secrets, disk, the two processes, the engine and the clock; with --url the public address; with
    ELEVENLABS_API_KEY ElevenLabs' side. Changes nothing: its probes are signed, and not appended. Exits 1 if
    something is wrong, 2 if used wrongly.
    """
    if url is not None:
        _public_address(url)
    variables = settings_or_exit("ingress", dict)
    from ingress.operating.doctor.command import diagnose, tell  # noqa: PLC0415

    found = diagnose(variables, Path.cwd(), url=url, agent_ids=agent_ids, body_mb=body_mb)
    sys.exit(tell(found, is_json=is_json))


def main() -> None:
    """Run the command."""
    cli(prog_name="ingress")


def _public_address(url: str) -> str:
    from ingress.operating.setup.settings import has_webhook_path, is_web_address  # noqa: PLC0415

    if not is_web_address(url):
        raise click.UsageError("--url ADDRESS must be where ElevenLabs reaches ingress, such as https://your-host")
    if has_webhook_path(url):
        raise click.UsageError("--url ADDRESS ends before /webhook/: give https://your-host alone")
    return url


def _ask_for_change() -> "Answer":
    from ingress.operating.setup.command import Answer  # noqa: PLC0415

    def read(text: str) -> Answer | None:
        found = [answer for answer in Answer if answer.value.startswith(text.strip().lower() or "?")]
        if not (found or "quit".startswith(text.strip().lower())):
            raise click.UsageError("answer y, n, a or q")
        return next(iter(found), None)

    answer: Answer | None = click.prompt("      change it? (y)es, (n)o, (a)ll of them, (q)uit", value_proc=read)
    if answer is None:
        raise click.Abort
    return answer


def _has_calls() -> bool:
    """Tell whether the log holds any event."""
    from events.errors import JournalError  # noqa: PLC0415
    from events.open_log import open_log_there  # noqa: PLC0415
    from events.process.environment import Environment, read_environment  # noqa: PLC0415
    from events.process.folders import payload_folder  # noqa: PLC0415
    from events.process.settings.database import read_database  # noqa: PLC0415

    try:
        env = Environment(read_environment())
        return open_log_there(log_location(read_database(env), payload_folder(env))).size() > 0
    except JournalError:
        return False


def _settings() -> Settings:
    return settings_or_exit("ingress", Settings.from_env)


@contextmanager
def _errors_as_lines() -> Iterator[None]:
    import httpx  # noqa: PLC0415

    with exit_on("ingress", EventsError, OSError):
        try:
            yield
        except httpx.HTTPError as error:
            where = f"{error.request.url.scheme}://{error.request.url.netloc.decode()}"
            raise ConnectionError(f"{where} does not answer ({error}); is ingress running there?") from error


def _print(what: str, status: int, body: bytes) -> bool:
    try:
        text = printable_json(msgspec.json.format(body, indent=2).decode())
    except (msgspec.MsgspecError, UnicodeDecodeError):
        text = printable_block(body.decode("utf-8", "replace"), margin="")
    click.echo(f"{printable(what)}: {status}\n{text}")
    return status == 200


if __name__ == "__main__":
    main()
