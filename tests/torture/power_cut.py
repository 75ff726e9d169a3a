"""The loss of power under load, for log and memories in folders."""

import random
from collections.abc import Sequence

from tests.support.powered_disk import PoweredDisk, powered_disk
from tests.support.servers import kill_all
from tests.torture.stage import Stage

_CLIENTS = 32


def cut_power(stage: Stage, *, cuts: int = 10) -> int:
    """Cut the power of the disk with log and memories while 32 clients post; give it back, and start both; often."""
    disk = move_to_powered_disk(stage)
    with stage.load():
        for cut in range(cuts):
            stage.site.env["INGRESS_WORKERS"] = str(1 + cut % 2)
            cut_power_once(stage, disk, seed=cut)
        with stage.site.ingress():
            stage.wait_for_acknowledged(20)
    return cuts


def move_to_powered_disk(stage: Stage) -> PoweredDisk:
    """Have log and memories lie on a disk whose power can go, and 32 clients post; nothing runs yet."""
    disk = stage.keep(powered_disk(stage.site.folder))
    stage.move_to(disk.folder)
    stage.clients = _CLIENTS
    return disk


def cut_power_once(stage: Stage, disk: PoweredDisk, *, seed: int, under: Sequence[str] = ()) -> None:
    """
    Run both processes until the power goes, SIGKILL them, and give the power back.

    Args:
        under: a command that runs ingress in its own place.
    """
    with stage.site.ingress(under=under) as ingress, stage.site.projector() as projector:
        stage.wait_for_acknowledged(random.Random(seed).randrange(40, 200))
        with stage.cuts.cutting():
            disk.cut()
        if seed % 3 == 2:  # they live on for a while, and nobody may be told that it was kept
            stage.wait_for_answers(20)
        for process in (ingress, projector):
            kill_all(process)
    disk.restore()
