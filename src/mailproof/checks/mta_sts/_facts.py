"""Shared by the MTA-STS rules: record and policy, locations in them, and guards for unknown facts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from msgspec import Struct

from mailproof.checks.base import NotApplicable, Undetermined, answered, collected, required, some
from mailproof.checks.published import Part, Published, the_one
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
from mailproof.records.mta_sts import STS, parse_sts_record
from mailproof.records.tag_repair import repaired

#: A week, the minimum of what section 3.2 considers a suitable lifetime ("weeks or greater").
GOOD_AGE = 604800


class Served(Struct, frozen=True):
    """The policy that a record announces, and how it was fetched."""

    policy: StsPolicy
    fetch: FetchFacts
    announced: Published[StsRecord]

    def at(self, part: Part) -> Location:
        """The line of the policy in which the part begins, and its span if it is within that line."""
        first = self.policy.text.rfind("\n", 0, part.start) + 1
        line = self.policy.text[first:].partition("\n")[0].rstrip("\r")
        if part.end - first > len(line) or part.end <= part.start:
            return Location(self.fetch.url, "HTTPS", line)
        number = self.policy.text.count("\n", 0, first) + 1
        return Location(self.fetch.url, "HTTPS", line, part.start - first, part.end - first, line=number)

    def at_key(self, key: str) -> Location:
        """The first line of the policy with that key, or else its first line."""
        lines = self.policy.text.split("\n")
        line = next((line for line in lines if line.startswith(f"{key}:")), lines[0])
        return Location(self.fetch.url, "HTTPS", line.rstrip("\r"))

    def changed(self, summary: str, kind: FixKind = "repair") -> Fix:
        """A fix of the policy, which senders refetch when the record has a new id (section 3.1)."""
        record = self.announced.record
        if not record.id:
            return Fix(f"{summary} Then publish a new id in the record.", kind=kind)
        text = record.text.replace(f"id={record.id}", f"id={next_id(record.id)}", 1)
        name = self.announced.name
        words = f"{summary} Then publish a new id at {name}, so that senders fetch it again: {text}"
        return Fix(words, kind=kind)

    @property
    def severity(self) -> Severity:
        """The severity of a mismatch: it loses mail in mode enforce, but is only reported in mode testing."""
        return Severity.ERROR if self.policy.mode == "enforce" else Severity.WARNING


def sts_of(facts: DomainFacts) -> MtaStsFacts:
    """The MTA-STS facts. Raises NotApplicable, or Undetermined if the record's lookup failed."""
    sts = required(facts.mta_sts, "MTA-STS was not checked")
    answered(sts.lookup)
    return sts


def record_of(facts: DomainFacts) -> Published[StsRecord]:
    """The record. Raises NotApplicable if there is none, or more than one."""
    sts = sts_of(facts)
    return Published(sts.lookup, the_one(sts.record, sts.records, "MTA-STS"))


def fetch_of(facts: DomainFacts) -> FetchFacts:
    """The fetch of the announced policy. Raises NotApplicable, or Undetermined if its result is unknown."""
    record_of(facts)
    fetch = requested(sts_of(facts))
    if fetch.undetermined:
        raise Undetermined(fetch.describe())
    return fetch


def requested(sts: MtaStsFacts) -> FetchFacts:
    """The fetch of the policy. Raises NotApplicable if it was not requested."""
    return required(sts.fetch, f"the policy was not fetched: {sts.not_fetched}")


def policy_of(facts: DomainFacts) -> Served:
    """The announced policy as served. Raises like ``fetch_of``, and NotApplicable if there is none."""
    fetched = fetch_of(facts)
    policy = required(sts_of(facts).policy, f"the policy could not be fetched: {fetched.problem}")
    return Served(policy, fetched, record_of(facts))


def usable(facts: DomainFacts) -> Served:
    """The policy, if senders can use it. Raises NotApplicable if it is malformed."""
    found = policy_of(facts)
    if not found.policy.valid:
        raise NotApplicable("the policy is malformed: senders ignore it")
    return found


def applied(facts: DomainFacts) -> Served:
    """The policy that senders apply. Raises NotApplicable if it is malformed or switched off."""
    found = usable(facts)
    if found.policy.mode == "none":
        raise NotApplicable("the policy is in mode none")
    return found


def mail_hosts(facts: DomainFacts) -> tuple[str, ...]:
    """The hosts of the MX records. Raises Undetermined or NotApplicable if there are none."""
    answered(collected(facts.mx_lookup, "the MX records could not be collected"))
    hosts = dict.fromkeys(host.host for host in facts.mx if host.host != ".")
    return some(hosts, "the domain takes no mail")


def policy_url(domain: str) -> str:
    """The URL of the policy."""
    return f"https://mta-sts.{domain}/.well-known/mta-sts.txt"


def announced(sts: MtaStsFacts, text: str) -> Fix:
    """A fix that replaces ``text`` by the intended record, if there is a policy to announce.

    If it has no id, any will do: it only has to change when the policy does.
    """
    value = repaired(text, STS)
    if not parse_sts_record(value).valid:
        # Senders ignore everything else in it.
        value = f"v=STSv1; id={parse_sts_record(value).id or 1}"
    if sts.host and all(lookup.absent for lookup in sts.host):
        return Fix(
            f"Serve the policy at {policy_url(sts.domain)}. Then publish the corrected record: {value}"
        )
    summary = "Publish the corrected record. Senders will then fetch the policy and apply it."
    return replaced(sts.lookup, sts.domain, summary, (text,), value)


def next_id(identifier: str) -> str:
    """A similar, new id: increments a trailing number, or else adds or changes the last digit."""
    digits = len(identifier) - len(identifier.rstrip("0123456789"))
    if not digits:
        return f"{identifier[:31]}1"
    head, tail = identifier[:-digits], identifier[-digits:]
    return (head + str(int(tail) + 1).zfill(digits))[-32:]


def lines_of(mode: str, hosts: Iterable[str], max_age: int = GOOD_AGE) -> str:
    """A policy for (the first ten of) these hosts, on one line."""
    names = (f"mx: {host}" for host in islice(hosts, 10))
    return "; ".join(("version: STSv1", f"mode: {mode}", *names, f"max_age: {max_age}"))
