"""What setting up has to change in the workspace: secrets, the two webhooks, and the search tool."""

from typing import Any

from ingress.operating.setup.documents import SETTINGS, TOOL, TOOL_CONFIG, Edit, Json, Kind, Path, value_at
from ingress.operating.setup.record import Record, digest_of
from ingress.operating.setup.settings import CLIENT_DATA_KEY, POST_CALL_KEY, SEARCH_DATA_KEY
from ingress.operating.setup.steps import (
    NEW_TOOL,
    NEW_WEBHOOK,
    MakeKey,
    MakeTool,
    MakeWebhook,
    Step,
    StoreSecret,
    SwitchOn,
    Wish,
    Workspace,
    new_secret,
    shown,
)
from ingress.operating.setup.wanted import (
    API_KEY_HEADER,
    CLIENT_DATA,
    CLIENT_DATA_SECRET,
    POST_CALL,
    SEARCH_DATA,
    SEARCH_DATA_SECRET,
    TOOL_NAME,
    WEBHOOK_NAME,
    is_same_address,
    key_header,
    mended_tool,
    wanted_tool,
)

_WHERE = "workspace"
_CLIENT_DATA_PATH: Path = ("conversation_initiation_client_data_webhook",)
JSON_FORMAT = "json"


class WorkspacePlan:
    """
    Finds the steps for the workspace.

    `webhook_id` and `tool_id` are what agents must be given, and may stand for what a step makes. `post_call_is_taken`
    and `client_data_is_taken` say that the workspace's webhook is another service's, which stays as it is: then each
    agent is given ours.
    """

    def __init__(self, seen: Workspace, wish: Wish, record: Record) -> None:
        self._seen, self._wish, self._record = seen, wish, record
        self.steps: list[Step] = []
        self._stored: dict[str, str] = {}
        for variable in (CLIENT_DATA_KEY, SEARCH_DATA_KEY):
            if not wish.keys.first(variable):
                self._add(
                    f"make {variable}, a secret of your own",
                    MakeKey(variable),
                    after=f"{variable} in .env",
                    where=".env",
                )
        self.webhook_id = self._plan_webhook()
        self.post_call_is_taken = self._is_post_call_taken()
        if not self.post_call_is_taken:
            self.steps += post_call_steps(
                SETTINGS, ("webhooks",), _WHERE, seen.settings, wish=wish, webhook_id=self.webhook_id
            )
        self.client_data_is_taken = self._is_client_data_taken()
        if not self.client_data_is_taken:
            self.steps += self.client_data_steps(SETTINGS, _CLIENT_DATA_PATH, _WHERE, seen.settings)
        self.tool_id = self._plan_tool()

    def client_data_steps(self, document: str, path: Path, where: str, held: Json) -> list[Step]:
        """Return the steps that set the client data webhook at a place, and first store its secret."""
        url, webhook = self._wish.url + CLIENT_DATA, value_at(held, path) or {}
        header = key_header(webhook.get("request_headers"))
        if is_same_address(webhook.get("url"), url) and self._is_usable(header, CLIENT_DATA_KEY):
            self._renew(header, CLIENT_DATA_SECRET, CLIENT_DATA_KEY)
            return []
        headers = dict(webhook.get("request_headers") or {}) if is_same_address(webhook.get("url"), url) else {}
        headers = {name: value for name, value in headers.items() if name.lower() != API_KEY_HEADER.lower()}
        secret_id = self._stored_secret(CLIENT_DATA_SECRET, CLIENT_DATA_KEY)
        after = {"url": url, "request_headers": headers | {API_KEY_HEADER: {"secret_id": secret_id}}}
        edit = Edit(document=document, path=path, before=value_at(held, path), after=after)
        return [
            Step(
                where=where,
                title="set the client data webhook, with its secret header",
                before=shown(webhook.get("url")),
                after=url,
                action=edit,
            )
        ]

    def _plan_webhook(self) -> str:
        """Plan for a post-call webhook whose secret we know, switched on; return its id."""
        url, keys = self._wish.url + POST_CALL, self._wish.keys.by_variable.get(POST_CALL_KEY, ())
        digests = {digest_of(key) for key in keys}
        ours = [one for one in self._seen.webhooks if is_same_address(one.get("webhook_url"), url)]
        hmac = [one for one in ours if one.get("auth_type", "hmac") == "hmac"]
        usable = [one for one in hmac if keys and self._record.digests.get(one["webhook_id"], "") in {"", *digests}]
        current = value_at(self._seen.settings, ("webhooks", "post_call_webhook_id"))
        known = self._record.id_of("webhook")
        usable.sort(key=lambda one: (one["webhook_id"] != current, one["webhook_id"] != known))
        if not usable:
            note = "one is there, but ElevenLabs does not tell its secret again" if ours else ""
            after = f"{url}; its secret into {POST_CALL_KEY} in .env"
            self._add("make the post-call webhook", MakeWebhook(WEBHOOK_NAME, url), after=after, note=note)
            self._add("switch its retries on", SwitchOn(NEW_WEBHOOK, WEBHOOK_NAME), before="off", after="on")
            return NEW_WEBHOOK
        webhook = usable[0]
        id_, name = webhook["webhook_id"], str(webhook.get("name") or WEBHOOK_NAME)
        if webhook.get("is_disabled") or webhook.get("is_auto_disabled"):
            by = "by ElevenLabs, after failures" if webhook.get("is_auto_disabled") else "by hand"
            code = webhook.get("most_recent_failure_error_code")
            note = f"the last failure was answered {code}" if code else ""
            title = "switch the post-call webhook on again, and its retries"
            self._add(title, SwitchOn(id_, name), before=f"switched off {by}", after="on", note=note)
        elif webhook.get("retry_enabled", id_ in self._record.retries or None) is not True:
            before = "off" if webhook.get("retry_enabled") is False else "not told by ElevenLabs"
            self._add("switch the retries of the post-call webhook on", SwitchOn(id_, name), before=before, after="on")
        return str(id_)

    def _is_post_call_taken(self) -> bool:
        current = value_at(self._seen.settings, ("webhooks", "post_call_webhook_id"))
        webhook = next((one for one in self._seen.webhooks if one.get("webhook_id") == current), None)
        if webhook is None or self._record.is_ours(current):
            return False
        return not is_same_address(webhook.get("webhook_url"), self._wish.url + POST_CALL)

    def _is_client_data_taken(self) -> bool:
        webhook = value_at(self._seen.settings, _CLIENT_DATA_PATH)
        if not webhook or is_same_address(webhook.get("url"), self._wish.url + CLIENT_DATA):
            return False
        return bool(webhook != self._record.set_by_setup(SETTINGS, _CLIENT_DATA_PATH))

    def _plan_tool(self) -> str:
        url, tools = self._wish.url + SEARCH_DATA, {tool["id"]: tool for tool in self._seen.tools if "id" in tool}
        here = (id_ for id_, tool in tools.items() if is_same_address(_tool_url(tool), url))
        found = next(here, None) or self._record.id_of("tool")
        if found is None or found not in tools:
            config = wanted_tool(url, self._stored_secret(SEARCH_DATA_SECRET, SEARCH_DATA_KEY))
            self._add(f"make the search tool {TOOL_NAME}", MakeTool(TOOL_NAME, config), after=url)
            return NEW_TOOL
        config = tools[found]["tool_config"]
        header = key_header((config.get("api_schema") or {}).get("request_headers"))
        secret_id = None
        if self._is_usable(header, SEARCH_DATA_KEY):
            self._renew(header, SEARCH_DATA_SECRET, SEARCH_DATA_KEY)
        else:
            secret_id = self._stored_secret(SEARCH_DATA_SECRET, SEARCH_DATA_KEY)
        mended = mended_tool(config, url, secret_id)
        if mended != config:
            edit = Edit(document=TOOL + found, path=TOOL_CONFIG, before=config, after=mended)
            before, after = _differences(config, mended)
            self._add("mend the search tool", edit, before=before, after=after, where=f"tool {config.get('name')}")
        return found

    def _is_usable(self, header: Any, variable: str) -> bool:
        """Tell whether a header holds our secret, as far as ElevenLabs tells."""
        if isinstance(header, str):
            return header in self._wish.keys.by_variable.get(variable, ())
        if not (isinstance(header, dict) and self._wish.keys.first(variable)):
            return False
        return any(secret.get("secret_id") == header.get("secret_id") for secret in self._seen.secrets)

    def _renew(self, header: Any, name: str, variable: str) -> None:
        """Plan to store a new value in a secret that we know to hold an old one."""
        secret_id = header.get("secret_id") if isinstance(header, dict) else None
        known = self._record.digests.get(str(secret_id))
        if known is not None and known != digest_of(self._wish.keys.first(variable)) and name not in self._stored:
            self._stored[name] = str(secret_id)
            self._store(name, variable, str(secret_id))

    def _stored_secret(self, name: str, variable: str) -> str:
        """Return the id of a stored secret with today's value; plan to store it where it is not known to be there."""
        if name not in self._stored:
            found = next((one["secret_id"] for one in self._seen.secrets if one.get("name") == name), None)
            self._stored[name] = found or new_secret(name)
            first = self._wish.keys.first(variable)
            if not (found and first and self._record.digests.get(found) == digest_of(first)):
                self._store(name, variable, found)
        return self._stored[name]

    def _store(self, name: str, variable: str, secret_id: str | None) -> None:
        before = "a value that ElevenLabs does not tell" if secret_id else "nothing"
        action = StoreSecret(name, variable, secret_id)
        self._add(f"store the secret {name}", action, before=before, after=f"the value of {variable}")

    def _add(
        self, title: str, action: Any, *, before: str = "nothing", after: str, where: str = _WHERE, note: str = ""
    ) -> None:
        self.steps.append(Step(where=where, title=title, before=before, after=after, note=note, action=action))


def post_call_steps(document: str, path: Path, where: str, held: Json, *, wish: Wish, webhook_id: str) -> list[Step]:
    """Return the steps that choose the post-call webhook at a place, its events and its format."""
    steps: list[Step] = []

    def value(key: str, after: Any, title: str) -> None:
        before = value_at(held, (*path, key))
        if before != after:
            edit = Edit(document=document, path=(*path, key), before=before, after=after)
            told = "the new webhook" if after == NEW_WEBHOOK else shown(after)
            steps.append(Step(where=where, title=title, before=shown(before), after=told, action=edit))

    value("post_call_webhook_id", webhook_id, "choose the post-call webhook")
    for event in wish.events:
        chosen = value_at(held, (*path, "events"))
        if event not in (chosen or []):
            edit = Edit(document=document, path=(*path, "events"), kind=Kind.MEMBER, before=chosen, after=event)
            title = f"send the event {event}"
            steps.append(Step(where=where, title=title, before="not sent", after="sent", action=edit))
    if value_at(held, (*path, "transcript_format")) not in (None, JSON_FORMAT):
        value("transcript_format", JSON_FORMAT, "send transcripts as JSON")
    if value_at(held, (*path, "exclude_transcript")):
        value("exclude_transcript", after=False, title="send the transcript, which is left out now")
    return steps


def _tool_url(tool: Json) -> Any:
    return value_at(tool, ("tool_config", "api_schema", "url"))


def _differences(before: Json, after: Json) -> tuple[str, str]:
    """Return what of a tool's request differs, before and after, for the eye."""
    one, other = before.get("api_schema") or {}, after.get("api_schema") or {}
    names = [name for name in ("url", "method", "request_headers") if one.get(name) != other.get(name)]
    old = {name: one.get(name) for name in names}
    new = {name: other.get(name) for name in names}
    body_one = (one.get("request_body_schema") or {}).get("properties") or {}
    for name, schema in other["request_body_schema"]["properties"].items():
        if body_one.get(name) != schema:
            old[name] = _source(body_one.get(name))
            new[name] = _source(schema)
    return shown(old), shown(new)


def _source(schema: Any) -> str:
    """Return who fills a parameter."""
    if not isinstance(schema, dict):
        return "missing"
    return str(schema.get("dynamic_variable") or schema.get("constant_value") or "filled by the LLM")
