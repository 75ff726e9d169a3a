"""What an operator types to have models asked: parses the options of `projector extract`."""

import sys

import click

from events.process.command import settings_or_exit
from projector.commands.settings import Settings


@click.command("extract", short_help="Ask a model what calls teach, now.")
@click.option("--since", metavar="DATE", help="Only about calls from that date (UTC) or RFC 3339 time on.")
@click.option("--agent", metavar="ID", help="Only about calls of that agent.")
@click.option("--prompt-version", metavar="N", type=click.IntRange(min=1), help="With that version of the prompt.")
@click.option("--model", metavar="M", help="Ask that model, also about calls that another one has read.")
@click.option("--batch", "is_batch", is_flag=True, help="By a batch of the vendor: half the price, within a day.")
@click.option("--dry-run", is_flag=True, help="Ask nothing; say how many calls, tokens, and how much money.")
@click.option("--check", "is_check", is_flag=True, help="Ask about a made-up call; exit 1 if that gives no answer.")
def extract_command(
    *,
    since: str | None,
    agent: str | None,
    prompt_version: int | None,
    model: str | None,
    is_batch: bool,
    dry_run: bool,
    is_check: bool,
) -> None:
    """
    Ask the model of LLM_PROVIDER about each call that no model has read, or only with an older prompt.

    Newest first, in the foreground; a following projector waits meanwhile, and asks by itself otherwise. Exits 1 if
    calls are left. Without EXTRACTION_PROMPT_MAX the newest prompt is used. A call for which there was no answer before
    is asked about again.

    With --batch all calls are submitted at once, and the answers waited for, within a day. It may be stopped: a
    following projector takes them, and so does the same command again. Nothing is paid for twice.
    """
    from projector.commands.learning.batch import extract_by_batch  # noqa: PLC0415 - slow imports
    from projector.commands.learning.chosen import Choice  # noqa: PLC0415 - as above
    from projector.commands.learning.extract import check, estimate, extract  # noqa: PLC0415 - as above
    from projector.sources.backfill import unix_seconds_of  # noqa: PLC0415 - as above

    if dry_run and is_check:
        raise click.UsageError("--dry-run and --check exclude each other")
    if is_check and is_batch:
        raise click.UsageError("--check asks one question: leave --batch out")
    if is_check and (since is not None or agent is not None):
        raise click.UsageError("--check asks about no call of yours: leave --since and --agent out")
    for name, value in (("--agent", agent), ("--model", model)):
        if value == "":  # an empty variable of a script must not mean all
            raise click.UsageError(f"{name} is empty")
    try:
        since_s = 0 if since is None else unix_seconds_of(since)
    except ValueError as error:
        raise click.UsageError(f"--since: {error}") from error
    choice = Choice(since_s=since_s, agent_id=agent, prompt_version=prompt_version, model=model, is_batch=is_batch)
    settings = settings_or_exit("projector", lambda variables: Settings.from_env(variables, needs_engine=not dry_run))
    if dry_run:
        estimate(settings, choice)
        return
    do = check if is_check else extract_by_batch if is_batch else extract
    if code := do(settings, choice):
        sys.exit(code)
