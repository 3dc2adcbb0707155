"""One generation step of bespokelabs-curator; runs in an environment of its own.

`python curator_peer.py ADDRESS COUNT LIMIT FOLDER` prints one JSON line. It wants tiktoken's tables
from the network, which are stood in for by a count of words: that favours it.
"""

import json
import os
import resource
import sys
import time
import types
from typing import Any

os.environ |= {
    "OPENAI_API_KEY": "none",
    "CURATOR_DISABLE_CACHE": "1",
    "CURATOR_DISABLE_RICH_DISPLAY": "1",
    "TELEMETRY_ENABLED": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}


class _Words:
    """In place of a tokenizer."""

    def encode(self, text: str, **_: Any) -> list[str]:
        return text.split()


def _stand_in() -> None:
    import tiktoken  # noqa: PLC0415

    made = lambda *_, **__: _Words()  # noqa: E731
    for name in ("get_encoding", "encoding_for_model"):
        setattr(tiktoken, name, made)
    sys.modules["tiktoken"] = types.ModuleType("tiktoken")
    sys.modules["tiktoken"].__dict__.update(tiktoken.__dict__)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    address, count, limit, folder = sys.argv[1:]
    os.environ["CURATOR_CACHE_DIR"] = f"{folder}/cache"
    _stand_in()
    from bespokelabs import curator  # noqa: PLC0415

    model = curator.LLM(
        model_name="gpt-4o-mini",
        backend="openai",
        backend_params={
            "base_url": f"{address}/v1",
            "max_concurrent_requests": int(limit),
            "max_requests_per_minute": 10**9,
            "max_tokens_per_minute": 10**12,
        },
    )
    line = "Write a short and friendly line of text about number"
    prompts = [f"{line} {number}." for number in range(int(count))]
    wall, cpu = time.perf_counter(), _cpu()
    made = model(prompts)
    rows = getattr(made, "dataset", made)
    told = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": _cpu() - cpu,
        "conversations": len(rows),
    }
    print("\n" + json.dumps(told))


if __name__ == "__main__":
    main()
