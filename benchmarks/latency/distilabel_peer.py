"""One generation step of distilabel; runs in an environment of its own.

`python distilabel_peer.py ADDRESS COUNT LIMIT FOLDER` prints one JSON line. A batch is what it
sends at once, so the batch is the limit, as its documentation advises for speed.
"""

import json
import os
import resource
import sys
import time

os.environ |= {"OPENAI_API_KEY": "none", "DISTILABEL_LOG_LEVEL": "ERROR"}


def _cpu() -> float:
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, both))


def main() -> None:
    address, count, limit, folder = sys.argv[1:]
    from distilabel.models import OpenAILLM  # noqa: PLC0415
    from distilabel.pipeline import Pipeline  # noqa: PLC0415
    from distilabel.steps import LoadDataFromDicts  # noqa: PLC0415
    from distilabel.steps.tasks import TextGeneration  # noqa: PLC0415

    line = "Write a short and friendly line of text about number"
    rows = [{"instruction": f"{line} {number}."} for number in range(int(count))]
    with Pipeline(name="one-step", cache_dir=folder) as pipeline:
        load = LoadDataFromDicts(data=rows, batch_size=int(limit))
        model = OpenAILLM(model="served", base_url=f"{address}/v1", timeout=600)
        load >> TextGeneration(llm=model, input_batch_size=int(limit))
    wall, cpu = time.perf_counter(), _cpu()
    made = pipeline.run(use_cache=False)
    told = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": _cpu() - cpu,
        "conversations": len(made["default"]["train"]),
    }
    print("\n" + json.dumps(told))


if __name__ == "__main__":
    main()
