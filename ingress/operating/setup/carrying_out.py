"""Carries out the steps of setting up, one after the other, and notes each at once in the record."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ingress.operating.account import Account, AccountError
from ingress.operating.dotenv_file import check_dotenv, write_secret
from ingress.operating.setup.documents import AGENT, SETTINGS, TOOL, Edit, Json, edited, is_in_force, patch_of
from ingress.operating.setup.record import Made, Record, check_room, digest_of, write_record
from ingress.operating.setup.settings import POST_CALL_KEY
from ingress.operating.setup.steps import (
    NEW_TOOL,
    NEW_WEBHOOK,
    Keys,
    MakeKey,
    MakeTool,
    MakeWebhook,
    Step,
    StoreSecret,
    SwitchOn,
    Wish,
    Workspace,
    new_secret,
)

DONE, DECLINED, SKIPPED, REFUSED = "done", "declined", "skipped", "refused"
_SECRET_BYTES = 32


class Outcome(Struct, frozen=True):
    """What became of a step: done, declined, skipped (it needs an earlier one), or refused by ElevenLabs."""

    step: Step
    state: str
    reason: str = ""


def look(account: Account, agent_ids: Sequence[str]) -> Workspace:
    """
    Return what stands at ElevenLabs now.

    Raises:
        AccountError: it could not be asked, or an agent is not there.
    """
    seen = Workspace(
        webhooks=account.webhooks(), settings=account.settings(), secrets=account.secrets(), tools=account.tools()
    )
    for agent_id in agent_ids:
        seen.agents[agent_id] = read_document(account, AGENT + agent_id)
    return seen


def read_document(account: Account, document: str) -> Json:
    """Return a document at ElevenLabs as it is now."""
    if document == SETTINGS:
        return account.settings()
    if document.startswith(AGENT):
        try:
            return account.agent(document.removeprefix(AGENT))
        except AccountError as error:
            raise AccountError(f"agent {document.removeprefix(AGENT)}: {error}", error.status) from error
    tool_id = document.removeprefix(TOOL)
    tool = next((tool for tool in account.tools() if tool.get("id") == tool_id), None)
    if tool is None:
        raise AccountError(f"tool {tool_id}: ElevenLabs does not have it", 404)
    return tool


def write_document(account: Account, document: str, before: Json, after: Json) -> None:
    """Send what changed of a document; nothing if nothing did."""
    if document.startswith(TOOL):
        account.change_tool(document.removeprefix(TOOL), after["tool_config"])
    elif patch := patch_of(document, before, after):
        if document == SETTINGS:
            account.change_settings(patch)
        else:
            account.change_agent(document.removeprefix(AGENT), patch)


class Hands:
    """
    Does the steps that the operator agrees to.

    Args:
        folder: where `.env` and the record lie.
        agree: is asked before each step.
    """

    def __init__(
        self, account: Account, wish: Wish, record: Record, folder: Path, agree: Callable[[Step], bool]
    ) -> None:
        self._account, self._wish, self._record, self._folder = account, wish, record, folder
        self._agree = agree
        self._keys = dict(wish.keys.by_variable)
        self._ids: dict[str, str] = {}

    def carry_out(self, steps: Sequence[Step]) -> Iterator[Outcome]:
        """
        Yield what becomes of each step, in their order. Edits of one document are sent together.

        Raises:
            OSError: `.env` or the record could not be written; what was done before is noted.
        """
        # What ElevenLabs made and we could not note, no removal would take back.
        check_room(self._folder, self._record)
        self._record.url = self._wish.url
        for document, group in groupby(steps, key=Step.document):
            agreed: list[Step] = []
            for step in group:
                if not self._agree(step):
                    yield Outcome(step, DECLINED)
                elif missing := self._missing(step):
                    yield Outcome(step, SKIPPED, missing)
                elif document is None:
                    yield self._make(step)
                else:
                    agreed.append(step)
            if document is not None and agreed:
                yield from self._edit(document, agreed)

    def _missing(self, step: Step) -> str:
        """Return what a step lacks because an earlier one was not done; empty if it lacks nothing."""
        action = step.action
        if isinstance(action, StoreSecret) and not Keys(self._keys).first(action.variable):
            return f"{action.variable} was not made"
        unknown = [name for name in _placeholders(action) if name not in self._ids]
        return "it needs a step that was not done" if unknown else ""

    def _make(self, step: Step) -> Outcome:
        try:
            match step.action:
                case MakeKey(variable=variable):
                    self._write_key(variable, secrets.token_hex(_SECRET_BYTES))
                case MakeWebhook(name=name, url=url):
                    self._make_webhook(name, url)
                case SwitchOn(webhook_id=webhook_id, name=name):
                    id_ = self._ids.get(webhook_id, webhook_id)
                    self._account.switch_on(id_, name)
                    if id_ not in self._record.retries:
                        self._record.retries.append(id_)
                case StoreSecret() as action:
                    self._store(action)
                case MakeTool(name=name, config=config):
                    self._ids[NEW_TOOL] = tool_id = self._account.make_tool(self._with_ids(config))
                    self._record.made.append(Made("tool", tool_id, name))
                case Edit():
                    raise AssertionError("unreachable: an edit belongs to a document")
        except AccountError as error:
            return Outcome(step, REFUSED, str(error))
        write_record(self._folder, self._record)
        return Outcome(step, DONE)

    def _make_webhook(self, name: str, url: str) -> None:
        # First, because ElevenLabs tells the secret only once.
        check_dotenv(self._folder / ".env")
        made = self._account.make_webhook(name, url)
        webhook_id, secret = str(made["webhook_id"]), made.get("webhook_secret")
        self._record.made.append(Made("webhook", webhook_id, name))
        # Before `.env`: if that cannot be written, the next run must know that this secret is not the one in it.
        self._record.digests[webhook_id] = digest_of(str(secret))
        write_record(self._folder, self._record)
        if not isinstance(secret, str) or not secret:
            raise AccountError("ElevenLabs made the webhook, but told no secret: delete it there, and try again")
        # The former secrets stay behind it: `events verify` proves by them what came in before.
        self._write_key(POST_CALL_KEY, secret)
        self._ids[NEW_WEBHOOK] = webhook_id

    def _write_key(self, variable: str, secret: str) -> None:
        secrets_now = (secret, *self._keys.get(variable, ()))
        write_secret(self._folder / ".env", variable, ",".join(secrets_now))
        self._keys[variable] = secrets_now
        self._record.lines[variable] = digest_of(secret)

    def _store(self, action: StoreSecret) -> None:
        value = Keys(self._keys).first(action.variable)
        secret_id = action.secret_id
        if secret_id is None:
            secret_id = self._account.make_secret(action.name, value)
            self._record.made.append(Made("secret", secret_id, action.name))
        else:
            self._account.change_secret(secret_id, action.name, value)
        self._record.digests[secret_id] = digest_of(value)
        self._ids[new_secret(action.name)] = secret_id

    def _edit(self, document: str, steps: Sequence[Step]) -> Iterator[Outcome]:
        edits = [self._with_ids(step.action) for step in steps]
        try:
            # Read again: between the look and the answers somebody may have changed something else in it.
            before = after = read_document(self._account, document)
            for edit in edits:
                after = edited(after, edit)
            write_document(self._account, document, before, after)
            held = read_document(self._account, document)
        except AccountError as error:
            yield from (Outcome(step, REFUSED, str(error)) for step in steps)
            return
        for step, edit in zip(steps, edits, strict=True):
            is_done = is_in_force(held, edit) or edit.document.startswith(TOOL)
            if is_done:
                self._record.note_edit(edit)
            yield Outcome(step, DONE if is_done else REFUSED, "" if is_done else "ElevenLabs did not keep it")
        write_record(self._folder, self._record)

    def _with_ids(self, value: Any) -> Any:
        """Return a value with the ids of what was made in place of what stands for them."""
        if isinstance(value, Edit):
            return msgspec.structs.replace(value, after=self._with_ids(value.after))
        if isinstance(value, dict):
            return {key: self._with_ids(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._with_ids(one) for one in value]
        return self._ids.get(value, value) if isinstance(value, str) else value


def _placeholders(action: object) -> Iterator[str]:
    """Yield what in an action stands for the id of something new."""
    match action:
        case Edit(after=after):
            yield from _placeholders(after)
        case SwitchOn(webhook_id=webhook_id):
            yield from _placeholders(webhook_id)
        case MakeTool(config=config):
            yield from _placeholders(config)
        case dict():
            for value in action.values():
                yield from _placeholders(value)
        case str() if action in (NEW_WEBHOOK, NEW_TOOL) or action.startswith(new_secret("")):
            yield action
        case _:
            return
