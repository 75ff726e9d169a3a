"""
One person under two keys: calls that name a WhatsApp id alone belong to the number that another call names beside it.

Which number that is depends on all calls, in whatever order they come, and changes where one comes or goes. Then the
calls that name the id alone are given to another caller, in the same transaction.
"""

from collections.abc import Callable

import msgspec

from events.log.receipt import Place
from projector.domain.calls import Call
from projector.projection.erasing.eraser import Eraser
from projector.projection.folding.stale import Stale
from projector.projection.merging import Merger, own
from projector.projection.workers.work import stored_call
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptCall


class Linker:
    """
    Keeps the calls of one generation with whom they belong to.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        eraser: knows which requests cover a caller's calls, and which links it removed.
        merger: knows who is one person.
        put: keeps a call in place of the one before.
    """

    def __init__(
        self, writer: ReadModelWriter, eraser: Eraser, merger: Merger, put: Callable[[Call, KeptCall], object]
    ) -> None:
        self._writer = writer
        self._eraser = eraser
        self._merger = merger
        self._put = put

    def resolved(self, call: Call) -> Call:
        """Return a call with the caller whom its WhatsApp id is known to be."""
        caller = self._writer.links.caller_of(call.caller) if _is_id(call.caller) else None
        return msgspec.structs.replace(call, caller=caller) if caller is not None else call

    def note(self, call: Call, former: Call | None, stale: Stale) -> None:
        """
        Note what the version of a call that is kept now says of who is who.

        Args:
            former: the version that was kept before; None for the first.
        """
        links, conversation_id = self._writer.links, call.conversation_id
        if former is not None and _is_given(former) and former.caller not in {call.caller, *call.parties}:
            self._writer.parties.rename(conversation_id, _id_in(former) or "", former.caller, call.caller)
        id_ = _id_in(call) if _is_number(call.caller) and not _is_given(call) else None
        former_id = links.id_in(conversation_id) if former is not None else None
        if former_id is None and id_ is None:
            return
        changing = {each: links.caller_of(each) for each in (former_id, id_) if each is not None}
        if id_ is not None:
            links.note(conversation_id, id_, call.caller, call.order[0])
        else:
            links.remove(conversation_id)
        for each, before in changing.items():
            if links.caller_of(each) != before:
                self._give(each, stale)

    def settle(self, stale: Stale) -> None:
        """Give back the calls whose link an erasure removed; MUST be called in the transaction that removed it."""
        for id_ in self._eraser.unlinked():
            self._give(id_, stale)

    def _give(self, id_: str, stale: Stale) -> None:
        """Give the calls that name an id alone to whom it is known to be now."""
        writer, caller = self._writer, self._writer.links.caller_of(id_) or id_
        for conversation_id in writer.parties.conversations_of(id_):
            kept = writer.calls.get(conversation_id)
            if kept is None or writer.links.id_in(conversation_id) is not None:
                continue
            call = own(stored_call(kept.body))
            if call.caller == caller or (call.caller != id_ and not _is_given(call)):
                continue  # it names somebody beside the id, or is nobody's in particular
            former, call = call.caller, msgspec.structs.replace(call, caller=caller)
            given = self._merger.resolved(call)
            stale.add_whole({kept.caller, given.caller})
            self._put(given, msgspec.structs.replace(kept, caller=given.caller, body=msgspec.json.encode(given)))
            writer.parties.rename(conversation_id, id_, former, caller)
            # Who asked to be forgotten before that was known is forgotten with these calls, too.
            if (request := self._request_for(caller, kept.place, call.order[0])) is not None:
                stale.add_whole(self._eraser.erase(conversation_id, request))

    def _request_for(self, caller: str, place: Place, said_s: int) -> int | None:
        """Return the first request that covers a call that was given to a caller, by the place of its event."""
        erasures = self._writer.erasures
        if not erasures.has_requests():
            return None
        asked = (each for hash_ in self._eraser.keys.hashes_of(caller) for each in erasures.requests_of(hash_))
        covering = (
            each.place.position
            for each in asked
            if (place.position < each.place.position if each.by_position else said_s <= each.requested_at_s)
        )
        return min(covering, default=None)


def _is_id(key: str) -> bool:
    return key.startswith("whatsapp:")


def _is_number(key: str) -> bool:
    return key.startswith("+")


def _id_in(call: Call) -> str | None:
    return next((key for key in call.parties if _is_id(key)), None)


def _is_given(call: Call) -> bool:
    """Return whether a call does not name its caller, a number, itself: another call says that."""
    return _is_number(call.caller) and call.caller not in call.parties
