"""Tries the model once, in a process of its own: `python -m projector.engines.meaning.trial`."""

import math
import sys

from projector.engines.meaning.e5 import E5
from projector.errors import MeaningError


def main() -> None:
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
    main()
