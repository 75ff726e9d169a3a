"""The loss of power of all servers: each of them alone has all that was acknowledged."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.postgres import why_not
from tests.support.powered_disk import needs_powered_disk
from tests.torture.servers.run import run_power_cuts

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@needs_powered_disk
@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_with_the_power_of_all_servers() -> None:
    """
    After primary and standby lost their power at once, under load, the primary alone and the standby alone have each
    acknowledged call, where it was said to be, once, and in a chain that `events verify` finds nothing wrong with.
    """
    with TemporaryDirectory(prefix="elaoms-power-") as folder:  # the servers' user may not enter pytest's own
        cuts, verdict = run_power_cuts(Path(folder), cuts=2, calls=50)
    assert (cuts, verdict.lost, verdict.double, verdict.problems) == (2, 0, 0, [])
    assert verdict.acknowledged > 150
