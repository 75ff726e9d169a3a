"""A projector ends soon after SIGTERM or SIGINT, wherever it is, and the next one has nothing less."""

import signal
import time
from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from events.log.erasure_request import request_erasure
from tests.support.samples import transcription
from tests.support.servers import Site
from tests.support.stuck import STUCK, WAYS
from tests.support.waiting import PATIENCE_S

pytestmark = [pytest.mark.slow, pytest.mark.server]

BEN, EVE = "+12025550144", "+12025550145"
_COMMAND = "tests.support.stuck"
# Where a projector can be: in a replay, in a batch of events, in an erasure.
_REPLAYING = ("generation_begun", "batch_projected", "generation_filled", "current_flipped")
_FOLLOWING = ("batch_projected", "callers_folded", "batch_committed")
_ERASING = ("erased_file_removed", "erasure_appended", "read_model_wiped", "erasure_finished")
_PLACES = (
    *(("replaying", step) for step in _REPLAYING),
    *(("following", step) for step in _FOLLOWING),
    *(("erasing", step) for step in _ERASING),
)


@pytest.mark.parametrize(
    ("doing", "step", "way"),
    [(*place, tuple(WAYS)[number % len(WAYS)]) for number, place in enumerate(_PLACES)],
)
def test_projector_ends_wherever_it_is(tmp_path: Path, doing: str, step: str, way: str) -> None:
    """
    A projector that never comes to an end of what it does ends on a signal all the same: in Python, in SQLite, and in
    a regular expression, which lets no other thread run. The next projector loses and doubles nothing.
    """
    site = Site(tmp_path)
    log = FolderLog(site.payloads)
    log.append(transcription("conv_1", "I moved to Oslo."), source="webhook")
    if doing != "replaying":
        site.run("projector", "--once")
    for number in range(2, 6):
        body = transcription(f"conv_{number}", f"My zebra is number {number}.", caller=BEN if number % 2 else EVE)
        log.append(body, source="webhook")
    if doing == "erasing":
        request_erasure(log, EVE)
    with site.process(_COMMAND, step, way) as process:
        site.wait_until(lambda: STUCK in site.log(_COMMAND), _COMMAND)
        process.send_signal(signal.SIGINT if doing == "following" else signal.SIGTERM)
        began_s = time.monotonic()
        code = process.wait(PATIENCE_S)
    assert code == (-signal.SIGALRM if way == "regex" else 0), site.log(_COMMAND)
    assert time.monotonic() - began_s < 30  # two seconds, on a machine that has time for it
    assert "Traceback" not in site.log(_COMMAND)
    site.run("projector", "--once")

    left = site.dump()
    assert [f"conv_{number}" in left for number in range(1, 6)] == [
        doing != "erasing" or number % 2 == 1 for number in range(1, 6)
    ]
    site.run("projector", "--replay")
    assert site.dump() == left
