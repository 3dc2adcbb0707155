"""The failure vocabulary: every error raised on purpose, named by the boundary crossed.

Inside graphs a failure is a value (`button.records.Rejection`); these exceptions are for the edges,
where a person reads them. Each message is one line that names the thing and the way out.
"""


class ButtonError(RuntimeError):
    """Base of every error raised on purpose. `exit_code` is what the command line returns.

    A RuntimeError, because the development server shows only the texts of Python's own kinds.
    """

    exit_code = 1


class StoppingError(ButtonError):
    """A failure that every other item would meet as well: the run stops, and rejects nothing.

    What was settled is kept; the run can be continued once the cause is gone.
    """


class InputError(StoppingError):
    """A file, line or value given by the person is unusable (sysexits.h EX_DATAERR)."""

    exit_code = 65


class ConfigurationError(StoppingError):
    """A setting is unknown, out of bounds or contradicts another (sysexits.h EX_CONFIG)."""

    exit_code = 78


class RunDirectoryError(StoppingError):
    """The run directory cannot be created, read, locked or continued (sysexits.h EX_CANTCREAT)."""

    exit_code = 73


class StorageError(StoppingError):
    """Writing failed: disk full, read-only, I/O error (sysexits.h EX_IOERR)."""

    exit_code = 74


class RecordingError(RunDirectoryError):
    """A replay asked for a call that its recording does not hold."""


class BudgetError(StoppingError):
    """A budget is used up: the run is incomplete and continues once the budget is raised.

    `kind` names the budget and is machine readable.
    """

    exit_code = 75

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class YieldError(ButtonError):
    """The run ended before enough trajectories were accepted; what exists is kept and readable."""

    exit_code = 75


class WorkerError(StoppingError):
    """Workers of a run cannot be started, or die again and again (sysexits.h EX_SOFTWARE)."""

    exit_code = 70


class PromptError(StoppingError):
    """A prompt template is missing, malformed, or was given other inputs than it names."""

    exit_code = 70


class ModelError(ButtonError):
    """A model could not be built or gave no usable response."""

    exit_code = 69


class EndpointError(StoppingError, ModelError):
    """An endpoint refuses for good (key, model name, quota): no later call would fare better."""

    exit_code = 78


class OutageError(StoppingError, ModelError):
    """An endpoint has given no answer for longer than the run was to wait."""

    exit_code = 75


class CallError(ModelError):
    """One call failed for good, for its own item alone. `code` is stable and machine readable."""

    def __init__(self, code: str, text: str, status_code: int | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.status_code = status_code
        """The HTTP status with which an endpoint refused it, where it did."""


class ContractError(ModelError):
    """A model's response does not fit the output contract. The text says where, for the re-ask."""


class SignatureError(ButtonError):
    """A function signature is unsound or hostile. `code` is stable and machine readable."""

    exit_code = 65

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
