"""Latencies of the stand-in endpoint: fixed, or with the heavy tail that real ones have."""

import math
from random import Random
from typing import NamedTuple


class Latency(NamedTuple):
    """A distribution of seconds; `sigma` 0 is fixed, else lognormal with that mean."""

    mean_s: float
    sigma: float = 0.0

    @classmethod
    def parse(cls, text: str) -> "Latency":
        """From `fixed:0.5` or `lognormal:0.5:0.8`.

        Raises:
            ValueError: it is neither.
        """
        kind, _, rest = text.partition(":")
        numbers = [float(part) for part in rest.split(":")]
        if (kind, len(numbers)) not in {("fixed", 1), ("lognormal", 2)}:
            raise ValueError(f"latency {text!r} is neither fixed:MEAN nor lognormal:MEAN:SIGMA")
        return cls(*numbers)

    def __str__(self) -> str:
        if not self.sigma:
            return f"fixed {self.mean_s:g} s"
        return f"lognormal {self.mean_s:g} s, sigma {self.sigma:g}"

    def draw(self, random: Random) -> float:
        """One latency in seconds."""
        if not self.sigma:
            return self.mean_s
        return random.lognormvariate(math.log(self.mean_s) - self.sigma**2 / 2, self.sigma)
