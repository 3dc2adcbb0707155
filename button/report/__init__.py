"""The report of a run: one HTML file that opens from disk and asks nobody for anything.

`source` reads the run, `survey` goes through its rows once, `overview` counts, `chunks` embeds,
`page` joins it all. What runs in the browser is in `page/`.
"""

from button.report.sample import DEFAULT_LIMIT
from button.report.source import Costs, Source, source_of
from button.report.writing import ReportFile, write_report

__all__ = ["DEFAULT_LIMIT", "Costs", "ReportFile", "Source", "source_of", "write_report"]
