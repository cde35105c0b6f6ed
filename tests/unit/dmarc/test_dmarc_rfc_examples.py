"""The examples of RFC 9989 appendix B.4, word for word."""

from __future__ import annotations

import pytest

from mailproof.auth.dmarc import evaluate
from mailproof.auth.dmarc_walk import walk
from mailproof.model import DkimVerdict, SpfVerdict
from mailproof.records.dmarc import parse_dmarc
from tests.support.resolvers import zone

COM = zone(
    """$ORIGIN example.com.
@ IN A 192.0.2.1
_dmarc IN TXT "v=DMARC1; p=reject"
_dmarc.signing IN TXT "v=DMARC1; p=none"
"""
)
BANK = zone(
    """$ORIGIN bank.example.
_dmarc IN TXT "v=DMARC1; p=reject; psd=y"
_dmarc.giant IN TXT "v=DMARC1; p=quarantine"
mega IN A 192.0.2.1
"""
)


@pytest.mark.parametrize("author", ["example.com", "a.b.c.d.e.f.g.h.i.j.k.example.com"])
async def test_simple_and_deep_walk(author: str) -> None:
    """B.4.1 and B.4.2: both identifiers are aligned, and the policy domain is example.com."""
    signature = DkimVerdict("pass", "signing.example.com", "s1")
    verdict, (signed,) = await evaluate(author, SpfVerdict("pass", "example.com"), (signature,), COM)
    assert (verdict.result, verdict.spf_aligned, verdict.dkim_aligned) == ("pass", True, True)
    assert (verdict.organizational_domain, verdict.policy_domain) == ("example.com", "example.com")
    assert signed.organizational_domain == "example.com"


async def test_deep_walk_asks_the_names_of_the_example() -> None:
    walked = await walk("a.b.c.d.e.f.g.h.i.j.k.example.com", COM)
    assert [step.name for step in walked.steps] == [
        "a.b.c.d.e.f.g.h.i.j.k.example.com",
        "g.h.i.j.k.example.com",
        "h.i.j.k.example.com",
        "i.j.k.example.com",
        "j.k.example.com",
        "k.example.com",
        "example.com",
        "com",
    ]


async def test_public_suffix_record() -> None:
    """B.4.3: SPF is aligned by giant.bank.example, DKIM of mega.bank.example is not."""
    signature = DkimVerdict("pass", "mail.mega.bank.example", "s1")
    verdict, (signed,) = await evaluate(
        "giant.bank.example", SpfVerdict("pass", "mail.giant.bank.example"), (signature,), BANK
    )
    assert (verdict.result, verdict.spf_aligned, verdict.dkim_aligned) == ("pass", True, False)
    assert (verdict.organizational_domain, verdict.policy_domain) == ("giant.bank.example",) * 2
    assert signed.organizational_domain == "mega.bank.example"
    verdict, _ = await evaluate("giant.bank.example", None, (signature,), BANK)
    assert (verdict.result, verdict.disposition) == ("fail", "quarantine")


def test_testing_record_with_two_destinations() -> None:
    """B.2.5: a record in test mode, split over lines in the zone file."""
    record = parse_dmarc(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc-feedback@example.com,"
        "mailto:tld-test@thirdparty.example.net; t=y"
    )
    assert record.problems == ()
    assert record.testing
    assert [uri.address for uri in record.rua] == [
        "dmarc-feedback@example.com",
        "tld-test@thirdparty.example.net",
    ]
