"""
The faults, one function each: it breaks servers under load, and returns how often.

Each ends with a primary and a standby that take calls.
"""

import random
import time

from tests.support.powered_disk import PoweredDisk
from tests.torture.servers.stage import ServerStage

# How long it is watched that nothing is acknowledged. Whether it is right does not depend on it.
_WATCH_S = 2.0


def kill_primary(stage: ServerStage, *, kills: int = 10, calls: int = 1000) -> int:
    """SIGKILL the primary under load; its standby takes over, and gets a new standby; many times."""
    with stage.load():
        for kill in range(kills):
            stage.wait_for_acked(calls + random.Random(kill).randrange(50))
            stage.primary.kill_all()
            stage.fail_over()
        stage.wait_for_acked(calls // 10)
    return kills


def kill_primary_of_lagging_standby(stage: ServerStage, *, kills: int = 4, calls: int = 200) -> int:
    """
    Stop what takes the WAL on the standby; once commits wait, SIGKILL the primary; the standby takes over.

    The standby's processes are killed and started anew: what lay unread in its sockets is gone with the primary.
    """
    with stage.load():
        for kill in range(kills):
            stage.wait_for_acked(calls + random.Random(kill).randrange(50))
            (receiver,) = [one for one in stage.standby.processes() if "walreceiver" in " ".join(one.cmdline())]
            receiver.suspend()
            stage.wait_for_held_commit()
            _watch(stage)
            stage.primary.kill_all()
            stage.standby.kill_all()
            stage.standby.start()
            stage.fail_over()
        stage.wait_for_acked(calls)
    return kills


def kill_standby(stage: ServerStage, *, kills: int = 4, calls: int = 200) -> int:
    """SIGKILL the standby, under load, and start it again; meanwhile nothing is acknowledged."""
    with stage.load():
        for kill in range(kills):
            stage.wait_for_acked(calls + random.Random(kill).randrange(50))
            stage.standby.kill_all()
            stage.wait_for_held_commit()
            _watch(stage)
            stage.standby.start()
        stage.wait_for_acked(calls)
    return kills


def leave_in_doubt(stage: ServerStage, *, kills: int = 4, calls: int = 200) -> int:
    """
    SIGKILL the standby, then the primary with commits that wait, and start the primary alone: it has what no standby
    has, and those who post the same again must not be answered. Then lose that primary; the standby takes over.
    """
    with stage.load():
        for kill in range(kills):
            stage.wait_for_acked(calls + random.Random(kill).randrange(50))
            stage.standby.kill_all()
            stage.wait_for_held_commit()
            position, _ = stage.committed()
            with stage.nothing_acked_after(position):
                stage.primary.kill_all()
                stage.primary.start()
                if stage.committed()[0] <= position:
                    stage.problems.append("nothing was in doubt")
                stage.wait_for_held_commit()
                _watch(stage)
                stage.primary.kill_all()
            stage.standby.start()
            stage.fail_over()
        stage.wait_for_acked(calls)
    return kills


def cut_power(stage: ServerStage, disks: tuple[PoweredDisk, PoweredDisk], *, cuts: int = 6, calls: int = 300) -> int:
    """
    Cut the power of both servers at once, under load; then look at the primary, started alone, and at the standby,
    promoted alone, which goes on as the primary.

    Args:
        disks: those of the first primary, and of the first standby.
    """
    of_primary, of_standby = disks
    with stage.load():
        for cut in range(cuts):
            stage.wait_for_acked(calls + random.Random(cut).randrange(50))
            with stage.cuts.cutting():
                for disk in (of_primary, of_standby) if cut % 2 else (of_standby, of_primary):
                    disk.cut()
            for server in (stage.primary, stage.standby):
                server.kill_all()
            of_primary.restore()
            of_standby.restore()
            stage.primary.start()
            stage.look_at(stage.primary)
            stage.primary.kill_all()
            stage.standby.start()
            stage.fail_over()
            of_primary, of_standby = of_standby, of_primary
        stage.wait_for_acked(calls)
    return cuts


def _watch(stage: ServerStage) -> None:
    """Note it as a problem if anything is committed for a while, or acknowledged that was not committed before."""
    position, groups = stage.committed()
    with stage.nothing_acked_after(position):
        time.sleep(_WATCH_S)
    if stage.committed() != (position, groups):
        stage.problems.append("a group was committed without the standby")
