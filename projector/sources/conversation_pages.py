"""The pages in which ElevenLabs' API lists conversations, and how to notice that they lead nowhere."""

import hashlib

from msgspec import Struct

from projector.errors import ElevenLabsError

# An honest page may be empty, where all of its conversations were filtered out.
_FRUITLESS_PAGES_MAX = 10
_CURSOR_CHARS_MAX, _ID_CHARS_MAX = 4096, 128


class ListedConversation(Struct, frozen=True, kw_only=True):
    """A conversation as the list shows it."""

    conversation_id: str
    agent_id: str | None = None
    status: str | None = None
    start_time_unix_secs: int | float | None = None


class Page(Struct):
    """One page of the list (SDK: `GetConversationsPageResponseModel`)."""

    conversations: list[ListedConversation]
    has_more: bool = False
    next_cursor: str | None = None


class CircleDetector:
    """Makes sure that each page of the list leads on: a list that goes round in a circle has no end."""

    def __init__(self) -> None:
        self._cursors = set[bytes]()
        self._ids = set[str]()
        self._fruitless = 0

    def next_cursor(self, page: Page) -> str:
        """
        Return the cursor of the page after this one.

        Raises:
            ElevenLabsError: it is missing or was followed before, or many pages have had nothing new.
        """
        cursor = page.next_cursor or ""
        digest = hashlib.sha256(cursor.encode(errors="surrogatepass")).digest()
        if not cursor or len(cursor) > _CURSOR_CHARS_MAX or digest in self._cursors:
            raise ElevenLabsError("ElevenLabs says that there are more conversations, but gives no new cursor")
        self._cursors.add(digest)
        known = len(self._ids)
        self._ids.update(conversation.conversation_id[:_ID_CHARS_MAX] for conversation in page.conversations)
        self._fruitless = 0 if len(self._ids) > known else self._fruitless + 1
        if self._fruitless == _FRUITLESS_PAGES_MAX:
            raise ElevenLabsError(
                f"ElevenLabs' list of conversations does not end: {self._fruitless} pages in a row had nothing new"
            )
        return cursor
