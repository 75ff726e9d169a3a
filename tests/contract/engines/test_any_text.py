"""Every memory engine accepts any text as a memory and as a question."""

import pytest

from tests.contract.engines.memories import ANA, BEN, DOG, SON_3, AnyEngine, found, ids, memory, put
from tests.contract.engines.texts import HOSTILE, SPOKEN, as_id


@pytest.mark.parametrize(("text", "query"), SPOKEN, ids=ascii)
def test_finds_words_of_other_languages(engine: AnyEngine, text: str, query: str) -> None:
    """Words with accents, in capitals, composed or decomposed, and in other scripts are found as they were said."""
    said = memory(text)
    put(engine, said, DOG)

    assert said.id in found(engine, query)


@pytest.mark.parametrize("query", HOSTILE, ids=as_id)
def test_answers_any_query(engine: AnyEngine, query: str) -> None:
    """No query is an error, and no query finds another caller's words: an LLM may ask anything."""
    own = memory("My son and our dog, NOT the cat.")
    put(engine, own, memory("My son and our dog, NOT the cat.", caller=BEN))

    assert found(engine, query) in ([], [own.id])
    assert found(engine, "cat") == [own.id]
    assert found(engine, query, caller="+12025550199") == []


@pytest.mark.parametrize("query", ["NOT son", "son -dog", "son AND zebra", "son*", '"son', "son\x00", "son " * 25_000])
def test_takes_operators_for_words(engine: AnyEngine, query: str) -> None:
    """An operator of the index in a question excludes nothing: the memory is found by the other words."""
    put(engine, SON_3, DOG)

    assert SON_3.id in found(engine, query)


# JSON holds no lone surrogates, so no memory does.
@pytest.mark.parametrize("text", [text for text in HOSTILE if "\ud800" not in text], ids=as_id)
def test_holds_any_words(engine: AnyEngine, text: str) -> None:
    """Any text can be added, is found by a word in it, and can be removed again."""
    said = memory(f"{text} zebra", asked=text)
    put(engine, said, DOG)

    assert said.id in found(engine, "zebra")
    engine.replace(ANA, "conv_1", [DOG])
    assert found(engine, "zebra dog") == [DOG.id]


def long_text(chars: int, last: str) -> str:
    """Return a text of this many characters, or UTF-16 units where the two differ, whose last word is known."""
    words = " ".join(f"word{n}" for n in range(chars // 6))
    return f"{words[: chars - len(last) - 1]} {last}"


@pytest.mark.parametrize("chars", [31_983, 31_984, 31_985, 31_999, 32_000, 32_001, 101_000, 250_000])
def test_holds_long_words(engine: AnyEngine, chars: int) -> None:
    """A text of any length is one memory, found by its last words, even if two callers say the same."""
    said = {caller: memory(long_text(chars, "zebra"), caller=caller, key="long") for caller in (ANA, BEN)}
    put(engine, *said.values(), DOG)

    for caller, own in said.items():
        assert sorted(found(engine, "zebra dog", caller=caller)) == sorted(ids(own, *([DOG] if caller == ANA else [])))
    engine.forget(ANA)
    assert found(engine, "zebra", caller=BEN) == ids(said[BEN])


@pytest.mark.parametrize("chars", [20_000, 40_000, 101_000])
def test_holds_a_memory_that_grew_and_shrank(engine: AnyEngine, chars: int) -> None:
    """A memory whose text grows beyond an index's limit is one memory, and still is after it shrinks."""
    for text in ("zebra", long_text(chars, "zebra"), long_text(chars, "zebra lion"), "zebra", "a zebra"):
        engine.replace(ANA, "conv_1", [memory(text, key="1"), DOG])
        assert sorted(found(engine, "zebra dog")) == sorted(ids(memory("", key="1"), DOG))
    engine.replace(ANA, "conv_1", [DOG])
    assert found(engine, "zebra dog") == [DOG.id]


@pytest.mark.parametrize("text", ["👍" * 20_000, "字" * 40_000, "long" * 10_000, "👍\n\n" * 15_000])
def test_holds_long_texts_without_a_place_to_cut(engine: AnyEngine, text: str) -> None:
    """A text without any blank is held too, and gone once its conversation no longer has it."""
    said = memory(text, key="1", asked="zebra")
    put(engine, said, DOG)

    assert sorted(found(engine, "zebra dog")) == sorted(ids(said, DOG))
    engine.replace(ANA, "conv_1", [DOG])
    assert found(engine, "zebra dog") == [DOG.id]
