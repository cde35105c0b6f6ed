"""DMARC by a method's result and what is known of its domain (RFC 9989 section 5.3)."""

from __future__ import annotations

import pytest

from mailproof.auth.dmarc import evaluate
from mailproof.model import AuthResult, DkimVerdict, SpfVerdict, Status
from tests.support.resolvers import FailingResolver, zone

#: ``mail.acme.example`` belongs to acme.example, ``notacme.example`` and ``acme.test`` do not.
WORLD = '$ORIGIN acme.example.\n@ IN A 192.0.2.1\nmail IN A 192.0.2.2\n_dmarc IN TXT "v=DMARC1; p=reject"\n'
WALK: dict[str, dict[tuple[str, str], Status]] = {
    "known": {},
    # If the tree walk from the identifier's domain fails, its organizational domain is unknown.
    "open": {
        (f"_dmarc.{name}", "TXT"): "servfail"
        for name in ("mail.acme.example", "notacme.example", "acme.test")
    },
}


@pytest.mark.parametrize(
    ("result", "domain", "walk", "aligned", "verdict"),
    [
        ("pass", "acme.example", "known", True, "pass"),
        ("pass", "ACME.example.", "known", True, "pass"),
        ("pass", "mail.acme.example", "known", True, "pass"),
        ("pass", "notacme.example", "known", False, "fail"),
        ("pass", "acme.test", "known", False, "fail"),
        ("pass", "mail.acme.example", "open", None, "temperror"),
        ("pass", "notacme.example", "open", None, "temperror"),
        ("pass", "acme.test", "open", False, "fail"),  # another top-level domain: never the same organization
        ("temperror", "acme.example", "known", True, "temperror"),
        ("temperror", "mail.acme.example", "known", True, "temperror"),
        ("temperror", "mail.acme.example", "open", None, "temperror"),
        ("temperror", "notacme.example", "open", None, "temperror"),
        ("temperror", "notacme.example", "known", False, "fail"),
        ("temperror", "acme.test", "open", False, "fail"),
        ("fail", "acme.example", "known", True, "fail"),
        ("fail", "mail.acme.example", "open", None, "fail"),
        ("permerror", "acme.example", "known", True, "fail"),
        ("neutral", "acme.example", "known", True, "fail"),
        ("none", "acme.example", "known", True, "fail"),
    ],
)
async def test_one_identifier(
    result: AuthResult, domain: str, walk: str, aligned: bool | None, verdict: str
) -> None:
    resolver = FailingResolver(zone(WORLD), WALK[walk])
    counts = {"pass": True, "fail": False, "temperror": None}[verdict]
    by_spf, _ = await evaluate("acme.example", SpfVerdict(result, domain), (), resolver)
    assert (by_spf.result, by_spf.spf_aligned, by_spf.spf_domain_aligned) == (verdict, counts, aligned)
    assert by_spf.dkim_aligned is False
    by_dkim, (filled,) = await evaluate("acme.example", None, (DkimVerdict(result, domain, "s1"),), resolver)
    assert (by_dkim.result, by_dkim.dkim_aligned, filled.aligned) == (verdict, counts, aligned)
    assert by_dkim.spf_aligned is False
    assert by_dkim.spf_domain_aligned is None


@pytest.mark.parametrize(
    ("spf", "dkim", "verdict", "words"),
    [
        ("pass", "pass", "pass", "SPF and DKIM passed with an aligned domain"),
        ("pass", "fail", "pass", "SPF passed with an aligned domain"),
        ("pass", "temperror", "pass", "SPF passed with an aligned domain"),
        ("temperror", "pass", "pass", "DKIM passed with an aligned domain"),
        ("temperror", "fail", "temperror", "SPF may pass and align, but a DNS lookup failed"),
        ("fail", "temperror", "temperror", "DKIM may pass and align, but a DNS lookup failed"),
        ("fail", "fail", "fail", "neither SPF nor DKIM passed with a domain aligned with acme.example"),
    ],
)
async def test_two_identifiers(spf: AuthResult, dkim: AuthResult, verdict: str, words: str) -> None:
    found, _ = await evaluate(
        "acme.example",
        SpfVerdict(spf, "acme.example"),
        (DkimVerdict(dkim, "acme.example", "s1"),),
        zone(WORLD),
    )
    assert found.result == verdict
    assert found.reason.startswith(words)
    assert found.disposition == {"pass": "none", "fail": "reject", "temperror": ""}[verdict]


@pytest.mark.parametrize(
    ("record", "domain", "result", "disposition"),
    [
        ("v=DMARC1; p=none", "acme.example", "fail", "none"),
        ("v=DMARC1; p=quarantine", "acme.example", "fail", "quarantine"),
        ("v=DMARC1; p=reject; t=n", "acme.example", "fail", "reject"),
        # RFC 9989 section 4.7: t=y requests a policy one step weaker.
        ("v=DMARC1; p=reject; t=y", "acme.example", "fail", "quarantine"),
        ("v=DMARC1; p=quarantine; t=y", "acme.example", "fail", "none"),
        ("v=DMARC1; p=none; t=y", "acme.example", "fail", "none"),
        # For a subdomain: np if the name does not exist, else sp, else p.
        ("v=DMARC1; p=reject; sp=none; np=quarantine", "mail.acme.example", "fail", "none"),
        ("v=DMARC1; p=reject; sp=none; np=quarantine", "gone.acme.example", "fail", "quarantine"),
        ("v=DMARC1; p=reject; sp=none", "gone.acme.example", "fail", "none"),
        ("v=DMARC1; p=quarantine", "mail.acme.example", "fail", "quarantine"),
        ("v=DMARC1; p=quarantine; np=reject", "mail.acme.example", "fail", "quarantine"),
        # Strict alignment requires the same name.
        ("v=DMARC1; p=reject; aspf=s", "mail.acme.example", "fail", "reject"),
    ],
)
async def test_what_a_record_asks_for(record: str, domain: str, result: str, disposition: str) -> None:
    world = zone(WORLD.replace("v=DMARC1; p=reject", record))
    found, _ = await evaluate(domain, SpfVerdict("fail", domain), (), world)
    assert (found.result, found.disposition) == (result, disposition)


@pytest.mark.parametrize(
    ("mode", "domain", "result"),
    [("r", "mail.acme.example", "pass"), ("s", "mail.acme.example", "fail"), ("s", "acme.example", "pass")],
)
async def test_each_method_has_its_own_mode(mode: str, domain: str, result: str) -> None:
    spf = zone(WORLD.replace("p=reject", f"p=reject; aspf={mode}; adkim=r"))
    by_spf, _ = await evaluate("acme.example", SpfVerdict("pass", domain), (), spf)
    dkim = zone(WORLD.replace("p=reject", f"p=reject; adkim={mode}; aspf=r"))
    by_dkim, _ = await evaluate("acme.example", None, (DkimVerdict("pass", domain, "s1"),), dkim)
    assert (by_spf.result, by_dkim.result) == (result, result)
