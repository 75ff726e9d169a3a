"""The OpenMemory server of the tests answers as real servers did."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.openmemory.held import Held
from tests.support.openmemory.server import OpenMemoryServer
from tests.support.servers import loopback_client

pytestmark = pytest.mark.server

EXCHANGES = Path(__file__).parents[4] / "support" / "openmemory" / "exchanges"
# The name that the recorded server gave to the one user of its key.
_TENANT = "d79a134e830cca9f"
# Of these only the type is compared: times and numbers of that day, the sector it chose, and where it cuts.
_OF_ITS_OWN = {
    *("content", "score", "salience", "decay_lambda", "primary_sector"),
    *("created_at", "updated_at", "last_seen_at"),
}


@pytest.mark.parametrize("version", ["head", "v1.3.0"])
def test_the_double_answers_what_a_real_server_answered(version: str) -> None:
    """The double answers the recorded requests as the real server did: statuses, bodies, rows, and their owners."""
    server = OpenMemoryServer(Held(truncates=True), has_tenants=version == "head")
    ids: dict[str, str] = {}
    with server.serving(), loopback_client(base_url=server.url) as client:
        files = sorted((EXCHANGES / version).glob("*.json"))
        assert len(files) > 20
        for file in files:
            text = file.read_text().replace(_TENANT, server.tenant).replace("<KEY>", server.key)
            exchange = json.loads(text)
            request, recorded = exchange["request"], exchange["response"]
            path = request["path"]
            for id_, own in ids.items():
                path = path.replace(id_, own)
            answer = client.request(
                request["method"],
                path,
                headers=request["headers"],
                content=None if request["body"] is None else json.dumps(request["body"]),
            )
            body: Any = answer.json() if "json" in answer.headers["content-type"] else answer.text
            if request["path"] == "/memory/add" and answer.status_code == 200:
                ids.setdefault(recorded["body"]["id"], body["id"])
            name = f"{version}/{file.name}"
            if version == "head" and request["path"] == "/memory/query":
                # Which three of many rows are nearest is the double's own choice: it compares words, not meanings.
                for match in (*body["matches"], *recorded["body"]["matches"]):
                    match["id"], match["path"] = "", [""]
            assert (name, answer.status_code) == (name, recorded["status"])
            assert (name, comparable(body, ids)) == (name, comparable(recorded["body"], ids))


def comparable(body: Any, ids: dict[str, str]) -> Any:
    """Return the comparable part of a server's answers, with rows by their name in the recording, if it is known."""
    names = {own: id_ for id_, own in ids.items()} | {id_: id_ for id_ in ids}
    match body:
        case dict():
            return {
                field: type(value).__name__.replace("float", "int")
                if field in _OF_ITS_OWN
                else len(value)
                if field in {"sectors", "path"}
                else comparable(value, ids)
                for field, value in body.items()
            }
        case list():
            return sorted((comparable(value, ids) for value in body), key=repr)
        case str():
            return names.get(body, body)
    return body
