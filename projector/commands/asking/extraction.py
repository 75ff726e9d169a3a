"""`projector extraction`: what a model said of a call, and what of it counts."""

import sys

import click

from events.process.command import FOUND_SOMETHING, say
from projector.commands.settings import Settings
from projector.read_model.open import open_generations, open_read_model
from projector.read_side.facts import extraction_lines


def show_extraction(settings: Settings, conversation_id: str) -> None:
    """Print what a model said of a call, and why something of it was rejected; exit 1 for an unknown call."""
    with open_read_model(open_generations(settings.memories_location)) as read_model:
        lines = list(extraction_lines(read_model, conversation_id, settings.projection.fold.registry()))
    if not lines:
        say("projector", f"no call is known by the id {conversation_id}")
        sys.exit(FOUND_SOMETHING)
    click.echo("\n".join(lines))
