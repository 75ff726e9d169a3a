"""Lists the events that could not be folded, or not be read whole, and the calls that no model had an answer for."""

import sys

import click
import msgspec

from events.process.command import FOUND_SOMETHING, echo_json, say
from events.process.terminal import printable
from projector.commands.learning.unanswered import unanswered_calls, unanswered_words
from projector.commands.settings import Settings
from projector.read_model.open import open_generations, open_read_model
from projector.read_model.records import Fault, PartlyRead

_NOT_RETRIED = "not retried; fixed, it is folded by the next `projector replay`"


def list_failures(settings: Settings, *, is_json: bool) -> None:
    """Print them; exit 1 if there are any."""
    with open_read_model(open_generations(settings.memories_location)) as read_model:
        faults, partly_read = read_model.faults(), read_model.partly_read.all()
    unanswered = unanswered_calls(settings)
    if is_json:
        echo_json(msgspec.json.encode([*faults, *partly_read, *unanswered]).decode())
    else:
        _list(faults)
        for event in partly_read:
            where = f"{event.place.position}  {event.kind}  {event.conversation_id or '-'}"
            click.echo(printable(f"{where}  {_unread(event)}"))
        for call in unanswered:
            click.echo(printable(unanswered_words(call)))
    if faults or partly_read or unanswered:
        sys.exit(FOUND_SOMETHING)
    say("projector", "nothing failed")


def exit_on_faults(settings: Settings, *, position: int | None = None) -> None:
    """Where events could not be folded, print them and exit 1; with a position, look at that event alone."""
    with open_read_model(open_generations(settings.memories_location)) as read_model:
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
