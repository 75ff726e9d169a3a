"""
An ingress without HTTP, as a process: its clients append to a log, and each acknowledgement is a line on the output.

It tells the call, its hash and position, and when it was asked and answered, by the monotonic clock.

The first line says that it is ready, and has seen the log.

`python -m tests.torture.servers.poster URL NAME CLIENTS` goes on until its standard input ends.
"""

import asyncio
import sys
import threading
import time

from events.errors import LogClosedError
from events.log.receipt import sha256_of
from events.postgres_log.log import PostgresLog
from events.wire.shared_secrets import Secrets
from events.wire.signature import Verifier, sign
from ingress.webhooks.grouping import GroupAppender
from tests.support.samples import transcription
from tests.support.servers import POST_CALL_KEY
from tests.support.waiting import PATIENCE_S

# Each n-th call comes to every ingress, at about the same time.
_SHARED_EVERY = 3
_WORDS = "It was as long as what people say in a minute or two. " * 30
_CALLS_PER_CALLER = 5


def main() -> None:
    """Post until the input ends."""
    url, name, clients = sys.argv[1], sys.argv[2], int(sys.argv[3])
    is_over = threading.Event()
    threading.Thread(target=_wait_for_end, args=(is_over,), daemon=True).start()
    appender = GroupAppender(PostgresLog(url, wait_s=4 * PATIENCE_S))
    print("ready", flush=True)
    asyncio.run(_post(appender, name, clients, is_over))
    appender.close()


def _wait_for_end(is_over: threading.Event) -> None:
    sys.stdin.read()
    is_over.set()


async def _post(appender: GroupAppender, name: str, clients: int, is_over: threading.Event) -> None:
    async def client(number: int) -> None:
        count = 0
        while not is_over.is_set():
            of = name if count % _SHARED_EVERY else "all"
            await _append(appender, f"conv_{of}_{number}_{count}", f"+1202{number:03}{count // _CALLS_PER_CALLER:04}")
            count += 1

    await asyncio.gather(*(client(number) for number in range(clients)))


async def _append(appender: GroupAppender, id_: str, caller: str) -> None:
    body = transcription(id_, _WORDS, caller=caller)
    signature = sign(body, POST_CALL_KEY, timestamp_s=int(time.time()))
    while True:
        verifier, asked_s = Verifier(signature, Secrets([POST_CALL_KEY]), now_s=time.time()), time.monotonic()
        try:
            receipt = await appender.append(body, verifier, signature)
        except LogClosedError as error:
            print(f"refused {id_} {' '.join(str(error).split())}", flush=True)
        else:
            print(f"acked {id_} {sha256_of(body)} {receipt.position} {asked_s} {time.monotonic()}", flush=True)
            return


if __name__ == "__main__":
    main()
