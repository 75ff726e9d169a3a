"""What our three commands share: exit codes, the reading of settings, and one line for each error."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from events.errors import SettingsError
from events.process.doubts import misspelt
from events.process.environment import DOTENV, MISSING, read_environment
from events.process.terminal import printable, printable_json

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
FOUND_SOMETHING, USED_WRONGLY = 1, 2


def say(command: str, message: str) -> None:
    """Print a line on stderr, behind the name of the command. The message may repeat what others wrote."""
    click.echo(f"{command}: {printable(message)}", err=True)


def with_version(command: str) -> Callable[[F], F]:
    """Return a decorator that gives a command the option `--version`."""
    return click.version_option(package_name="elaoms", prog_name=command, message="%(prog)s %(version)s (ELAOMS)")


def echo_json(text: str, *, nl: bool = True) -> None:
    """Print JSON on stdout as it is, or, where that is a terminal, with escapes for what a terminal would obey."""
    click.echo(printable_json(text) if sys.stdout.isatty() else text, nl=nl)


def settings_or_exit(command: str, from_env: Callable[[Mapping[str, str]], T]) -> T:
    """
    Return the settings from the environment and `.env`; if any is wrong, print one line for each and exit 2.

    Variables that are misspelt, as far as can be seen, follow in lines of their own; so does a folder without `.env`,
    where a secret is missing.
    """
    variables: Mapping[str, str] = {}
    try:
        variables = read_environment()
        return from_env(variables)
    except SettingsError as error:
        for line in (*error.faults, *misspelt(variables), *_where_no_dotenv_is(error.faults)):
            say(command, str(line))
        sys.exit(USED_WRONGLY)


def _where_no_dotenv_is(faults: Iterable[str]) -> Iterator[str]:
    if any(MISSING in fault for fault in faults) and not DOTENV.exists():
        yield f"there is no .env in {Path.cwd()}"


@contextmanager
def exit_on(command: str, *errors: type[Exception]) -> Iterator[None]:
    """
    Print an error as one line instead of a traceback, and exit 1.

    Args:
        errors: the kinds to catch. Every other error is a fault of ours and keeps its traceback.
    """
    try:
        yield
    except errors as error:
        say(command, str(error) or type(error).__name__)
        sys.exit(FOUND_SOMETHING)
