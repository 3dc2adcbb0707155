"""ShareGPT with function calls, as LLaMA-Factory's converter takes it.

Its rule: `human` and `observation` at odd places, `gpt` and `function_call` at even ones; a row
that breaks it is skipped by the trainer. So a turn with several calls is ONE `function_call` with
a JSON list, answered by ONE `observation` with the list of results.
"""

from collections.abc import Iterator, Sequence

from button.checks.conversation import Conversation
from button.export.chat import Chat
from button.export.format import ExportFormat, Row, UnheldError
from button.export.switches import EVERYWHERE, Switches
from button.export.texts import bare_function, named_call, value_of, with_thought
from button.formats.chats import SHAREGPT_FORMAT
from button.formats.written import as_json
from button.records import Message

ODD, EVEN = ("human", "observation"), ("gpt", "function_call")


def _write(chat: Chat, switches: Switches) -> list[Row]:
    turns = list(_turns(chat, switches))
    for place, turn in enumerate(turns):
        if turn["from"] not in (EVEN if place % 2 else ODD):
            raise UnheldError("turns that do not alternate between the assistant and others")
    if len(turns) % 2 or not turns:
        raise UnheldError("a conversation that does not end with the assistant")
    tools = as_json([bare_function(tool) for tool in chat.tools]) if chat.tools else ""
    return [{"id": chat.id, "conversations": turns, "system": chat.system, "tools": tools}]


def _turns(chat: Chat, switches: Switches) -> Iterator[Row]:
    results: list[Message] = []
    for message in chat.spoken:
        if message.role == "tool":
            results.append(message)
            continue
        if results:
            yield _observation(results)
            results = []
        if message.role == "assistant":
            yield _assistant(message, switches)
        else:
            yield {"from": "human", "value": message.content}
    if results:
        yield _observation(results)


def _assistant(message: Message, switches: Switches) -> Row:
    thought = message.thought if switches.thoughts == "think" else None
    if not message.tool_calls:
        return {"from": "gpt", "value": with_thought(thought, message.content)}
    if message.content:
        raise UnheldError("words of the assistant beside calls")
    calls = [named_call(call) for call in message.tool_calls]
    value = as_json(calls if len(calls) > 1 else calls[0])
    return {"from": "function_call", "value": with_thought(thought, value)}


def _observation(results: list[Message]) -> Row:
    if len(results) == 1:
        return {"from": "observation", "value": results[0].content}
    values = [value_of(result.content) for result in results]
    return {"from": "observation", "value": as_json(values)}


def read_turns(rows: Sequence[Row]) -> Conversation:
    """The conversation of one row."""
    return SHAREGPT_FORMAT.read(rows[0], None)


def _dataset_info(data_file: str) -> dict[str, str]:
    """LLaMA-Factory's description of a data set, for `dataset_dir`."""
    columns = {"messages": "conversations", "system": "system", "tools": "tools"}
    about = {"file_name": data_file, "formatting": "sharegpt", "columns": columns}
    return {"dataset_info.json": as_json({"button": about}) + "\n"}


SHAREGPT = ExportFormat(
    "sharegpt",
    "conversations of from and value, system, tools as text",
    "LLaMA-Factory (data/README.md, `Sharegpt Format`); `dataset_info.json` beside the rows "
    "describes them to it",
    {
        "call ids": "results answer the calls before them in their order",
        "returns": "what a function returns has no key",
        "refusals": "a refused call's answer says so in its words only; the trainer learns the "
        "refused call",
        "loss mask": "the trainer learns all of `gpt` and `function_call`",
    },
    {"id": "text", "conversations": "list of json", "system": "text", "tools": "text"},
    _write,
    read_turns,
    Switches(thoughts="think"),
    EVERYWHERE | {"thoughts"},
    notes=_dataset_info,
)
