"""The story of one caller: who it is, each call with its turns, and what the calls taught."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from events.log.protocol import EventLog
from projector.domain.calls import Call, Turn
from projector.domain.facts.registry.registry import Registry
from projector.domain.memories import CallerView, Memory, PersonName, by_conversation
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.protocol import ReadModel
from projector.read_model.records import KeptCall, MissedCall
from projector.read_side.facts import correction_lines, rejected_lines
from projector.read_side.story.learned import Learned, learned_values
from projector.read_side.whole.agent_names import agent_names

_WORD = re.compile(r"\w+")
_calls = msgspec.json.Decoder(Call)


class CallTold(Struct, frozen=True, kw_only=True):
    """
    One call: `call` is what is kept of it, redacted, and `position` that of its event in the log.

    `memories` are those that stem from it, `taught` its collected values, `person` the name of whoever it was with,
    where several people call from the number, and `recordings` the MP3s that are written of it.
    """

    call: Call
    position: int
    memories: tuple[Memory, ...]
    taught: tuple[Learned, ...]
    person: str
    recordings: tuple[Path, ...]

    def memory_of(self, turn: Turn) -> Memory | None:
        """Return what is remembered of a turn; None where it is the agent's."""
        return next((one for one in self.memories if one.kind == "turn" and one.key == str(turn.index)), None)

    def second_of(self, memory: Memory) -> int | None:
        """
        Return the second of the call at which a memory was said; None where nobody can tell.

        A collected value comes without a second: it was said where the caller first used its words.
        """
        if memory.source.second is not None or memory.kind != "collected":
            return memory.source.second
        turn = self._first_turn_with(memory.source.words)
        return turn.second if turn is not None else None

    def turn_of(self, memory: Memory) -> int | None:
        """Return the index of the turn in which a memory was said, found as its second is; None where there is none."""
        if memory.source.turn is not None or memory.kind != "collected":
            return memory.source.turn
        turn = self._first_turn_with(memory.source.words)
        return turn.index if turn is not None else None

    def _first_turn_with(self, text: str) -> Turn | None:
        words = _plain(text)
        said = (turn for turn in self.call.turns if turn.is_caller and words and words in _plain(turn.text))
        return next(said, None)


class Story(Struct, frozen=True, kw_only=True):
    """
    All that is known of a caller. `view` is None for one whom we only tried to reach.

    `calls` and `missed` are in the order of time, `learned` holds every collected value in the order of the calls, and
    `of_many` what many calls show, facts among it. `also_known_as` are the caller's other keys. `rejected` has a line
    for each thing that a model said and that does not count, `corrected` one for each that a person corrected. `agents`
    says what those of the calls are called, by their ids.
    """

    caller: str
    view: CallerView | None
    calls: tuple[CallTold, ...]
    missed: tuple[MissedCall, ...]
    learned: tuple[Learned, ...]
    of_many: tuple[Memory, ...]
    also_known_as: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    agents: dict[str, str] = {}


def story_of(read_model: ReadModel, log: EventLog, caller: str, registry: Registry | None = None) -> Story | None:
    """
    Return the story of a caller; None for a stranger.

    Args:
        log: where the recordings lie.
        registry: by which it is decided what of models' answers counts; None leaves out what does not.
    """
    caller = read_model.remembered_as(caller)
    view, keys = read_model.view(caller), read_model.keys_of(caller)
    missed = [call for key in keys for call in read_model.missed_calls(key)]
    corrections = [each for key in keys for each in read_model.corrections(key)]
    if view is None and not missed and not corrections:
        return None
    memories = list(read_model.all_memories(caller))
    learned = learned_values(memories)
    told = _Telling(memories, learned, view.people if view is not None else (), log)
    calls = sorted((told.call(kept) for kept in read_model.kept_calls(caller)), key=lambda each: each.call.order)
    ids = {each.call.conversation_id for each in calls}
    return Story(
        caller=caller,
        view=view,
        calls=tuple(calls),
        missed=tuple(missed),
        learned=tuple(learned),
        of_many=tuple(memory for memory in memories if memory.conversation_id not in ids),
        also_known_as=tuple(keys[1:]),
        rejected=tuple(rejected_lines(read_model, caller, registry)) if registry is not None else (),
        corrected=tuple(correction_lines(corrections)),
        agents=agent_names(read_model, (each.call.agent_id for each in calls)),
    )


class _Telling:
    """Tells calls, each with what stems from it."""

    def __init__(
        self, memories: Sequence[Memory], learned: Sequence[Learned], people: Sequence[PersonName], log: EventLog
    ) -> None:
        self._memories = by_conversation(memories)
        self._learned: dict[str, list[Learned]] = defaultdict(list)
        for each in learned:
            self._learned[each.memory.conversation_id].append(each)
        self._names = {each.number: each.name for each in people} if len(people) > 1 else {}
        self._log = log

    def call(self, kept: KeptCall) -> CallTold:
        id_ = kept.conversation_id
        try:
            call = _calls.decode(kept.body)
        except DECODE_ERRORS as error:
            raise ReadModelDamagedError(f"a stored call cannot be read: {error}") from error
        own = tuple(self._memories.get(id_, ()))
        return CallTold(
            call=call,
            position=kept.place.position,
            memories=own,
            taught=tuple(self._learned[id_]),
            person=self._names.get(own[0].person, "") if own else "",
            recordings=tuple(self._log.recordings(id_)),
        )


def _plain(text: str) -> str:
    """Return the words of a text, each between blanks, without case and signs: `Oslo.` is in `to Oslo, I think`."""
    words = _WORD.findall(text.casefold())
    return f" {' '.join(words)} " if words else ""
