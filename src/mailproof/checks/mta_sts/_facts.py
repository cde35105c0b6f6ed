"""What the MTA-STS rules share: record and policy, locations in them, and guards for what is unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailproof.checks.base import NotApplicable, Undetermined, answered, collected
from mailproof.checks.publishing import replaced
from mailproof.model import (
    DomainFacts,
    FetchFacts,
    Fix,
    FixKind,
    Location,
    MtaStsFacts,
    Severity,
    StsPolicy,
    StsRecord,
)
from mailproof.records.meant import repaired
from mailproof.records.mta_sts import STS, parse_sts_record

#: A week: what section 3.2 calls a suitable lifetime begins here.
GOOD_AGE = 604800


def sts_of(facts: DomainFacts) -> MtaStsFacts:
    """The MTA-STS facts. Raises NotApplicable, or Undetermined where the record's lookup failed."""
    if facts.mta_sts is None:
        raise NotApplicable("MTA-STS was not checked")
    answered(facts.mta_sts.lookup)
    return facts.mta_sts


def record_of(facts: DomainFacts) -> tuple[MtaStsFacts, StsRecord]:
    """The one record. Raises NotApplicable where there is none, or more than one."""
    sts = sts_of(facts)
    if sts.record is None:
        raise NotApplicable("several MTA-STS records" if sts.records else "no MTA-STS record")
    return sts, sts.record


def fetch_of(facts: DomainFacts) -> tuple[MtaStsFacts, FetchFacts]:
    """How the fetch of the announced policy went. Raises NotApplicable, or Undetermined where unknown."""
    sts, _ = record_of(facts)
    if sts.fetch is None:
        raise NotApplicable(f"the policy was not fetched: {sts.not_fetched}")
    if sts.fetch.undetermined:
        raise Undetermined(sts.fetch.describe())
    return sts, sts.fetch


def policy_of(facts: DomainFacts) -> tuple[MtaStsFacts, StsPolicy]:
    """The announced policy as served. Raises as ``fetch_of`` does, and where there is none."""
    sts, fetched = fetch_of(facts)
    if sts.policy is None:
        raise NotApplicable(f"the policy could not be fetched: {fetched.problem}")
    return sts, sts.policy


def applied(facts: DomainFacts) -> tuple[MtaStsFacts, StsPolicy]:
    """The policy that senders apply. Raises NotApplicable where it is malformed or switched off."""
    sts, policy = policy_of(facts)
    if not policy.valid:
        raise NotApplicable("the policy is malformed: senders ignore it")
    if policy.mode == "none":
        raise NotApplicable("the policy is in mode none")
    return sts, policy


def severity_of(policy: StsPolicy) -> Severity:
    """What a failed match costs: mail in mode enforce, a report in mode testing."""
    return Severity.ERROR if policy.mode == "enforce" else Severity.WARNING


def mail_hosts(facts: DomainFacts) -> tuple[str, ...]:
    """The hosts of the MX records. Raises Undetermined or NotApplicable where there are none."""
    answered(collected(facts.mx_lookup, "the MX records could not be collected"))
    hosts = tuple(dict.fromkeys(host.host for host in facts.mx if host.host != "."))
    if not hosts:
        raise NotApplicable("the domain takes no mail")
    return hosts


def at_record(sts: MtaStsFacts, text: str, start: int | None = None, end: int | None = None) -> Location:
    """The record, or characters of it."""
    return Location(sts.lookup.name, "TXT", text, start, end)


def at_policy(sts: MtaStsFacts, start: int = 0, end: int | None = None) -> Location:
    """The line of the policy that an offset is in, and the characters of it."""
    url = policy_url(sts)
    text = sts.policy.text if sts.policy is not None else ""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    line = text[first : last if last >= 0 else len(text)].rstrip("\r")
    if end is None or end - first > len(line) or end <= start:
        return Location(url, "HTTPS", line)
    number = text.count("\n", 0, first) + 1
    return Location(url, "HTTPS", line, start - first, end - first, line=number)


def policy_url(sts: MtaStsFacts) -> str:
    """Where the policy is."""
    return f"https://mta-sts.{sts.domain}/.well-known/mta-sts.txt"


def announced(sts: MtaStsFacts, text: str) -> Fix:
    """A fix that publishes what ``text`` was meant to be in its place, where there is a policy to announce.

    Any id will do where there is none: it only has to change when the policy does.
    """
    value = repaired(text, STS)
    if not parse_sts_record(value).valid:
        # Nothing else in it means anything to senders.
        value = f"v=STSv1; id={parse_sts_record(value).id or 1}"
    if sts.host and all(lookup.absent for lookup in sts.host):
        return Fix(f"Serve the policy at {policy_url(sts)}. Then publish the corrected record: {value}")
    summary = "Publish the corrected record. Senders will then fetch the policy and apply it."
    return replaced(sts.lookup, sts.domain, summary, (text,), value)


def with_new_id(sts: MtaStsFacts, summary: str, kind: FixKind = "repair") -> Fix:
    """A fix of the policy: senders fetch it again when the record has a new id (section 3.1)."""
    if sts.record is None or not sts.record.id:
        return Fix(f"{summary} Then publish a new id in the record.", kind=kind)
    text = sts.record.text.replace(f"id={sts.record.id}", f"id={next_id(sts.record.id)}", 1)
    words = f"{summary} Then publish a new id at {sts.lookup.name}, so that senders fetch it again: {text}"
    return Fix(words, kind=kind)


def at_key(sts: MtaStsFacts, key: str) -> Location:
    """The first line of the policy with that key, or its first line."""
    text = sts.policy.text if sts.policy is not None else ""
    start = next(
        (
            match.start()
            for match in re.finditer(r"^", text, re.MULTILINE)
            if text.startswith(f"{key}:", match.start())
        ),
        0,
    )
    return at_policy(sts, start)


def next_id(identifier: str) -> str:
    """Another id like this one: a number is counted up, to anything else a digit is added or changed."""
    digits = len(identifier) - len(identifier.rstrip("0123456789"))
    if not digits:
        return f"{identifier[:31]}1"
    head, tail = identifier[:-digits], identifier[-digits:]
    return (head + str(int(tail) + 1).zfill(digits))[-32:]


def lines_for(hosts: tuple[str, ...]) -> Iterator[str]:
    """The lines of a policy that cover these hosts."""
    return (f"mx: {host}" for host in hosts)
