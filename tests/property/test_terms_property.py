"""Texts that are read together have the terms that they have one by one."""

from hypothesis import example, given
from hypothesis import strategies as st

from projector.engines.lexical.vocabulary.terms import _ALGORITHMS, read_words, terms_of, terms_of_each

LANGUAGES = st.sampled_from([*_ALGORITHMS, "ja", "xx"])
# What is said in pieces, or nearly so; what parts words; and what parts texts that are read together.
WORDS = (
    *("the", "appointments", "I", "a", "as", "in", "for", "Mike", "M", "k", "o", "w", "at", "dot", "oh", "double"),
    *("seven", "three", "null", "eins", "1", "12", "2025-11-12", "a1", "x.y", "5.", "_", "a_b", "@", "x@y.com", "é"),
    *("東京", "\u0664", "\x00", "\x01", "\x1f", "-", "/", ",", ".", "\n", ""),
)
TEXTS = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5))).map(" ".join) | st.text()


@given(texts=st.lists(TEXTS, min_size=1, max_size=6), language=LANGUAGES)
@example(texts=["", ""], language="en")
@example(texts=["M as in Mike, A B", "2025-11-12: a b c", "one two seven"], language="en")
@example(texts=["\x01", "a \x01 b"], language="en")
def test_texts_have_the_terms_that_they_have_one_by_one(texts: list[str], language: str) -> None:
    """It makes no difference beside which other texts of its conversation a text is read."""
    one_by_one = [terms_of(read_words(text, language, is_joining=True)[0], language) for text in texts]
    together = terms_of_each(texts, language)
    assert together in (None, one_by_one)
    assert together is not None or not all(text.isascii() for text in texts) or any("\x01" in text for text in texts)
