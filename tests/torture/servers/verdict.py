"""What became of the acknowledged calls in PostgreSQL."""

from collections import Counter
from pathlib import Path

from events.errors import DamagedEventError
from events.log.event import Event
from events.postgres_log.log import PostgresLog
from tests.support.servers import Site
from tests.torture.servers.stage import Ack, ServerStage
from tests.torture.verdict import Verdict


def judge(stage: ServerStage, folder: Path) -> Verdict:
    """
    Compare the acknowledged calls with the log on the primary; copy it into a folder, and verify that.

    A call is lost if a server that took over did not have it, or if it is not in the log as it was sent, where it was
    said to be. It is double if it has several receipts.
    """
    problems = list(stage.problems)
    receipts: Counter[str] = Counter()
    whole: set[str] = set()
    for event in PostgresLog(stage.primary.url()).read():
        if not isinstance(event, Event) or not event.is_chained:
            problems.append(f"the chain is broken at position {event.place.position}")
        elif event.receipt.conversation_id is not None:
            id_ = event.receipt.conversation_id
            receipts[id_] += 1
            if stage.acked.get(id_) == Ack(event.receipt.sha256, event.receipt.position) and _is_whole(event):
                whole.add(id_)
    site = Site(folder)
    for command in (("copy", stage.primary.url(), str(site.payloads)), ("verify",)):
        done = site.run("events", *command, check=False)
        if done.returncode:
            problems.append(f"events {command[0]} finds something wrong:\n{done.stdout}{done.stderr}")
    lost = stage.lost | {id_ for id_ in stage.acked if id_ not in whole}
    double = [id_ for id_, times in receipts.items() if times > 1]
    return Verdict(len(stage.acked), len(lost), len(double), problems)


def _is_whole(event: Event) -> bool:
    try:
        return bool(event.body())
    except DamagedEventError:
        return False
