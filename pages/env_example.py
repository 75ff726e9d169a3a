"""Writes `.env.example`: every setting with what it means, and as a comment unless it must be filled in."""

import re
import textwrap
from collections.abc import Mapping, Sequence

from events.process.settings.setting import Choice, Fraction, SecretList, Setting, Whole
from pages.settings_page import quoted, sentences

_WIDTH = 120
_HEAD = """\
# ELAOMS settings. Copy this file to .env and fill in the three secrets: cp .env.example .env
# Or set ELEVENLABS_API_KEY alone: `ingress setup` makes the three secrets, and writes them here.
# docs/settings.md says more. A line that is left out, commented out or empty means the default.
# This file is written from the code by `make pages`.
#
# Two parsers read .env: honcho's, when you run `honcho start`, and python-dotenv, in the programs themselves.
# They agree as long as you keep to these rules:
#   - one NAME="value" to a line, without `export`, and the value always in quotes. Without quotes honcho drops
#     spaces, cuts the value at `#`, and stops with an error at a lone apostrophe;
#   - double quotes for text, single quotes around JSON;
#   - no backslash in a value, except \\uXXXX in JSON.
# Under honcho this file beats the environment. Without honcho the environment beats this file. To give a variable
# by the environment under honcho, delete its line here: an empty value in quotes counts, and wins.
"""
_TITLES = {
    "secrets": "Secrets: all three are needed, by ingress alone",
    "admin": "The key of exports, erasures and corrections",
    "log key": "The key of the log: the same for ingress, the projector and `events`",
    "places": "Where things are kept: the same for ingress and projector",
    "database": "A database for many machines: docs/many-machines.md. The same for ingress, projector and `events`",
    "engine": "The memory engine: the same for ingress and projector",
    "both": "Both processes",
    "listening": "Where ingress listens",
    "accepted": "What ingress accepts",
    "told": "What callers hear",
    "searched": "What the search tool gets",
    "remembered": "What the projector remembers",
    "projector": "What else the projector does",
    "learning": "Language models that read calls: docs/learning.md",
    "api": "ElevenLabs' API: for `ingress setup`, `ingress doctor` and `projector backfill` alone",
    "traces": "Traces: docs/tracing.md; both processes need the extra: pip install elaoms[tracing]",
}
_NOTES = {
    "secrets": (
        "Comma-separated lists: put the new secret before the old one while you change it over. An empty secret, or "
        "one that looks like a placeholder, never lets anything in, and ingress does not start."
    ),
    "traces": (
        "OpenTelemetry's own variables. Without an endpoint nothing of it is loaded. Its SDK reads more than these."
    ),
}
# These have to be filled in. PORT counts under honcho only if it stands here: docs/settings.md.
_SET = {"secrets"}
_SET_NAMES = {"PORT"}


def env_example(settings: Mapping[str, Sequence[Setting]]) -> str:
    """
    Return the file.

    Args:
        settings: those of each group.
    """
    return "\n".join([_HEAD, *(_group(group, members) for group, members in settings.items())]).rstrip() + "\n"


def _group(group: str, members: Sequence[Setting]) -> str:
    title = f"# --- {_TITLES[group]} "
    note = [_comment(_NOTES[group]), ""] if group in _NOTES else []
    return "\n".join([title.ljust(_WIDTH, "-"), *note, *(_setting(group, setting) for setting in members)])


def _setting(group: str, setting: Setting) -> str:
    parts = [sentences(setting)]
    if isinstance(setting, Whole | Fraction | Choice):
        parts.append(f"Takes {setting.takes}")
    if setting.is_replaying:
        parts.append("A change makes the projector replay")
    text = _plain(". ".join(parts)) + "."
    is_set = group in _SET or setting.name in _SET_NAMES
    value = "" if isinstance(setting, SecretList) else setting.default_text or setting.example
    line = f"{setting.name}={quoted(setting, value)}"
    return f"{_comment(text[0].upper() + text[1:])}\n{line if is_set else f'# {line}'}\n"


def _plain(markdown: str) -> str:
    """Return a text without links, and with code marks only around several words."""
    text = re.sub(r" \(\[[^\]]*\]\(#[^)]*\)\)", "", markdown)
    text = re.sub(r"\(\[([^\]]*)\]\(([^)#]*\.md)[^)]*\)\)", r"(\1: docs/\2)", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"`([^`\s]+)`", r"\1", text)


def _comment(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
