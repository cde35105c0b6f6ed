"""DMARC for a message: alignment, result, disposition, and what stays unknown after a DNS failure."""

from __future__ import annotations

import pytest

from mailproof.auth.dmarc import evaluate, refuse
from mailproof.dns import MemoResolver
from mailproof.model import AuthResult, DkimVerdict, SpfVerdict, Status
from tests.support.resolvers import FailingResolver, zone

REJECT = '$ORIGIN acme.example.\n@ IN A 192.0.2.1\n_dmarc IN TXT "v=DMARC1; p=reject"\n'


def spf(result: AuthResult, domain: str) -> SpfVerdict:
    return SpfVerdict(result, domain)


def dkim(result: AuthResult, domain: str) -> DkimVerdict:
    return DkimVerdict(result, domain, "s1")


async def test_relaxed_alignment_of_a_subdomain() -> None:
    verdict, signatures = await evaluate(
        "acme.example", spf("fail", "esp.example"), (dkim("pass", "mail.acme.example"),), zone(REJECT)
    )
    assert (verdict.result, verdict.disposition, verdict.policy) == ("pass", "none", "reject")
    assert (verdict.dkim_aligned, verdict.spf_aligned) == (True, False)
    assert signatures[0].aligned is True
    assert signatures[0].organizational_domain == "acme.example"


async def test_an_unaligned_esp_fails_though_both_pass() -> None:
    verdict, signatures = await evaluate(
        "acme.example", spf("pass", "bounce.esp.example"), (dkim("pass", "esp.example"),), zone(REJECT)
    )
    assert (verdict.result, verdict.disposition) == ("fail", "reject")
    assert (verdict.spf_aligned, verdict.dkim_aligned) == (False, False)
    assert signatures[0].aligned is False


async def test_one_of_several_signatures_is_enough() -> None:
    verdict, signatures = await evaluate(
        "acme.example",
        None,
        (dkim("fail", "acme.example"), dkim("pass", "esp.example"), dkim("pass", "acme.example")),
        zone(REJECT),
    )
    assert verdict.result == "pass"
    assert [one.aligned for one in signatures] == [True, False, True]


async def test_strict_alignment_wants_the_very_name() -> None:
    strict = zone(REJECT.replace("p=reject", "p=reject; adkim=s; aspf=s"))
    verdict, _ = await evaluate(
        "acme.example", spf("pass", "b.acme.example"), (dkim("pass", "b.acme.example"),), strict
    )
    assert (verdict.result, verdict.adkim, verdict.aspf) == ("fail", "s", "s")
    verdict, _ = await evaluate("acme.example", spf("pass", "ACME.example."), (), strict)
    assert verdict.result == "pass"


async def test_psd_n_parts_a_tree() -> None:
    text = REJECT + '_dmarc.b IN TXT "v=DMARC1; p=quarantine; psd=n"\n'
    verdict, _ = await evaluate("b.acme.example", None, (dkim("pass", "acme.example"),), zone(text))
    assert (verdict.result, verdict.disposition) == ("fail", "quarantine")
    verdict, _ = await evaluate("b.acme.example", None, (dkim("pass", "x.b.acme.example"),), zone(text))
    assert verdict.result == "pass"


@pytest.mark.parametrize(
    ("policy", "disposition"), [("reject", "quarantine"), ("quarantine", "none"), ("none", "none")]
)
async def test_t_is_one_level_softer(policy: str, disposition: str) -> None:
    text = REJECT.replace("p=reject", f"p={policy}; t=y")
    verdict, _ = await evaluate("acme.example", None, (), zone(text))
    assert (verdict.result, verdict.policy, verdict.disposition) == ("fail", policy, disposition)


async def test_pct_does_not_soften() -> None:
    verdict, _ = await evaluate("acme.example", None, (), zone(REJECT.replace("p=reject", "p=reject; pct=0")))
    assert verdict.disposition == "reject"


async def test_no_record_is_none() -> None:
    verdict, _ = await evaluate("acme.example", spf("pass", "acme.example"), (), zone(""))
    assert (verdict.result, verdict.policy, verdict.disposition) == ("none", None, "")


async def test_a_record_without_policy_is_permerror() -> None:
    text = REJECT.replace("p=reject", "p=block")
    verdict, _ = await evaluate("acme.example", spf("pass", "acme.example"), (), zone(text))
    assert verdict.result == "permerror"


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_failed_policy_look_up_is_temperror(status: Status) -> None:
    failing = FailingResolver(zone(REJECT), {("_dmarc.acme.example", "TXT"): status})
    verdict, _ = await evaluate("acme.example", spf("pass", "acme.example"), (), failing)
    assert (verdict.result, verdict.disposition) == ("temperror", "")


async def test_a_failed_key_look_up_is_temperror_only_without_another_pass() -> None:
    verdict, _ = await evaluate("acme.example", None, (dkim("temperror", "acme.example"),), zone(REJECT))
    assert (verdict.result, verdict.dkim_aligned) == ("temperror", None)
    verdict, _ = await evaluate(
        "acme.example", spf("pass", "acme.example"), (dkim("temperror", "acme.example"),), zone(REJECT)
    )
    assert verdict.result == "pass"
    verdict, _ = await evaluate("acme.example", None, (dkim("temperror", "esp.test"),), zone(REJECT))
    assert verdict.result == "fail"


async def test_an_unknown_organizational_domain_leaves_alignment_open() -> None:
    failing = FailingResolver(zone(REJECT), {("_dmarc.b.acme.example", "TXT"): "timeout"})
    verdict, signatures = await evaluate("acme.example", None, (dkim("pass", "b.acme.example"),), failing)
    assert (verdict.result, signatures[0].aligned) == ("temperror", None)


async def test_names_of_other_top_level_domains_are_never_aligned() -> None:
    failing = FailingResolver(zone(REJECT), {("_dmarc.esp.test", "TXT"): "timeout"})
    verdict, _ = await evaluate("acme.example", None, (dkim("pass", "esp.test"),), failing)
    assert verdict.result == "fail"


async def test_an_unknown_policy_of_a_failed_message_has_no_disposition() -> None:
    text = REJECT.replace("p=reject", "p=reject; sp=none; np=reject")
    failing = FailingResolver(zone(text), {("b.acme.example", "*"): "servfail"})
    verdict, _ = await evaluate("b.acme.example", None, (), failing)
    assert (verdict.result, verdict.policy, verdict.disposition) == ("fail", None, "")


def test_several_from_domains_never_pass() -> None:
    verdict = refuse(("acme.example", "evil.example"))
    assert verdict.result == "permerror"
    assert "evil.example" in verdict.reason
    assert refuse(()).result == "none"


async def test_a_message_costs_no_more_than_its_walks() -> None:
    resolver = FailingResolver(zone(REJECT), {})
    await evaluate("acme.example", None, (dkim("pass", "acme.example"),), MemoResolver(resolver))
    assert sorted(resolver.asked) == [("_dmarc.acme.example", "TXT"), ("_dmarc.example", "TXT")]


@pytest.mark.parametrize(
    "domain", ["", ".", "a..b", "x" * 64 + ".test", "y." * 130 + "test", "a b.test", "\x00", "é.test", "a\\"]
)
async def test_hostile_signing_domains_are_never_aligned(domain: str) -> None:
    verdict, signatures = await evaluate("acme.example", None, (dkim("pass", domain),), zone(REJECT))
    assert verdict.result == "fail"
    assert signatures[0].aligned is False


async def test_a_message_with_hundreds_of_signatures_is_bounded() -> None:
    resolver = FailingResolver(zone(REJECT), {})
    many = tuple(dkim("pass", f"d{i}.test") for i in range(500))
    verdict, signatures = await evaluate("acme.example", None, many, MemoResolver(resolver))
    assert (verdict.result, len(signatures)) == ("fail", 500)
    assert len(resolver.asked) < 50
