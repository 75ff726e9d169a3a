"""
The process that asks ElevenLabs about agents: see `projector.sources.agents.asking`.

It reads one question from stdin, writes a line for each agent, and ends. ElevenLabs' SDK takes a second to load, and
some 50 MB: the projector has neither of them to spare for what it asks once a day.
"""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import msgspec

from projector.errors import ElevenLabsError
from projector.sources.agents.answer import profile_in
from projector.sources.agents.messages import Question, Told
from projector.sources.sdk_client import FailedRequestError, SdkClient

_NO_ACCESS = {401, 403}


def tell(question: Question) -> Iterator[Told]:
    """Ask about one agent after the other, each once; end early where the others could only be told the same."""
    # The environment may name a proxy, which would see whom we ask about.
    client = SdkClient(question.key, question.base_url, timeout_s=question.timeout_s, trusts_environment=False)
    with closing(client):
        # SDK 2 has the agents in `conversational_ai.agents`, SDK 3 in `agents` itself.
        agents = getattr(client.area, "agents", client.area)
        for agent_id in question.agent_ids:
            told = _ask(client, agents, agent_id)
            yield told
            if told.outcome in {"down", "refused"}:
                return


def _ask(client: SdkClient, agents: object, agent_id: str) -> Told:
    try:
        answer = client.once(lambda: client.bytes_of(agents.get, agent_id))  # type: ignore[attr-defined]
        return Told(
            agent_id=agent_id,
            outcome="known",
            profile=profile_in(answer, agent_id, read_at_s=int(time.time())),
        )
    except FailedRequestError as failed:
        reason = str(failed.fault)
        if failed.is_transient:
            return Told(agent_id=agent_id, outcome="down", reason=reason, wait_s=failed.wait_s)
        if failed.status in _NO_ACCESS:
            return Told(agent_id=agent_id, outcome="refused", reason=reason)
        # 404, or 422 for what is no agent's id. A redirect is an answer of nobody that we know.
        is_gone = failed.status is not None and 400 <= failed.status < 500
        return Told(agent_id=agent_id, outcome="gone" if is_gone else "unusable", reason=reason)
    except ElevenLabsError as error:
        return Told(agent_id=agent_id, outcome="unusable", reason=str(error))


def main() -> None:
    """Answer the question on stdin."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a terminal sends them to the whole group
        signal.signal(number, signal.SIG_IGN)
    question = msgspec.json.decode(sys.stdin.buffer.readline(), type=Question)
    # Whatever hangs, and if the projector dies meanwhile: the kernel ends this process.
    signal.alarm(question.process_s)
    for told in tell(question):
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
