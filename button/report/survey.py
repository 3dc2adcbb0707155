"""One pass over a run: everything that its report counts, lists and embeds."""

from collections import Counter
from collections.abc import Callable, Iterator

from pydantic import ValidationError

from button.checks.across import Duplicates, Fingerprint
from button.checks.conversation import Conversation
from button.errors import RunDirectoryError
from button.export.facts import Facts
from button.records import Trajectory
from button.report.chunks import Chunks
from button.report.coverage import Coverage
from button.report.listing import accepted_line, codes_of, domains_by, place_of, rejected_line
from button.report.sample import sampled
from button.report.schemas import argument_type
from button.report.source import Row, Source
from button.run.funnel import StageLoss, funnel
from button.run.stats import DatasetCounts

DomainOf = Callable[[str], str | None]


class Survey:
    """What was found in the rows of a run; of the rows themselves it keeps compressed ones."""

    def __init__(self, source: Source, domain_of: DomainOf, limit: int) -> None:
        self.counts = DatasetCounts()
        self.facts = Facts()
        self.coverage = Coverage()
        self.domains: Counter[str] = Counter()
        """Trajectories by domain of the functions they call."""
        self.callers: Counter[str] = Counter()
        """Trajectories by function."""
        self.argument_types: Counter[str] = Counter()
        self.origins: Counter[str] = Counter()
        """Arguments by where they came from."""
        self.votes: Counter[str] = Counter()
        """Votes of judges on accepted rows, by what was judged and the vote."""
        self.findings: Counter[str] = Counter()
        """Findings of accepted rows by code."""
        self.rows_found: Counter[str] = Counter()
        """Accepted rows with a finding, by code: one row may have several of a kind."""
        self.across: Counter[str] = Counter()
        """What rows have in common with earlier ones, by code."""
        self.lines: list[dict[str, object]] = []
        """The list of the page: embedded rows, accepted ones first."""
        self.chunks = Chunks()
        self._source, self._domain_of, self._limit = source, domain_of, limit
        self._places: list[str] = []
        self._seen = Duplicates(place=lambda number: self._places[number])
        self._types: dict[str, dict[str, str]] = {}
        self._accepted()
        self.losses: list[StageLoss] = funnel(self.facts.trajectories, self._rejected())
        self.chunks.close()

    def _accepted(self) -> None:
        wanted = sampled("accepted", self._source.sealed["accepted"], self._limit)
        for number, row in enumerate(self._source.rows("accepted")):
            row = {**row, "findings": [*row.get("findings", ()), *self._across(row)]}
            domains = domains_by(self._domain_of, row)
            self._count(row, domains)
            if wanted is None or number in wanted:
                self.lines.append(accepted_line(row, domains))
                self.chunks.add(row)

    def _rejected(self) -> Iterator[Row]:
        wanted = sampled("rejected", self._source.sealed["rejected"], self._limit)
        for number, row in enumerate(self._source.rows("rejected")):
            if wanted is None or number in wanted:
                fault = next(iter(funnel(0, [row])[0].codes))[1]
                self.lines.append(rejected_line(row, fault))
                self.chunks.add({**row, "mended_by": self._source.mended_by(row["code"], fault)})
            yield row

    def _across(self, row: Row) -> list[Row]:
        """What the row has in common with earlier ones, but for functions: sharing is no fault."""
        self._places.append(place_of(row))
        try:
            record = Trajectory.model_validate({k: v for k, v in row.items() if k != "id"})
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise RunDirectoryError(
                f"row {place_of(row)} is no trajectory of this version ({where}); `button verify` "
                "tells more"
            ) from error
        self.facts.add(record)
        found = self._seen.add(Fingerprint.of(Conversation.of(record)))
        self.across.update(finding.code for finding in found)
        known = {finding["code"] for finding in row.get("findings", ())}
        return [
            finding.to_json()
            for finding in found
            if finding.severity != "info" and finding.code not in known
        ]

    def _count(self, row: Row, domains: list[str]) -> None:
        self.counts.add(row)
        self.coverage.add(row)
        self.domains.update(domains)
        self.findings.update(finding["code"] for finding in row["findings"])
        self.rows_found.update(codes_of(row))
        parameters = {tool["function"]["name"]: tool["function"] for tool in row["tools"]}
        called = set()
        for message in row["messages"]:
            for call in message.get("tool_calls") or ():
                name = call["function"]["name"]
                called.add(name)
                types = self._types_of(parameters.get(name))
                self.argument_types.update(
                    types.get(argument, "unknown") for argument in call["function"]["arguments"]
                )
        self.callers.update(called)
        self.votes.update(f"{vote['of']}: {vote['vote']}" for vote in row.get("judgements", ()))
        for by_path in row["provenance"].values():
            self.origins.update(origin["source"] for origin in by_path.values())

    def _types_of(self, function: Row | None) -> dict[str, str]:
        if function is None:
            return {}
        properties = function["parameters"].get("properties") or {}
        return {name: argument_type(schema) for name, schema in properties.items()}
