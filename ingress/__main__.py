"""The `ingress` command: parses options, and calls the functions of the rooms."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from events.errors import EventsError
from events.process.command import FOUND_SOMETHING, exit_on, say, settings_or_exit, with_version
from events.process.terminal import printable, printable_block, printable_json
from ingress.settings import Settings


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
    from ingress.operating.simulate import Simulator, address, first, payload_files, play  # noqa: PLC0415

    try:
        simulator = Simulator(
            address(url if url is not None else f"http://{_reached_at(settings.host)}:{settings.port}")
        )
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


def main() -> None:
    """Run the command."""
    cli(prog_name="ingress")


def _reached_at(host: str) -> str:
    """Return the address under which an ingress of this machine is reached that listens on HOST."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host) or (f"[{host}]" if ":" in host else host)  # noqa: S104


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
