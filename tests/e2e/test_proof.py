"""Real processes believe none of our own events that LOG_KEY did not sign, and say whose key is missing."""

import json
import stat
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from events.folder_log.log import FolderLog
from events.log.erasure import SOURCE, Erasure, ErasureRequest
from events.log.receipt import Receipt
from tests.support.forging import forge, journal_of, write_journal
from tests.support.samples import MARTA, NOON_S, audio, transcription
from tests.support.servers import Site

ADMIN_KEY = "adm_3f9c0a5b7d"
BEN = "+12025550199"
MARTAS = transcription("conv_marta", "My zebra is purple.", user_name="Marta")
NOW_S = 2_000_000_000


def new_key(site: Site) -> str:
    """Return a key as `events key new` makes it."""
    return site.run("events", "key", "new").stdout.strip()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation with a key and an admin key."""
    site = Site(tmp_path, ADMIN_KEY=ADMIN_KEY)
    site.env["LOG_KEY"] = new_key(site)
    return site


def forget(site: Site, number: str) -> httpx.Response:
    return site.request("DELETE", f"/callers/{number}", headers={"x-api-key": ADMIN_KEY})


def verified(site: Site, *options: str) -> list[dict[str, Any]]:
    """Return what `events verify` finds, and its totals last."""
    done = site.run("events", "verify", "--json", *options, check=False)
    found: list[dict[str, Any]] = [msgspec.json.decode(line) for line in done.stdout.splitlines()]
    assert done.returncode == (1 if len(found) > 1 else 0), done.stderr
    return found


def forge_erasure(site: Site) -> list[Receipt]:
    """Append a request and an erasure of Marta's call, as an intruder does who reads the key in the folder."""
    hashes = FolderLog(site.payloads).caller_hashes(may_create=True)
    request = ErasureRequest(id="1", caller=hashes.of(MARTA), key_id=hashes.key_id, requested_at_s=NOW_S)
    asked = forge(site.payloads, msgspec.json.encode(request), source=SOURCE)
    erasure = Erasure(
        request=asked.position,
        caller=hashes.of(MARTA),
        requested_at_s=NOW_S,
        conversations=("conv_marta",),
        events=(),
        counts={},
    )
    return [asked, forge(site.payloads, msgspec.json.encode(erasure), source=SOURCE)]


def test_following_projector_obeys_no_forged_line(site: Site) -> None:
    """A call that ElevenLabs signed stays, and its caller is greeted by the right name, whatever was slipped in."""
    with site.ingress(), site.projector():
        for body in (MARTAS, audio("conv_marta"), transcription("conv_ben", "A walrus.", caller=BEN)):
            assert site.post_call(body).status_code == 200
        site.wait_until_folded(4)  # and the seal
        before = site.call_start(MARTA)
        forged = [
            *forge_erasure(site),
            *(
                forge(site.payloads, transcription(f"conv_{source}", "I am Ben.", user_name="Ben"), source=source)
                for source in ("backfill", "import", "extraction", "correction", "profile")
            ),
        ]
        assert site.post_call(transcription("conv_after", "Hello again.", caller=BEN)).status_code == 200
        site.wait_until_folded(4 + len(forged) + 1)

        assert site.call_start(MARTA) == before
        assert before["dynamic_variables"]["caller_name"] == "Marta"
        assert site.health()["read_model"]["failures"] == len(forged)
        assert site.health()["degraded"] == ["failures"]
        assert len(list((site.payloads / "conv_marta").iterdir())) == 3
        *findings, totals = verified(site)
        assert [(finding["what"], finding["path"]) for finding in findings] == [
            ("unproven", receipt.path) for receipt in forged
        ]
        assert (totals["proven"], totals["signed"]) == (1, 4)

        true = forget(site, BEN)  # a true request goes on to be carried out
        assert true.status_code == 200, true.text
        assert not (site.payloads / "conv_ben").exists()
    live = site.dump()
    assert site.run("projector", "replay", check=False).returncode == 1
    assert site.dump() == live
    listed = site.run("projector", "failures", check=False).stdout
    assert listed.count("unproven: LOG_KEY did not sign it, and no seal vouches for it") == len(forged)
    assert site.env["LOG_KEY"] not in site.log("projector") + site.log("ingress") + listed


def test_without_a_key_verify_says_how_much_is_unproven(site: Site) -> None:
    """Without LOG_KEY all is as it was before there was one: own events are obeyed, and counted as unproven."""
    site.env["LOG_KEY"] = ""
    with site.ingress(), site.projector():
        assert site.post_call(MARTAS).status_code == 200
        site.wait_until_folded(1)
        assert forget(site, MARTA).status_code == 200
    done = site.run("events", "verify")
    assert "2 events of our own unproven: LOG_KEY is not set" in done.stdout


@pytest.mark.parametrize("change", ["ab" * 32, "nonsense", ""])
def test_verify_finds_an_exchanged_erasure_key(site: Site, change: str) -> None:
    """The key of the requests is compared with the requests, by real processes too."""
    with site.ingress():
        assert site.post_call(MARTAS).status_code == 200
    site.run("projector", "forget", "--yes", MARTA)
    assert len(verified(site)) == 1
    (site.payloads / ".erasure.key").write_text(change)
    (finding, _) = verified(site)
    assert (finding["what"], finding["path"]) == ("altered", ".erasure.key")


def test_wrong_key_appends_nothing_and_says_whose_is_missing(site: Site) -> None:
    """With another key than the log's, or with none, requests and imports are refused, and nothing is lost."""
    with site.ingress():
        assert site.post_call(MARTAS).status_code == 200
    site.run("projector", "--once")
    lines = journal_of(site.payloads)
    right, wrong = site.env["LOG_KEY"], new_key(site)
    (site.folder / "old").mkdir()
    (site.folder / "old" / "1.json").write_bytes(transcription("conv_old", "Old."))
    refusals = ((wrong, "set it to the same value everywhere"), ("", "LOG_KEY is not set here"))
    for key, words in refusals:
        site.env["LOG_KEY"] = key
        with site.ingress():
            refused = forget(site, MARTA)
            assert refused.status_code == 503
            assert words in refused.json()["message"]
            assert site.post_call(MARTAS).status_code == 200  # webhooks need no key of ours
        assert "log_key_wrong" in site.log("ingress")
        for command in (("projector", "forget", "--yes", MARTA), ("events", "import", "old")):
            done = site.run(*command, check=False)
            assert done.returncode == 1
            assert words in done.stderr
            assert not any(secret in done.stderr for secret in (right, wrong))
        assert journal_of(site.payloads) == lines
    site.env["LOG_KEY"] = f"{wrong},{right}"
    site.run("events", "import", "old")
    site.run("projector", "--once")
    assert "Old." in site.dump()


def test_lost_key_is_replaced_by_a_seal(site: Site) -> None:
    """With a new key old events are unproven until `events seal` vouches for them; `projector retry` folds them."""
    (site.folder / "old").mkdir()
    (site.folder / "old" / "1.json").write_bytes(MARTAS)
    site.run("projector", "--once")
    site.run("events", "import", "old")
    site.run("projector", "--once")
    live = site.dump()
    assert "zebra" in live

    site.env["LOG_KEY"] = new_key(site)
    assert site.run("projector", "replay", check=False).returncode == 1
    assert "zebra" not in site.dump()
    assert [finding["what"] for finding in verified(site)[:-1]] == ["unproven", "unproven"]
    assert site.run("events", "seal").stdout == "sealed at position 3: vouches for import 1, seal 1\n"
    assert len(verified(site)) == 1
    site.run("projector", "retry")
    assert site.dump() == live
    assert site.run("events", "seal").stdout.startswith("sealed at position 4")


def test_following_projectors_of_two_keys_say_so(site: Site) -> None:
    """A projector with another key than ingress obeys no request of it and says why, until it has both keys."""
    with site.ingress():
        assert site.post_call(MARTAS).status_code == 200
        assert forget(site, MARTA).status_code == 202
    right = site.env["LOG_KEY"]
    site.env["LOG_KEY"] = new_key(site)
    with site.projector():
        site.wait_until(lambda: "replay_finished" in site.log("projector"))
        site.wait_until(lambda: "event_set_aside" in site.log("projector"))
    assert "log_key_wrong" in site.log("projector")
    assert "zebra" in site.dump()
    assert (site.payloads / "conv_marta").exists()
    site.env["LOG_KEY"] += f",{right}"
    site.run("projector", "retry")
    assert "zebra" not in site.dump()
    assert not (site.payloads / "conv_marta").exists()


def test_makes_keys(site: Site) -> None:
    """A key is printed alone on stdout, or written 0600 into a new file; where to put it is said on stderr."""
    done = site.run("events", "key", "new")
    assert len(done.stdout.strip()) == 64
    assert ".env" in done.stderr
    assert done.stdout.strip() not in done.stderr
    assert new_key(site) != done.stdout.strip()

    file = site.folder / "log.key"
    done = site.run("events", "key", "new", "--file", str(file))
    assert done.stdout == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = file.read_text().strip()
    assert len(key) == 64
    assert site.run("events", "key", "new", "--file", str(file), check=False).returncode == 1
    assert file.read_text().strip() == key
    inside = site.payloads / "log.key"
    site.payloads.mkdir()
    done = site.run("events", "key", "new", "--file", str(inside), check=False)
    assert (done.returncode, inside.exists()) == (2, False)
    (site.folder / "circle").symlink_to("circle")
    done = site.run("events", "key", "new", "--file", "circle/log.key", check=False)
    assert (done.returncode, "circle" in done.stderr, "Traceback" in done.stderr) == (1, True, False)


@pytest.mark.parametrize("key", ["changeme", "your_key_here", "good-key-of-ours,", "xxx", "a\tb"])
@pytest.mark.parametrize("command", [("events", "verify"), ("projector", "--once"), ("ingress",)])
def test_placeholder_is_no_key(site: Site, command: tuple[str, ...], key: str) -> None:
    """Every process names an unusable LOG_KEY with all other faults, exit 2, and never prints it."""
    site.env |= {"LOG_KEY": key, "PORT": "0", "ELEVENLABS_POST_CALL_KEY": "changeme"}
    done = site.run(*command, check=False)
    assert done.returncode == 2
    assert "LOG_KEY " in done.stderr
    assert key not in done.stderr.replace("ELEVENLABS", "")


def test_head_is_signed_and_checked(site: Site) -> None:
    """Lines of `events head --sign`, kept elsewhere, prove that the journal was not cut, and that we signed them."""
    for _ in range(2):
        with site.ingress():
            assert site.post_call(transcription(f"conv_{_}", "Hello.", at_s=NOON_S)).status_code == 200
        with (site.folder / "heads.jsonl").open("a") as heads:
            heads.write(site.run("events", "head", "--sign").stdout)
    line = site.run("events", "head", "--sign").stdout
    said = json.loads(line)
    assert said["sha256"] == FolderLog(site.payloads).tail().sha256  # type: ignore[union-attr]
    assert (said["position"], said["log"]) == (2, FolderLog(site.payloads).name())
    for given in ("heads.jsonl", line, said["sha256"]):
        assert len(verified(site, "--head", given)) == 1
    assert json.loads(site.run("events", "head").stdout)["proof"] is None

    forged = json.dumps(said | {"position": 1})
    assert [finding["what"] for finding in verified(site, "--head", forged)[:-1]] == ["forged", "forged"]
    write_journal(site.payloads, journal_of(site.payloads)[:-1])
    *findings, _ = verified(site, "--head", "heads.jsonl")
    assert [finding["what"] for finding in findings] == ["extra", "cut"]
    site.env["LOG_KEY"] = ""
    assert site.run("events", "head", "--sign", check=False).returncode == 2
    assert site.run("events", "seal", check=False).returncode == 2


def test_head_of_nothing_is_said(site: Site) -> None:
    """A log without an event has no head, and nothing is made where there is no log."""
    done = site.run("events", "head", "--sign", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "holds no event" in done.stderr
    assert site.run("events", "seal", check=False).returncode == 1
    assert not site.payloads.exists()


def test_daily_head_is_signed(site: Site) -> None:
    """The line that the projector logs each day can be kept and given to `events verify --head` as it is."""
    with site.ingress(), site.projector():
        assert site.post_call(MARTAS).status_code == 200
        site.wait_until_folded(2)
        site.wait_until(lambda: "journal_head" in site.log("projector"))
    line = next(line for line in site.log("projector").splitlines() if "journal_head" in line)
    assert len(verified(site, "--head", line)) == 1
    assert json.loads(line)["proof"].startswith("log1=")
