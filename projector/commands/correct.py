"""The commands by which a person corrects what is known of callers; each appends an event that can be undone."""

import getpass
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import click
from msgspec import structs

from events.log.ours.correction import Correction, append_correction
from events.open_log import open_log
from events.process import audit
from events.wire.caller import masked
from projector.commands.asking.face import settings_to_read
from projector.commands.running.lost_log import check_log
from projector.errors import CorrectionError, ReadModelMissingError
from projector.read_model.generations import Generations
from projector.read_model.open import open_generations, open_read_model
from projector.read_model.protocol import ReadModel
from projector.read_side.correcting import Correcting

_Making = Callable[[Correcting], list[Correction]]


def with_reasons(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every correction has."""
    for option in (
        click.option("--undo", metavar="POSITION", type=int, help="Undo the correction at a position of the log."),
        click.option("--by", default="", help="Who says so; your user name if not given."),
        click.option("--why", default="", help="Why, for whoever reads it later."),
    ):
        command = option(command)
    return command


@click.command(short_help="Say what is right of the caller NUMBER.")
@click.argument("number")
@click.argument("values", metavar="ATTRIBUTE=VALUE", nargs=-1)
@click.option("--person", type=int, help="Which of several people who call from NUMBER; `projector show` lists them.")
@with_reasons
def correct(
    number: str,
    values: Sequence[str],
    *,
    person: int | None,
    undo: int | None,
    by: str,
    why: str,
) -> None:
    """
    Say what is right of a caller, whatever calls say, as name="Marta Lindqvist"; it counts until it is undone.

    `projector show NUMBER` lists what was corrected, each with its position.
    """
    pairs = [each.partition("=") for each in values]
    if any(not separator for _, separator, _ in pairs):
        raise click.UsageError("say what is right as ATTRIBUTE=VALUE")

    def made(correcting: Correcting) -> list[Correction]:
        return [correcting.value(number, attribute, value, person) for attribute, _, value in pairs]

    _append(made, number, undo=undo, by=by, why=why)


@click.command(short_help="Say that the memory MEMORY_ID is wrong.")
@click.argument("memory_id", required=False)
@with_reasons
def drop(memory_id: str | None, *, undo: int | None, by: str, why: str) -> None:
    """
    Say that a memory is wrong: a fact, a collected value, a summary or a turn.

    It is no memory any more, also where another model states it again. What it took the place of is so again.
    """
    _append(lambda correcting: [correcting.dropped(memory_id)] if memory_id else [], undo=undo, by=by, why=why)


@click.command(short_help="Say that the issue or promise MEMORY_ID is settled.")
@click.argument("memory_id", required=False)
@with_reasons
def resolve(memory_id: str | None, *, undo: int | None, by: str, why: str) -> None:
    """Say that an issue or a promise is settled: it is history from now on, until a call brings it up again."""
    _append(lambda correcting: [correcting.resolved(memory_id)] if memory_id else [], undo=undo, by=by, why=why)


@click.command(short_help="Say that NUMBER and OTHER are one person.")
@click.argument("number")
@click.argument("other", required=False)
@with_reasons
def merge(number: str, other: str | None, *, undo: int | None, by: str, why: str) -> None:
    """Say that two numbers are one person, who is remembered under NUMBER; each number is erased by itself."""
    made: _Making = lambda correcting: [correcting.merged(number, other)] if other else []  # noqa: E731 - as the others
    _append(made, number, undo=undo, by=by, why=why)


@click.command(short_help="Part NUMBER from OTHER, or from all numbers.")
@click.argument("number")
@click.argument("other", required=False)
@with_reasons
def split(number: str, other: str | None, *, undo: int | None, by: str, why: str) -> None:
    """Say that numbers that were merged are two people: each has its own calls again."""
    made: _Making = lambda correcting: [correcting.split(number, other or "")] if undo is None else []  # noqa: E731
    _append(made, number, undo=undo, by=by, why=why)


@click.command(short_help="Keep the calls of NUMBER out of memory.")
@click.argument("number")
@click.option("--all", "is_all", is_flag=True, help="Also the calls until now.")
@with_reasons
def optout(number: str, *, is_all: bool, undo: int | None, by: str, why: str) -> None:
    """Keep a caller's calls in the log, and out of memory: from now on, or all of them."""
    made: _Making = lambda correcting: [correcting.opted_out(number, is_all=is_all)] if undo is None else []  # noqa: E731
    _append(made, number, undo=undo, by=by, why=why)


COMMANDS = (correct, drop, resolve, merge, split, optout)


def _append(making: _Making, number: str = "", *, undo: int | None, by: str, why: str) -> None:
    settings = settings_to_read()
    log = open_log(settings.log_location, log_keys=settings.log_keys)
    generations = open_generations(settings.memories_location)
    check_log(log, generations)
    projection = settings.projection
    with _read_model(generations) as read_model:
        correcting = Correcting(read_model, log, projection.fold.registry(), region=projection.region)
        try:
            made = making(correcting)
            if undo is not None:
                made.append(correcting.undone(undo, number))
        except CorrectionError as error:
            raise click.UsageError(str(error)) from error
    if not made:
        raise click.UsageError("say what to correct, or --undo POSITION")
    by, trail = by or _user(), audit.AuditTrail(settings.audit_path)
    for each in made:
        trail.note(audit.CORRECTION, by=by, caller=masked(each.caller), is_durable=True, what=each.action)
        position = append_correction(log, structs.replace(each, by=by, why=why)).position
        click.echo(f"{each.action} at position {position}; undo it with --undo {position}")


@contextmanager
def _read_model(generations: Generations) -> Iterator[ReadModel | None]:
    """Open the read model; None where there is none yet: what is right can be said before the first call."""
    with ExitStack() as stack:
        try:
            yield stack.enter_context(open_read_model(generations))
        except ReadModelMissingError:
            yield None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container the user id may have no name
        return f"uid {os.getuid()}"
