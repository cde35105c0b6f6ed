"""Generated domains with typical faults, fixed as mailproof proposes: no mail is worse off."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailproof.dns import MemoResolver
from mailproof.engine.audit import AuditOptions
from tests.support.resolvers import zone
from tests.unit.fixing.test_corpus import check

WORLD = """
$ORIGIN acme.example.
$TTL 3600
@ SOA ns1 host 1 7200 3600 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.53
ns2 A 198.51.100.53
{mx}
mail A 192.0.2.25
www A 192.0.2.80
{records}
$ORIGIN esp.example.
@ SOA ns1 host 1 7200 3600 1209600 300
_spf TXT "v=spf1 ip4:198.51.100.0/26 ~all"
spf2 TXT "v=spf1 ip4:198.51.100.64/26 a:out.esp.example -all"
out A 198.51.100.200
reports MX 10 out
acme.example._report._dmarc.reports TXT "v=DMARC1"
policy TXT "v=DMARC1; p=reject"
"""
#: The default suits CI; MAILPROOF_EXAMPLES=1000 for a long run.
MAX_EXAMPLES = int(os.environ.get("MAILPROOF_EXAMPLES", "60"))
KEY = "MCowBQYDK2VwAyEA11qYAYKxCrfVS7TyWQHOg7hcvPapiMlrwIaaPcHURo4="

TERMS = st.sampled_from(
    [
        "mx",
        "a",
        "a:www.acme.example",
        "ip4:192.0.2.10",
        "ip4:192.0.2.9/24",
        "ip4:10.0.0.0/8",
        "ip6:2001:db8::5/64",
        "include:_spf.esp.example",
        "include:spf2.esp.example",
        "include:gone.example",
        "include:_spf-esp.example",
        "a:gone.acme.example",
        "ptr",
        "exists:%{i}.acme.example",
        "?ip4:192.0.2.77",
        "-ip4:192.0.2.66",
        "ip4:192.0.2.*",
        "ip4:192.0.2.64-192.0.2.71",
        "ip4:mail.acme.example",
        "_spf.esp.example",
        "a:_spf.esp.example",
        "include:mail.acme.example",
        "include:acme.example",
    ]
)
ENDS = st.sampled_from(["-all", "~all", "?all", "all", "+all", "", "redirect=_spf.esp.example"])
STARTS = st.sampled_from(
    ["v=spf1 ", "v=spf1", "V=SPF1 ", "spf1 ", " v=spf1 ", "v=spf1; ", "token=x v=spf1 ", "v=sfp1 "]
)
SEAMS = st.sampled_from([" ", " ", " ", " ", "", ",", "\\\\n", "+", ", ", ";", "; ", "  ", '" "', ' " "'])
TAILS = st.sampled_from(["", "", "", ";", ",v=DMARC1", ";MS=ms1234", " v=spf1 -all", "v=spf1 mx ~all", " mx"])


@st.composite
def spf_records(draw: st.DrawFn) -> str:
    terms = draw(st.lists(TERMS, max_size=5))
    end = draw(ENDS)
    parts = [*terms, *([end] if end else [])]
    text = draw(STARTS)
    for number, part in enumerate(parts):
        text += (draw(SEAMS) if number else "") + part
    return text + draw(TAILS)


RUA = st.sampled_from(
    [
        "rua=mailto:d@acme.example",
        "rua=mailto: d@acme.example",
        "rua:mailto:d@acme.example",
        "rua=d@acme.example",
        "rua=mailto:<d@acme.example>",
        "rua=mailto:d@acme.example mailto:e@reports.esp.example",
        "rua=mailto:d@acme.example;mailto:e@reports.esp.example",
        "rau=mailto:d@acme.example",
        "rua=mailto:d@acme.example!10m",
        "rua=mailto//d@acme.example",
        "rua=mailto.d@acme.example",
        "rua=mailto:Reports <d@acme.example>",
        "rua=mailto:d@acme.example!",
        "",
    ]
)
POLICIES = st.sampled_from(
    [
        "p=none",
        "p=quarantine",
        "p=reject",
        "P=reject",
        "p=rejct",
        "pp=reject",
        "p:none",
        "p=reject; pct=0",
        "",
        "p=",
    ]
)
OTHERS = st.lists(
    st.sampled_from(
        ["sp=none", "sp=reject", "np=none", "adkim=s", "aspf=s", "t=y", "pct=50", "fo=1", "fo=x", "ri=86400"]
    ),
    max_size=3,
    unique_by=lambda text: text[:2],
)
DMARC_STARTS = st.sampled_from(
    [
        "v=DMARC1; ",
        "v=DMARC1;",
        "v=DMARC1 ",
        "v=dmarc1; ",
        " v=DMARC1; ",
        "DMARC1; ",
        "v=DMARC1, ",
        "v=DKIM1; ",
    ]
)


@st.composite
def dmarc_records(draw: st.DrawFn) -> str:
    parts = [part for part in (draw(POLICIES), draw(RUA), *draw(OTHERS)) if part]
    return draw(DMARC_STARTS) + draw(st.sampled_from(["; ", ";", ", ", " ", "&"])).join(parts)


@st.composite
def worlds(draw: st.DrawFn) -> str:
    lines = [f'@ TXT "{draw(spf_records())}"']
    if draw(st.booleans()):
        lines.append('@ TXT "google-site-verification=keep"')
    if draw(st.integers(0, 9)) == 0:
        lines.append("_dmarc CNAME policy.esp.example.")
    else:
        lines.append(f'_dmarc TXT "{draw(dmarc_records())}"')
    key = draw(
        st.sampled_from(["", f"v=DKIM1; k=ed25519; p={KEY}", f"k=rsa p={KEY}", KEY, f"v=DKIM1; p={KEY[:30]}"])
    )
    if key:
        lines.append(f's1._domainkey TXT "{key}"')
    mx = draw(
        st.sampled_from(
            [
                "@ MX 10 mail",
                "@ MX 10 mail\n@ MX 20 gone",
                "",
                "@ MX 10 mail.acme.example",
                "@ MX 0 .",
                "@ MX 10 mail.acme.example\\032.",
                "@ MX 10 192.0.2.25.",
            ]
        )
    )
    return WORLD.format(mx=mx, records="\n".join(lines))


@settings(
    max_examples=MAX_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(worlds())
@pytest.mark.once
async def test_nobody_is_worse_off(text: str) -> None:
    options = AuditOptions(selectors=("s1",))
    await check("acme.example", MemoResolver(zone(text)), options, text)
