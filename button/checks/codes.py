"""What a check can find: a code with its severity, the role at fault and its meaning."""

from typing import Literal, NamedTuple

from button.records import Fault, Finding


class Code(NamedTuple):
    """One kind of finding. `name` is stable and machine readable."""

    name: str
    severity: Literal["error", "warning", "info"]
    fault: Fault
    meaning: str

    def found(
        self,
        text: str,
        message: int | None = None,
        path: str | None = None,
        fault: Fault | None = None,
    ) -> Finding:
        """A finding of this kind; `fault` overrides the usual role where it depends on the case."""
        return Finding(
            code=self.name,
            severity=self.severity,
            fault=fault or self.fault,
            text=text,
            message=message,
            path=path,
        )
