"""The DMARC facts of a domain: walk, policy, report destinations (RFC 9989, RFC 9990)."""

from __future__ import annotations

from typing import Literal

from mailproof.auth.dmarc_walk import (
    discovered,
    existence_questions,
    exists_by,
    walk,
    walk_of,
    walk_questions,
)
from mailproof.dns import Resolver
from mailproof.dns.memo import ask
from mailproof.dns.together import together
from mailproof.facts.mx import take_mail
from mailproof.model import DmarcFacts, DmarcRecord, DmarcUri, Lookup, ReportDestination
from mailproof.records.dmarc import is_dmarc, parse_dmarc
from mailproof.records.dmarc_uri import uri_domain
from mailproof.structs import replace

MAX_DESTINATIONS = 20
_Tag = Literal["rua", "ruf"]


async def collect_dmarc(domain: str, resolver: Resolver) -> DmarcFacts:
    """The DMARC facts of a domain (``domain`` in A-labels). Never raises for DNS failures.

    Walk and existence are looked up concurrently; then the report destinations of the record that applies.
    """
    names = walk_questions(domain)
    answers = await ask(resolver, *names, *existence_questions(domain))
    found = discovered(walk_of(domain, answers[: len(names)]), exists_by(answers[len(names) :]))
    if found.record is None:
        return found
    home = found.walk.organizational_domain
    return replace(found, destinations=await _destinations(found.record, found.policy_domain, home, resolver))


async def _destinations(
    record: DmarcRecord, policy_domain: str, home: str, resolver: Resolver
) -> tuple[ReportDestination, ...]:
    tagged: tuple[tuple[_Tag, tuple[DmarcUri, ...]], ...] = (("rua", record.rua), ("ruf", record.ruf))
    wanted = [(uri, tag) for tag, uris in tagged for uri in uris if uri_domain(uri)][:MAX_DESTINATIONS]
    boxes = [uri_domain(uri) for uri, _ in wanted if uri.scheme == "mailto"]
    works = [_destination(uri, tag, policy_domain, home, resolver) for uri, tag in wanted]
    found, taken = await together(together(*works), take_mail(boxes, resolver))
    mail = [taken[uri_domain(uri)] if uri.scheme == "mailto" else (None, None) for uri, _ in wanted]
    return tuple(
        replace(each, takes_mail=takes, mail=lookup)
        for each, (takes, lookup) in zip(found, mail, strict=True)
    )


async def _destination(
    uri: DmarcUri, tag: _Tag, policy_domain: str, home: str, resolver: Resolver
) -> ReportDestination:
    """RFC 9990 section 4: a destination of another organizational domain must publish its consent."""
    host = uri_domain(uri)
    if host in (policy_domain, home):
        return ReportDestination(uri.text, tag, host, external=False, authorized=True)
    name = f"{policy_domain}._report._dmarc.{host}"
    if len(name) > 253:
        return ReportDestination(uri.text, tag, host, external=True, authorized=False)
    doubt: Lookup | None = None
    if host.endswith(f".{home}"):  # only names below it can have the same organizational domain
        walked = await walk(host, resolver)
        doubt = walked.unknown
        if walked.organizational_domain == home and doubt is None:
            return ReportDestination(uri.text, tag, host, external=False, authorized=True)
    answer = await resolver.query(name, "TXT")
    consents = [parse_dmarc(text) for text in answer.lookup.records if is_dmarc(text)]
    stray = _sent_elsewhere(consents, tag, host)
    authorized: bool | None = bool(consents) and not stray
    if not authorized and (answer.undetermined or doubt is not None):
        authorized = None
    note = f"its consent sends the reports on to {stray}, so none are sent" if stray else ""
    return ReportDestination(uri.text, tag, host, True, authorized, answer.lookup, note)


def _sent_elsewhere(consents: list[DmarcRecord], tag: _Tag, host: str) -> str:
    """Another host that a consent redirects reports to: then nothing may be sent to either."""
    uris = (uri for record in consents for uri in (record.rua if tag == "rua" else record.ruf))
    return next((uri_domain(uri) for uri in uris if uri_domain(uri) not in ("", host)), "")
