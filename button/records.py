"""What is written to disk: frozen pydantic records with canonical JSON and content-hash ids.

`Trajectory` is the product. Its JSON is the public format of `docs/format.md`; nothing in it
depends on the clock, on a random UUID or on the order in which things happened to finish.
"""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from button.canonical import canonical_json, content_hash
from button.roles import Fault as Fault
from button.roles import Judged as Judged
from button.roles import Role as Role
from button.roles import Strategy as Strategy


class Record(BaseModel):
    """Base of all records: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def to_json(self) -> dict[str, Any]:
        """The record as JSON-like data, without keys that are None."""
        return self.model_dump(mode="json", exclude_none=True)

    def canonical(self) -> str:
        """The record as one line of canonical JSON."""
        return canonical_json(self.to_json())


class FunctionSignature(Record):
    """What can be called. `parameters` and `returns` are closed JSON Schema 2020-12 objects."""

    name: str
    description: str
    parameters: dict[str, Any]
    returns: dict[str, Any]
    original_name: str | None = None
    """The name in the catalogue it came from, where that name was not a legal one."""

    @property
    def id(self) -> str:
        """Content hash of what a model sees of it."""
        return content_hash([self.name, self.description, self.parameters, self.returns])

    def to_openai(self) -> dict[str, Any]:
        """OpenAI tool form, with `function.returns` beside `function.parameters`."""
        return {"type": "function", "function": self.model_dump(mode="json", exclude_none=True)}

    @classmethod
    def from_openai(cls, tool: dict[str, Any]) -> "FunctionSignature":
        """Inverse of `to_openai`."""
        return cls.model_validate(tool["function"])


class SeedMessage(Record):
    """One message of a seed conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str


class Seed(Record):
    """One input of a run: a real conversation, a scenario text, or functions of a catalogue."""

    kind: Literal["conversation", "scenario", "functions"]
    source: str
    """Where it came from: file name and line or index, or `built-in`."""
    text: str | None = None
    messages: tuple[SeedMessage, ...] = ()
    functions: tuple[FunctionSignature, ...] = ()

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        held = {
            "scenario": (self.text or "").strip(),
            "conversation": any(said.text.strip() for said in self.messages),
            "functions": self.functions,
        }
        if not held[self.kind]:
            field = {"scenario": "text", "conversation": "messages"}.get(self.kind, self.kind)
            raise ValueError(f"a seed of kind {self.kind!r} needs {field!r}")
        return self

    @property
    def id(self) -> str:
        """Content hash without the source, so that a moved file is the same seed."""
        return content_hash(self.model_dump(mode="json", exclude={"source"}))[:16]


class Scenario(Record):
    """A short phrase for a life situation (paper stage B1 and B3; at most 10 words)."""

    text: str
    origin: Literal["given", "extracted", "expanded"]


class SubTask(Record):
    """One part of a compositional task, with the names of the functions meant for it."""

    id: str
    text: str
    depends_on: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    """Empty for a sub-task of pure logic or calculation (paper stage B7)."""


class CompositionalTask(Record):
    """A request made of sub-tasks (paper stage B5); the edges are the sub-tasks' `depends_on`."""

    text: str
    sub_tasks: tuple[SubTask, ...]

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """(earlier, later) pairs of sub-task ids."""
        return tuple((before, task.id) for task in self.sub_tasks for before in task.depends_on)


class CalledFunction(Record):
    """Name and arguments of a tool call; arguments are an object, never a string."""

    name: str
    arguments: dict[str, Any]


class ToolCall(Record):
    """One call by the assistant. The id is ours: nine alphanumeric characters."""

    id: str
    function: CalledFunction
    type: Literal["function"] = "function"


class Message(Record):
    """One message in OpenAI form; thought, calls and spoken text are kept apart."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    """What is said: the final answer or a question; "" beside calls; the JSON text of a tool."""
    thought: str | None = None
    """The assistant's reasoning; never part of `content`."""
    tool_calls: tuple[ToolCall, ...] | None = None
    tool_call_id: str | None = None
    is_error: bool | None = None
    """True on a tool message that refuses the call (invalid arguments, unknown function)."""
    is_final: bool | None = None
    """True on the assistant message that closes the task."""
    trainable: bool = False
    """Whether a trainer should compute loss on it: assistant messages, except refused calls."""


OriginSource = Literal["human", "system", "result", "default", "enum", "derived", "nowhere"]


class Origin(Record):
    """Where the value of one argument leaf came from."""

    source: OriginSource
    message: int | None = None
    """Index of the message that holds the value."""
    call: str | None = None
    """For `result`: id of the call whose result holds the value."""
    path: str | None = None
    """For `result`: path of the value in that result, such as `$.flights[0].number`."""
    note: str | None = None
    """For `derived`: how, such as `date`."""


class Finding(Record):
    """One remark of a check."""

    code: str
    severity: Literal["error", "warning", "info"]
    fault: Fault
    text: str
    message: int | None = None
    path: str | None = None


class Verdict(Record):
    """Accept or reject, with the findings that decided it."""

    accepted: bool
    findings: tuple[Finding, ...] = ()


class ModelUse(Record):
    """Which model played a role. `procedural` is the embedded one, `person` one at a terminal."""

    name: str
    kind: Literal["procedural", "endpoint", "scripted", "person"]


class Judgement(Record):
    """One vote of one judge on one question."""

    of: Judged
    seat: int
    """Number of the vote, from 0: all votes of the first model come before those of the second."""
    model: ModelUse
    """Who voted."""
    vote: Literal["yes", "no", "none"]
    """Whether the part is as it should be; `none` where the judge gave no usable answer."""
    reason: str
    """In the judge's words; of a vote that is none, why there is none."""


class SeedUse(Record):
    """What the trajectory grew from and the random seeds that decided it."""

    seed_id: str
    source: str
    root: int
    item: int
    variant: int


class Versions(Record):
    """Hashes of what shaped the text: prompts and code."""

    prompts: dict[str, str]
    code: str


class TrajectoryTask(CompositionalTask):
    """The task as recorded: text and sub-tasks, plus how they were composed."""

    atomic_task: str
    depth: int
    """Number of sub-tasks on the longest chain of dependencies."""


class Trajectory(Record):
    """One accepted conversation with everything that is needed to check or export it."""

    strategy: Strategy
    scenario: Scenario
    task: TrajectoryTask
    parallel_calls: bool
    """Whether the assistant was allowed several calls in one turn."""
    tools: tuple[dict[str, Any], ...]
    messages: tuple[Message, ...]
    links: dict[str, str]
    """Call id -> sub-task id."""
    provenance: dict[str, dict[str, Origin]]
    """Call id -> path of the argument leaf -> origin."""
    attempts: dict[str, int] = Field(default_factory=dict)
    """Model calls per stage, re-asks included."""
    models: dict[str, ModelUse]
    seeds: SeedUse
    versions: Versions
    findings: tuple[Finding, ...] = ()
    judgements: tuple[Judgement, ...] | None = None
    """The votes of judges, question by question; None where nothing was judged."""

    @property
    def id(self) -> str:
        """Content hash of the record (without the id itself)."""
        body = self.model_dump(mode="json", exclude_none=True, exclude={"tools"})
        return content_hash({**body, "tools": self.tools})  # JSON already, and the largest part

    def to_row(self) -> dict[str, Any]:
        """The public JSON object: the record and its `id`."""
        body = self.to_json()
        return {"id": content_hash(body), **body}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Trajectory":
        """Inverse of `to_row`.

        Raises:
            ValueError: where the row is not a trajectory or its id does not match its content.
        """
        body = {key: value for key, value in row.items() if key != "id"}
        trajectory = cls.model_validate(body)
        if row.get("id") != trajectory.id:
            raise ValueError(f"id {row.get('id')!r} does not match the content")
        return trajectory


class Rejection(Record):
    """An item that was dropped, and why. Nothing is dropped without one."""

    stage: str
    role: Role | Literal["gate", "checks", "run"]
    code: str
    detail: str
    seeds: SeedUse | None = None
    scenario: str | None = None
    task: str | None = None
    findings: tuple[Finding, ...] = ()
    judgements: tuple[Judgement, ...] | None = None
