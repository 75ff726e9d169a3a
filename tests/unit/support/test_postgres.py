"""Where there is no PostgreSQL, its tests say so; in CI they fail."""

import pytest

from tests.support import postgres


def test_missing_programs_skip_on_a_persons_machine_and_fail_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PostgreSQL's programs there is a reason to skip; with `CI` set there is none, and no server is made."""
    monkeypatch.setattr(postgres, "binaries", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    assert "are not installed" in postgres.why_not()
    monkeypatch.setenv("CI", "true")
    assert postgres.why_not() == ""
    with pytest.raises(AssertionError, match="are not installed"):
        postgres.Cluster()
