"""Presets: the format and switches that a trainer or template asks for, and where it says so."""

from typing import NamedTuple

from button.export.switches import Switches


class Target(NamedTuple):
    """A trainer, or a kind of template."""

    format: str
    switches: Switches
    document: str
    """Where it is said, or what was measured."""


TARGETS: dict[str, Target] = {
    "trl": Target(
        "trl",
        Switches(thoughts="reasoning_content"),
        "TRL, docs/source/dataset_formats.md, `Tool Calling`",
    ),
    "axolotl": Target(
        "trl",
        Switches(thoughts="reasoning_content", mask="kept"),
        "Axolotl, docs/dataset-formats/conversation.qmd, `Using tool use` and `message_field_"
        "training: train`",
    ),
    "llamafactory": Target(
        "sharegpt",
        Switches(thoughts="think"),
        "LLaMA-Factory, data/README.md, `Sharegpt Format`",
    ),
    "openai": Target(
        "openai",
        Switches(arguments="string"),
        "OpenAI platform, guide `Supervised fine-tuning`",
    ),
    "llama3": Target(
        "trl",
        Switches(parallel="serialised"),
        "templates of Llama 3.1 and 3.2 raise at more than one call in a turn (measured)",
    ),
    "gpt-oss": Target(
        "trl",
        Switches(parallel="serialised", thoughts="dropped"),
        "the template of gpt-oss drops the second call of a turn (measured)",
    ),
    "deepseek-v3": Target(
        "trl",
        Switches(arguments="string"),
        "TRL's template of DeepSeek-V3 takes arguments as text only (measured); it drops the "
        "functions",
    ),
    "hermes": Target(
        "hermes",
        Switches(thoughts="think", type_lists="flattened"),
        "Hermes 3's tool template recurses without end at a list of types (measured)",
    ),
}
