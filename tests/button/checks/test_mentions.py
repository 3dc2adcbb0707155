"""What is found in a text that can be true or false, and where it stands."""

import unicodedata

import pytest

from button.checks.mentions import measured, names, naming_words


def found(text: str) -> list[str]:
    return [mention.text for mention in names(text)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Hoża", {"hoza"}),
        ("Marszałkowska", {"marszałkowska"}),
        ("Straßer", {"strasser"}),
        ("Čačak", {"cacak"}),
        ("Łódź Fabryczna", {"łodz", "fabryczna"}),
        ("Тверская", {"тверская"}),
        ("Αθήνα", {"αθηνα"}),
        ("Wi-Fi", {"wi", "fi", "wifi"}),
        ("O'Brien", {"brien", "obrien"}),
        ("O’Brien", {"brien", "obrien"}),
        ("Anne-Marie Dubois", {"anne", "marie", "annemarie", "duboi"}),
        ("McDonald", {"mcdonald"}),
        ("İstiklal", {"istiklal"}),
    ],
)
def test_a_name_is_whole_words_of_letters_of_any_alphabet(name: str, words: set[str]) -> None:
    assert found(f"it is near {name}, at the corner") == [name]
    assert naming_words(name) == words


def test_accents_may_stand_apart_from_their_letter() -> None:
    apart = unicodedata.normalize("NFD", "Hoża Śląska")
    assert found(f"it is in {apart}.") == [apart]
    assert naming_words(apart) == {"hoza", "slaska"}


def test_small_endings_and_initials_name_nothing() -> None:
    assert naming_words("Dresden's") == {"dresden"}
    assert "based" not in naming_words("Dresden-based")
    assert "o" not in naming_words("O'Brien")


def test_labels_months_and_words_in_capitals_are_no_names() -> None:
    assert found("Cost: 3. It is on Hoża 35, in May, at 20 Celsius, by USB or EC 175.") == []


def test_letters_that_are_longer_in_lower_case_move_nothing() -> None:
    """`İ` becomes two letters in lower case."""
    text = "From İpekçi and İstiklal on March 25 at 8:30 pm, or 2026-03-26, for 19 euros."
    assert [(mention.kind, mention.text.strip()) for mention in measured(text)] == [
        ("date", "March 25"),
        ("date", "2026-03-26"),
        ("time", "8:30 pm"),
        ("number", "19"),
    ]
    assert all(text[each.start :].startswith(each.text) for each in measured(text))
