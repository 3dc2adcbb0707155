import pytest

from button.models.embedded.perspective import about_the_user, addresses, of_the_user


@pytest.mark.parametrize(
    ("asked", "thought"),
    [
        ("tell me whether my flight is late", "find out whether the user's flight is late"),
        ("show me what my calendar holds", "look up what the user's calendar holds"),
        ("remind me of my keys", "remind the user of their keys"),
        ('write "call me" on my card', 'write "call me" on the user\'s card'),
    ],
)
def test_a_request_becomes_something_to_do_for_the_user(asked: str, thought: str) -> None:
    assert of_the_user(asked) == thought


def test_a_thought_speaks_about_the_user() -> None:
    assert about_the_user("Your brother has your keys.") == (
        "The user's brother has the user's keys."
    )


def test_a_thank_you_note_stays_one() -> None:
    assert about_the_user("The thank-you note shows that you expect $20.") == (
        "The thank-you note shows that the user expects $20."
    )


@pytest.mark.parametrize(
    ("text", "is_addressed"),
    [
        ("You'll find it.", True),
        ("Your bill is paid.", False),
        ("The youth hostel is full.", False),
    ],
)
def test_only_you_addresses_somebody(text: str, is_addressed: bool) -> None:
    assert addresses(text) is is_addressed
