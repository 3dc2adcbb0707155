"""BUTTONInstruct, the form of the paper's released data (arXiv 2410.12952), and a corrected one.

The system text is that of the README of the released data, byte for byte: its code block without
the line break that ends it, `fountion` and the blank after `below:` included. What the data file's
own white space around calls is, is not known; here each list is one line of JSON.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from button.checks.conversation import Conversation
from button.export.chat import Chat
from button.export.dates import rests_on_system
from button.export.format import ExportFormat, Facet, Row, UnheldError
from button.export.switches import EVERYWHERE, Switches
from button.export.texts import json_in_tags, named_call, value_of
from button.formats.chats import BUTTON as READER
from button.formats.written import as_json
from button.records import Message

RELEASED = (
    "You are an expert in using functions (i.e., tools) to solve users' tasks. The functions "
    "available for you to use are detailed below: \n"
    "<tool>\n"
    "{tool_list}\n"
    "</tool>\n"
    "\n"
    "In your response, you need first provide your observation and thought on the user's task, the "
    "current situation, and what you plan to do next. After your thinking, you can do following "
    "two things:\n"
    "**Function Call**: For fountion calling, you need to provide the function name and its "
    "arguments. The function name must be same as its name in above function list, and the "
    "arguments must obey the format required by the function. Enclose the function call within "
    'the tag "<call></call>". {parallel}\n'
    "**Final Answer**: When you believe the task is complete, you may use 'final_answer' to "
    "provide a detailed summary of the results to give to the user, enclose the final answer "
    'within the tag "<final></final>".\n'
    "\n"
)
CORRECTED = (
    RELEASED.replace("below: \n", "below:\n")
    .replace("you need first provide", "you first need to provide")
    .replace("can do following two things", "can do one of the following two things")
    .replace("fountion", "function")
    .replace("must be same as its name in above", "must be the same as its name in the above")
    .replace("you may use 'final_answer' to provide", "provide")
    .replace("to give to the user, enclose", "to the user. Enclose")
    .rstrip("\n")
)
OFF = (
    "You should call one function at a time, and wait for the response before calling the next "
    "function."
)
ON = (
    "If possible, you can call multiple functions in parallel, be sure the functions called "
    "parallelly are independent of each other."
)
_END = 'within the tag "<final></final>".'


def released_function(tool: dict[str, Any]) -> dict[str, Any]:
    """A function in the paper's five fields: its parameters and results as bare maps by name.

    One whose schema says more than such a map can keeps its whole schema.
    """
    function = tool["function"]
    parameters, returns = function["parameters"], function.get("returns") or {}
    row = {"name": function["name"], "description": function["description"]}
    if _is_plain(parameters):
        row |= {
            "parameters": parameters.get("properties", {}),
            "required": parameters.get("required", []),
        }
    else:
        row["parameters"] = parameters
    if returns:
        row["responses"] = returns.get("properties", {}) if _is_plain(returns) else returns
    return row


def _is_plain(schema: dict[str, Any]) -> bool:
    return (
        schema.keys() <= {"type", "properties", "required", "additionalProperties"}
        and schema.get("type") == "object"
        and schema.get("additionalProperties") is False
        and bool(schema.get("properties", {}) or not schema.get("required"))
    )


def whole_function(tool: dict[str, Any]) -> dict[str, Any]:
    """A function with its JSON Schemas."""
    function = tool["function"]
    keys = ("name", "description", "parameters", "returns")
    return {key: function[key] for key in keys if function.get(key)}


def system_text(template: str, functions: list[dict[str, Any]], *, parallel: bool) -> str:
    """The template with its functions and the sentence that allows parallel calls or does not."""
    head, rest = template.split("{tool_list}")
    middle, tail = rest.split("{parallel}")
    return f"{head}{json_in_tags(functions)}{middle}{ON if parallel else OFF}{tail}"


def _write_released(chat: Chat, switches: Switches) -> list[Row]:
    if rests_on_system(chat):
        raise UnheldError("an argument that rests on the system's words, such as today's date")
    functions = [released_function(tool) for tool in chat.tools]
    return [_row(chat, system_text(RELEASED, functions, parallel=chat.parallel_calls))]


def _write_corrected(chat: Chat, switches: Switches) -> list[Row]:
    functions = [whole_function(tool) for tool in chat.tools]
    system = system_text(CORRECTED, functions, parallel=chat.parallel_calls)
    return [_row(chat, f"{system}\n\n{chat.system}" if chat.system else system)]


def _row(chat: Chat, system: str) -> Row:
    messages: list[Row] = [{"role": "system", "content": system}]
    results: list[dict[str, Any]] = []
    calls = chat.calls
    for message in chat.spoken:
        if message.role == "tool":
            if message.tool_call_id not in calls:
                raise UnheldError("a result that answers no call")
            about = named_call(calls[message.tool_call_id])
            results.append({**about, "results": value_of(message.content)})
            continue
        if results:
            messages.append({"role": "tool", "content": as_json(results)})
            results = []
        messages.append({"role": message.role, "content": _words(message)})
    if results:
        messages.append({"role": "tool", "content": as_json(results)})
    return {"messages": messages}


def _words(message: Message) -> str:
    """Thought and calls, thought and final answer, or a question as it is."""
    if message.role != "assistant":
        return message.content
    if message.tool_calls:
        if message.content:
            raise UnheldError("words of the assistant beside calls")
        calls = json_in_tags([named_call(call) for call in message.tool_calls])
        marked = f"<call>{calls}</call>"
    elif message.is_final:
        marked = f"<final>{message.content}</final>"
    else:
        return message.content
    return f"{message.thought} {marked}" if message.thought else marked


def _read(rows: Sequence[Row]) -> Conversation:
    found = READER.read(rows[0], None)
    system = found.messages[0].content.partition(_END)[2].strip()
    words = (found.messages[0].model_copy(update={"content": system}),) if system else ()
    return replace(found, messages=(*words, *found.messages[1:]))


_CANNOT: dict[Facet, str] = {
    "call ids": "results name the function and echo the arguments instead",
    "refusals": "a refused call's answer says so in its words only",
    "loss mask": "the trainer masks by role",
    "thoughts beside questions": "a question has no tag, so a thought beside it is left out",
}
BUTTON_INSTRUCT = ExportFormat(
    "button",
    "messages: functions, calls and answers in tags",
    "BUTTONInstruct (README of PKU-Baichuan-MLSystemLab/BUTTON): any trainer of plain chats",
    {
        **_CANNOT,
        "system": "the released text has no place for other words; a trajectory whose arguments "
        "rest on them gets no row",
        "required results": "`responses` does not say which results are always there",
    },
    {"messages": "list of json"},
    _write_released,
    _read,
    knows=EVERYWHERE,
    switches=Switches(thoughts="think"),
)
BUTTON_CORRECTED = ExportFormat(
    "button-corrected",
    "as `button`, without its slips, with JSON Schemas and the system's words",
    "any trainer of plain chats",
    _CANNOT,
    {"messages": "list of json"},
    _write_corrected,
    _read,
    knows=EVERYWHERE,
    switches=Switches(thoughts="think"),
)
