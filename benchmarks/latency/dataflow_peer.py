"""DataFlow's FuncCall pipeline against the stand-in endpoint; runs in an environment of its own.

`python dataflow_peer.py ADDRESS COUNT LIMIT FOLDER` prints one JSON line. The operators, their
order and their arguments are those of the pipeline that the package ships
(dataflow/statics/pipelines/api_pipelines/func_call_synthesis.py). Its servings of other makes
(local models, other clouds), which it imports and does not use here, are stood in for by empty
modules: they ask for torch and some hundred packages, and would cost it start-up time and memory.
"""

import importlib.abc
import importlib.machinery
import json
import os
import resource
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

STOOD_IN: set[str] = set()
SERVINGS, OWN = "dataflow.serving.", "dataflow.serving.api_llm_serving_request"


class _Empty(ModuleType):
    """A module in which every name is there and does nothing."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {"__init__": lambda *_, **__: None})


class _StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the servings of other makes."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if not name.startswith(SERVINGS) or name == OWN:
            return None
        STOOD_IN.add(name)
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: Any) -> ModuleType:
        return _Empty(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _run(address: str, count: int, limit: int, folder: Path) -> dict[str, Any]:
    sys.meta_path.insert(0, _StandIns())
    os.environ["DF_API_KEY"] = "none"
    from dataflow.operators.conversations import (  # noqa: PLC0415
        AtomTaskGenerator,
        CompositionTaskFilter,
        FuncCallConversationSampleEvaluator,
        FunctionGenerator,
        MultiTurnConversationGenerator,
        ScenarioExpandGenerator,
        ScenarioExtractGenerator,
        SequentialTaskGenerator,
    )
    from dataflow.serving import APILLMServing_request  # noqa: PLC0415
    from dataflow.utils.storage import FileStorage  # noqa: PLC0415

    seeds = folder / "seeds.jsonl"
    rows = [{"chat": f"Human: I would like to book table {n}. Bot: Done."} for n in range(count)]
    seeds.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    storage = FileStorage(
        first_entry_file_name=str(seeds), cache_path=str(folder / "cache"),
        file_name_prefix="step", cache_type="jsonl",
    )  # fmt: skip
    serving = APILLMServing_request(
        api_url=f"{address}/v1/chat/completions", model_name="served", max_workers=limit
    )
    tasks = ["atom_task", "subsequent_task"]
    steps: list[tuple[type[Any], dict[str, Any]]] = [
        (ScenarioExtractGenerator, {"input_chat_key": "chat"}),
        (ScenarioExpandGenerator, {"input_scenario_key": "scenario"}),
        (AtomTaskGenerator, {"input_scenario_key": "scenario"}),
        (SequentialTaskGenerator, {"input_task_key": "atom_task"}),
        (CompositionTaskFilter,
         {"input_composition_task_key": "composition_task", "input_sub_tasks_keys": tasks}),
        (FunctionGenerator,
         {"input_composition_task_key": "composition_task", "input_sub_tasks_keys": tasks}),
        (MultiTurnConversationGenerator,
         {"input_task_key": "composition_task", "input_sub_tasks_keys": tasks,
          "input_functions_key": "functions"}),
        (FuncCallConversationSampleEvaluator, {"input_conversation_key": "conversations"}),
    ]  # fmt: skip
    operators = [(kind(llm_serving=serving), arguments) for kind, arguments in steps]
    wall, cpu = time.perf_counter(), _cpu()
    for operator, arguments in operators:
        operator.run(storage.step(), **arguments)
    made = storage.step().read("dict")
    return {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": _cpu() - cpu,
        "conversations": len(made),
        "stood_in": sorted(STOOD_IN),
    }


def main() -> None:
    address, count, limit, folder = sys.argv[1:]
    told = _run(address, int(count), int(limit), Path(folder))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
