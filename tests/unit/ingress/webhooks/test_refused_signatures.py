"""Why webhooks are refused for their signatures, in words."""

import pytest

from ingress.webhooks.refused_signatures import RefusedSignatures


@pytest.mark.parametrize(
    ("age_s", "says"),
    [
        (-301, "5 minutes in the future. Probably this machine's clock is that far behind:"),
        (-3 * 60 * 60, "3 hours in the future"),
        (1801, "30 minutes old. Probably this machine's clock is that far ahead, or the webhook was delivered"),
        (365 * 24 * 60 * 60, "8760 hours old"),
    ],
)
def test_right_digest_at_a_wrong_time_is_the_clocks(age_s: int, says: str) -> None:
    """A signature of ours that is refused for its time shows which way the clock is wrong, and how far."""
    refused = RefusedSignatures()
    refused.note_untimely(age_s)
    assert refused.is_clock_wrong()
    assert says in (refused.reason() or "")


def test_taken_webhook_ends_every_reason() -> None:
    """Once a webhook is taken there is no reason any more; the count stays."""
    refused = RefusedSignatures()
    refused.note_unmatched()
    refused.note_untimely(4000)
    refused.note_taken()
    assert (refused.count, refused.reason(), refused.is_clock_wrong()) == (2, None, False)


def test_wrong_digest_is_the_secrets_or_a_strangers() -> None:
    """A signature of nobody we know says nothing of the clock; it says which setting to compare."""
    refused = RefusedSignatures()
    refused.note_unmatched()
    assert not refused.is_clock_wrong()
    assert "ELEVENLABS_POST_CALL_KEY" in (refused.reason() or "")
