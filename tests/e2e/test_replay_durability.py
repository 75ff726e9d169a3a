"""The order of a replay's system calls, seen from outside: a generation is durable before it is live."""

from pathlib import Path

from events.folder_log.log import FolderLog
from tests.support.logs import append
from tests.support.samples import transcription
from tests.support.servers import Site
from tests.support.strace import needs_strace, watching, whole_trace
from tests.support.trace import Call

_FSYNCS = {"fsync", "fdatasync"}
_WRITES = {"write", "pwrite64", "ftruncate"}


def not_durable(calls: list[Call], read_model: Path) -> set[Path]:
    """Return the files and folders of the live generation that were not fsynced between their change and the flip."""
    current, aside = read_model / "CURRENT", read_model / "CURRENT.new"
    generation = read_model / current.read_text().strip()
    (flip,) = [call for call in calls if call.name == "rename" and call.strings[1].decode() == str(current)]
    before = [call for call in calls if call.is_before(flip)]
    gone = {Path(call.strings[0].decode()) for call in before if call.name == "unlink"}
    written = {Path(call.path) for call in before if call.name in _WRITES}
    # Need not be durable: a file that SQLite removed again, and the note without which a start checks everything.
    files = [path for path in written - gone - {generation / "LEFT"} if path.parent == generation]
    changes = {
        path: [call for call in before if call.name in _WRITES and call.path == str(path)] for path in [*files, aside]
    }
    changes[generation] = [call for file in files for call in before if makes(call, file)]
    changes[read_model] = [call for call in before if makes(call, generation)]
    assert all(changes.values())
    fsyncs = [call for call in before if call.name in _FSYNCS]
    return {
        path
        for path, changed in changes.items()
        if not any(changed[-1].is_before(fsync) and fsync.path == str(path) for fsync in fsyncs)
    }


def makes(call: Call, path: Path) -> bool:
    """Return whether a call makes a file or a folder."""
    is_making = call.name == "mkdir" or (call.name == "openat" and "O_CREAT|O_EXCL" in call.arguments)
    return is_making and call.strings[0].decode() == str(path)


@needs_strace
def test_generation_is_durable_before_it_is_live(tmp_path: Path) -> None:
    """Every file of a generation, its name, and that of its folder are fsynced before `CURRENT` names it."""
    site = Site(tmp_path)
    append(FolderLog(site.payloads), *(transcription(f"conv_{n}", "I am calling about my delivery.") for n in range(9)))
    trace = tmp_path / "trace"
    with site.process("projector", "replay", under=watching(trace)) as process:
        assert process.wait() == 0
    calls = [call for call in whole_trace(trace, process) if call.error is None]
    assert not_durable(calls, site.read_model) == set()

    # A replay that left out any of these calls would not pass.
    generation = site.read_model / (site.read_model / "CURRENT").read_text().strip()
    for path in [generation / "readmodel.sqlite", generation, site.read_model / "CURRENT.new", site.read_model]:
        left = [call for call in calls if not (call.name in _FSYNCS and call.path == str(path))]
        assert not_durable(left, site.read_model) == {path}
