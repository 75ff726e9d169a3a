"""When a call is asked about again that a model had no answer for, and by whom."""

from msgspec.structs import replace

from projector.read_model.asked import Unanswered

# Source: the product's issue: a minute, five and thirty after the try before.
RETRY_AFTER_S = (60, 300, 1800)
# The fallback is asked as often as the first one.
TRIES = 1 + len(RETRY_AFTER_S)
# No server has us wait for longer: its header may be wrong.
_WAIT_S_MAX = 24 * 60 * 60.0


def after_no_answer(
    before: Unanswered, reason: str, *, now_s: float, retry_after_s: float | None = None, has_fallback: bool = False
) -> Unanswered:
    """
    Return what to note of a call that was asked about once more, in vain.

    After its last try the fallback is asked at once, if there is one; after that one's last try, nobody is.

    Args:
        before: what was noted; for the first try one without attempts.
        now_s: the present in Unix seconds.
        retry_after_s: how long the server has us wait; it counts where that is longer.
    """
    attempts = before.attempts + 1
    tries = attempts - (TRIES if before.is_for_fallback else 0)
    is_for_fallback, next_try_at_s = before.is_for_fallback, None
    if tries < TRIES:
        wait_s = max(RETRY_AFTER_S[tries - 1], min(retry_after_s or 0.0, _WAIT_S_MAX))
        next_try_at_s = int(now_s + wait_s)
    elif has_fallback and not before.is_for_fallback:
        is_for_fallback, next_try_at_s = True, int(now_s)
    return replace(
        before, attempts=attempts, next_try_at_s=next_try_at_s, is_for_fallback=is_for_fallback, reason=reason
    )
