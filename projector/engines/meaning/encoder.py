"""What a model is that turns texts into vectors: the one thing to write to put another model in its place."""

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


class Usual(Struct, frozen=True):
    """
    The cosine of a question and a memory that have nothing to do with each other, as most do not.

    `mean` is its mean over many such pairs, and `deviation` its standard deviation.
    """

    mean: float
    deviation: float


class Encoder(Protocol):
    """
    A model of one language or of many, loaded. Any thread may use it, one at a time.

    `fingerprint` names the package's version and the content of the model's file: vectors of another fingerprint are
    never compared with these, and are made anew. It is at most 64 letters, digits, dots and dashes. `name` says the
    same to a person.
    """

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    @property
    def usual(self) -> Usual: ...

    def question(self, text: str) -> "NDArray[float32]":
        """Return the vector of a question, of length 1."""

    def memory(self, text: str) -> "NDArray[float32]":
        """Return the vector of something that may answer a question, of length 1."""
