"""Looks at ElevenLabs' side: the webhooks and the settings of the workspace."""

import time
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from ingress.operating.account import Account, AccountError
from ingress.operating.doctor.agent_look import AgentLook, Effective, look_at_choice
from ingress.operating.doctor.finding import Finding, Findings
from ingress.operating.setup.documents import Json, value_at
from ingress.operating.setup.record import Record
from ingress.operating.setup.wanted import CLIENT_DATA, POST_CALL, is_same_address, key_header
from ingress.settings import Settings

_SETUP = "Run `ingress setup --url ADDRESS`."
_RECENTLY_S = 7 * 24 * 3600


class Vendor(Struct, kw_only=True):
    """What is looked at: the account, our settings, our address if it is known, and the agents that were named."""

    account: Account
    settings: Settings
    record: Record
    url: str | None
    agent_ids: tuple[str, ...]


def look_at_vendor(vendor: Vendor) -> list[Finding]:
    """Return what is to be said of ElevenLabs' side."""
    found = Findings("ElevenLabs")
    try:
        webhooks, settings = vendor.account.webhooks(), vendor.account.settings()
        tools = vendor.account.tools()
        agents = vendor.agent_ids or tuple(str(agent["agent_id"]) for agent in vendor.account.agents())
    except AccountError as error:
        found.wrong("API", str(error), "Check ELEVENLABS_API_KEY, what it may do, and ELEVENLABS_BASE_URL.")
        return found.found
    found.ok("API", "the key is accepted")
    here = [one for one in webhooks if _points_here(one.get("webhook_url"), POST_CALL, vendor)]
    if not here:
        found.wrong("post-call webhook", "none points here", _SETUP)
    for webhook in here:
        _look_at_webhook(webhook, vendor, found)
    effective = Effective(
        webhook_ids={str(one["webhook_id"]) for one in here},
        workspace=settings,
        is_client_data_here=lambda webhook: _points_here((webhook or {}).get("url"), CLIENT_DATA, vendor),
    )
    own = value_at(settings, ("webhooks",)) or {}
    if own.get("post_call_webhook_id") in effective.webhook_ids:
        look_at_choice("workspace", own, found)
    elif here:
        text = "the workspace has chosen another one, or none"
        found.warn("post-call webhook", text, f"Right if agents choose it themselves; else: {_SETUP}")
    _look_at_client_data(settings, effective, found)
    for agent_id in agents:
        look = AgentLook(vendor.account, vendor.settings, effective, tools, found, is_named=bool(vendor.agent_ids))
        look.look(agent_id)
    return found.found


def _look_at_webhook(webhook: Json, vendor: Vendor, found: Findings) -> None:
    subject, id_ = f"webhook {webhook.get('name')}", webhook.get("webhook_id")
    code, at_s = webhook.get("most_recent_failure_error_code"), webhook.get("most_recent_failure_timestamp")
    failure = f"the last failure, on {_moment(at_s)}, was answered {code}" if at_s else "no failure is told"
    if webhook.get("auth_type", "hmac") != "hmac":
        text = f"is authenticated by {webhook['auth_type']}, and only HMAC is verified here"
        found.wrong(subject, text, "Delete it, and run `ingress setup`, which makes one with HMAC.")
        return
    if webhook.get("is_auto_disabled"):
        found.wrong(subject, f"ElevenLabs switched it off after failures; {failure}", f"Mend that, then: {_SETUP}")
    elif webhook.get("is_disabled"):
        found.wrong(subject, "is switched off", _SETUP)
    elif isinstance(at_s, int) and time.time() - at_s < _RECENTLY_S:
        then = "`projector backfill` fetches what was missed; the log of ingress says why."
        found.warn(subject, f"is on, by HMAC; {failure}", then)
    else:
        found.ok(subject, f"is on, by HMAC; {failure}")
    match webhook.get("retry_enabled"):
        case True:
            found.ok(f"{subject}: retries", "are on")
        case False:
            text = "are off: a call that ends while ingress is down is not sent again"
            found.wrong(f"{subject}: retries", text, _SETUP)
        case _ if id_ in vendor.record.retries:
            found.ok(f"{subject}: retries", "setup switched them on; ElevenLabs does not tell")
        case _:
            found.warn(f"{subject}: retries", "ElevenLabs does not tell whether they are on", _SETUP)


def _look_at_client_data(settings: Json, effective: Effective, found: Findings) -> None:
    webhook = value_at(settings, ("conversation_initiation_client_data_webhook",))
    if not effective.is_client_data_here(webhook):
        text = "the workspace has another one, or none"
        found.warn("client data webhook", text, f"Right if agents choose it themselves; else: {_SETUP}")
    elif key_header(webhook.get("request_headers")) is None:
        found.wrong("client data webhook", "sends no X-Api-Key, so it is refused", _SETUP)
    else:
        found.ok("client data webhook", "points here, with its key")


def _points_here(url: Any, path: str, vendor: Vendor) -> bool:
    base = vendor.url or vendor.record.url
    if base:
        return is_same_address(url, base.rstrip("/") + path)
    return isinstance(url, str) and url.rstrip("/").endswith(path)


def _moment(at_s: int) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%d %H:%M} UTC"
