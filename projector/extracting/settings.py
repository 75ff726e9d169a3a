"""The settings of asking: how many questions at a time, how many tokens a day, and what tokens cost."""

from typing import Annotated

from msgspec import Struct

from events.process.environment import Environment
from events.process.settings.setting import Amount, Whole
from projector.domain.fold import VERSION_MAX

_CONCURRENCY = Whole(
    "LLM_CONCURRENCY",
    "learning",
    "how many calls a model is asked about at a time",
    "1",
    more="Until a model has answered once, it is asked one question at a time",
    default=4,
    low=1,
    high=64,
)
_TOKENS_MAX = Whole(
    "LLM_TOKENS_PER_DAY_MAX",
    "learning",
    "how many tokens may be spent on a day (UTC), in and out; the rest waits until the day is over; 0 for no limit",
    "2000000",
    default=0,
    low=0,
    high=10**15,
)
_PRICE_IN = Amount(
    "LLM_PRICE_IN_PER_M",
    "learning",
    "what a million tokens of questions cost, in any currency: to be told what asking costs",
    "0.10",
    more="Only with the other price",
)
_PRICE_OUT = Amount("LLM_PRICE_OUT_PER_M", "learning", "what a million tokens of answers cost, in the same", "0.50")
PROMPT_MAX = Whole(
    "EXTRACTION_PROMPT_MAX",
    "remembered",
    "the newest version of the prompt whose answers count, and that models are asked with; 0 for none",
    "1",
    more="Answers to a newer one stay in the log, and `projector replay --dry-run` shows what they would change",
    default=VERSION_MAX,
    default_told="the newest there is",
    low=0,
    high=VERSION_MAX,
    is_replaying=True,
)
_MILLION = 1_000_000
# Source: both vendors take half the price for what is asked by a batch.
BATCH_DISCOUNT = 0.5


class AskingSettings(Struct, frozen=True, kw_only=True):
    """
    How models are asked.

    `tokens_per_day_max` None means any number. Prices are those of a million tokens, None where they are not known.
    """

    concurrency: Annotated[int, _CONCURRENCY] = _CONCURRENCY.default
    tokens_per_day_max: Annotated[int | None, _TOKENS_MAX] = None
    price_in: Annotated[float | None, _PRICE_IN] = None
    price_out: Annotated[float | None, _PRICE_OUT] = None

    def cost(self, tokens_in: float, tokens_out: float) -> float | None:
        """Return what tokens cost, in the currency of the prices; None where these are not set."""
        if self.price_in is None or self.price_out is None:
            return None
        return (tokens_in * self.price_in + tokens_out * self.price_out) / _MILLION


def read_asking(env: Environment) -> AskingSettings:
    """Read how models are asked. Faults are noted in `env`."""
    return AskingSettings(
        concurrency=_CONCURRENCY.read(env),
        tokens_per_day_max=_TOKENS_MAX.read(env) or None,
        price_in=_PRICE_IN.read(env),
        price_out=_PRICE_OUT.read(env),
    )
