"""Writes the tables of `docs/settings.md`, each between its marks; the words around them are written by hand."""

import re
from collections.abc import Mapping, Sequence

from events.process.settings.setting import Json, Setting

_MARKED = re.compile(r"<!-- settings: ([a-z ]+) -->\n.*?<!-- end -->", re.DOTALL)
_REPLAYING = "replaying"
_HEAD = "| variable | what | takes | default | example |\n| --- | --- | --- | --- | --- |"


def settings_page(page: str, settings: Mapping[str, Sequence[Setting]]) -> str:
    """
    Return the page with its tables as the settings are declared.

    Args:
        settings: those of each group.

    Raises:
        ValueError: a group has no place on the page, or several, or the page has one for a group that is not there.
    """
    places = _MARKED.findall(page)
    if sorted(places) != sorted([*settings, _REPLAYING]):
        raise ValueError(f"the page has tables for {sorted(places)}, and there are {sorted([*settings, _REPLAYING])}")

    def written(found: re.Match[str]) -> str:
        group = found[1]
        inside = _replaying(settings) if group == _REPLAYING else "\n".join([_HEAD, *map(_row, settings[group])])
        # The blank lines make a table of it also where HTML goes on up to the next of them.
        return f"<!-- settings: {group} -->\n\n{inside}\n\n<!-- end -->"

    return _MARKED.sub(written, page)


def sentences(setting: Setting) -> str:
    """Return what a setting is, in Markdown: one or more sentences, the first without a capital, the last open."""
    return ". ".join(filter(None, (setting.what, setting.more)))


def quoted(setting: Setting, value: str) -> str:
    """Return a value as it stands in `.env`."""
    mark = "'" if isinstance(setting, Json) else '"'
    return f"{mark}{value}{mark}"


def _row(setting: Setting) -> str:
    default = setting.default_told or (f"`{setting.default_text}`" if setting.default_text else "none")
    example = f"`{quoted(setting, setting.example)}`"
    return f"| `{setting.name}` | {sentences(setting)} | {setting.takes} | {default} | {example} |"


def _replaying(settings: Mapping[str, Sequence[Setting]]) -> str:
    names = [f"`{setting.name}`" for group in settings.values() for setting in group if setting.is_replaying]
    return f"After a change of {', '.join(names[:-1])} or {names[-1]}, the projector replays the log at its next start."
