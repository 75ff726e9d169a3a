"""What an operator types to ask: parses the options of four commands, and calls the functions that answer."""

from functools import partial
from pathlib import Path

import click

from events.process.command import settings_or_exit
from projector.commands.aside.replay_aside import compare
from projector.commands.asking.explain import ExplainSettings, explain_memory, explain_search
from projector.commands.asking.extraction import show_extraction
from projector.commands.asking.status import show_status
from projector.commands.settings import Settings


@click.command("status", short_help="Say how the log, the projector and the memories stand.")
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
    show_status(settings_to_read(), every_s=every_s if watch else None, is_json=is_json)


@click.command("explain", short_help="Say where a memory comes from, or why a search finds what it finds.")
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
        explain_search(
            settings_or_exit("projector", Settings.from_env), *search, agent_id=agent_id, limit=limit, is_json=is_json
        )


@click.command("extraction", short_help="Show what a model said of the call CONVERSATION.")
@click.argument("conversation_id", metavar="CONVERSATION")
def extraction_command(conversation_id: str) -> None:
    """Show what a model said of a call: what counts, and what was rejected and why; exit 1 for an unknown call."""
    show_extraction(settings_to_read(), conversation_id)


@click.command("diff", short_help="Say how memories in a folder differ from the live ones.")
@click.argument("before", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("after", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object for each caller, one a line.")
def diff_command(before: Path, after: Path | None, *, is_json: bool) -> None:
    """
    Say how the memories in DIR, which `replay --into DIR` made, differ from the live ones, or from a second DIR.

    For each caller: what is gone (-), new (+) or different (~). Exits 0 if nothing differs, 1 if something does.
    """
    compare(settings_to_read(), before, after, is_json=is_json)


QUESTIONS = (diff_command, explain_command, extraction_command, status_command)


def settings_to_read() -> Settings:
    """Return the settings of a command that only reads the log and the read model."""
    return settings_or_exit("projector", lambda variables: Settings.from_env(variables, needs_engine=False))
