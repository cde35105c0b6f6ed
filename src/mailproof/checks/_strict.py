"""What the rules on strict verification share: one finding for all that a chain's certificates lack."""

from __future__ import annotations

from mailproof.checks.base import Declaration, report
from mailproof.model import Finding, Fix, Location, StrictFault


def finding(
    rule: Declaration,
    subject: str,
    place: str,
    faults: tuple[StrictFault, ...],
    location: Location | None = None,
) -> Finding:
    """The finding on the certificate of ``place``."""
    fix = Fix("Have what is named here issued anew, with the extensions that RFC 5280 section 4.2 wants.")
    if all(fault.root for fault in faults):
        fix = Fix("Take a chain that ends at another root, or make your own root anew with what it lacks.")
    return report(
        rule,
        subject,
        f"The certificate of {place} verifies, but strict programs, such as those in Python 3.13 and newer, "
        f"refuse it ({faults[0].describe()}).",
        location=location,
        evidence=tuple(fault.describe() for fault in faults),
        fix=fix,
    )
