"""A question during a call: what it says, who asks it, and about whom."""

from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct

from events.wire.caller import caller_of_question
from events.wire.webhooks import SearchDataRequest
from ingress.http.requests import agent_of
from ingress.searching.questions.safety import topics_of
from projector.domain.facts.registry.registry import Registry
from projector.read_model.protocol import ReadModel

LIMIT_MAX = 20
_KEYWORDS_MAX, _KEYWORD_CHARS_MAX = 24, 80


class Asking(Struct, frozen=True, kw_only=True, dict=True):
    """
    A question, and when it is asked, Unix seconds.

    `started_by` is the caller of the call, as the start of the call had it; None if not known. `tells_sensitive` is
    whether facts on health, money and the like answer a question about them. `registry` says what can be known of a
    caller, and what of that is sensitive.
    """

    question: SearchDataRequest
    region: str
    at_s: int
    started_by: str | None = None
    tells_sensitive: bool = True
    registry: Registry = Registry()

    @property
    def asker(self) -> str:
        """Whose searches come one after the other."""
        ids = self.question.caller_id, self.question.called_number, self.question.user_id
        return " ".join(map(str, ids if any(ids) else (self.question.conversation_id, self.question.call_sid)))

    @property
    def audience(self) -> str | None:
        """The agent that may hear the answer; None for one that may hear everything."""
        return None if self.question.search_all_agents else agent_of(self.question.agent_id)

    @property
    def limit(self) -> int:
        """How many memories to look for at most."""
        return min(max(self.question.limit, 1), LIMIT_MAX) if self.question.limit is not None else LIMIT_MAX

    @property
    def words(self) -> str:
        """The question itself."""
        return str(self.question.query if self.question.query is not None else "").strip()

    @cached_property
    def keywords(self) -> list[str]:
        """Other words for what is asked about: a list, or, as an LLM may write it, one text with commas."""
        given = self.question.keywords
        if isinstance(given, str):
            given = given.replace(";", ",").replace("\n", ",").split(",")
        texts = (str(word).strip()[:_KEYWORD_CHARS_MAX] for word in given or () if isinstance(word, str | int | float))
        return list(dict.fromkeys(filter(None, texts)))[:_KEYWORDS_MAX]

    @cached_property
    def topics(self) -> Sequence[str]:
        """What the question asks that may hurt somebody, such as `allergy`; see `safety`."""
        return topics_of(" ".join([self.words, *self.keywords]))

    def caller(self, read_model: ReadModel) -> str | None:
        """
        Return the key under which whoever is calling is remembered; None if not known.

        By the numbers sent, else by the conversation in the log, or the start of the call.
        """
        question = self.question
        caller = caller_of_question(
            question.caller_id,
            question.called_number,
            question.user_id,
            is_agent_line=read_model.is_agent_line,
            region=self.region,
        )
        if caller is None and question.conversation_id:
            caller = read_model.caller_of(question.conversation_id)
        caller = caller or self.started_by
        return read_model.remembered_as(caller) if caller is not None else None
