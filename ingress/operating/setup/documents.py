"""Edits of what ElevenLabs holds: one value in one document, so that each can be shown, done and taken back alone."""

from copy import deepcopy
from enum import StrEnum
from typing import Any

from msgspec import Struct

Json = dict[str, Any]
Path = tuple[str, ...]

SETTINGS = "settings"
AGENT, TOOL = "agent:", "tool:"

TOOL_IDS = ("conversation_config", "agent", "prompt", "tool_ids")
PLACEHOLDERS = ("conversation_config", "agent", "dynamic_variables", "dynamic_variable_placeholders")
OVERRIDES = ("platform_settings", "overrides")
DATA_COLLECTION = ("platform_settings", "data_collection")
WORKSPACE_OVERRIDES = ("platform_settings", "workspace_overrides")
TOOL_CONFIG = ("tool_config",)

# What is sent of a document, each part whole: it is not documented whether ElevenLabs merges what lies deeper, or
# replaces it. The prompt is not sent, only its list of tools: the prompt as it is read cannot be written as it is.
_AGENT_PARTS = (TOOL_IDS, PLACEHOLDERS[:-1], OVERRIDES, DATA_COLLECTION, WORKSPACE_OVERRIDES)
_SETTINGS_PARTS = (("webhooks",), ("conversation_initiation_client_data_webhook",))


class Kind(StrEnum):
    """What an edit does: set a value, add a member to a list, or add an entry to a map whose keys users choose."""

    VALUE = "value"
    MEMBER = "member"
    ENTRY = "entry"


class Edit(Struct, frozen=True, kw_only=True):
    """
    One value that setup sets in a document at ElevenLabs.

    `document` is `settings`, `agent:ID` or `tool:ID`. `before` is what stood there, None for nothing. For a member,
    `path` leads to the list, and `before` is that list.
    """

    document: str
    path: Path
    kind: Kind = Kind.VALUE
    before: Any = None
    after: Any

    def place(self) -> tuple[str, Path, Any]:
        """Return what two edits have in common that change the same thing."""
        return self.document, self.path, self.after if self.kind is Kind.MEMBER else None


def value_at(document: Json, path: Path) -> Any:
    """Return the value at a path; None where there is none."""
    value: Any = document
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def is_in_force(document: Json, edit: Edit) -> bool:
    """Tell whether a document holds what an edit sets."""
    value = value_at(document, edit.path)
    return edit.after in (value or ()) if edit.kind is Kind.MEMBER else bool(value == edit.after)


def edited(document: Json, edit: Edit) -> Json:
    """Return a document with an edit."""
    changed = deepcopy(document)
    parent = _made_dict(changed, edit.path[:-1])
    if edit.kind is Kind.MEMBER:
        members = parent.get(edit.path[-1]) or []
        parent[edit.path[-1]] = members if edit.after in members else [*members, edit.after]
    else:
        parent[edit.path[-1]] = deepcopy(edit.after)
    return changed


def taken_back(document: Json, edit: Edit) -> Json:
    """Return a document as it was before an edit that is in force."""
    changed = deepcopy(document)
    parent = _made_dict(changed, edit.path[:-1])
    if edit.kind is Kind.MEMBER:
        members = [member for member in parent.get(edit.path[-1]) or [] if member != edit.after]
        parent[edit.path[-1]] = members if members or edit.before is not None else None
    elif edit.kind is Kind.ENTRY and edit.before is None:
        parent.pop(edit.path[-1], None)
    else:
        parent[edit.path[-1]] = deepcopy(edit.before)
    if edit.path[:2] == WORKSPACE_OVERRIDES and len(edit.path) > 3 and not any(parent.values()):
        # An override that is left empty might count as "no webhook", where there was none at all.
        _made_dict(changed, edit.path[:-2])[edit.path[-2]] = None
    return changed


def patch_of(name: str, before: Json, after: Json) -> Json:
    """Return what must be sent to change a document: each of its parts that differs, whole."""
    patch: Json = {}
    for path in _SETTINGS_PARTS if name == SETTINGS else _AGENT_PARTS:
        value = value_at(after, path)
        if value != value_at(before, path):
            _made_dict(patch, path[:-1])[path[-1]] = value
    if isinstance(patch.get("webhooks"), dict):
        # Deprecated beside `events`, which says the same; both together might contradict each other.
        patch["webhooks"] = {key: value for key, value in patch["webhooks"].items() if key != "send_audio"}
    return patch


def _made_dict(document: Json, path: Path) -> Json:
    """Return the object at a path; it is made where there is none."""
    for key in path:
        if not isinstance(document.get(key), dict):
            document[key] = {}
        document = document[key]
    return document
