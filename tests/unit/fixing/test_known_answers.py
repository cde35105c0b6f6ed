"""Common mistakes, each with the one right answer by an RFC: exactly what fixes publish."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from mailproof.dns import MemoResolver
from mailproof.engine.audit import AuditOptions
from mailproof.engine.fixes import SAFE, ProposalWish
from tests.support.resolvers import zone
from tests.support.rulebook import NOW
from tests.unit.fixing.test_corpus import check, proposed

HALVES = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvL0egHRNOzHqDj3gtwlxVlLPMOQhjO7Rkes8vdr0dlFIe296YNMoRKb9"
    "GFWNqCvdbIAj0TM4bMToCPD59QpNxvli/ptoBfhObuM8oYESzY7in8bFEaA2vvpPToQzFrlGTvuYpzvBQLv9WFFE4Wa2/lb7OzvaO",
    "+7uTCpJF8aqjkLe3uEJVjc3ghzTbII0Fk0qYHcXmAPYHFnvk7SGTEq3hFFMruoiKrB/saTsReHLfc2RHboZnORe3cRHS2IoCS0gy/"
    "S3FnQaSmOrTIDZXhSHxBHDm/L0ZuQgtL46ov21REcvoCf6j/tSqGt2ZJC51UwaiT7GymGot/ihZ22CH3wYowIDAQAB",
)
KEY = "".join(HALVES)
DAMAGED = KEY.replace("/", " ", 1)
RAW = "11qYAYKxCrfVS7TyWQHOg7hcvPapiMlrwIaaPcHURo4="
ADDRESSES = " ".join(f"ip4:198.51.100.{number}" for number in range(100, 112))
CUT = f"v=spf1 {ADDRESSES} mx include:_spf.esp.example -all"
WORLD = f"""
$ORIGIN acme.example.
$TTL 3600
@ SOA ns1 host 1 7200 3600 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.53
ns2 A 198.51.100.53
mail A 192.0.2.25
%s
$ORIGIN esp.example.
@ SOA ns1 host 1 7200 3600 1209600 300
_spf TXT "v=spf1 ip4:198.51.100.0/26 ~all"
@ TXT "v=spf1 ip4:198.51.100.0/26 ~all"
policy TXT "v=DMARC1; p=reject"
k1 TXT "v=DKIM1; k=ed25519; p={RAW}"
"""
USUAL = (
    "@ MX 10 mail",
    '@ TXT "v=spf1 mx -all"',
    '_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"',
    f's1._domainkey TXT "v=DKIM1; k=ed25519; p={RAW}"',
)
NO_KEY = "s1._domainkey TXT"
NO_POLICY = "_dmarc TXT"
NO_SPF = "@ TXT"


class Case(NamedTuple):
    """Records that replace the default ones of the same name and type, and the records of the repair."""

    name: str
    lines: tuple[str, ...]
    published: tuple[str, ...]
    subdomains: tuple[str, ...] = ()


CASES = (
    # RFC 7208 section 5.3: no host is at either name. Only the first is certainly an include; which hosts the
    # other was meant to allow is for the owner to decide.
    Case(
        "two-terms-that-match-nothing",
        ('@ TXT "v=spf1 a:_spf.esp.example a:esp.example mx -all"',),
        ("@ TXT v=spf1 include:_spf.esp.example a:esp.example mx -all",),
    ),
    # RFC 6376 section 3.6.2.2: the strings of one record are joined, records are not.
    Case(
        "key-in-two-records-each-with-p",
        (
            f's1._domainkey TXT "v=DKIM1; k=rsa; p={HALVES[0]}"',
            f's1._domainkey TXT "p={HALVES[1]}"',
        ),
        (f"s1._domainkey TXT v=DKIM1; k=rsa; p={KEY}",),
    ),
    # RFC 8460 section 3, RFC 8461 section 3.1: a given zone shows names similar to these.
    Case(
        "tls-reports-at-a-name-with-a-hyphen",
        ('_smtp-tls TXT "v=TLSRPTv1; rua=mailto:t@acme.example"',),
        ("_smtp._tls TXT v=TLSRPTv1; rua=mailto:t@acme.example",),
    ),
    Case(
        "mta-sts-without-its-hyphen",
        ('_mtasts TXT "v=STSv1; id=1"', "mta-sts A 192.0.2.81"),
        ("_mta-sts TXT v=STSv1; id=1",),
    ),
    Case(
        "policy-of-a-subdomain-of-one-letter",  # RFC 9989 section 4.10: it is where it belongs
        ('_dmarc.a TXT "v=DMARC1; p=reject"', NO_POLICY),
        ("_dmarc TXT v=DMARC1; p=none",),
    ),
    # RFC 6376 section 3.6.2.1: the key is at <selector>._domainkey.<domain>.
    Case(
        "key-below-domainkey-twice",
        (f's1._domainkey._domainkey TXT "v=DKIM1; k=ed25519; p={RAW}"', NO_KEY),
        (f"s1._domainkey TXT v=DKIM1; k=ed25519; p={RAW}",),
    ),
    Case(
        "key-without-domainkey-in-its-name",
        (f's1 TXT "v=DKIM1; k=ed25519; p={RAW}"', NO_KEY),
        (f"s1._domainkey TXT v=DKIM1; k=ed25519; p={RAW}",),
    ),
    # RFC 8463 section 4: an ed25519 key is only the 32 octets.
    Case(
        "ed25519-key-of-a-file-without-its-tags",
        (f's1._domainkey TXT "MCowBQYDK2VwAyEA{RAW}"',),
        (f"s1._domainkey TXT v=DKIM1; k=ed25519; p={RAW}",),
    ),
    Case("32-octets-of-anything", (f's1._domainkey TXT "{RAW}"',), ()),
    # RFC 6376 section 3.6.1: white space in p= is ignored; other missing characters are unknown.
    Case(
        "key-that-lost-another-character",
        (f's1._domainkey TXT "v=DKIM1; k=rsa; p=" "{DAMAGED[:200]}" "{DAMAGED[200:]}"',),
        (),
    ),
    # RFC 9989 section 4.7 (t): current receivers use t=y instead of pct=0.
    Case(
        "misspelt-version-and-policy-with-pct-0",
        ('_dmarc TXT "v=DMARC; p=quarantie; pct=0; rua=mailto:d@acme.example"', NO_POLICY),
        ("_dmarc TXT v=DMARC1; p=quarantine; t=y; pct=0; rua=mailto:d@acme.example",),
    ),
    # RFC 7208 section 3.3: the strings of one TXT record are joined, records are not.
    Case(
        "spf-in-two-records",
        ('@ TXT "v=spf1 mx"', '@ TXT "include:_spf.esp.example"', '@ TXT "some=token"'),
        ("@ TXT v=spf1 mx include:_spf.esp.example",),
    ),
    Case(
        "spf-without-its-end",  # the owner decides on it: hosts that are not listed get neutral today
        ('@ TXT "v=spf1 mx include:_spf.esp.example"', '@ TXT "~all"'),
        (),
    ),
    Case(
        "spf-cut-at-255-and-its-rest",
        (f'@ TXT "{CUT[:255]}"', f'@ TXT "{CUT[255:]}"'),
        (f"@ TXT {CUT}",),
    ),
    Case(
        "spf-name-and-term-in-two-strings",
        ('@ TXT "v=spf1 include:_spf.esp.example" "mx -all"',),
        ("@ TXT v=spf1 include:_spf.esp.example mx -all",),
    ),
    Case(
        "token-in-the-second-string",
        ('@ TXT "v=spf1 mx -all" "some-verification=abc"',),
        ("@ TXT v=spf1 mx -all", "@ TXT some-verification=abc"),
    ),
    Case("spf-of-a-display-that-shortens", ('@ TXT "v=spf1 mx ip4:192.0.2.1..."',), ()),
    # RFC 1035 section 5.1: a name without its final dot is relative to the zone.
    Case(
        "alias-of-the-policy-host-without-its-final-dot",
        (
            '_mta-sts TXT "v=STSv1; id=1"',
            "mta-sts CNAME mta-sts.esp.example",
            "mta-sts.esp.example. A 192.0.2.81",
        ),
        ("mta-sts CNAME mta-sts.esp.example.",),
    ),
    Case(
        "alias-of-the-policy-without-its-final-dot",
        ("_dmarc CNAME policy.esp.example", NO_POLICY),
        ("_dmarc CNAME policy.esp.example.",),
    ),
    # RFC 7208 section 5.2: an include refers to a record, not to a host.
    Case(
        "include-of-the-mail-host",
        ('@ TXT "v=spf1 include:mail.acme.example -all"',),
        ("@ TXT v=spf1 a:mail.acme.example -all",),
    ),
    Case(
        "hosts-of-a-name-that-has-a-record-alone",
        ('@ TXT "v=spf1 mx a:_spf.esp.example -all"',),
        ("@ TXT v=spf1 mx include:_spf.esp.example -all",),
    ),
    Case(
        "mail-hosts-of-a-mail-host",
        ('@ TXT "v=spf1 mx:mail.acme.example -all"',),
        ("@ TXT v=spf1 a:mail.acme.example -all",),
    ),
    Case(
        "include-with-the-domain-appended",
        ('@ TXT "v=spf1 mx include:_spf.esp.example.acme.example -all"',),
        ("@ TXT v=spf1 mx include:_spf.esp.example -all",),
    ),
    # A subdomain that looks like another domain, whose owner would be allowed to send.
    Case("include-of-a-subdomain", ('@ TXT "v=spf1 mx include:esp.example.acme.example -all"',), ()),
    # RFC 9989 section 4.7: only the author knows which of two policies is intended.
    Case("two-policies-in-one", ('_dmarc TXT "v=DMARC1; p=none; v=DMARC1; p=reject"',), ()),
    # RFC 1918: no one sends mail over the Internet from there.
    Case("private-address-beside-a-public-one", ("mail A 10.1.2.3",), ()),
    # RFC 7208 section 12: the grammar is ASCII.
    Case(
        "letters-that-look-like-others",
        ('@ TXT "v=spf1 mх inсlude:_spf.esp.example －аll"',),
        ("@ TXT v=spf1 mx include:_spf.esp.example -all",),
    ),
    Case("a-name-that-is-cyrillic", ('@ TXT "v=spf1 mx include:сор.example -all"',), ()),
    # RFC 7208 section 5.2: an include matches if the check of the other record passes.
    Case(
        "a-typo-is-all-that-keeps-everyone-out",
        (
            '@ TXT "v=spf1 include:open.esp.example -aall"',
            'open.esp.example. TXT "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"',
        ),
        (),
    ),
    # RFC 9989 section 4.7: the tags of a record are in one TXT record.
    Case(
        "report-address-in-a-record-of-its-own",
        ('_dmarc TXT "v=DMARC1; p=reject;"', '_dmarc TXT "rua=mailto:d@acme.example"'),
        ("_dmarc TXT v=DMARC1; p=reject; rua=mailto:d@acme.example",),
    ),
    # RFC 9989 section 4.5: policy records are at _dmarc; RFC 7208 section 4.5: one record per TXT record.
    Case(
        "dmarc-behind-spf",
        (
            '@ TXT "v=spf1 mx -all;v=DMARC1;p=reject;rua=mailto:d@acme.example"',
            '_dmarc TXT "some=token"',
        ),
        (
            "@ TXT v=spf1 mx -all",
            "_dmarc TXT v=DMARC1; p=reject; rua=mailto:d@acme.example",
        ),
    ),
    # RFC 8460 section 3: its records begin with v=TLSRPTv1.
    Case(
        "tls-reports-with-the-version-of-dmarc",
        ('_smtp._tls TXT "v=DMARC1; rua=mailto:tls@acme.example"',),
        ("_smtp._tls TXT v=TLSRPTv1; rua=mailto:tls@acme.example",),
    ),
    # RFC 7208 section 3.3: strings are joined as they are.
    Case(
        "policy-twice-in-one-record",
        ("_dmarc TXT" + ' "v=DMARC1; p=reject; rua=mailto:d@acme.example"' * 2,),
        ("_dmarc TXT v=DMARC1; p=reject; rua=mailto:d@acme.example",),
    ),
    Case(
        "html-around-a-policy",
        ('_dmarc TXT "<p>v=DMARC1; p=&quot;reject&quot;; rua=&lt;mailto:d@acme.example&gt;</p>"',),
        ("_dmarc TXT v=DMARC1; p=reject; rua=mailto:d@acme.example",),
    ),
    # The range is to be replaced by the sending hosts, of which one is named.
    Case("host-in-a-range-that-is-too-wide", ('@ TXT "v=spf1 ip4:0.0.0.0/0 ip4:192.0.2.25 -all"',), ()),
    Case(
        "title-before-a-policy",
        ('_dmarc TXT "DMARC: v=DMARC1; p=reject; rua=mailto:d@acme.example"',),
        ("_dmarc TXT v=DMARC1; p=reject; rua=mailto:d@acme.example",),
    ),
    # RFC 6068 section 2: the domain of an address has no trailing dot.
    Case(
        "report-address-with-a-final-dot",
        ('_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example."',),
        ("_dmarc TXT v=DMARC1; p=reject; rua=mailto:d@acme.example",),
    ),
    # Which of two percentages applies is unclear, so t=y may request less.
    Case(
        "two-percentages", ('_dmarc TXT "v=DMARC1; p=reject; pct=25; pct=0; rua=mailto:d@acme.example"',), ()
    ),
    Case(
        "dmarc-behind-spf-in-a-second-string",
        ('@ TXT "v=spf1 mx -all" "v=DMARC1; p=none; rua=mailto:d@acme.example"', '_dmarc TXT "some=token"'),
        ("@ TXT v=spf1 mx -all", "_dmarc TXT v=DMARC1; p=none; rua=mailto:d@acme.example"),
    ),
    # RFC 9989 section 4.8: with a report address, it counts as p=none already.
    Case(
        "policy-none-with-a-comment",
        ('_dmarc TXT "v=DMARC1; p=none (monitoring); rua=mailto:d@acme.example"',),
        ("_dmarc TXT v=DMARC1; p=none; rua=mailto:d@acme.example",),
    ),
    Case(
        "record-of-the-type-spf",
        ('@ SPF "v=spf1 mx -all"', NO_SPF),
        ("@ TXT v=spf1 mx -all",),
    ),
    # RFC 9989 section 4.7: semicolons separate tags, commas separate destinations.
    Case(
        "tag-glued-to-a-report-address",
        ('_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@acme.exampleruf=mailto:f@acme.example"',),
        ("_dmarc TXT v=DMARC1; p=reject; rua=mailto:d@acme.example; ruf=mailto:f@acme.example",),
    ),
    Case(
        "report-addresses-glued",
        ('_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@acme.examplemailto:e@acme.example"',),
        ("_dmarc TXT v=DMARC1; p=reject; rua=mailto:d@acme.example,mailto:e@acme.example",),
    ),
    # RFC 9989 section A.6: a policy that becomes effective must not reject mail if it was in test mode.
    Case(
        "pct-zero-in-a-record-that-was-not-read",
        ('_dmarc TXT "v=DMARC1 p=reject; pct=0; rua=mailto:d@acme.example"',),
        ("_dmarc TXT v=DMARC1; p=reject; t=y; pct=0; rua=mailto:d@acme.example",),
    ),
    Case(
        "pct-zero-at-the-wrong-name",
        ('dmarc TXT "v=DMARC1; p=reject; pct=0; rua=mailto:d@acme.example"', NO_POLICY),
        ("_dmarc TXT v=DMARC1; p=reject; t=y; pct=0; rua=mailto:d@acme.example",),
    ),
    # A removed record must not contain the only copy of another one.
    Case("spf-behind-a-spare-policy", ('@ TXT "v=DMARC1; p=none v=spf1 mx -all"',), ()),
    # The only copy of a key may be at a place without effect.
    Case("key-behind-spf", (f'@ TXT "v=spf1 mx -all" "v=DKIM1; p={HALVES[0]}" "{HALVES[1]}"',), ()),
    # RFC 7672 section 2.2.3: TLSA records of an alias do not apply to its target.
    Case(
        "mx-is-an-alias-that-has-the-tlsa-record",
        ("@ MX 10 mx", "mx CNAME mail", f"_25._tcp.mx TLSA 3 1 1 {'1a' * 32}"),
        (),
    ),
)


def world_of(case: Case) -> str:
    replaced = {tuple(line.split()[:2]) for line in case.lines}
    usual = (line for line in USUAL if tuple(line.split()[:2]) not in replaced)
    return WORLD % "\n".join(
        (*usual, *(line for line in case.lines if line not in (NO_KEY, NO_POLICY, NO_SPF)))
    )


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_the_right_records(case: Case) -> None:
    text = world_of(case)
    options = AuditOptions(selectors=("s1",), subdomains=case.subdomains)
    report, proven, _, _ = await proposed("acme.example", MemoResolver(zone(text)), options, NOW)
    said = {
        f"{record.name} {record.rrtype} {record.value}"
        for finding in proven.findings
        if finding.fix is not None and finding.fix.kind != "decision" and finding.severity != "info"
        for record in finding.fix.records
        if record.action == "publish"
    }
    wanted = {
        line.replace(" ", ".acme.example ", 1) if line[0] != "@" else line.replace("@", "acme.example", 1)
        for line in case.published
    }
    assert said == wanted, [finding.message for finding in report.findings]
    await check("acme.example", MemoResolver(zone(text)), options, text)


async def test_a_repair_that_a_decision_makes_safe_is_proposed_with_it() -> None:
    """RFC 7208 section 5.2: whatever else is corrected, an include without a record is a permerror."""
    lines = ('@ TXT "v=spf1 mx ip4:192.0.2.9/24 include:gone.esp.example -all"',)
    world = MemoResolver(zone(world_of(Case("", lines, ()))))
    wish = ProposalWish((*SAFE, "decision"))
    _, _, proposal, _ = await proposed("acme.example", world, AuditOptions(selectors=("s1",)), NOW, wish)
    assert {"SPF010", "SPF017"} <= {finding.rule for finding in proposal.fixed}


async def test_a_record_that_moves_is_published_wherever_its_removal_is_shown() -> None:
    """Each fix may be applied alone: none may drop a record of the same set that belongs elsewhere."""
    policy = "v=DMARC1; p=none; rua=mailto:d@acme.example"
    lines = ('@ TXT "v=spf1 mx ~all;"', f'@ TXT "{policy}"', '_dmarc TXT "some=token"')
    world = MemoResolver(zone(world_of(Case("", lines, ()))))
    _, proven, _, _ = await proposed("acme.example", world, AuditOptions(selectors=("s1",)), NOW)
    fixes = [finding.fix.records for finding in proven.findings if finding.fix is not None]
    removing = [
        records for records in fixes if any(r.value == policy and r.action == "remove" for r in records)
    ]
    assert len(removing) > 1
    for records in removing:
        assert any((r.name, r.value, r.action) == ("_dmarc.acme.example", policy, "publish") for r in records)


async def test_a_subdomains_mx_in_the_zone_of_its_parent() -> None:
    """RFC 1035 section 5.1: without its final dot, the host's name had the zone appended."""
    text = WORLD % "\n".join(
        (*USUAL, "news MX 10 mail.acme.example", 'news TXT "v=spf1 a:mail.acme.example -all"')
    )
    world = MemoResolver(zone(text))
    _, proven, _, _ = await proposed("news.acme.example", world, AuditOptions(), NOW)
    (found,) = (each for each in proven.findings if each.rule == "MX018")
    assert found.fix is not None
    assert [(record.action, record.data) for record in found.fix.records] == [
        ("remove", "10 mail.acme.example.acme.example."),
        ("publish", "10 mail.acme.example."),
    ]


async def test_an_alias_by_wildcard_ends_at_a_policy() -> None:
    """RFC 4592 section 3.3.3: a wildcard's CNAME answers for names that don't exist."""
    more = (
        "* CNAME mx.esp.example.",
        "mx.esp.example. MX 10 mx.esp.example.",
        '_dmarc.news TXT "v=DMARC1; p=none"',
    )
    world = MemoResolver(zone(WORLD % "\n".join((*USUAL, *more))))
    options = AuditOptions(subdomains=("news",))
    _, proven, _, _ = await proposed("acme.example", world, options, NOW)
    (found,) = (each for each in proven.findings if each.rule == "MX021")
    assert found.message.startswith("news.acme.example has no MX, because _dmarc.news.acme.example exists")
    assert found.fix is not None
    assert found.fix.records == ()
    assert "(to mx.esp.example)" in found.fix.summary
