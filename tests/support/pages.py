"""Reports for the HTML page: a healthy domain, a broken one, a hostile one, twenty at once."""

from __future__ import annotations

from pathlib import Path

from mailproof.dns import ZoneResolver
from mailproof.model import Report
from mailproof.structs import replace
from tests.support.engine import audit_async, verify_async
from tests.support.reports import broken, with_gaps
from tests.support.rulebook import NOW, RULES, audited, read_facts, resolver_of

ROOT = Path(__file__).resolve().parents[2]
FAILURES = ROOT / "fixtures" / "failures"
#: Text that must not become markup, a link, a runner command, or hidden text.
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>&lt;b&gt;"
    " javascript:alert(4) https://evil.test/ \u202ereversed\u202c \x1b[31m\x00 --> </style></title></code>"
    "\n::error::pwned ##vso[task.complete]"
)
KEY_NAME = "s1._domainkey.acme.example."
PTR = f"5.2.{'0.' * 18}0.0.8.b.d.0.1.0.0.2.ip6.arpa. 300 IN PTR mx1.acme.example."
TWENTY = (
    *(f"SPF00{number}" for number in (1, 2, 3, 5, 6)),
    *(f"DMARC0{number:02}" for number in (1, 3, 6, 11, 12)),
    *(f"DKIM0{number:02}" for number in (1, 2, 4, 11)),
    *("MX001", "MX004", "STS002", "BIMI002", "SPF024", "PARK001"),
)


async def healthy() -> Report:
    """A domain without errors, including connections to its hosts."""
    zone = (ROOT / "fixtures" / "zones" / "checkdmarc" / "healthy.zone").read_text()
    key = (RULES / "DKIM001" / "good.zone").read_text().splitlines()[2].replace("s1._domainkey", KEY_NAME)
    resolver = ZoneResolver.from_text(f"{zone}\n{key}\n{PTR}\n")
    report = await audit_async("acme.example", resolver, now=NOW, selectors=("s1",), prove=False)
    return _connected(report, "TLS008/good")


async def with_errors() -> tuple[Report, ...]:
    """A domain with too many SPF lookups and a wrong certificate, and messages with delivery paths."""
    messages = [
        await verify_async((FAILURES / f"{name}.eml").read_bytes(), resolver=_zone(name), now=NOW)
        for name in ("01-spf-lookups", "10-forwarded")
    ]
    slow = (RULES / "MSG009" / "bad.eml").read_bytes()
    resolver = resolver_of("MSG009", "bad")
    messages.append(await verify_async(slow, resolver=resolver, now=NOW))
    return (_connected(await audited("SPF003", "bad"), "TLS007/bad"), *messages)


async def hostile() -> tuple[Report, ...]:
    """Findings, records and a message with hostile text wherever possible."""
    shown = HOSTILE.replace("\n", " ").replace("\x00", "")
    text = shown.replace("\\", "").replace('"', "'")
    zone = (
        "$ORIGIN .\nacme.example. 300 IN SOA ns.acme.example. h.acme.example. 1 2 3 4 5\n"
        f'acme.example. 300 IN TXT "v=spf1 include:<b>x</b>.example a:javascript:alert(1) -all"\n'
        f'acme.example. 300 IN TXT "v=spf1 exp={_zone_text(text[:90])} ?all"\n'
        f'_dmarc.acme.example. 300 IN TXT "v=DMARC1; p=<script>alert(1)</script>; rua=javascript:alert(1)"\n'
        "acme.example. 300 IN MX 10 \\<img\\ src=x\\>.acme.example.\n"
        f's1._domainkey.acme.example. 300 IN TXT "v=DKIM1; p={_zone_text(text[:90])}"\n'
    )
    message = (
        'Received: from <script>a(1)</script> ([192.0.2.1]) by "><img src=x onerror=a(1)> with ESMTPS\r\n'
        f"\tid <b>; Thu, 26 Nov 2026 11:00:00 +0000\r\n"
        "Received: from javascript:a(1) by <svg/onload=a(1)> with SMTP; Thu, 26 Nov 2026 09:00:00 +0000\r\n"
        "Authentication-Results: <b>mx</b>; spf=pass smtp.mailfrom=<script>alert(1)</script>\r\n"
        f'From: "<script>alert(1)</script>" <a@acme.example>\r\nSubject: {shown}\r\n'
        "Message-ID: <javascript:alert(1)@x>\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; h=From; bh=<script>; b=<img>\r\n"
        "Date: Thu, 26 Nov 2026 11:00:00 +0000\r\n\r\n<script>alert(1)</script>\r\n"
    ).encode()
    resolver = ZoneResolver.from_text(zone)
    return (
        broken(HOSTILE, file=f"{text}.zone"),
        with_gaps(HOSTILE),
        await audit_async("acme.example", resolver, now=NOW, selectors=("s1",), prove=False),
        await verify_async(message, resolver=resolver, now=NOW),
    )


async def twenty() -> tuple[Report, ...]:
    """Twenty domains, each with a different fault."""
    return tuple([await audited(rule, "bad") for rule in TWENTY])


def _zone_text(text: str) -> str:
    return "".join(
        c if " " <= c < "\x7f" and c != ";" else f"\\{b:03d}" for c in text for b in c.encode()[:1]
    )


def _zone(name: str) -> ZoneResolver:
    return ZoneResolver.from_file(FAILURES / f"{name}.zone", origin=".")


def _connected(report: Report, fixture: str) -> Report:
    """Add the connections of a rule's fixture to the report."""
    facts = read_facts(RULES / f"{fixture}.toml")
    assert report.facts.dns
    dns = replace(report.facts.dns, transport=facts.transport, dane=facts.dane)
    return replace(report, facts=replace(report.facts, dns=dns))
