"""Why webhooks are refused for their signatures: a clock that is wrong, or a secret that is not the one set here."""

from msgspec import Struct

_MINUTE_S, _HOUR_S = 60, 60 * 60


class RefusedSignatures(Struct):
    """
    The webhooks that this worker answered 401, since it started.

    `count` counts them all; strangers add to it. `age_s` is the age, by our clock, of the last signature that was made
    with one of our secrets and yet refused; None where there was none since a webhook was last taken. Only the holder
    of a secret can make one.
    """

    count: int = 0
    unmatched: int = 0
    age_s: int | None = None

    def note_taken(self) -> None:
        """Note that a webhook was taken: our clock and our secrets are right."""
        self.unmatched, self.age_s = 0, None

    def note_unmatched(self) -> None:
        """Note that a webhook was refused, and that no secret of ours is known to have signed it."""
        self.count += 1
        self.unmatched += 1

    def note_untimely(self, age_s: int) -> None:
        """Note that a webhook was refused for its age alone, in seconds; negative for one from the future."""
        self.count += 1
        self.age_s = age_s

    def is_clock_wrong(self) -> bool:
        """Tell whether the last webhook that one of our secrets signed was refused for its time."""
        return self.age_s is not None

    def reason(self) -> str | None:
        """Return the likely reason why webhooks are refused now, and what to do; None where there is none."""
        if self.age_s is not None:
            direction = "behind" if self.age_s < 0 else "ahead"
            late = "" if self.age_s < 0 else ", or the webhook was delivered that late"
            return (
                f"a webhook with a right digest was refused: its signature is {_span(self.age_s)}. Probably this"
                f" machine's clock is that far {direction}{late}: compare it with a time server"
            )
        if self.unmatched:
            return (
                f"no secret of ELEVENLABS_POST_CALL_KEY signed the last {self.unmatched} webhooks that came in, as far"
                " as is known. If calls are missing, compare it with the secret of the webhook at ElevenLabs; else they"
                " are strangers'"
            )
        return None


def _span(age_s: int) -> str:
    seconds = abs(age_s)
    unit, name = (_HOUR_S, "hours") if seconds >= 2 * _HOUR_S else (_MINUTE_S, "minutes")
    return f"{round(seconds / unit)} {name} {'old' if age_s > 0 else 'in the future'}"
