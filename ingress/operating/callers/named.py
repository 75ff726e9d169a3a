"""Whom the path of an operator's request names."""

from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from litestar import Request
from litestar.exceptions import ClientException
from litestar.params import Parameter
from msgspec import Struct

from events.wire.caller import caller_key

VARIABLE = "ADMIN_KEY"
CALLERS = "/callers/"
# As it is, and not percent-encoded: then it is the end of a key.
_CORRECTIONS = b"/corrections"
Number = Annotated[
    str,
    Parameter(
        description=(
            "The caller: a phone number, or a key such as `user:...`, percent-encoded. A `/` may stand as it is, but "
            "proxies leave only `%2F` alone."
        ),
        required=True,
    ),
]


class Named(Struct, frozen=True):
    """What a path names: a number or key as it was written, and whether it is about what was corrected of that."""

    number: str
    is_of_corrections: bool

    def caller(self, region: str) -> str:
        """
        Return the caller's key.

        Args:
            region: the country in which national numbers are read.
        """
        caller = caller_key(self.number, region=region)
        if caller is None:
            raise ClientException("this is neither a phone number nor a key such as user:... or whatsapp:...")
        return caller


def named_in(request: Request[Any, Any, Any]) -> Named:
    """Return what the path of a request names: all that follows `/callers/`, percent-decoded once."""
    # Not what the router makes of it: it merges slashes, and so would name another caller.
    if request.scope["query_string"]:
        raise ClientException("the path ends at the `?`; write a `?` that belongs to a key as %3F")
    raw = bytes(request.scope["raw_path"])
    is_of_corrections = raw.endswith(_CORRECTIONS)
    try:
        path = unquote_to_bytes(raw.removesuffix(_CORRECTIONS)).decode()
    except UnicodeDecodeError as error:
        raise ClientException("the path is not UTF-8, percent-encoded") from error
    return Named(path.partition(CALLERS)[2], is_of_corrections)
