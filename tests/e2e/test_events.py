"""The `events` command: its output, and its exit codes."""

import shutil
from pathlib import Path

import msgspec
import pytest

from tests.support.samples import CAPTURED, MARTA, MP3, failure, transcription
from tests.support.servers import POST_CALL_KEY, Site


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An installation that took a call, its recording and a failure."""
    site = Site(tmp_path_factory.mktemp("origin"))
    folder = site.folder / "calls"
    folder.mkdir()
    (folder / "1.json").write_bytes(CAPTURED.read_bytes())
    (folder / "2.json").write_bytes(failure("conv_2"))
    (folder / "conv_4201k9wfkvjyf60aevvp97zch524_audio.mp3").write_bytes(MP3)
    with site.ingress():
        site.run("ingress", "simulate", str(folder))
    site.run("projector", "--once")
    return site


@pytest.fixture
def filled(origin: Site, site: Site) -> Site:
    """A copy of that installation, for one test."""
    shutil.copytree(origin.folder, site.folder, dirs_exist_ok=True)
    return site


def call_of(site: Site) -> Path:
    return next(site.payloads.glob("*/*_transcription.json"))


def test_verify_says_that_nothing_is_wrong(filled: Site) -> None:
    """A log that ingress and projector wrote verifies, with progress on stderr and the head on stdout; exit 0."""
    done = filled.run("events", "verify")
    *_, head, result = done.stdout.splitlines()
    assert done.stdout.startswith("3 events signed by ElevenLabs\n1 MP3 compared with their events\n")
    assert result == "verified 3 events: nothing is wrong"
    assert "verifying events: 3 of 3" in done.stderr
    assert filled.run("events", "verify", "--head", head.split()[1]).stdout == done.stdout


def test_verify_names_what_it_finds(filled: Site) -> None:
    """Each finding is one line, and the exit code is 1; as JSON each is an object, and the totals are the last."""
    path = call_of(filled)
    path.write_bytes(path.read_bytes().replace(b"Lindqvist", b"Lindquist"))
    done = filled.run("events", "verify", check=False)
    name = path.relative_to(filled.payloads)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == f"altered  1  {name}  does not match the sha256 of its receipt"
    assert done.stdout.splitlines()[-1] == "verified 3 events: 1 finding"

    done = filled.run("events", "verify", "--json", check=False)
    finding, totals = map(msgspec.json.decode, done.stdout.splitlines())
    assert done.returncode == 1
    assert (finding["what"], finding["position"], finding["path"]) == ("altered", 1, str(name))
    assert (totals["events"], totals["findings"], totals["signed"]) == (3, 1, 2)


def test_verify_finds_a_foreign_secret_and_a_cut_end(filled: Site) -> None:
    """With another secret every webhook is unsigned; without a secret the report says so; an unknown head is a cut."""
    filled.env["ELEVENLABS_POST_CALL_KEY"] = "wsec_rotated"
    assert filled.run("events", "verify", check=False).stdout.count("unsigned  ") == 3
    filled.env["ELEVENLABS_POST_CALL_KEY"] += f",{POST_CALL_KEY}"
    filled.run("events", "verify")
    filled.env["ELEVENLABS_POST_CALL_KEY"] = ""
    assert "signatures were not checked" in filled.run("events", "verify").stdout
    done = filled.run("events", "verify", "--head", "0" * 64, check=False)
    assert (done.returncode, done.stdout.split()[0]) == (1, "cut")


def test_verify_accepts_what_was_forgotten(filled: Site) -> None:
    """Files that `projector forget` removed are no fault, and no import of a backup brings them back."""
    backup = filled.folder / "backup"
    shutil.copytree(filled.payloads, backup)
    (backup / "conv_2" / "conv_2_failure.json").unlink()
    filled.run("projector", "forget", "--yes", MARTA)
    before = filled.run("events", "verify")
    assert "events erased by intent, in 1 erasure" in before.stdout

    assert "nothing new" in filled.run("events", "import", str(backup)).stdout
    assert filled.run("events", "verify").stdout == before.stdout
    assert not list(filled.payloads.glob("conv_*"))


def test_import_adopts_what_has_no_receipt(filled: Site) -> None:
    """A second import finds nothing new; the projector folds the imported events, and the log verifies."""
    old = filled.folder / "old" / "conv_9"
    old.mkdir(parents=True)
    (old / "conv_9_transcription.json").write_bytes(transcription("conv_9", "I have nine cats.", caller="+12025550199"))
    (old / "conv_9_audio.mp3").write_bytes(MP3)
    done = filled.run("events", "import", str(old.parent))
    assert done.stdout == (
        "imported 2 events: audio 1, transcription 1; 0 were in the log already, 0 skipped, 0 failed\n"
    )
    assert "importing payloads: 1 of 1" in done.stderr
    assert "nothing new" in filled.run("events", "import", str(old.parent)).stdout
    totals = msgspec.json.decode(filled.run("events", "import", "--json", str(old.parent)).stdout)
    assert (totals["imported"], totals["known"]) == ({}, 1)
    filled.run("projector", "--once")
    assert "nine cats" in filled.dump()
    assert "2 events carry no signature of ElevenLabs: import 2" in filled.run("events", "verify").stdout


@pytest.mark.parametrize(
    "arguments",
    [("verify", "--head", "abc"), ("verify", "--what"), ("import",), ("import", "not-there"), ("destroy",)],
)
def test_wrong_use_is_said(site: Site, arguments: tuple[str, ...]) -> None:
    """Invalid options are reported, exit 2, and no folder is made."""
    assert site.run("events", *arguments, check=False).returncode == 2
    assert not site.payloads.exists()


def test_wrong_settings_are_said(site: Site) -> None:
    """A placeholder secret is named, exit 2; a missing log, exit 1."""
    done = site.run("events", "verify", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"events: {site.payloads} is not there; is its disk mounted?\n"
    assert not site.payloads.exists()
    site.env["ELEVENLABS_POST_CALL_KEY"] = "changeme"
    done = site.run("events", "verify", check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("events: ELEVENLABS_POST_CALL_KEY ")


def test_body_and_recording_are_taken_out(filled: Site) -> None:
    """`events cat` writes the bytes that were received, and `events mp3` the recording, whole and never over a file."""
    path = call_of(filled)
    done = filled.run("events", "cat", str(path.relative_to(filled.payloads)))
    assert done.stdout.encode() == path.read_bytes()
    mp3 = filled.folder / "call.mp3"
    conversation = "conv_4201k9wfkvjyf60aevvp97zch524"
    filled.run("events", "mp3", conversation, str(mp3))
    assert mp3.read_bytes() == MP3
    assert mp3.stat().st_mode & 0o777 == 0o600
    mp3.write_bytes(b"mine")
    assert filled.run("events", "mp3", conversation, str(mp3), check=False).returncode == 1
    assert mp3.read_bytes() == b"mine"
    assert {each.name for each in filled.folder.iterdir() if each.name.startswith(".call")} == set()
    for command in (("cat", "conv_9/conv_9_transcription.json"), ("mp3", "conv_2", "other.mp3")):
        assert filled.run("events", *command, check=False).returncode == 1
    path.unlink()
    done = filled.run("events", "cat", str(path.relative_to(filled.payloads)), check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is missing" in done.stderr
