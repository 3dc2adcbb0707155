import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.models.embedded.phrases import Template, join_words, split_words

WORDS = st.text(st.characters(whitelist_categories=["L"], max_codepoint=127), min_size=1)


@given(WORDS, WORDS, st.booleans(), st.booleans())
def test_a_template_reads_back_what_it_was_filled_with(
    origin: str, cabin: str, with_cabin: bool, quiet: bool
) -> None:
    template = Template("go from {origin} to the sea[ in {cabin}][!quiet  without noise]")
    given_ = {"origin"} | ({"cabin"} if with_cabin else set()) | ({"quiet"} if quiet else set())
    text = template.fill({"origin": origin, "cabin": cabin}.__getitem__, given_.__contains__)
    reading = template.read(text)
    assert reading is not None
    assert reading.slots == {"origin": origin, **({"cabin": cabin} if with_cabin else {})}
    assert reading.flags == ({"quiet"} if quiet else set())


@pytest.mark.parametrize(
    ("word", "said"),
    [("Italian", "an Italian"), ("Greek", "a Greek"), ("hour", "an hour"), ("user", "a user")],
)
def test_the_article_agrees_with_the_word_and_reads_back(word: str, said: str) -> None:
    template = Template("find a {cuisine} place")
    text = template.fill(lambda _: word)
    assert text == f"find {said} place"
    reading = template.read(text)
    assert reading is not None
    assert reading.slots == {"cuisine": word}


@pytest.mark.parametrize("source", ["find {city", "find [in {city}", "find ]"])
def test_unbalanced_brackets_are_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"phrase|un"):
        Template(source)


def test_the_first_letter_may_be_a_capital() -> None:
    reading = Template("find hotels in {city}").read("Find hotels in Oslo")
    assert reading is not None
    assert reading.slots == {"city": "Oslo"}


@given(st.lists(WORDS.filter(lambda word: word != "and"), min_size=1, max_size=5))
def test_joined_words_split_again(words: list[str]) -> None:
    assert split_words(join_words(words)) == words
