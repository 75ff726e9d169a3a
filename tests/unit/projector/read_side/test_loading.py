"""What a process loads before it takes work."""

import subprocess
import sys

_CHECK = """
import sys
from projector.read_side.loading import load_before_work
load_before_work("embedded")
before = set(sys.modules)
from projector.domain.redaction.find_numbers import Text, find
found = find((), [Text(words) for words in ("5500 0000 0000 0004", "SSN 219-09-8765", "GB82 WEST 1234 5698 7654 32")])
print(sorted(span.kind for span in found), sorted(set(sys.modules) - before))
"""


def test_what_judges_numbers_is_loaded_before_work() -> None:
    """After loading, a card number, a social security number and an IBAN are found without importing anything."""
    ran = subprocess.run([sys.executable, "-c", _CHECK], capture_output=True, text=True, check=True)
    kinds, imported = ran.stdout.strip().split("] [")
    assert len(kinds.split(",")) == 3
    assert imported == "]"
