# ruff: noqa: E501 (one case a line reads best)
"""The failures that people bring, as messages: the first finding is the true cause."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproof.engine.verify import verify_async
from tests.rules import generate_messages as make
from tests.support.resolvers import zone

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
UNSIGNED = make.deliver(make.compose(), results=("spf=permerror smtp.mailfrom=alice@acme.example", make.FAIL))
SIGNED = make.deliver(make.sign(make.compose()))
GOOD = make.zone()
TWO_SPF = GOOD.replace(
    '@ 3600 IN TXT "v=spf1 ip4:192.0.2.10 -all"',
    '@ 3600 IN TXT "v=spf1 ip4:192.0.2.10 -all"\n@ 3600 IN TXT "v=spf1 mx -all"',
)
DEAD_TERMS = make.zone(spf="v=spf1 a:x1.acme.example a:x2.acme.example a:x3.acme.example -all")
KEY = "v=DKIM1; k=rsa; p=" + make.public("acme")
#: As a panel's quotation marks and a lost end leave it.
PASTED = make.zone(key='\\"' + KEY[:150] + '\\"')
V6 = SIGNED.replace(b"(mail.acme.example [192.0.2.10])", b"(unknown [IPv6:2001:db8::25])")

FAILURES = {
    "1 SPF: more than ten look-ups": (make.CASES["AUTH001"].bad(), make.CASES["AUTH001"].bad_zone, "AUTH001", "look-up"),
    "2 SPF: two records": (UNSIGNED, TWO_SPF, "AUTH001", "records"),
    "3 SPF: void look-ups": (UNSIGNED, DEAD_TERMS, "AUTH001", "void"),
    "4 what passes is the mail service's": (make.CASES["AUTH013"].bad(), GOOD, "AUTH013", "esp.test"),
    "5 DKIM: no key": (make.CASES["AUTH002"].bad(), GOOD, "AUTH002", "s2._domainkey.acme.example"),
    "6 DKIM: a key pasted with quotation marks": (SIGNED, PASTED, "AUTH003", "s1"),
    "7 DKIM: a footer": (make.CASES["AUTH007"].bad(), GOOD, "AUTH007", "body"),
    "8 IPv6 without a reverse name": (V6, make.zone(spf="v=spf1 ip6:2001:db8::/64 -all"), "MSG025", "2001:db8::25"),
    "9 IPv4 without a reverse name": (make.CASES["MSG025"].bad(), GOOD, "MSG025", "192.0.2.10"),
    "10 and 11 forwarded": (make.CASES["AUTH009"].bad(), GOOD, "AUTH009", "forward"),
    "18 no unsubscribe button": (make.CASES["MSG006"].bad(), GOOD, "MSG006", "List-Unsubscribe"),
    "19 a return path that does not exist": (make.CASES["MSG026"].bad(), GOOD, "MSG026", "nowhere.acme.example"),
}  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES)
async def test_first_finding_is_the_true_cause(failure: str) -> None:
    message, records, rule, part = FAILURES[failure]
    report = await verify_async(message, resolver=zone(records), now=NOW)
    assert report.findings, failure
    first = report.findings[0]
    assert first.rule == rule, [f"{each.rule}: {each.message}" for each in report.findings]
    assert part.lower() in f"{first.message} {' '.join(first.evidence)}".lower()
