"""
One person under two numbers, because a person said so: the calls of one are remembered as the other's.

Only what is remembered is joined. Whose call it is by its own number stays noted: so it can be parted again, and a
request to forget a number removes the calls of that number, and no others.
"""

from collections.abc import Callable, Iterable

import msgspec

from events.log.ours.correction import Correction, read_correction_body, standing
from projector.domain.calls import Call
from projector.projection.folding.stale import Stale
from projector.projection.workers.work import stored_call
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptCall


class Merger:
    """
    Keeps the calls of one generation under whom a person said that their callers are.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        put: keeps a call in place of the one before.
    """

    def __init__(self, writer: ReadModelWriter, put: Callable[[Call, KeptCall], object]) -> None:
        self._writer = writer
        self._put = put

    def resolved(self, call: Call) -> Call:
        """Return a call, which names its caller itself, with the caller as whom that one is remembered."""
        caller = self._writer.merged.caller_of(call.caller)
        return call if caller == call.caller else msgspec.structs.replace(call, caller=caller, named=call.caller)

    def settle(self, stale: Stale) -> None:
        """Give each call to whom it belongs by the merges that stand now."""
        merged = self._writer.merged
        kept = [(each.position, read_correction_body(each.body)) for each in self._writer.corrections.joining()]
        before, after = merged.all(), callers_of(standing(kept).values())
        if before == after:
            return
        merged.replace(after)
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                self._give(key, stale)
        # What was corrected of one number counts for the other too.
        stale.add_whole({*before.values(), *after.values()})

    def _give(self, key: str, stale: Stale) -> None:
        for conversation_id in self._writer.parties.conversations_of(key):
            kept = self._writer.calls.get(conversation_id)
            if kept is None or own(call := stored_call(kept.body)).caller != key:
                continue
            given = self.resolved(own(call))
            if given != call:
                stale.add_whole({call.caller, given.caller})
                self._put(given, msgspec.structs.replace(kept, caller=given.caller, body=msgspec.json.encode(given)))


def own(call: Call) -> Call:
    """Return a call with the caller that it names itself."""
    return msgspec.structs.replace(call, caller=call.named, named="") if call.named else call


def callers_of(corrections: Iterable[Correction]) -> dict[str, str]:
    """
    Return the caller of each key that is another caller's.

    Args:
        corrections: merges and splits that stand, in the order of the log.
    """
    pairs: list[tuple[str, str]] = []
    for each in corrections:
        if each.action == "merge":
            pairs.append((each.caller, each.other))
        elif each.action == "split":
            apart = {each.caller, each.other} - {""}
            pairs = [pair for pair in pairs if not apart <= {*pair}]
    callers: dict[str, str] = {}
    for caller, other in pairs:
        first, second = callers.get(caller, caller), callers.get(other, other)
        if first == second:
            continue
        for key, of in [*callers.items(), (second, second)]:
            if of == second:
                callers[key] = first
    return callers
