"""The parts of an ElevenLabs account that setting up and checking need, asked through ElevenLabs' SDK."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
from elevenlabs.core.api_error import ApiError
from elevenlabs.core.parse_error import ParsingError

from events.process.terminal import one_line

Json = dict[str, Any]
_TIMEOUT_S = 15.0
_PAGE_SIZE = 100  # the most that the API gives at once
# A list that never ends would be asked for ever. No workspace has this many pages of agents, tools or secrets.
_PAGES_MAX = 200
_DETAIL_CHARS_MAX = 200
_ASK = {"max_retries": 2}
# A request that makes something is sent once: ElevenLabs may have made it although its answer was lost.
_ONCE = {"max_retries": 0}


class AccountError(Exception):
    """ElevenLabs refused a request, or gave no answer that can be used. `status` is that of the answer, if any."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Account:
    """
    One ElevenLabs account: its webhooks, settings, secrets, tools and agents, as the JSON that the API answers.

    Every method raises `AccountError`. Reading is repeated by the SDK after 408, 409, 429 and 5xx.

    Args:
        key: the API key.
        base_url: the address of the API; None is the address that the SDK uses.

    Source: the SDK `elevenlabs` 2.78; its `client.conversational_ai` is `client.agents` in SDK 3.
    """

    def __init__(self, key: str, base_url: str | None, *, timeout_s: float = _TIMEOUT_S) -> None:
        from elevenlabs.client import ElevenLabs  # noqa: PLC0415 - takes up to a second

        self._body = b""
        hooks: dict[str, list[Callable[..., None]]] = {"response": [self._keep]}
        # No redirects: httpx would send the key along, wherever they lead.
        self._http = httpx.Client(timeout=timeout_s, follow_redirects=False, event_hooks=hooks)
        client: Any = ElevenLabs(api_key=key, base_url=base_url, timeout=timeout_s, httpx_client=self._http)
        self._webhooks = client.webhooks
        self._area = client.conversational_ai if hasattr(client, "conversational_ai") else client.agents
        # SDK 2 has the agents in `conversational_ai.agents`, SDK 3 in `agents` itself.
        self._agents = getattr(self._area, "agents", self._area)
        self.date: str | None = None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def webhooks(self) -> list[Json]:
        """Return the webhooks of the workspace, with `is_auto_disabled` and the last failure."""
        return _objects(self._ask(self._webhooks.list, request_options=_ASK), "webhooks")

    def make_webhook(self, name: str, url: str) -> Json:
        """Make a webhook with HMAC authentication; return `webhook_id` and `webhook_secret`."""
        settings = {"auth_type": "hmac", "name": name, "webhook_url": url}
        return self._ask(self._webhooks.create, settings=settings, request_options=_ONCE)

    def switch_on(self, webhook_id: str, name: str) -> None:
        """Switch a webhook on, and its retries."""
        self._ask(
            self._webhooks.update,
            webhook_id,
            is_disabled=False,
            name=name,
            retry_enabled=True,
            request_options=_ASK,
        )

    def delete_webhook(self, webhook_id: str) -> None:
        """Delete a webhook."""
        self._ask(self._webhooks.delete, webhook_id, request_options=_ONCE)

    def settings(self) -> Json:
        """Return the agents' settings of the workspace."""
        return self._ask(self._area.settings.get, request_options=_ASK)

    def change_settings(self, patch: Json) -> None:
        """Change the agents' settings of the workspace: each key of `patch` is set to its value."""
        self._ask(self._area.settings.update, **patch, request_options=_ASK)

    def secrets(self) -> list[Json]:
        """Return the names and ids of the workspace's secrets; nobody can read their values."""
        return list(self._pages(self._area.secrets.list, "secrets"))

    def make_secret(self, name: str, value: str) -> str:
        """Store a secret, and return its id."""
        return str(self._ask(self._area.secrets.create, name=name, value=value, request_options=_ONCE)["secret_id"])

    def change_secret(self, secret_id: str, name: str, value: str) -> None:
        """Give a secret another value."""
        self._ask(self._area.secrets.update, secret_id, name=name, value=value, request_options=_ASK)

    def delete_secret(self, secret_id: str) -> None:
        """Delete a secret."""
        self._ask(self._area.secrets.delete, secret_id, request_options=_ONCE)

    def tools(self) -> list[Json]:
        """Return the webhook tools of the workspace."""
        tools = self._pages(self._area.tools.list, "tools", types=["webhook"])
        return [tool for tool in tools if (tool.get("tool_config") or {}).get("type") == "webhook"]

    def make_tool(self, config: Json) -> str:
        """Make a tool, and return its id."""
        return str(self._ask(self._area.tools.create, request={"tool_config": config}, request_options=_ONCE)["id"])

    def change_tool(self, tool_id: str, config: Json) -> None:
        """Give a tool another configuration."""
        self._ask(self._area.tools.update, tool_id, request={"tool_config": config}, request_options=_ASK)

    def agents_with_tool(self, tool_id: str) -> list[str]:
        """Return the ids of the agents that a tool is added to."""
        agents = self._pages(self._area.tools.get_dependent_agents, "agents", tool_id=tool_id)
        return [str(agent.get("id") or agent.get("agent_id") or "?") for agent in agents]

    def delete_tool(self, tool_id: str) -> None:
        """Delete a tool that no agent has any more."""
        self._ask(self._area.tools.delete, tool_id, request_options=_ONCE)

    def agents(self) -> list[Json]:
        """Return id and name of all agents that are not archived."""
        agents = self._pages(self._agents.list, "agents", archived=False)
        return [agent for agent in agents if not agent.get("archived")]

    def agent(self, agent_id: str) -> Json:
        """Return the configuration of an agent."""
        return self._ask(self._agents.get, agent_id, request_options=_ASK)

    def change_agent(self, agent_id: str, patch: Json) -> None:
        """Change an agent: `conversation_config` and `platform_settings`, of each what `patch` holds."""
        self._ask(self._agents.update, agent_id, **patch, request_options=_ASK)

    def _pages(self, ask: Callable[..., object], field: str, **filters: Any) -> Iterator[Json]:
        cursor: str | None = None
        for _ in range(_PAGES_MAX):
            page = self._ask(ask, page_size=_PAGE_SIZE, cursor=cursor, **filters, request_options=_ASK)
            yield from _objects(page, field)
            following = page.get("next_cursor")
            if not page.get("has_more", following is not None) or not following or following == cursor:
                return
            cursor = str(following)
        raise AccountError(f"ElevenLabs' list of {field} does not end")

    def _ask(self, ask: Callable[..., object], *args: Any, **kwargs: Any) -> Json:
        """Call a method of the SDK, and return the JSON of the answer as it came, with what the SDK does not know."""
        self._body = b""
        try:
            ask(*args, **kwargs)
        except ApiError as error:
            # The SDK takes an answer that is no JSON for an error, whatever its status.
            if not 200 <= (error.status_code or 0) < 300:
                raise _refusal(error) from error
        except httpx.RequestError as error:
            raise AccountError(f"ElevenLabs does not answer: {str(error) or type(error).__name__}") from error
        except (ParsingError, TypeError, AttributeError, ValueError) as error:
            if not self._body:
                raise AccountError(f"ElevenLabs' answer cannot be read: {type(error).__name__}") from error
        try:
            answer = msgspec.json.decode(self._body) if self._body.strip() else {}
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise AccountError("ElevenLabs' answer is not JSON; is ELEVENLABS_BASE_URL the API's address?") from error
        return answer if isinstance(answer, dict) else {}

    def _keep(self, response: httpx.Response) -> None:
        self.date = response.headers.get("date", self.date)
        self._body = response.read() if response.is_success else b""


def _objects(answer: Json, field: str) -> list[Json]:
    listed = answer.get(field)
    if not isinstance(listed, list):
        raise AccountError(f"ElevenLabs' answer holds no list of {field}; is ELEVENLABS_BASE_URL the API's address?")
    return [one for one in listed if isinstance(one, dict)]


def _refusal(error: ApiError) -> AccountError:
    detail = _detail(error.body)
    match error.status_code:
        case 401:
            return AccountError(f"ElevenLabs refused ELEVENLABS_API_KEY (401){detail}", 401)
        case 403:
            return AccountError(f"ELEVENLABS_API_KEY may not do this (403){detail}", 403)
        case 404:
            return AccountError(f"ElevenLabs does not have it (404){detail}", 404)
        case status:
            return AccountError(f"ElevenLabs answered {status}{detail}", status)


def _detail(body: object) -> str:
    """Return what the API says is wrong, as the end of a line; empty if it says nothing."""
    detail = body.get("detail") if isinstance(body, dict) else None
    if isinstance(detail, list) and detail:  # how the API reports a field that it does not take
        detail = detail[0]
    if isinstance(detail, dict):
        detail = detail.get("message") or detail.get("msg") or detail.get("status")
    return f": {one_line(detail)[:_DETAIL_CHARS_MAX]}" if isinstance(detail, str) else ""
