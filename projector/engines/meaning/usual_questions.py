"""
What all questions have in common: the mean of some that are asked about any caller.

Some memories are a little like every question, such as the first words of a call. What they owe to that says nothing
of the question that is asked.
"""

from typing import TYPE_CHECKING

import numpy as np

from projector.engines.meaning.encoder import Encoder

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

# One in each of the nine languages. Other such questions, and more of them, do as well: docs/adr/0027.
_USUAL_QUESTIONS = (
    "What is the order number?",
    "Wie lautet die Adresse?",
    "¿Cuál es la dirección?",
    "Quel est le numéro de commande ?",
    "Qual è l'indirizzo?",
    "Wat is het adres?",
    "Jaki jest numer zamówienia?",
    "Qual é o endereço?",
    "Vilken är adressen?",
)


def usual_question(encoder: Encoder) -> "NDArray[float32]":
    """Return the mean of the vectors of some usual questions; it is shorter than 1."""
    vectors = [encoder.question(question) for question in _USUAL_QUESTIONS]
    mean: NDArray[float32] = np.mean(vectors, axis=0, dtype=np.float32)
    return mean
