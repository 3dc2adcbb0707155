"""A request for a chat completion, read strictly; what is wrong is told as OpenAI tells it."""

from typing import Any, Literal

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    InvalidToolCall,
    SystemMessage,
    ToolCall,
    ToolMessage,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from button.canonical import parse_json_strict
from button.models.reply import read_call

INVALID = "invalid_request_error"
MOST_CHOICES = 8
NAME = r"^[a-zA-Z0-9_-]{1,64}$"


class RequestError(Exception):
    """A request that is refused; `body` is what its client reads."""

    def __init__(
        self, message: str, *, status: int = 400, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        kind = INVALID if status < 500 else "server_error"
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


class _Part(BaseModel):
    """What a client sends; fields that only other servers know are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class TextPart(_Part):
    type: Literal["text"]
    text: str


class CalledFunction(_Part):
    name: str
    arguments: str


class Call(_Part):
    id: str = Field(min_length=1)
    type: Literal["function"] = "function"
    function: CalledFunction


class Message(_Part):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None
    tool_calls: list[Call] | None = None
    tool_call_id: str | None = None

    @property
    def text(self) -> str:
        """The words of the message."""
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content)
        return self.content or ""


class Function(_Part):
    name: str = Field(pattern=NAME)
    description: str | None = None
    parameters: dict[str, Any] = {}


class Tool(_Part):
    type: Literal["function"]
    function: Function


class Named(_Part):
    name: str


class ForcedTool(_Part):
    type: Literal["function"]
    function: Named


class JsonSchema(_Part):
    name: str = Field(pattern=NAME)
    json_schema: dict[str, Any] = Field(alias="schema")


class ResponseFormat(_Part):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class StreamOptions(_Part):
    include_usage: bool = False


class ChatRequest(_Part):
    """The fields that this server knows."""

    model: str
    messages: list[Message] = Field(min_length=1)
    tools: list[Tool] | None = None
    tool_choice: Literal["none", "auto", "required"] | ForcedTool | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    seed: int | None = None
    n: int | None = Field(default=None, ge=1, le=MOST_CHOICES)
    stop: str | list[str] | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    logprobs: Literal[False] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    @property
    def longest(self) -> int | None:
        """Most tokens of an answer."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def stops(self) -> list[str]:
        """Texts before which an answer ends."""
        return [self.stop] if isinstance(self.stop, str) else self.stop or []

    @property
    def forced(self) -> str | None:
        """Name of the one function that has to be called."""
        return self.tool_choice.function.name if isinstance(self.tool_choice, ForcedTool) else None


class Asked:
    """A request that is in order."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        """As it came; what the model answers depends on it alone."""
        self.request = _validated(body)
        _check_tools(self.request)
        _check_conversation(self.request.messages)

    @property
    def messages(self) -> list[BaseMessage]:
        """The conversation as LangChain knows it."""
        return [_as_langchain(message) for message in self.request.messages]


def read_request(raw: bytes, content_type: str) -> Asked:
    """The request in a body.

    Raises:
        RequestError: it is none, or asks for something that is not there.
    """
    # A web page of somebody else can send any text, but not this type without being asked first.
    if content_type != "application/json":
        raise RequestError(f"content type {content_type!r}: send `Content-Type: application/json`")
    try:
        body = parse_json_strict(raw.decode("utf-8"))
    except ValueError as error:
        raise RequestError(f"the body is no JSON: {error}") from None
    if not isinstance(body, dict):
        raise RequestError(f"the body is a JSON {type(body).__name__}, not an object")
    return Asked(body)


def _validated(body: dict[str, Any]) -> ChatRequest:
    try:
        return ChatRequest.model_validate(body)
    except ValidationError as error:
        # Where a field may have several forms, the one that fits furthest says what is wrong.
        found = [(_path(each["loc"], body), each) for each in error.errors(include_url=False)]
        param, first = max(found, key=lambda each: len(each[0]))
        what = "is missing" if first["type"] == "missing" else first["msg"]
        raise RequestError(f"{param}: {what}", param=param, code=first["type"]) from None


def _path(location: tuple[int | str, ...], body: Any) -> str:
    """`messages[0].role`; names of alternatives, which stand in no body, are left out."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path, body = f"{path}[{part}]", body[part] if isinstance(body, list) else None
        elif isinstance(body, dict) and (part in body or part == location[-1]):
            path, body = f"{path}.{part}" if path else part, body.get(part)
    return path


def _check_tools(request: ChatRequest) -> None:
    names = [tool.function.name for tool in request.tools or ()]
    for field in ("tool_choice", "parallel_tool_calls"):
        if getattr(request, field) not in (None, "none") and not names:
            raise RequestError(f"{field} is allowed only beside `tools`", param=field)
    for index, name in enumerate(names):
        if name in names[:index]:
            place = f"tools[{index}]"
            raise RequestError(f"{place}: function {name!r} is there twice", param=place)
    if request.forced and request.forced not in names:
        raise RequestError(
            f"tool_choice names {request.forced!r}; there are: {', '.join(names)}",
            param="tool_choice",
        )
    form = request.response_format
    if form and form.type == "json_schema" and form.json_schema is None:
        raise RequestError("response_format.json_schema is missing", param="response_format")
    if request.stream_options and not request.stream:
        raise RequestError("stream_options is allowed only with `stream`", param="stream_options")


def _check_conversation(messages: list[Message]) -> None:
    """Each call is answered by a tool message right after it, and nothing else is answered."""
    waiting: list[str] = []
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        if message.role == "tool":
            if message.tool_call_id not in waiting:
                raise RequestError(
                    f"{place}: tool_call_id {message.tool_call_id!r} answers no call of the "
                    "assistant message before it", param=place,
                )  # fmt: skip
            waiting.remove(message.tool_call_id)
            continue
        if waiting:
            raise RequestError(f"{place}: call {waiting[0]!r} has no tool message", param=place)
        if message.role == "assistant":
            waiting = [call.id for call in message.tool_calls or ()]
        elif message.content is None:
            raise RequestError(f"{place}.content is missing", param=f"{place}.content")
    if waiting:
        raise RequestError(f"messages: call {waiting[0]!r} has no tool message", param="messages")


def _as_langchain(message: Message) -> BaseMessage:
    if message.role == "assistant":
        calls = [
            read_call(call.model_dump(), at) for at, call in enumerate(message.tool_calls or ())
        ]
        sound: list[ToolCall] = [call for call in calls if call["type"] == "tool_call"]
        broken: list[InvalidToolCall] = [c for c in calls if c["type"] == "invalid_tool_call"]
        return AIMessage(message.text, tool_calls=sound, invalid_tool_calls=broken)
    if message.role == "tool":
        # The wire has no place for the status; our results are JSON, refusals are words.
        status = "success" if message.text.startswith("{") else "error"
        return ToolMessage(message.text, tool_call_id=message.tool_call_id, status=status)
    return (HumanMessage if message.role == "user" else SystemMessage)(message.text)
