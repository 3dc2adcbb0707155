"""Final answers reviewed while the assistant can still be asked again, by the check itself."""

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage

from button.checks import Prepared, final_answer
from button.records import CompositionalTask, SubTask
from graphs.recording import messages_of


def final_answer_remarks(
    messages: Sequence[AnyMessage], sub_tasks: Sequence[dict[str, Any]], answer: str, today: str
) -> list[str]:
    """The dates, times, numbers, ids and quotes that nobody has given, one line each.

    Nothing where there is no task: an assistant that talks to a person may know things itself.
    """
    if not sub_tasks:
        return []
    last = AIMessage(answer, additional_kwargs={"is_final": True})
    task = CompositionalTask(text="", sub_tasks=tuple(map(SubTask.model_validate, sub_tasks)))
    prepared = Prepared(messages_of([*messages, last], today), (), task)
    return [each.text for each in final_answer.check(prepared) if each.severity == "error"]
