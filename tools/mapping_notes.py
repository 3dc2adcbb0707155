"""What was changed in definitions of other dialects, as lines for people."""

from collections import Counter


class Notes:
    """Remarks on what was changed, counted per kind."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, text: str) -> None:
        """Count one change."""
        self._counts[text] += 1

    def lines(self) -> list[str]:
        """One line per kind of change, with its count, in the order of first occurrence."""
        return [f"{text} ({count})" for text, count in self._counts.items()]
