"""The search by meaning of a process, once it is prepared."""

import subprocess
import sys

import pytest

from projector.engines.meaning.e5 import why_not

_CHECK = """
import sys
import projector.engines.lexical.engine
from projector.engines.open_meaning import open_meaning
meaning = open_meaning(lambda _: None, deadline_s=1.0)
meaning.questions.prepare().result()
before = set(sys.modules)
from projector.engines.lexical.searching.fusing import with_meaning
from projector.engines.meaning.rows import compare, unpack
from projector.engines.meaning.texts import names_of_calls
meaning.questions.begin("Any allergies?", until_s=sys.float_info.max).result()
print(sorted(set(sys.modules) - before))
meaning.close()
"""


@pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be used")
def test_question_by_meaning_imports_nothing() -> None:
    """Once the model is prepared, a question is turned into a vector and compared without importing anything."""
    ran = subprocess.run([sys.executable, "-c", _CHECK], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
