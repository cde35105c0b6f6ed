"""Shared by the blocklist rules."""

from __future__ import annotations

from mailproof.checks.base import Reporter, parametrized, required, some
from mailproof.grouping import grouped
from mailproof.model import (
    BlocklistFacts,
    DomainFacts,
    ListedRole,
    Listing,
    ListingStatus,
    Location,
    Severity,
)

_NONE: dict[ListedRole, str] = {
    "sending": "no sending host (--ip) was looked up",
    "mx": "no mail host was looked up",
    "domain": "no domain blocklist was queried",
}


def blocklists(facts: DomainFacts) -> BlocklistFacts:
    """The blocklist facts. Raises NotApplicable if no list was queried."""
    return required(facts.blocklists, "no blocklist was queried: use --blocklists or --blocklist NAME")


@parametrized
def listed(
    facts: DomainFacts, report: Reporter, role: ListedRole, *, policy: bool | None = None
) -> list[Listing]:
    """The positive listings of the sending hosts, the mail hosts or the domain.

    With ``policy`` only those caused by a range's policy alone, or only the others; else all, the others
    first. Reports as unknown the lists that gave no usable answer.
    """
    listings = some((each for each in blocklists(facts).listings if each.role == role), _NONE[role])
    for each in listings:
        if each.status == "unknown":
            report.unknown(each.reason, (each.lookup,))
        if each.status == "refused":
            report.unknown(f"{each.blocklist} refuses queries from here: {each.reason}")
    positive = sorted((each for each in listings if each.status == "listed"), key=_by_policy)
    return [each for each in positive if policy in (None, _by_policy(each))]


def _by_policy(listing: Listing) -> bool:
    return bool(listing.codes) and all(code.policy for code in listing.codes)


@parametrized
def lists(facts: DomainFacts, status: ListingStatus) -> list[Listing]:
    """The first listing of each list with this status."""
    listings = (each for each in blocklists(facts).listings if each.status == status)
    return [same[0] for same in grouped(listings, lambda each: each.blocklist).values()]


def report_listing(
    report: Reporter, listing: Listing, what: str, todo: str, severity: Severity | None = None
) -> None:
    """Report a listing; without ``severity``, it is a warning if few receivers use the list."""
    meanings = "; ".join(code.meaning for code in listing.codes)
    answer = f"A {listing.lookup.name}: {', '.join(listing.lookup.records)}"
    report(
        f"{what} is listed by {listing.blocklist}: {meanings}.",
        location=Location(listing.lookup.name, "A", listing.lookup.records[0]),
        evidence=(answer, listing.text) if listing.text else (answer,),
        fix=f"{todo} at {listing.removal}.",
        severity=severity or (Severity.ERROR if listing.major else Severity.WARNING),
    )


#: The advice for most listings.
END_THE_CAUSE = "Find and remove the cause, then request delisting"
