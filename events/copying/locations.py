"""What may be named as FROM and TO on the command line, and what is never printed of it."""

import re
from pathlib import Path

import click

from events.disk.links import real_path
from events.open_log import is_database

# Words of libpq's other way to name a database, and of URLs that are none of ours.
_NAMES_DATABASE = re.compile(r"\s*(?:host|hostaddr|port|dbname|user|password|passfile|service)\s*=|[^/]*:/?/")


class Location(click.Path):
    """
    A folder, or the URL of a database; need not exist. The shell completes folders.

    Refuses what is neither: a misspelt URL would become a folder, with a password in its name.
    """

    def __init__(self) -> None:
        super().__init__(path_type=str)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the location as it was given."""
        location = str(value)
        if not location:
            self.fail("it is empty: is the variable set that it comes from?", param, ctx)
        if not is_database(location) and _NAMES_DATABASE.match(location):
            self.fail(
                "a database is named so: postgresql://USER@HOST/NAME; a folder of such a name: ./NAME", param, ctx
            )
        return location


class WithoutPasswords(click.Command):
    """A command whose complaints about its arguments repeat no URL: it may hold a password."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse arguments, as click does."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            message = error.message
            for each in filter(_NAMES_DATABASE.match, given):
                message = message.replace(each, "the location of a database")
            if message == error.message:
                raise
            raise click.UsageError(message, ctx) from None


def check_apart(source: str, target: str) -> None:
    """
    Check that no folder lies in the other one.

    Raises:
        click.UsageError: one does, or they are the same, as far as the names tell.
    """
    if is_database(source) or is_database(target):
        if source == target:
            raise click.UsageError("FROM and TO are the same database")
        return
    try:
        one, other = real_path(Path(source)), real_path(Path(target))
    except OSError as error:
        raise click.UsageError("FROM or TO is a symbolic link that leads to itself") from error
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise click.UsageError("FROM and TO must lie apart: neither may be the other, or lie in it")
