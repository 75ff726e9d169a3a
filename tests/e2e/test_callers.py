"""The data that we hold about a caller, exported and erased over HTTP."""

import json
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from events.folder_log.log import FolderLog
from events.log.erasure_request import request_erasure
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.samples import MARTA, audio, transcription
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S

ADMIN_KEY = "adm_3f9c0a5b7d"
BEN = "+12025550199"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation with an admin key."""
    return Site(tmp_path, ADMIN_KEY=ADMIN_KEY)


@pytest.fixture
def running(site: Site) -> Iterator[Site]:
    """Both processes, after Marta and Ben have called."""
    with site.ingress(), site.projector():
        for body in (
            transcription("conv_marta", "My zebra is purple.", summary="About a zebra."),
            audio("conv_marta"),
            transcription("conv_ben", "A walrus.", caller=BEN),
        ):
            assert site.post_call(body).status_code == 200
        site.wait_until_folded(3)
        yield site


def ask(site: Site, method: str, number: str = MARTA, key: str | None = ADMIN_KEY) -> httpx.Response:
    headers = {"x-api-key": key} if key is not None else {}
    return site.request(method, f"/callers/{number}", headers=headers)


def audited(site: Site) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (site.folder / "data" / "audit.jsonl").read_text().splitlines()]


def holding(site: Site, words: str) -> str:
    """Return the files of the installation that hold some words, logs and databases included."""
    return subprocess.run(
        ["grep", "-rali", words, str(site.folder)], capture_output=True, check=False, text=True
    ).stdout


def test_hands_out_all_that_is_held_of_a_caller_and_nothing_of_others(running: Site) -> None:
    """The export is one JSON document with the view, the memories and every event as it was received."""
    answer = ask(running, "GET")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    held = answer.json()
    assert held["caller"] == held["view"]["caller"] == MARTA
    assert [memory["text"] for memory in held["memories"] if memory["kind"] == "turn"] == ["My zebra is purple."]
    assert [event["receipt"]["kind"] for event in held["events"]] == ["transcription", "audio"]
    assert held["events"][0]["body"]["data"]["transcript"][1]["message"] == "My zebra is purple."
    assert held["events"][1]["recording"] == "conv_marta/conv_marta_audio.json"
    assert "walrus" not in answer.text
    assert BEN not in answer.text


def test_forgets_a_caller(running: Site) -> None:
    """A DELETE is answered 200 once no file holds the caller's number or words; other callers stay."""
    answer = ask(running, "DELETE")

    assert answer.status_code == 200
    erasure = answer.json()["data"]["erasure"]
    assert answer.json()["data"]["is_finished"]
    assert erasure["conversations"] == ["conv_marta"]
    assert erasure["counts"]["log.recordings"] == 1
    assert holding(running, "zebra") == ""
    assert holding(running, MARTA[2:]) == ""
    assert ask(running, "GET").status_code == 404
    assert not running.call_start(MARTA)["dynamic_variables"]["is_returning_caller"]
    assert running.call_start(BEN)["dynamic_variables"]["is_returning_caller"]
    assert running.search("walrus", BEN)["memories"]


def test_promises_what_no_projector_does_yet(site: Site) -> None:
    """Without a projector the request is kept and answered 202; the next projector carries it out."""
    with site.ingress():
        site.post_call(transcription("conv_marta", "My zebra is purple."))
        site.run("projector", "--once")
        answer = ask(site, "DELETE")
        assert answer.status_code == 202
        assert answer.json()["data"] == {"position": 2, "is_finished": False, "erasure": None}
        assert holding(site, "zebra")
    site.run("projector", "--once")
    assert holding(site, "zebra") == ""


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("key", [None, "", "wrong", "clientdata", ADMIN_KEY + "x"])
def test_lets_nobody_in_without_the_admin_key(served_with_key: Site, method: str, key: str | None) -> None:
    """Any other key is 401, and nothing is appended."""
    answer = ask(served_with_key, method, key=key)

    assert answer.status_code == 401
    assert answer.json()["status"] == "error"
    assert not (served_with_key.payloads / "_events").exists()


@pytest.mark.parametrize("number", ["12", "abc", "anonymous", "+1", "%00"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_says_what_is_no_caller(served_with_key: Site, method: str, number: str) -> None:
    """A value that is neither a number nor a key is 400, with an explanation."""
    answer = ask(served_with_key, method, number)

    assert answer.status_code == 400
    assert "neither a phone number" in answer.json()["message"]


# As a shop's web page may send them: with slashes, with what a path ends at, escaped once already, in any script.
USER_IDS = [
    "shop/42",
    "/a//b/",
    "a/../b",
    "../x",
    "what?is=this",
    "a#b",
    "a%2Fb",
    "a%b",
    "with space+plus",
    "+12025550143",
    "x@example.com",
    "größe/名前/🙂",
    "e\u0301\u202e",
    "a;b=c,d&e",
    "a\\b\"c'",
    "line\nend\x1b[2J",
    "x" * 256,
]


def of_user(user_id: str) -> str:
    """Return the last part of the path of a caller's key, encoded as a whole."""
    return quote(f"user:{user_id}", safe="")


@pytest.fixture(scope="module")
def with_users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both processes, after web users with all kinds of ids have called."""
    site = Site(tmp_path_factory.mktemp("site"), ADMIN_KEY=ADMIN_KEY)
    with site.ingress(), site.projector():
        for number, user_id in enumerate(USER_IDS):
            body = transcription(f"conv_{number}", f"My word is w{number}w.", caller=None, user_id=user_id)
            assert site.post_call(body).status_code == 200
        site.wait_until_folded(len(USER_IDS))
        yield site


@pytest.mark.parametrize("user_id", USER_IDS, ids=ascii)
def test_every_key_can_be_reached(with_users: Site, user_id: str) -> None:
    """Whatever a user's id holds, its key in the path, percent-encoded, exports that caller and nobody else."""
    answer = ask(with_users, "GET", of_user(user_id))

    assert answer.status_code == 200, answer.text
    assert answer.json()["caller"] == f"user:{user_id}"
    assert [event["receipt"]["conversation_id"] for event in answer.json()["events"]] == [
        f"conv_{USER_IDS.index(user_id)}"
    ]


@pytest.mark.parametrize("user_id", ["shop/42", "/a//b/", "größe/名前/🙂"])
def test_slash_may_stand_in_the_path(with_users: Site, user_id: str) -> None:
    """A slash need not be encoded, and none is merged or dropped."""
    answer = ask(with_users, "GET", "user:" + quote(user_id, safe="/"))
    assert (answer.status_code, answer.json().get("caller")) == (200, f"user:{user_id}")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("user:what?is=this", "write a `?` that belongs to a key as %3F"),
        ("user:%FF", "not UTF-8"),
        ("/user:shop", "neither a phone number"),
        ("user:", "neither a phone number"),
        ("user:a#b", "the target is no path"),
    ],
)
def test_path_that_may_name_another_caller_is_refused(with_users: Site, method: str, path: str, words: str) -> None:
    """A path that its sender forgot to encode must not export or erase whoever is named by its beginning."""
    head = f"{method} /callers/{path} HTTP/1.1\r\nhost: x\r\nx-api-key: {ADMIN_KEY}\r\nconnection: close\r\n\r\n"
    before = with_users.health()["log"]["events"]
    with socket.create_connection(("127.0.0.1", with_users.port), timeout=PATIENCE_S) as connection:
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert words.encode() in answer
    assert with_users.health()["log"]["events"] == before


def wait_until_forgotten(site: Site, user_id: str) -> None:
    """Wait until nothing is held about a user."""
    site.wait_until(lambda: ask(site, "GET", of_user(user_id)).status_code == 404)


def test_every_key_can_be_forgotten(site: Site) -> None:
    """DELETE and the command forget a user whatever the id holds, and nobody else."""
    by_command = USER_IDS[1::4]
    by_http = [user_id for user_id in USER_IDS if user_id not in by_command]
    with site.ingress(), site.projector():
        for number, user_id in enumerate(USER_IDS):
            body = transcription(f"conv_{number}", f"My word is w{number}w.", caller=None, user_id=user_id)
            assert site.post_call(body).status_code == 200
        site.wait_until_folded(len(USER_IDS))
        for user_id in by_http:
            assert ask(site, "DELETE", of_user(user_id)).status_code in {200, 202}
            wait_until_forgotten(site, user_id)
        for user_id in by_command:
            assert f"conv_{USER_IDS.index(user_id)}\n" in site.run("projector", "show", f"user:{user_id}").stdout
            held = json.loads(site.run("projector", "export", f"user:{user_id}").stdout)
            assert held["caller"] == f"user:{user_id}"
            forgotten = json.loads(site.run("projector", "forget", "--yes", f"user:{user_id}").stdout)
            assert forgotten["conversations"] == [f"conv_{USER_IDS.index(user_id)}"]
    for number in range(len(USER_IDS)):
        assert holding(site, f"w{number}w") == ""


@pytest.fixture(scope="module")
def served_with_key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An ingress with an admin key and without any call yet."""
    site = Site(tmp_path_factory.mktemp("site"), ADMIN_KEY=ADMIN_KEY)
    with site.ingress():
        yield site


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_is_not_there_without_an_admin_key(served: Site, method: str) -> None:
    """Without an admin key the endpoint does not exist, whatever is sent."""
    assert ask(served, method).status_code == 404
    assert ask(served, method, key="").status_code == 404


def test_notes_who_was_told_exported_and_erased(running: Site) -> None:
    """The audit trail has a masked line for every answer, by key and request, and is closed to others."""
    running.search("zebra", "+12025550999")  # an unknown caller: someone who tries numbers leaves a line for each
    running.call_start(MARTA)
    running.search("zebra", MARTA)
    exported, erased = ask(running, "GET"), ask(running, "DELETE")

    tried, *trail = audited(running)
    assert (tried["action"], tried["caller"]) == ("search_answered", "***999")
    assert [line["action"] for line in trail] == [
        "greeting_answered",
        "search_answered",
        "caller_exported",
        "erasure_requested",
    ]
    assert {line["caller"] for line in trail} == {"***143"}
    assert [line["request_id"] for line in trail[2:]] == [
        exported.headers["x-request-id"],
        erased.headers["x-request-id"],
    ]
    assert [line["by"].partition(":")[0] for line in trail] == [
        "ELEVENLABS_CLIENT_DATA_KEY",
        "ELEVENLABS_SEARCH_DATA_KEY",
        "ADMIN_KEY",
        "ADMIN_KEY",
    ]
    path = running.folder / "data" / "audit.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ADMIN_KEY not in path.read_text()


def test_exports_and_erases_nothing_that_it_cannot_note(running: Site) -> None:
    """If the audit line cannot be written there is no export and no erasure; greetings are still given."""
    path = running.folder / "data" / "audit.jsonl"
    path.unlink(missing_ok=True)
    path.mkdir(parents=True)

    assert ask(running, "GET").status_code == 503
    assert ask(running, "DELETE").status_code == 503
    assert not (running.payloads / "_events").exists()
    assert running.call_start(MARTA)["dynamic_variables"]["is_returning_caller"]
    health = running.health_answer()
    assert health.status_code == 200
    assert "audit" in health.json()["degraded"]


def test_no_log_line_holds_the_number(running: Site) -> None:
    """Neither process logs the whole number while it exports and erases."""
    ask(running, "GET")
    ask(running, "DELETE")

    assert MARTA[2:] not in running.log("ingress") + running.log("projector")


def test_health_says_that_an_erasure_waits(site: Site) -> None:
    """An erasure that is blocked for a minute, because another process replays, is reported on /health."""
    payloads = FolderLog(site.payloads)
    payloads.append(transcription("conv_marta", "My zebra is purple."), source="webhook")
    site.run("projector", "--once")
    request_erasure(payloads, MARTA, clock_s=lambda: time.time() - 100)
    with site.ingress():
        with SqliteGenerations(site.read_model).lock("replay", wait=False) as is_held:
            assert is_held
            site.run("projector", "--once")
            assert "erasure" in site.health()["degraded"]
        site.run("projector", "--once")
        assert "erasure" not in site.health()["degraded"]
    assert holding(site, "zebra") == ""
