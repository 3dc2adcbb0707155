"""A refusal: the embedded model says that it cannot, instead of making something up."""


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    """Raised inside the embedded model; becomes the `refusal` of its message, as with endpoints."""
