"""Carries one request about batches to a vendor, and says in our words what its SDK raises."""

from collections.abc import Awaitable, Callable
from types import ModuleType

import httpx2

from projector.sources.models.exchange import Exchange
from projector.sources.models.refusals import broken_off, fault_of


def carry(
    sdk: ModuleType,
    exchange: Exchange,
    send: Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]],
    *,
    asked: str,
    key: str,
) -> httpx2.Response:
    """
    Return what the vendor answers to a request.

    Args:
        sdk: the vendor's, whose errors are called the same in both.
        asked: the words of the request, which no error may repeat.

    Raises:
        AskLaterError, ProviderHeldError: as `Provider.ask` raises them.
    """
    try:
        return exchange.carry(send)
    except sdk.APIStatusError as error:
        raise fault_of(error.response, asked, key=key) from error
    except sdk.APIError as error:
        raise broken_off(error) from error
