"""All settings of all processes, in the order of their groups."""

from typing import get_args

from events.__main__ import Settings as EventsSettings
from events.process.settings.setting import Group, Setting, declared
from ingress.settings import Settings as IngressSettings
from projector.commands.settings import Settings as ProjectorSettings

GROUPS: tuple[str, ...] = get_args(Group)


def all_settings() -> dict[str, list[Setting]]:
    """Return each declared setting once, by group, as the fields of the settings stand."""
    found: dict[str, Setting] = {}
    for settings in (IngressSettings, ProjectorSettings, EventsSettings):
        for setting in declared(settings):
            assert found.setdefault(setting.name, setting) is setting, f"{setting.name} is declared twice"
    return {group: [setting for setting in found.values() if setting.group == group] for group in GROUPS}
