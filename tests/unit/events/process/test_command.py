"""What our commands print of an error."""

import pytest

from events.errors import JournalError
from events.process.command import FOUND_SOMETHING, exit_on


@pytest.mark.parametrize(
    ("error", "line"),
    [(JournalError("the journal is gone"), "the journal is gone"), (TimeoutError(), "TimeoutError")],
)
def test_error_is_one_line(error: Exception, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An error is one line on stderr and exit 1; one without a message is named, for an empty line says nothing."""
    with pytest.raises(SystemExit) as caught, exit_on("projector", JournalError, OSError):
        raise error
    assert caught.value.code == FOUND_SOMETHING
    assert capsys.readouterr().err == f"projector: {line}\n"
