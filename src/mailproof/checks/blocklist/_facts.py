"""Shared by the blocklist rules."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import NotApplicable, Reporter, required
from mailproof.model import BlocklistFacts, DomainFacts, ListedRole, Listing, Location, Severity


def blocklists(facts: DomainFacts) -> BlocklistFacts:
    """The blocklist facts. Raises NotApplicable if no list was queried."""
    return required(facts.blocklists, "no blocklist was queried: use --blocklists or --blocklist NAME")


def of_role(found: BlocklistFacts, report: Reporter, role: ListedRole) -> tuple[Listing, ...]:
    """The listings of the sending hosts, the mail hosts or the domain.

    Reports as unknown the lists that gave no usable answer.
    """
    listings = tuple([each for each in found.listings if each.role == role])
    if not listings:
        what = {
            "sending": "no sending host (--ip) was looked up",
            "mx": "no mail host was looked up",
            "domain": "no domain blocklist was queried",
        }
        raise NotApplicable(what[role])
    for listing in listings:
        if listing.status == "unknown":
            report.unknown(listing.reason, (listing.lookup,))
        if listing.status == "refused":
            report.unknown(f"{listing.blocklist} refuses queries from here: {listing.reason}")
    return listings


def listed(listings: tuple[Listing, ...], *, policy: bool) -> Iterator[Listing]:
    """Yield positive listings: with ``policy`` those caused only by a range's policy, else the others."""
    for listing in listings:
        by_policy = bool(listing.codes) and all(code.policy for code in listing.codes)
        if listing.status == "listed" and by_policy is policy:
            yield listing


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
