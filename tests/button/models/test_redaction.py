"""What may stand in a row of an exception."""

from button.models.redaction import error_text, remember_secret


def test_an_error_is_the_same_in_each_process() -> None:
    assert error_text(ValueError(f"odd {object()!r}")) == "ValueError: odd <object object at 0x...>"


def test_an_error_holds_no_secret_and_no_half_character() -> None:
    remember_secret("canary-99887766")
    told = error_text(KeyError("canary-99887766 \ud800"))
    assert "canary" not in told
    told.encode("utf-8")
