"""Corrections by a person: a value that is right, a fact that is wrong, one that is settled, and the way back."""

import getpass
import os
from collections.abc import Callable, Sequence
from typing import Any

import click

from events.errors import EventsError
from events.log.correction import Action, Correction, append_correction, is_correction, read_correction
from events.log.event import Event
from events.log.protocol import EventLog
from events.open_log import open_log
from events.wire.caller import caller_key
from projector.commands.lost_log import check_log
from projector.commands.settings import Settings
from projector.read_model.open import open_generations, open_read_model

_VALUE_CHARS_MAX = 300


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
@with_reasons
@click.pass_obj
def correct(settings: Settings, number: str, values: Sequence[str], *, undo: int | None, by: str, why: str) -> None:
    """
    Say what is right of a caller, whatever calls say, as name="Marta Lindqvist"; it counts until it is undone.

    `projector show NUMBER` lists what was corrected, each with its position.
    """
    caller = caller_key(number, region=settings.projection.region)
    if caller is None:
        raise click.UsageError(f"{number!r} is neither a phone number nor a key such as user:... or whatsapp:...")
    registry = settings.projection.fold.registry()
    made = []
    for each in values:
        name, _, value = each.partition("=")
        attribute = registry.sameness(name.strip())
        if attribute is None or not 0 < len(value.strip()) <= _VALUE_CHARS_MAX:
            known = ", ".join(attribute.name for attribute in registry)
            raise click.UsageError(f"{each!r} must be ATTRIBUTE=VALUE, with one of: {known}; or other:and_a_name")
        made.append(Correction(caller=caller, action="correct", attribute=attribute.name, value=value.strip()))
    _append(settings, made, undo=undo, by=by, why=why)


@click.command(short_help="Say that the fact MEMORY_ID is wrong.")
@click.argument("memory_id", required=False)
@with_reasons
@click.pass_obj
def drop(settings: Settings, memory_id: str | None, *, undo: int | None, by: str, why: str) -> None:
    """Say that a fact is wrong: it is no memory any more, also where another model states it again."""
    _append(settings, _of_memory(settings, "drop", memory_id), undo=undo, by=by, why=why)


@click.command(short_help="Say that the issue or promise MEMORY_ID is settled.")
@click.argument("memory_id", required=False)
@with_reasons
@click.pass_obj
def resolve(settings: Settings, memory_id: str | None, *, undo: int | None, by: str, why: str) -> None:
    """Say that an issue or a promise is settled: it is history from now on."""
    _append(settings, _of_memory(settings, "resolve", memory_id), undo=undo, by=by, why=why)


def _of_memory(settings: Settings, action: Action, memory_id: str | None) -> list[Correction]:
    if memory_id is None:
        return []
    with open_read_model(open_generations(settings.read_model_folder)) as read_model:
        caller = read_model.caller_of_memory(memory_id)
        facts = read_model.facts(caller) if caller is not None else []
    if caller is None or memory_id not in {memory.id for memory in facts}:
        raise click.UsageError(f"no fact has the id {memory_id!r}; `projector show NUMBER` lists them")
    return [Correction(caller=caller, action=action, memory_id=memory_id)]


def _append(settings: Settings, made: Sequence[Correction], *, undo: int | None, by: str, why: str) -> None:
    log = open_log(settings.payload_folder, log_keys=settings.log_keys)
    check_log(log, open_generations(settings.read_model_folder))
    if undo is not None:
        made = [*made, Correction(caller=_undone(log, undo).caller, action="undo", undoes=undo)]
    if not made:
        raise click.UsageError("say what to correct, or --undo POSITION")
    for each in made:
        signed = Correction(
            caller=each.caller,
            action=each.action,
            attribute=each.attribute,
            value=each.value,
            memory_id=each.memory_id,
            undoes=each.undoes,
            by=by or _user(),
            why=why,
        )
        receipt = append_correction(log, signed)
        click.echo(f"{each.action} at position {receipt.position}; undo it with --undo {receipt.position}")


def _undone(log: EventLog, position: int) -> Correction:
    for event in log.read():
        if isinstance(event, Event) and event.place.position == position and is_correction(event.receipt):
            try:
                return read_correction(event)
            except EventsError:
                break
    raise click.UsageError(f"no correction stands at position {position}; `projector show NUMBER` lists them")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container the user id may have no name
        return f"uid {os.getuid()}"
