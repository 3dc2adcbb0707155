import pytest

from button.models.embedded.plan import Plan
from button.models.embedded.said_again import said_again

TODAY = "2026-03-02"


@pytest.mark.parametrize(
    ("task", "text", "short"),
    [
        (
            "look for Thai restaurants in Athens, then look up the opening hours of the best-rated "
            "restaurant",
            "Look for Thai food. Then look up the opening hours of the best-rated restaurant "
            "and text me the address of the best-rated restaurant.",
            "Look for Thai food. Then look up the opening hours of the best-rated restaurant "
            "and text me the address of that restaurant.",
        ),
        (
            "get my sister-in-law's contact details",
            "Get my sister-in-law's contact details. Send it to my sister-in-law's cell phone.",
            "Get my sister-in-law's contact details. Send it to her cell phone.",
        ),
        (
            "get a seat on train IC 5893 for Clara Carvalho, and also find out which railcard "
            "Clara Carvalho has; then use Clara Carvalho's railcard for a discount on the train "
            "ticket",
            "Find out which railcard Clara has. Then use Clara's railcard for a discount.",
            "Find out which railcard Clara has. Then use that railcard for a discount.",
        ),
        (
            "find hotels in Oslo for 4 nights from May 11, 2026",
            "Find hotels for 4 nights from May 11. Book one for 4 nights from May 11.",
            "Find hotels for 4 nights from May 11. Book one for those nights.",
        ),
        (
            "find hotels in Oslo for 4 nights from May 11, 2026",
            "Find hotels for 4 nights from the 11th of May. Book one from the 11th of May for "
            "4 nights.",
            "Find hotels for 4 nights from the 11th of May. Book one for those nights.",
        ),
    ],
)
def test_what_was_named_in_full_is_said_again_in_short(task: str, text: str, short: str) -> None:
    assert said_again(text, Plan.of_text(task, TODAY)) == short
