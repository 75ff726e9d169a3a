"""Our processes work on where their log lines cannot be written."""

import shutil
from pathlib import Path

import pytest

from tests.support.samples import CAPTURED, MARTA
from tests.support.servers import Site, signed

_BASH = shutil.which("bash")
# The last one has a reader that ends at once.
_OUTPUTS = {"a full disk": "/dev/full", "a pipe that nobody reads any more": ">(exec true)"}


@pytest.mark.skipif(_BASH is None, reason="bash is not installed")
@pytest.mark.parametrize("name", _OUTPUTS)
def test_lost_log_lines_cost_nobody_an_answer(tmp_path: Path, name: str) -> None:
    """
    With a full disk behind standard output, or nobody, both processes start, greet, append, fold, refuse and stop.
    """
    site = Site(tmp_path)
    under = [str(_BASH), "-c", f'exec "$0" "$@" > {_OUTPUTS[name]}']
    with site.ingress(under=under):
        # Without a read model each question is worth a warning.
        assert site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"] is False
        assert site.search("anything", MARTA)["memories"] == []
        assert site.post_call(CAPTURED.read_bytes()).status_code == 200
        with site.projector(under=under):
            site.wait_until_folded(1)
            assert site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"] is True
        stale = site.post("/webhook/post-call", content=b"{}", headers=signed(b"{}", age_s=3600))
        assert stale.status_code == 401
        assert site.get("/nowhere").status_code == 404
