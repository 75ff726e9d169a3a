"""
Pairs of memories that an engine would merge if it takes similar texts for duplicates.

Such an engine compares sets of the stems of a text's longer words, often by a short hash. It ignores single
characters, order, repetition, endings, accents, scripts other than ours, and the speaker.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise

from projector.domain.memories import Memory
from tests.contract.engines.memories import memory

_PAIRS_PER_CALLER = 20
_NAMES = ("Anna", "Ben", "Carla", "David", "Elena", "Frank", "Greta", "Hugo", "Irene", "Jonas", "Karin", "Leo", "Mona")
_CITIES = ("Oslo", "Bergen", "Kassel", "Lyon", "Porto", "Gdansk", "Turin", "Malmo", "Basel", "Ghent", "Cork", "Tartu")
_THINGS = ("bicycle", "parcel", "camera", "kitchen", "garden", "insurance", "passport", "printer", "sofa", "ticket")
_STREETS = ("Oak", "Maple", "Station", "Church", "Mill", "Harbour", "Castle", "Park", "River", "School")
_SENTENCES = (
    "The parcel was left at the wrong door and my neighbour took it in for me.",
    "I rang twice last week and both times the line went dead after some minutes.",
    "My daughter needs the new camera before her school trip on Friday morning.",
    "Please send the invoice to the office in the old town and not to our flat.",
    "We moved in spring, so that the address you have there is no longer right.",
    "The garden chairs are fine but the table has a long scratch on one side.",
    "A colleague of yours promised that somebody would ring back by the weekend.",
)
_DIGITS, _LETTERS = tuple(pairwise("123456789")), tuple(pairwise("BCDEFGHJK"))
# For each kind: sentences, and the values of x and y; the other text of the pair has these exchanged.
_KINDS: dict[str, tuple[Sequence[str], Sequence[tuple[str, str]]]] = {
    "a digit apart": (
        (
            "My son {name} is {x} years old.",
            "Call {name} at {x}.",
            "We need {x} tickets to {city}.",
            "{street} Street {x}",
        ),
        _DIGITS,
    ),
    "a letter apart": (
        ("The {thing} is in hall {x}.", "{name} chose option {x}.", "Flat {x}, {street} Street"),
        _LETTERS,
    ),
    "short, a digit apart": (("Room {x}", "Gate {x}", "Row {x}", "Bus {x}", "Day {x}", "It is {x}."), _DIGITS),
    "words exchanged": (
        ("{x} called {y} about the {thing}.", "{x} owes {y} the {thing}.", "Tell {x} that {y} moved to {city}."),
        tuple(pairwise(_NAMES)),
    ),
    "words of like meaning": (
        ("I {x} {city}.", "{name} and I {x} the {thing}."),
        (("like", "love"), ("enjoy", "like"), ("love", "enjoy"), ("prefer", "like")),
    ),
    "another ending": (
        ("{name} {x} the {thing} in {city}.",),
        (
            ("paints", "painted"),
            ("wants", "wanted"),
            ("repairs", "repaired"),
            ("cleans", "cleaning"),
            ("rents", "rent"),
        ),
    ),
    "said again and again": (
        ("{x} {name}, the {thing}.", "{x} {city}."),
        (("No, no.", "No!"), ("Yes, yes, yes.", "Yes."), ("Hello? Hello?", "Hello."), ("Not not", "Not")),
    ),
    "an accent apart": (
        ("{x} ruft wegen {city} an.", "Hier spricht {name} {x}."),
        (("Müller", "Möller"), ("Krüger", "Kröger"), ("Bäcker", "Böcker"), ("Schröder", "Schräder"), ("Löw", "Läw")),
    ),
    "another script": (
        ("{x} {name}.", "{x} {thing} {city}."),
        (("Мой сын любит", "Моя дочь любит"), ("ابني يحب", "ابنتي تحب"), ("הבן שלי ב", "הבת שלי ב")),
    ),
    "a word apart, long": (
        (
            "My {x} {name} ordered the Thai place on {street} Street for the trip to {city}.",
            "When we came back from {city}, my {x} found the {thing} in front of the door on {street} Street, wet.",
        ),
        (("sister", "brother"),),
    ),
    "long, sentences exchanged": (
        ("It is about the {thing}. {x} {y} That was in {city}, {street} Street.",),
        tuple(pairwise(_SENTENCES)),
    ),
    "the same words": (
        (
            "My son is allergic to penicillin.",
            "{name} lives in {city}.",
            "I need a {thing}.",
            "Yes, on {street} Street.",
        ),
        (("", ""),),
    ),
}


def pairs(count: int) -> Iterator[tuple[str, Memory, Memory]]:
    """Yield this many pairs, the same on every run, each with its kind; every other pair is of two callers."""
    dice = random.Random(5)
    kinds = list(_KINDS.items())
    callers = max(count // _PAIRS_PER_CALLER, 2)
    for number in range(count):
        kind, (sentences, choices) = kinds[number % len(kinds)]
        filled = {
            "name": dice.choice(_NAMES),
            "city": dice.choice(_CITIES),
            "thing": dice.choice(_THINGS),
            "street": dice.choice(_STREETS),
        }
        sentence, (x, y) = dice.choice(sentences), dice.choice(choices)
        first = dice.randrange(callers)
        # In turns, for each kind: of one caller, or of two.
        second = first if number // len(kinds) % 2 else (first + 1) % callers
        yield (
            kind,
            _said(sentence.format(x=x, y=y, **filled), first, f"{number}a"),
            _said(sentence.format(x=y, y=x, **filled), second, f"{number}b"),
        )


def _said(text: str, caller: int, key: str) -> Memory:
    return memory(text, caller=f"+1202556{caller:04}", conversation=f"conv_{int(key[:-1]) % 4}", key=key)
