"""Who answers: the embedded model, or what another model said when a run was recorded."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from langchain_core.messages import AIMessage, BaseMessage

from button.canonical import canonical_json, derived_random, parse_json_strict
from button.models.addresses import EMBEDDED
from button.models.embedded.chat_model import LackingInputError, answer, read_inputs
from button.models.embedded.reading import the_reader
from button.models.journal import FAILURE
from button.models.response import message_of, request_hash
from button.models.structured import TOLD
from button.run.cassette import open_cassette
from button.serve.foreign import call_functions, fill_form, speak
from button.serve.requests import Asked, RequestError
from tools.engines import fast_engine

PROCEDURAL = "button-embedded-procedural"
"""The name under which the embedded model is served: whoever reads it knows what it was."""
ASKED_FIELDS = ("seed", "response_format", "tools", "parallel_tool_calls")
"""What agents ask with, besides the messages; the rest of a request is the client's own."""


class Answers(Protocol):
    """Answers requests; the same to the same."""

    @property
    def models(self) -> Sequence[str]:
        """Names of the models that can be asked for."""
        ...

    def answer(self, asked: Asked, index: int) -> AIMessage:
        """The answer; `index` numbers the choices of a request that wants several.

        Raises:
            RequestError: there is none.
        """
        ...


class EmbeddedAnswers:
    """The embedded procedural model."""

    models: Sequence[str] = (PROCEDURAL,)

    def __init__(self) -> None:
        the_reader()  # now, so that the first request need not wait for it

    def answer(self, asked: Asked, index: int) -> AIMessage:
        """See `Answers`."""
        messages, bound = _plainly(asked)
        seed = (asked.request.seed or 0) + index
        if read_inputs(messages) is None:
            return self._foreign(asked, messages, bound, seed)
        try:
            message = answer(messages, seed=seed, **bound)
        except LackingInputError as error:
            raise RequestError(str(error)) from error
        forced = asked.request.forced
        # What the model puts in words (a refusal, mostly) stays in words.
        if forced and str(message.text).startswith("{"):
            arguments = json.loads(str(message.text))
            call = {"name": forced, "args": arguments, "id": "forced", "type": "tool_call"}
            return AIMessage("", tool_calls=[call])
        return message

    @staticmethod
    def _foreign(
        asked: Asked, messages: list[BaseMessage], bound: Mapping[str, Any], seed: int
    ) -> AIMessage:
        request = asked.request
        rng = derived_random("served", seed, canonical_json(asked.body["messages"]))
        form = bound.get("response_format", {})
        if "json_schema" in form and not request.forced:
            return fill_form(form["json_schema"]["schema"], messages, rng)
        functions = [tool["function"] for tool in asked.body.get("tools") or ()]
        if request.forced:
            functions = [each for each in functions if each["name"] == request.forced]
        if functions and request.tool_choice != "none":
            return call_functions(
                functions, messages, rng,
                must=request.tool_choice not in (None, "auto"),
                several=request.parallel_tool_calls is not False and not request.forced,
            )  # fmt: skip
        said = speak(messages)
        if form.get("type") == "json_object":
            return AIMessage(canonical_json({"answer": str(said.text)}))
        return said


def _plainly(asked: Asked) -> tuple[list[BaseMessage], dict[str, Any]]:
    """Messages and bound fields, whichever way a form is asked for (`button.models.structured`)."""
    messages, request = asked.messages, asked.request
    bound = {key: asked.body[key] for key in ("response_format", "tools") if asked.body.get(key)}
    if request.tool_choice == "none":
        bound.pop("tools", None)
    for tool in bound.get("tools", ()):
        _require_sound(tool["function"].get("parameters") or {}, tool["function"]["name"])
    if bound.get("response_format", {}).get("type") == "json_schema":
        _require_sound(bound["response_format"]["json_schema"]["schema"], "response_format")
    if request.forced:
        functions = [tool["function"] for tool in bound.pop("tools")]
        function = next(each for each in functions if each["name"] == request.forced)
        bound["response_format"] = _form(request.forced, function.get("parameters") or {})
    elif told := _told(str(messages[0].text)):
        prompt, schema = told
        bound["response_format"] = _form(schema.get("title", ""), schema)
        messages[0] = messages[0].model_copy(update={"content": prompt})
    return messages, bound


def _told(text: str) -> tuple[str, dict[str, Any]] | None:
    """A prompt and the schema that it was told in words; None where it was told none."""
    begin, _, end = TOLD.partition("{schema}")
    prompt, _, schema_text = text.partition(begin)
    try:
        schema = parse_json_strict(schema_text.removesuffix(end))
    except ValueError:
        return None
    if not isinstance(schema, dict):
        return None
    _require_sound(schema, "messages[0]")
    return prompt.rstrip(), schema


def _form(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": name, "schema": schema}}


def _require_sound(schema: dict[str, Any], name: str) -> None:
    try:
        fast_engine(canonical_json(schema))
    except ValueError as error:
        reason = " ".join(str(error).split())[:300]
        raise RequestError(f"invalid schema for {name!r}: {reason}", param=name) from None


class CassetteAnswers:
    """What was recorded: each request gets the answer that its model gave to it then.

    Raises:
        InputError: the cassette cannot be read, is damaged, or is none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with open_cassette(path) as recording:
            settings = recording.header["configuration"]
            self._answers = {row[3]: json.loads(row[4]) for row in recording.calls}
        roles = [settings.get("default_model", {}), *settings.get("models", {}).values()]
        names = sorted({role.get("model", EMBEDDED) for role in roles})
        self._recorded = {PROCEDURAL if name == EMBEDDED else name: name for name in names}
        self.models: Sequence[str] = tuple(self._recorded)

    def __len__(self) -> int:
        return len(self._answers)

    def answer(self, asked: Asked, index: int) -> AIMessage:
        """See `Answers`."""
        kwargs = {key: asked.body[key] for key in ASKED_FIELDS if key in asked.body}
        model = self._recorded[asked.request.model]
        found = self._answers.get(request_hash(model, asked.messages, kwargs))
        if found is None or index:
            raise RequestError(
                f"the cassette {self._path.name} holds no answer of {asked.request.model!r} to "
                f"this request, only to the {len(self)} of its run, with their seeds "
                "(`seed_bits: 53`)",
                code="not_recorded",
            )  # fmt: skip
        if FAILURE in found:
            failure = found[FAILURE]
            raise RequestError(f"recorded: {failure['text']}", code=failure["code"])
        return message_of(found)
