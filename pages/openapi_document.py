"""The OpenAPI document, as ingress with every endpoint serves it."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import httpx

from ingress.app import create_app
from ingress.settings import Settings

# Made up, and never used: nobody can reach this ingress.
_KEYS = ("ELEVENLABS_POST_CALL_KEY", "ELEVENLABS_CLIENT_DATA_KEY", "ELEVENLABS_SEARCH_DATA_KEY", "ADMIN_KEY")


def openapi_document() -> dict[str, Any]:
    """Return the document, asked of an ingress over empty folders in this process, which opens no socket."""
    with TemporaryDirectory() as folder:
        places = ("PAYLOAD_STORAGE_PATH", "READ_MODEL_PATH", "AUDIT_LOG_PATH")
        variables = {name: str(Path(folder) / name) for name in places} | {name: name * 2 for name in _KEYS}
        return asyncio.run(_ask(Settings.from_env(variables | {"SEMANTIC_SEARCH": "off", "LOG_LEVEL": "error"})))


async def _ask(settings: Settings) -> dict[str, Any]:
    transport = httpx.ASGITransport(cast("Any", create_app(settings)))
    async with httpx.AsyncClient(transport=transport, base_url="http://ingress") as client:
        answer = await client.get("/docs/openapi.json")
    document: dict[str, Any] = answer.raise_for_status().json()
    return document
