"""What a domain is for (its profile), and which rules don't apply to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from mailproof.checks.base import Profiles
from mailproof.errors import UsageError
from mailproof.model import DomainFacts, DomainProfile, SpfFacts, SpfRecord
from mailproof.records.spf import parse_spf, read_spf
from mailproof.structs import replace

PROFILES: tuple[DomainProfile, ...] = ("sending", "receiving-only", "parked")

#: For facts that are not about a domain, no rule is skipped.
NOTHING_SKIPPED: Mapping[Profiles | None, str] = {}
_NOT_SENT = "no mail is sent from it"
#: By the domain's profile: the rules that don't apply, and why.
_SKIPPED: dict[DomainProfile, dict[Profiles | None, str]] = {
    "sending": {},
    "receiving-only": {"sending": _NOT_SENT},
    "parked": {
        "sending": _NOT_SENT,
        "receiving": "it takes no mail",
        "in use": "the PARK rules check a parked domain",
    },
}


def with_profile(facts: DomainFacts, wanted: str = "auto") -> DomainFacts:
    """The facts with the given profile, or the one detected from the records. Raises UsageError."""
    if wanted == "auto":
        profile, reason = detect(facts)
        return replace(facts, profile=profile, profile_reason=reason)
    for profile in PROFILES:
        if profile == wanted:
            return replace(facts, profile=profile, profile_reason="given")
    raise UsageError(f"--profile {wanted}: use auto, {', '.join(PROFILES)}")


def detect(facts: DomainFacts) -> tuple[DomainProfile, str]:
    """The profile that the records show, and the reason.

    ``v=spf1 -all`` alone means that no mail is sent, unless there is a DKIM key to sign it with: that is
    enough for DMARC (RFC 9989 section 4.4). With no MX at all, no mail is accepted either. A null MX says so
    explicitly: with it, any SPF record that names no host means the same, however it ends or is written.
    If something could not be checked, the profile is ``sending``, to which all rules apply.
    """
    spf = facts.spf
    mx = facts.mx_lookup
    hosts = {host.host for host in facts.mx if not host.implicit}
    keys = any(key.status == "valid" for key in facts.dkim)
    if spf is not None and mx is not None and mx.found and hosts == {"."}:
        empty = _without_hosts(spf)
        is_closed = empty is not None and empty.all_term is not None and empty.all_term.qualifier == "-"
        if is_closed or (empty is not None and not keys):
            return "parked", "its MX is the null MX, and its SPF record names no host"
    record = spf.root.record if spf is not None else None
    if record is None or not record.valid or not record.closed or keys:
        return "sending", ""
    if mx is not None and mx.status == "nodata":
        return "parked", "its SPF record is -all alone, and it has neither an MX record nor a DKIM key"
    if mx is not None and mx.found and "." not in hosts:
        return "receiving-only", "its SPF record is -all alone, and it has mail hosts and no DKIM key"
    return "sending", ""


def _without_hosts(spf: SpfFacts) -> SpfRecord | None:
    """The SPF record as its author intended it, if it is the only one and names no host."""
    readings = map(read_spf, spf.root.records or spf.other_txt)
    meant = [parse_spf(reading.meant or "") for reading in readings if reading is not None]
    return meant[0] if len(meant) == 1 and meant[0].valid and not meant[0].names_someone else None


def skipped_for(profile: DomainProfile) -> Mapping[Profiles | None, str]:
    """The rules that don't apply to a domain of this profile, by their ``profiles``, and why."""
    return {rules: f"{profile} domain: {why}" for rules, why in _SKIPPED[profile].items()}
