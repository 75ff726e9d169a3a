"""Requests and erasures as events: only we can append them."""

import msgspec
import pytest

from events.folder_log.log import FolderLog
from events.log.erasure import Erasure, ErasureRequest, read_erasure
from tests.support.logs import events


@pytest.mark.parametrize("type_", ["elaoms_erasure_request", "elaoms_erasure"])
def test_webhook_is_no_erasure_whatever_it_says(log: FolderLog, type_: str) -> None:
    """A sender who knows the webhook's secret cannot erase a caller: only erasures that we appended count."""
    if type_ == "elaoms_erasure":
        body = msgspec.json.encode(
            Erasure(request=1, caller="0", requested_at_s=0, conversations=("conv_1",), events=(), counts={})
        )
    else:
        body = msgspec.json.encode(ErasureRequest(id="a", caller="0", key_id="b", requested_at_s=1))
    for source in ("webhook", "backfill", "import"):
        log.append(body + b" " * len(source), source=source)
    assert [read_erasure(event) for event in events(log)] == [None, None, None]
