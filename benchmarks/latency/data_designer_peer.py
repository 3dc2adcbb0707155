"""One generation step of data-designer; runs in an environment of its own.

`python data_designer_peer.py ADDRESS COUNT LIMIT FOLDER` prints one JSON line.
"""

import json
import os
import resource
import sys
import time

os.environ |= {"NEMO_TELEMETRY_ENABLED": "false", "DATA_DESIGNER_HOME": sys.argv[4]}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    address, count, limit, folder = sys.argv[1:]
    import data_designer.config as config  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    from data_designer.interface import DataDesigner  # noqa: PLC0415

    provider = config.ModelProvider(name="slow", endpoint=f"{address}/v1", api_key="none")
    parameters = config.ChatCompletionInferenceParams(
        max_parallel_requests=int(limit), timeout=600, temperature=1.0, top_p=1.0, max_tokens=64
    )
    model = config.ModelConfig(
        alias="served",
        model="served",
        provider="slow",
        inference_parameters=parameters,
        skip_health_check=True,
    )
    builder = config.DataDesignerConfigBuilder(model_configs=[model])
    numbers = pd.DataFrame({"number": range(int(count))})
    builder.with_seed_dataset(config.DataFrameSeedSource(df=numbers))
    prompt = "Write a short and friendly line of text about number {{ number }}."
    builder.add_column(config.LLMTextColumnConfig(name="line", prompt=prompt, model_alias="served"))
    designer = DataDesigner(artifact_path=folder, model_providers=[provider])
    wall, cpu = time.perf_counter(), _cpu()
    made = designer.create(builder, num_records=int(count))
    rows = len(made.load_dataset())
    told = {"wall_s": time.perf_counter() - wall, "cpu_s": _cpu() - cpu, "conversations": rows}
    print("\n" + json.dumps(told))


if __name__ == "__main__":
    main()
