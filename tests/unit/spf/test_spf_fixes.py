"""Proposals of the SPF rules: the kind of each fix, and words instead if a record would be a guess."""

from __future__ import annotations

import pytest

from mailproof.data.providers import known_providers, meant_host, meant_include
from mailproof.dns import ZoneResolver
from mailproof.model import Finding, Fix, Outcome, Severity
from mailproof.records.spf import parse_spf
from mailproof.records.spf.allowed import reach_of
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver, zone
from tests.support.spf import outcomes

ESP = '$ORIGIN esp.example.\n@ 60 IN TXT "v=spf1 ip4:203.0.113.0/24 -all"\n'
MAIL = "@ 60 IN MX 10 mail\nmail 60 IN A 192.0.2.25\n"


def world(record: str, more: str = "") -> str:
    return f'$ORIGIN acme.example.\n@ 60 IN TXT "{record}"\n{more}{ESP}'


async def finding(rule: str, record: str, more: str = "") -> Finding:
    return (await outcomes(world(record, more)))[rule].findings[0]


async def fix(rule: str, record: str, more: str = "") -> Fix:
    proposed = (await finding(rule, record, more)).fix
    assert proposed is not None
    return proposed


def published(proposed: Fix) -> list[str]:
    return [record.value for record in proposed.records if record.action == "publish"]


@pytest.mark.parametrize(
    ("rule", "record", "kind", "texts"),
    [
        ("SPF004", "v=spf1 mx ?all;MS=ms12345", "repair", ["v=spf1 mx ?all", "MS=ms12345"]),
        ("SPF004", "v=spf1 mx ipv4:192.0.2.1 +all;", "repair", []),
        ("SPF004", "v=spf1 a:a.testip4:192.0.2.1 -all", "repair", ["v=spf1 a:a.test ip4:192.0.2.1 -all"]),
        ("SPF006", "v=spf1 mx +all", "decision", ["v=spf1 mx ~all"]),
        ("SPF006", "v=spf1 +all", "decision", []),
        ("SPF007", "v=spf1 mx ?all", "decision", ["v=spf1 mx ~all"]),
        ("SPF008", "v=spf1 mx", "decision", ["v=spf1 mx ~all"]),
        ("SPF009", "v=spf1 ptr -all", "improvement", []),
        ("SPF010", "v=spf1 mx include:gone.example -all", "decision", ["v=spf1 mx -all"]),
        ("SPF010", "v=spf1 include:gone.example -all", "decision", []),
        ("SPF010", "v=spf1 include:_spf-google.com -all", "repair", ["v=spf1 include:_spf.google.com -all"]),
        ("SPF010", "v=spf1 include:_spf.gogle.com include:gone.example -all", "repair", []),
        ("SPF011", "v=spf1 redirect=_spf.google.con", "repair", ["v=spf1 redirect=_spf.google.com"]),
        ("SPF011", "v=spf1 mx redirect=gone.example", "decision", []),
        ("SPF012", "v=spf1 mx include:acme.example -all", "repair", ["v=spf1 mx -all"]),
        ("SPF013", "v=spf1 -all include:esp.example", "repair", ["v=spf1 include:esp.example -all"]),
        ("SPF013", "v=spf1 -all include:esp.example ~all", "decision", []),
        ("SPF014", "v=spf1 redirect=esp.example -all", "repair", ["v=spf1 include:esp.example -all"]),
        ("SPF014", "v=spf1 mx redirect=esp.example -all", "decision", []),
        ("SPF016", "v=spf1 mx ip4:10.0.0.1 -all", "decision", ["v=spf1 mx -all"]),
        ("SPF016", "v=spf1 ip4:10.0.0.1 -all", "decision", []),
        ("SPF017", "v=spf1 ip4:192.0.2.9/24 -all", "improvement", ["v=spf1 ip4:192.0.2.0/24 -all"]),
        ("SPF025", "v=spf1 mx mx -all", "improvement", ["v=spf1 mx -all"]),
        ("SPF029", "v=spf1 ip4=192.0.2.1 -all", "repair", ["v=spf1 ip4:192.0.2.1 -all"]),
        ("SPF029", "v=spf1 mx x-verification=abc ~all", "repair", ["v=spf1 mx ~all", "x-verification=abc"]),
        ("SPF029", "v=spf1 mx foo=bar ~all", "improvement", ["v=spf1 mx ~all"]),
        ("SPF029", "v=spf1 mx all=-all", "repair", []),
        ("SPF032", "v=spf1 a:x.acme.example mx ~all", "decision", ["v=spf1 mx ~all"]),
        ("SPF032", "v=spf1 a:x.acme.example ~all", "decision", []),
        ("SPF033", "v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.1", "improvement", ["v=spf1 ip4:192.0.2.0/24"]),
        ("SPF034", "v=spf1 ip4:203.0.113.0/24 include:esp.example -all", "decision", []),
    ],
)  # fmt: skip
async def test_what_is_proposed(rule: str, record: str, kind: str, texts: list[str]) -> None:
    proposed = await fix(rule, record, MAIL)
    assert (proposed.kind, published(proposed)) == (kind, texts)
    assert all(parse_spf(text).valid for text in texts if text.startswith("v="))


@pytest.mark.parametrize(
    ("rule", "record", "severity"),
    [
        ("SPF013", "v=spf1 -all include:esp.example", Severity.ERROR),
        ("SPF013", "v=spf1 ?all include:esp.example", Severity.WARNING),
        ("SPF013", "v=spf1 mx -all ~all", Severity.INFO),
        ("SPF014", "v=spf1 redirect=esp.example ~all", Severity.ERROR),
        ("SPF014", "v=spf1 mx redirect=esp.example ~all", Severity.WARNING),
        ("SPF029", "v=spf1 mx include=esp.example ~all", Severity.ERROR),
        ("SPF029", "v=spf1 mx foo=bar ~all", Severity.INFO),
        ("SPF032", "v=spf1 mx a:x.acme.example ~all", Severity.INFO),
        ("SPF032", "v=spf1 mx a:gone.example ~all", Severity.WARNING),
        ("SPF034", "v=spf1 ip4:203.0.113.0/24 include:esp.example -all", Severity.INFO),
        ("SPF034", "v=spf1 ?ip4:203.0.113.0/24 include:esp.example -all", Severity.WARNING),
        ("SPF034", "v=spf1 ip4:203.0.113.0/25 -a ip4:203.0.113.0/24 include:esp.example -all", Severity.INFO),
        ("SPF040", "v=spf1 ~all", Severity.ERROR),
        ("SPF040", "v=spf1 ?all", Severity.WARNING),
        ("SPF040", "v=spf1 -all include:esp.example", Severity.ERROR),
        ("SPF040", "v=spf1 ip4:127.0.0.1 -all", Severity.ERROR),
    ],
)
async def test_severity_is_what_comes_of_it(rule: str, record: str, severity: Severity) -> None:
    assert (await finding(rule, record, MAIL)).severity is severity


@pytest.mark.parametrize("term", ["all=", "all=-all", "all=+all"])
async def test_no_advice_lets_everyone_send(term: str) -> None:
    assert (await fix("SPF029", f"v=spf1 mx {term}")).summary == f"Find out what {term} was meant to say"


async def test_the_term_that_keeps_an_include_from_passing_is_named() -> None:
    found = await finding("SPF034", "v=spf1 -ip4:203.0.113.0/24 include:esp.example -all")
    assert "-ip4:203.0.113.0/24 matches some of them first" in found.message
    assert found.fix is not None
    assert found.fix.summary.startswith("Move it before -ip4:203.0.113.0/24")


async def test_a_fix_of_one_fault_does_not_keep_another() -> None:
    # The host has no address, and the end is broken: neither fix proposes a broken end.
    record = "v=spf1 mx a:x.acme.example ~all;"
    assert published(await fix("SPF032", record, MAIL)) == ["v=spf1 mx ~all"]
    assert published(await fix("SPF004", record, MAIL)) == ["v=spf1 mx a:x.acme.example ~all"]


async def test_no_record_is_made_of_one_that_was_cut_off() -> None:
    start = "v=spf1 mx a:x.acme.example " + " ".join(f"ip4:198.51.100.{n}" for n in range(10, 20))
    text = f"{start} a:{'h' * (255 - len(start) - 8)}.exam"
    assert len(text) == 255
    found = await outcomes(world(text, MAIL))
    assert "cut off" in found["SPF008"].findings[0].message
    assert found["SPF008"].findings[0].severity is Severity.ERROR
    for outcome in found.values():
        assert not any(each.fix and each.fix.records for each in outcome.findings if each.rule != "SPF038")


async def test_a_record_behind_an_alias_is_not_the_owners_to_publish() -> None:
    alias = '@ 60 IN CNAME x.esp.example.\n$ORIGIN esp.example.\nx 60 IN TXT "v=spf1 mx, -all"\n'
    proposed = (await outcomes(f"$ORIGIN acme.example.\n{alias}"))["SPF004"].findings[0].fix
    assert proposed is not None
    assert proposed.records == ()
    assert "x.esp.example" in proposed.summary


@pytest.mark.parametrize(
    ("text", "texts", "gone"),
    [
        ("token=abcdef v=spf1 mx ~all", ["v=spf1 mx ~all", "token=abcdef"], True),
        ("acme.example. IN TXT v=spf1 mx ~all", ["v=spf1 mx ~all"], True),
        ("mail.acme.example. IN TXT v=spf1 mx ~all", [], False),
    ],
)
async def test_what_was_meant_as_spf_is_published_in_its_place(
    text: str, texts: list[str], gone: bool
) -> None:
    found = await outcomes(world(text, MAIL))
    assert found["SPF001"].findings[0].fix is None  # SPF019 says what to do
    proposed = found["SPF019"].findings[0].fix
    assert proposed is not None
    assert published(proposed) == texts
    assert [r.value for r in proposed.records if r.action == "remove"] == ([text] if gone else [])


async def test_beside_a_record_what_was_meant_as_spf_goes_and_its_token_stays() -> None:
    beside = '@ 60 IN TXT "token=abcdef v=spf1 mx ~all"\n'
    proposed = await fix("SPF019", "v=spf1 mx include:esp.example ~all", beside)
    assert (proposed.kind, published(proposed)) == ("improvement", ["token=abcdef"])
    # Senders that only it names are not removed.
    assert not (await fix("SPF019", "v=spf1 include:esp.example ~all", beside)).records


async def test_several_that_were_meant_as_spf_are_not_put_together() -> None:
    found = await outcomes(world("spf1 mx ~all", '@ 60 IN TXT "v=sfp1 include:esp.example -all"\n'))
    assert len(found["SPF019"].findings) == 2
    assert not any(each.fix and each.fix.records for each in found["SPF019"].findings)


async def test_the_obsolete_type_tells_what_was_meant_where_there_is_no_other_record() -> None:
    old = '$ORIGIN acme.example.\n@ 60 IN SPF "v=spf1 mx -all"\n'
    proposed = (await outcomes(old))["SPF037"].findings[0].fix
    assert proposed is not None
    assert (proposed.kind, published(proposed)) == ("repair", ["v=spf1 mx -all"])


# Names one typo away from a provider's.


def test_every_name_of_the_list_is_known_and_none_is_a_slip_of_another() -> None:
    for provider in known_providers().providers:
        for name in provider.includes:
            assert meant_include(name) is None
        for name in provider.hosts:
            assert meant_host(name) is None


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("_spf-google.com", "_spf.google.com"),
        ("_spf.gogle.com", "_spf.google.com"),
        ("_spf.google.comm", "_spf.google.com"),
        ("spf.protection.outlok.com", "spf.protection.outlook.com"),
        ("SPF.mandrilapp.com.", "spf.mandrillapp.com"),
        ("spf.gogle.com", None),
        ("es._netblocks.mimecast.com", None),  # eu or us?
        ("esp.example", None),
    ],
)
def test_the_include_that_was_meant(name: str, right: str | None) -> None:
    assert meant_include(name) == right


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("aspmx.l.gogle.com", "aspmx.l.google.com"),
        ("smtp.gogle.com", "smtp.google.com"),
        ("alt7.aspmx.l.google.com", None),
        ("acme-example.mail.protection.outlok.com", "acme-example.mail.protection.outlook.com"),
        ("mail.protection.outlok.com", None),
        ("mail.acme.example", None),
    ],
)
def test_the_mail_host_that_was_meant(name: str, right: str | None) -> None:
    assert meant_host(name) == right


async def test_a_mistyped_mail_host_of_a_provider_is_named_as_it_should_be() -> None:
    text = world("v=spf1 include:_spf.gogle.com ~all", "@ 60 IN MX 1 smtp.gogle.com.\n")
    text += '$ORIGIN google.com.\nsmtp 60 IN A 192.0.2.27\n_spf 60 IN TXT "v=spf1 ip4:192.0.2.0/24 ~all"\n'
    found = await audited(text)
    proposed = found["MX005"].findings[0].fix
    assert proposed is not None
    assert [(each.action, each.value) for each in proposed.records] == [
        ("remove", "1 smtp.gogle.com."),
        ("publish", "1 smtp.google.com."),
    ]
    assert proposed.kind == "repair"
    unknown = await audited(text, {("smtp.gogle.com", "A"): "servfail", ("_spf.gogle.com", "TXT"): "timeout"})
    assert not unknown["MX005"].findings
    assert not unknown["SPF010"].findings


async def test_a_dead_mail_host_of_nobody_known_is_the_owners_to_decide() -> None:
    found = await audited(world("v=spf1 include:esp.example ~all", "@ 60 IN MX 1 gone.example.\n"))
    proposed = found["MX005"].findings[0].fix
    assert proposed is not None
    assert (proposed.kind, published(proposed)) == ("decision", [])


# Nobody can pass.


async def audited(
    text: str, failures: dict[tuple[str, str], str] | None = None, **options: object
) -> dict[str, Outcome]:
    """Audit a zone, which can list all its names; with ``failures`` as from servers that cannot."""
    served = FailingResolver(zone(text), failures or {})  # type: ignore[arg-type] # statuses as they are written
    resolver = ZoneResolver.from_text(text, origin=None, strict=True) if failures is None else served
    report = await audit_async("acme.example", resolver, **options)  # type: ignore[arg-type] # for brevity
    return {outcome.check: outcome for outcome in report.outcomes}


REJECT = '_dmarc 60 IN TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"\n'
KEY = 's1._domainkey 60 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="\n'
REVOKED = 's1._domainkey 60 IN TXT "v=DKIM1; p="\n'


@pytest.mark.parametrize(
    ("record", "more", "status"),
    [
        ("v=spf1 ~all", MAIL + REJECT, "fail"),
        ("v=spf1 include:_spf.gone.example -all", MAIL + REJECT, "fail"),
        ("v=spf1 include:_spf.gone.example -all", REJECT, "fail"),
        ("v=spf1 mx, -all", MAIL + REJECT, "fail"),
        ("hello", MAIL + REJECT, "fail"),
        ("v=spf1 ~all", MAIL + REJECT.replace("reject", "quarantine"), "fail"),
        ("v=spf1 ~all", MAIL + REJECT + REVOKED, "fail"),
        ("v=spf1 ~all", MAIL + REJECT + '_domainkey 60 IN TXT "o=-"\n', "fail"),
        ("v=spf1 ~all", MAIL + REJECT + '*._domainkey 60 IN TXT "v=DKIM1; p="\n', "fail"),
        ("v=spf1 mx ~all", MAIL + REJECT, "pass"),
        ("v=spf1 mx include:_spf.gone.example ~all", MAIL + REJECT, "pass"),
        ("v=spf1 ~all", MAIL + REJECT + KEY, "pass"),
        ("v=spf1 ~all", MAIL + REJECT.replace("p=reject", "p=none"), "pass"),
        ("v=spf1 ~all", MAIL + REJECT.replace("p=reject", "p=reject; t=y"), "pass"),
        ("v=spf1 ~all", MAIL, "skipped"),
        ("v=spf1 -all", MAIL + REJECT, "skipped"),
        ("v=spf1 -all", "@ 60 IN MX 0 .\n" + REJECT, "skipped"),
        ("v=spf1 ~all", "@ 60 IN MX 0 .\n" + REJECT, "skipped"),
        ("hello", REJECT, "skipped"),
        ("v=spf1 ~all", MAIL + REJECT + KEY.replace("s1", "found-in-the-zone"), "pass"),
    ],
)
async def test_nobody_can_pass(record: str, more: str, status: str) -> None:
    assert (await audited(world(record, more), selectors=("s1",)))["DMARC036"].status == status


async def test_a_key_may_be_at_a_selector_that_nobody_knows() -> None:
    text = world("v=spf1 ~all", MAIL + REJECT + KEY.replace("s1", "of-nobody-knows-which-name"))
    outcome = (await audited(text, {}))["DMARC036"]
    assert outcome.status == "unknown"
    assert "an unknown selector" in outcome.reason


@pytest.mark.parametrize(
    "question",
    [
        ("acme.example", "TXT"),
        ("esp.example", "TXT"),
        ("_dmarc.acme.example", "TXT"),
        ("_domainkey.acme.example", "TXT"),
        ("s1._domainkey.acme.example", "TXT"),
    ],
)
async def test_what_could_not_be_found_out_leaves_open_whether_anybody_can_pass(
    question: tuple[str, str],
) -> None:
    text = world("v=spf1 include:esp.example ~all", MAIL + REJECT)
    failures = {question: "servfail"}
    if question[0] != "esp.example":
        text = text.replace("include:esp.example ", "")
    assert (await audited(text, failures, selectors=("s1",)))["DMARC036"].status == "unknown"


@pytest.mark.parametrize(
    ("record", "reach"),
    [
        ("v=spf1 -all", "none"),
        ("v=spf1 +all", "someone"),
        ("v=spf1 -ip4:192.0.2.1 ~all", "none"),
        ("v=spf1 include:esp.example -all", "someone"),
        ("v=spf1 ?include:esp.example -all", "none"),
        ("v=spf1 redirect=esp.example", "someone"),
        ("v=spf1 redirect=gone.example", "permerror"),
        ("v=spf1 include:gone.example ip4:192.0.2.1 -all", "permerror"),
        ("v=spf1 ip4:192.0.2.1 include:gone.example -all", "someone"),
        ("v=spf1 a mx a:x.acme.example ip4:192.0.2.1 -all", "permerror"),  # three void lookups
        ("v=spf1 exists:%{i}.acme.example -all", "someone"),
        ("v=spf1 ip4:10.0.0.1 -all", "none"),
        ("v=spf1 zzz", "permerror"),
    ],
)
async def test_whom_a_record_reaches(record: str, reach: str) -> None:
    from mailproof.facts.spf import collect_spf

    facts = await collect_spf("acme.example", zone(world(record)))
    assert reach_of(facts.root) == reach


async def test_the_eleventh_lookup_reaches_nobody_and_a_failed_one_is_open() -> None:
    from mailproof.facts.spf import collect_spf

    text = f"v=spf1 {'-mx ' * 11}ip4:192.0.2.1 -all"
    facts = await collect_spf("acme.example", zone(world(text, MAIL)))
    assert reach_of(facts.root) == "permerror"
    failing = FailingResolver(zone(world("v=spf1 a -all")), {("acme.example", "A"): "timeout"})
    assert reach_of((await collect_spf("acme.example", failing)).root) == "unknown"


async def test_own_hosts_named_by_address_are_named_once() -> None:
    many = " ".join(f"include:e{number}.example" for number in range(8))
    record = f"v=spf1 mx a a:mail.acme.example ip4:192.0.2.25 ip4:192.0.2.80 ?a:two.acme.example {many} -all"
    hosts = f"{MAIL}@ 60 IN A 192.0.2.80\ntwo 60 IN A 192.0.2.25\ntwo 60 IN A 192.0.2.81\n"
    below = "".join(f'e{n}.example. 60 IN TXT "v=spf1 ip4:203.0.113.{n} -all"\n' for n in range(8))
    assert published(await fix("SPF003", record, hosts + below)) == [
        f"v=spf1 ip4:192.0.2.25 ip4:192.0.2.80 ?ip4:192.0.2.81 {many} -all"
    ]
