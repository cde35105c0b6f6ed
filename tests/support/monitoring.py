"""Reports on small zones and probes, and a monitor that processes them with explicit times."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from mailproof.config import Config, DomainSelectors
from mailproof.dns import Resolver, ZoneResolver
from mailproof.engine.audit import AuditOptions, audit_domain
from mailproof.engine.session import Session
from mailproof.model import (
    CertificateFacts,
    DeliveryFacts,
    DmarcVerdict,
    Envelope,
    Facts,
    MessageFacts,
    Outcome,
    RecipientFacts,
    Report,
    RetrievalFacts,
    SmtpSubmission,
    SubmissionStage,
    TlsFacts,
)
from mailproof.monitor.advance import advance
from mailproof.monitor.events import Kind, Known
from mailproof.score import score
from mailproof.structs import replace
from tests.support.resolvers import FailingResolver

START = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # RFC 8463 appendix A.2
SPF, DMARC, MX = '@ TXT "v=spf1 ip4:192.0.2.25 -all"', '_dmarc TXT "v=DMARC1; p=reject"', "@ MX 10 mx1"
HEALTHY = (SPF, DMARC, MX, f's1._domainkey TXT "{KEY}"')
_BASE = """$ORIGIN acme.example.
$TTL 300
@ SOA ns1 host 1 7200 900 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.1
ns2 A 198.51.100.1
mx1 A 192.0.2.26
mx2 A 198.51.100.26
"""


def zone_text(lines: tuple[str, ...]) -> str:
    """A zone for acme.example with these records."""
    return _BASE + "\n".join(lines) + "\n"


@cache
def audited(lines: tuple[str, ...] = HEALTHY, failing: tuple[str, ...] = ()) -> Report:
    """Audit acme.example with these records; lookups of names in ``failing`` time out."""
    zone = ZoneResolver.from_text(zone_text(lines), origin="acme.example")
    resolver: Resolver = (
        FailingResolver(zone, {(name, "*"): "timeout" for name in failing}) if failing else zone
    )
    config = Config(selectors=(DomainSelectors("acme.example", ("s1",)),))

    async def work() -> Report:
        async with Session(resolver, config, now=START) as session:
            return (
                await audit_domain("acme.example", session, AuditOptions(connect=False, prove=False))
            ).report

    return asyncio.run(work())


def probed(
    *,
    arrived: bool = True,
    folder: str = "INBOX",
    junk: bool = False,
    dmarc: str = "pass",
    refused: str = "",
    result: str = "",
    certificate: str = "a" * 64,
    outcomes: tuple[Outcome, ...] = (),
) -> Report:
    """The report of a probe with this outcome. ``refused`` is the kind of the stage that ended it."""
    leaf = CertificateFacts(
        "CN=mail", "CN=ca", ("mail",), START, START + timedelta(days=90), 90, sha256=certificate
    )
    stages = (SubmissionStage("connect", not refused, kind=refused or "ok"),)  # type: ignore[arg-type]
    tls = TlsFacts(verified=True, chain=() if refused else (leaf,))
    sent = SmtpSubmission("mail.acme.example", 587, accepted=not refused, stages=stages, tls=tls)
    became = result or ("skipped" if refused else "found" if arrived else "deadline")
    fetched = RetrievalFacts("imap", "imap.receiver.example:993", became, folder, junk, waited_s=2.5)  # type: ignore[arg-type]
    facts = DeliveryFacts("x", "b@acme.example", "p@receiver.example", "a@acme.example", "t", "<t@x>")
    message = None
    if became == "found":
        verdict = DmarcVerdict(result=dmarc, domain="acme.example")  # type: ignore[arg-type]
        message = MessageFacts(source="probe", size=1, envelope=Envelope(), dmarc=verdict)
    bare = replace(audited(), outcomes=outcomes, rules=())
    delivery = replace(facts, submission=sent, retrieval=fetched)
    found = replace(bare, facts=Facts(dns=bare.facts.dns, message=message, delivery=delivery))
    return replace(found, score=score(found))


def probed_at(**receivers: Report) -> Report:
    """The report of a probe to several receivers, combined from a report for each."""
    rows = []
    for receiver, report in receivers.items():
        assert report.facts.delivery is not None
        delivery = replace(report.facts.delivery, recipient=f"p@{receiver}.example")
        rows.append(RecipientFacts(receiver, delivery, report.facts.message))
    first = next(iter(receivers.values()))
    return replace(first, facts=replace(first.facts, recipients=tuple(rows)))


def advanced(
    reports: Iterable[Report], *, kind: Kind = "domain", alert_after: int = 1, silent: Sequence[int] = ()
) -> tuple[list[list[str]], Known]:
    """The news after each report, as ``part effect``, and the final state."""
    known: Known | None = None
    said: list[list[str]] = []
    for number, report in enumerate(reports):
        at = START.timestamp() + number
        step = advance(known, report, kind, alert_after=alert_after, silent=number in silent, at=at)
        known = step.known
        said.append([f"{each.part} {each.effect}" for each in step.news])
    assert known is not None
    return said, known
