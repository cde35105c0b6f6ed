"""Shared by the rules on strict verification: one finding for everything that a chain lacks."""

from __future__ import annotations

from mailproof.checks.base import Reporter
from mailproof.model import Fix, Location, StrictFault


def not_strict(
    report: Reporter,
    place: str,
    faults: tuple[StrictFault, ...] | None,
    unread: str,
    location: Location | None = None,
) -> None:
    """Report on the certificate of ``place``; ``unread`` is the reason if its faults are unknown (None)."""
    if faults is None:
        report.unknown(unread)
    if not faults:
        return
    fix = Fix("Have these certificates reissued with the extensions that RFC 5280 section 4.2 requires.")
    if all(fault.root for fault in faults):
        fix = Fix("Use a chain that ends at another root, or reissue your own root with what is missing.")
    report(
        f"The certificate of {place} verifies, but strict programs, such as those in Python 3.13 and newer, "
        f"reject it ({faults[0].describe()}).",
        location=location,
        evidence=tuple(fault.describe() for fault in faults),
        fix=fix,
    )
