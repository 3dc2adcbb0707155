"""Exports: trajectories as rows of the formats that trainers read.

A format is one module: how rows are written, how they are read back, what they cannot hold. Rows
are pure functions of the record; each is read back and compared before it is written out.
"""

from button.export.button_instruct import BUTTON_CORRECTED, BUTTON_INSTRUCT
from button.export.chatml import CHATML
from button.export.format import ExportFormat
from button.export.hermes import HERMES
from button.export.openai import OPENAI
from button.export.plan import PLAN
from button.export.preference import PREFERENCE
from button.export.sharegpt import SHAREGPT
from button.export.spans import SPANS
from button.export.steps import STEPS
from button.export.trl import TRL
from button.export.xlam import XLAM

EXPORTS: dict[str, ExportFormat] = {
    each.name: each
    for each in (
        TRL,
        OPENAI,
        SHAREGPT,
        HERMES,
        CHATML,
        SPANS,
        STEPS,
        BUTTON_INSTRUCT,
        BUTTON_CORRECTED,
        XLAM,
        PLAN,
        PREFERENCE,
    )
}

__all__ = ["EXPORTS", "ExportFormat"]
