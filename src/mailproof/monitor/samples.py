"""Compute a target's metrics from a report."""

from __future__ import annotations

from mailproof.model import Report
from mailproof.monitor.events import Kind, Known, Place, Sample
from mailproof.monitor.limits import LABEL_TEXT, MOST_LABELS
from mailproof.monitor.marks import GOOD_ARRIVALS, certificates
from mailproof.monitor.parts import compact
from mailproof.monitor.placement import Placement, placements
from mailproof.structs import replace

#: The label under which folders over the limit are counted.
OTHER = "other"


def sample_of(
    before: Sample, report: Report, kind: Kind, known: Known, at: float, elapsed_s: float
) -> Sample:
    """The metrics after one more check."""
    own = compact(report, kind)
    counts = {"error": 0, "warning": 0, "info": 0}
    for each in own.findings:
        counts[each.severity.value] += 1
    found = replace(
        before,
        at=at,
        elapsed_s=elapsed_s,
        complete=not report.incomplete,
        grade=(report.score.grade or "") if kind == "domain" else "",
        severities=counts,
        unknown=len(own.open),
        certificates={
            host[:LABEL_TEXT]: min(each.not_after.timestamp() for each in leaves)
            for host, leaves in certificates(report, kind).items()
        },
        keys={selector: each.since for selector, each in known.keys.items()},
        runs=before.runs + 1,
    )
    places = {
        each.receiver: _place(before.places.get(each.receiver, Place()), each) for each in placements(report)
    }
    return replace(found, places=places or found.places) if kind == "probe" else found


def _place(before: Place, placed: Placement) -> Place:
    counted = dict(before.placed)
    if placed.arrival == "arrived":
        folder = placed.folder if placed.folder in counted or len(counted) < MOST_LABELS else OTHER
        counted[folder] = counted.get(folder, 0) + 1
    return Place(
        folder=placed.folder,
        arrived=placed.arrival in GOOD_ARRIVALS if placed.arrival else None,
        seconds=placed.seconds,
        auth=dict(placed.auth),
        placed=counted,
    )


def failed_sample(before: Sample) -> Sample:
    """The metrics after a check that could not be made: the last check's values no longer hold."""
    places = {receiver: Place(placed=each.placed) for receiver, each in before.places.items()}
    kept = Sample(runs=before.runs, failures=before.failures + 1, places=places)
    return replace(kept, at=before.at, keys=before.keys, certificates=before.certificates)
