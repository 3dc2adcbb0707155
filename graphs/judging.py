"""What the votes of judges make of a row: pure functions over what the checks accepted."""

from collections.abc import Sequence

from button.checks.committee import decided
from button.records import Judgement, Rejection, Trajectory
from graphs.state import Json, add_counts


def after_votes(row: Json, votes: Sequence[Json]) -> Json:
    """`accepted`, and the `row` with its votes, or the `rejection` that most of them ask for."""
    if not votes:
        return {"accepted": True, "row": row}
    about = {"scenario": row["scenario"]["text"], "task": row["task"]["text"]}
    broken = next((vote["rejection"] for vote in votes if vote.get("rejection")), None)
    if broken:  # by a fault of the program; what a judge does wrong is a vote
        return {"accepted": False, "rejection": {**about, **broken}}
    judgements = tuple(Judgement.model_validate(vote["judgement"]) for vote in votes)
    attempts: dict[str, int] = row["attempts"]
    for vote in votes:
        attempts = add_counts(attempts, vote.get("attempts"))
    trajectory = Trajectory.from_row(row).model_copy(
        update={"judgements": judgements, "attempts": attempts}
    )
    found = decided(judgements)
    if not found:
        return {"accepted": True, "row": trajectory.to_row()}
    decisive = found[0]
    rejection = Rejection(
        stage="judge",
        role="judge" if decisive.fault == "construction" else decisive.fault,
        code=decisive.code,
        detail=decisive.text,
        findings=(*trajectory.findings, *found),
        judgements=judgements,
        **about,
    )
    return {"accepted": False, "rejection": rejection.to_json()}
