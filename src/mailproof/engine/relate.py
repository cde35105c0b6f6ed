"""Links findings to their causes: the rules declare which, matched by what the findings are about. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from mailproof.grouping import grouped
from mailproof.model import Finding, Location, Outcome, Rule, Severity
from mailproof.model.findings import mapped
from mailproof.names import is_within
from mailproof.structs import replace

#: Types whose owner is a host, and those whose owner is a zone.
_OF_HOSTS = ("A", "AAAA", "TLSA")
_OF_ZONES = ("SOA", "NS", "DS", "DNSKEY")
#: A term of SPF that names hosts: ``mx`` alone is those of the domain.
_SPF_HOST = re.compile(r"[+~?-]?(a|mx|ptr|ip4|ip6)(?:[:/](.*))?", re.IGNORECASE)


def relate(outcomes: Iterable[Outcome], rules: Iterable[Rule]) -> tuple[Outcome, ...]:
    """The outcomes with ``Finding.because_of`` filled in from ``Rule.because_of``.

    A cause is a finding of one of those rules that is about the same thing: the same mail host, selector or
    signature if both are about one, the same characters of one record, else the same domain. The worst one
    wins, then the order of declaration. An info is never the cause of a fault, and a finding less severe
    than its rule (a broken signature that could not have proven From anyway) is never the cause of something
    worse. If a record is at fault twice, for the domain and for a subdomain, the second follows from the
    first.
    """
    outcomes = tuple(outcomes)
    by_id = {rule.id: rule for rule in rules}
    findings = (finding for outcome in outcomes for finding in outcome.findings)
    by_rule = grouped(findings, lambda finding: finding.rule)

    def caused(finding: Finding) -> Finding:
        rule = by_id.get(finding.rule)
        if finding.because_of or rule is None:
            return finding
        about = _about(finding)
        possible = [
            cause
            for each in rule.because_of
            for cause in by_rule.get(each, ())
            if _counts(cause, finding, by_id)
            and _same(about, _about(cause))
            and (about.thing[0] == "selector" or not _apart(cause, finding))
        ]
        # min() returns the first of equals, which keeps the order of declaration.
        best = min(
            possible,
            key=lambda cause: (cause.severity.rank, not _at_one_place(cause, finding)),
            default=next((each for each in by_rule[finding.rule] if _again(finding, each)), None),
        )
        return replace(finding, because_of=best.fingerprint) if best is not None else finding

    return mapped(outcomes, caused)


def _counts(cause: Finding, finding: Finding, rules: dict[str, Rule]) -> bool:
    """Whether the cause is severe enough to explain the finding."""
    if cause.severity.rank <= finding.severity.rank:
        return True
    rule = rules.get(cause.rule)
    lessened = rule is not None and cause.severity.rank > rule.severity.rank
    return not lessened and cause.severity is not Severity.INFO


def _again(finding: Finding, other: Finding) -> bool:
    """Whether it is what was found for the domain above, at the same place."""
    return (
        finding.subject.endswith(f".{other.subject}")
        and finding.location is not None
        and finding.location == other.location
        and finding.message.replace(finding.subject, other.subject) == other.message
    )


def _at_one_place(cause: Finding, finding: Finding) -> bool:
    one, other = cause.location or Location(), finding.location or Location()
    return (one.name, one.record) == (other.name, other.record)


def _apart(cause: Finding, finding: Finding) -> bool:
    """Whether both are about characters of one record, other ones, and rest on different evidence."""
    one, other = cause.location or Location(), finding.location or Location()
    if not _at_one_place(cause, finding) or not (one.snippet and other.snippet):
        return False
    near = (one.start or 0) <= (other.end or 0) and (other.start or 0) <= (one.end or 0)
    return not near and one.snippet not in other.snippet and not {*cause.evidence} & {*finding.evidence}


class _About(Struct, frozen=True):
    """What a finding is about: its subject, the domain it was found at, and the specific thing, if any.

    ``thing`` is a host, term (a host in SPF), selector, pointer or signature: its kind, and what
    distinguishes it from others of the kind. ``alias`` is the name of a CNAME, ``zone`` that of a zone.
    """

    subject: str
    domain: str
    name: str = ""
    thing: tuple[str, str] = ("", "")
    alias: str = ""
    zone: str = ""

    @property
    def host(self) -> str:
        """The host that it is about; empty if it is not about one."""
        return self.thing[1] if self.thing[0] == "host" else ""


def _about(finding: Finding) -> _About:
    where = finding.location or Location()
    name, rrtype, subject = _plain(where.name), where.rrtype.upper(), _plain(finding.subject)
    if rrtype == "HEADER":
        return _About(subject, subject, thing=("signature", where.record if name == "dkim-signature" else ""))
    if rrtype == "PTR":
        return _About(subject, subject, name, ("pointer", name))
    if rrtype in _OF_HOSTS:
        return _About(subject, subject, name, ("host", name.removeprefix("_25._tcp.")))
    if rrtype in _OF_ZONES:
        return _About(subject, subject, name, zone=name)
    domain = _owner(name, subject)
    if "._domainkey." in name and f".{subject}.{subject}" not in name:
        return _About(subject, domain, name, ("selector", name))
    if term := _SPF_HOST.fullmatch(where.record[where.start : where.end] if where.start is not None else ""):
        return _About(subject, domain, name, ("term", _plain(term[2] or (domain if term[1] == "a" else ""))))
    if rrtype == "MX":
        words = where.record.split()
        return _About(subject, domain, name, ("host", _plain(words[-1]) if words else ""))
    return _About(subject, domain, name, alias=name if rrtype == "CNAME" else "")


def _owner(name: str, subject: str) -> str:
    """The subject, or the name itself if it is outside the subject's domain (an include's, a signer's)."""
    base = name
    while base.startswith("_") and "." in base:
        base = base.partition(".")[2]
    own = not base or "/" in base or is_within(base, subject) or subject.endswith(f".{base}")
    return subject if own else name


def _same(finding: _About, cause: _About) -> bool:
    """Whether a finding and its potential cause are about the same thing."""
    kind = "host" if finding.thing[0] == "term" else finding.thing[0]
    if kind == cause.thing[0] and finding.thing[1] and cause.thing[1]:
        return finding.thing[1] == cause.thing[1]
    if cause.alias and finding.name:
        covered = cause.alias.startswith("*.") and finding.name.endswith(cause.alias[1:])
        # The record at _mta-sts is about the host mta-sts.
        return covered or cause.alias in (finding.name, finding.name.removeprefix("_"), finding.host)
    if cause.zone and finding.host:
        return is_within(finding.host, cause.zone)
    return finding.domain in (cause.domain, cause.subject)


def _plain(name: str) -> str:
    return name.lower().rstrip(".")
