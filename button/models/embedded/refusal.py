"""A refusal: the embedded model says that it cannot, instead of making something up."""


class Refusal(Exception):
    """Raised inside the embedded model; becomes the `refusal` of its message, as with endpoints."""
