"""What became of the acknowledged calls."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from events.errors import DamagedEventError
from events.folder_log.log import FolderLog
from events.log.event import Event
from tests.support.servers import Site
from tests.torture.stage import Stage


class Verdict(Struct, frozen=True):
    """How many calls are lost, how many exist more than once, and any other problems, as sentences."""

    acknowledged: int
    lost: int
    double: int
    problems: list[str]


def judge(stage: Stage) -> Verdict:
    """
    Compare the acknowledged calls with the log, and both with the memories.

    A call is lost if it is not in the log as it was sent, or not in the dump. It is double if it has several receipts,
    or is remembered several times. The dump of the followed read model must be that of a fresh replay.
    """
    problems = list(stage.problems)
    receipts: Counter[str] = Counter()
    whole: set[str] = set()
    for event in FolderLog(stage.site.payloads).read():
        if not isinstance(event, Event) or not event.is_chained:
            problems.append(f"the chain is broken at position {event.place.position}")
        elif event.receipt.conversation_id is not None:
            id_ = event.receipt.conversation_id
            receipts[id_] += 1
            if stage.acknowledged.get(id_) == event.receipt.sha256 and _is_whole(event):
                whole.add(id_)
            if stage.positions.get(id_, event.receipt.position) != event.receipt.position:
                problems.append(f"{id_} was acknowledged at {stage.positions[id_]}, and is at {event.receipt.position}")
    with ThreadPoolExecutor(2) as threads:
        replaying = threads.submit(_replayed, stage.site, stage.site.folder / "fresh")
        followed = _followed(stage.site)
        fresh = replaying.result()
    told = Counter(memory["conversation_id"] for memory in json.loads(followed)["memories"] if memory["kind"] == "turn")
    lost = {id_ for id_ in stage.acknowledged if id_ not in whole or not told[id_]}
    double = {id_ for counted in (receipts, told) for id_, times in counted.items() if times > 1}
    if followed != fresh:
        only = len(set(fresh.splitlines()) ^ set(followed.splitlines()))
        problems.append(f"the followed dump differs from that of a replay in {only} lines")
    verified = stage.site.run("events", "verify", check=False)
    if verified.returncode:
        problems.append(f"events verify finds something wrong:\n{verified.stdout}{verified.stderr}")
    drafts = list((stage.site.payloads / ".incoming").glob("*.body"))
    if drafts:
        problems.append(f"{len(drafts)} drafts are left after a start")
    return Verdict(len(stage.acknowledged), len(lost), len(double), problems)


def _is_whole(event: Event) -> bool:
    try:
        return bool(event.body())
    except DamagedEventError:
        return False


def _followed(site: Site) -> str:
    site.run("projector", "--once")
    return site.dump()


def _replayed(site: Site, folder: Path) -> str:
    fresh = Site(site.folder, **(site.env | {"READ_MODEL_PATH": str(folder)}))
    fresh.run("projector", "replay")
    return fresh.dump()
