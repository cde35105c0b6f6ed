"""The rules with few facts: unknown is distinguished from down, and from not applicable."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mailproof.checks import registry
from mailproof.checks.transport.tls015_weak_key import weak
from mailproof.engine.judge import judge
from mailproof.facts.domain import NOT_CONNECTED
from mailproof.model import (
    CertificateFacts,
    ConnectState,
    DomainFacts,
    Lookup,
    MxConnectionFacts,
    MxHostFacts,
    Outcome,
    Severity,
    StrictFault,
    TlsFacts,
    TlsVersionFacts,
    TransportFacts,
)
from mailproof.structs import replace

MX = Lookup("acme.example", "MX", "ok", ("10 mx1.acme.example.",))
LEAF = CertificateFacts(
    "CN=mx1.acme.example",
    "CN=Some CA",
    ("mx1.acme.example",),
    datetime(2026, 10, 1, tzinfo=UTC),
    datetime(2026, 12, 30, tzinfo=UTC),
    60,
    "EC secp256r1",
    "ecdsa-with-SHA256",
    "ab" * 32,
    "cd" * 32,
)
GOOD = MxConnectionFacts(
    "mx1.acme.example",
    "192.0.2.1",
    state="answered",
    code=220,
    greeting="mx1.acme.example ESMTP",
    greeting_name="mx1.acme.example",
    ehlo_name="mx1.acme.example",
    extensions=("STARTTLS",),
    starttls=True,
    tls=TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384", 256, True, chain=(LEAF,), strict_faults=()),
    names_match=True,
    versions=tuple(
        TlsVersionFacts(version, version in ("TLSv1.2", "TLSv1.3"))
        for version in ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
    ),
    relay="refused",
    relay_reply="554 5.7.1 no",
)

#: It verifies, but its strict verification is unknown.
UNREAD = TlsFacts("TLSv1.3", verified=True, chain=(LEAF,))


def outcomes(*connections: MxConnectionFacts, mx: Lookup = MX, **values: Any) -> dict[str, Outcome]:
    transport = TransportFacts(True, "", connections)
    facts = DomainFacts("acme.example", mx_lookup=mx, transport=transport, **values)
    return {
        outcome.check: outcome for outcome in judge(registry.of_topics("transport"), facts, "acme.example")
    }


def statuses(found: dict[str, Outcome]) -> set[str]:
    return {outcome.status for outcome in found.values()}


def unreached(
    state: ConnectState, address: str = "192.0.2.1", host: str = "mx1.acme.example"
) -> MxConnectionFacts:
    return MxConnectionFacts(host, address, state=state, reason=f"{address}: {state}")


def test_a_good_host_passes_everything() -> None:
    assert statuses(outcomes(GOOD)) == {"pass"}


@pytest.mark.parametrize("state", ["unreachable", "timeout"])
def test_a_family_that_this_machine_cannot_reach_costs_nothing(state: ConnectState) -> None:
    assert statuses(outcomes(GOOD, unreached(state, "2001:db8::1"))) == {"pass"}


def test_all_refused_is_an_error_and_nothing_else_to_judge() -> None:
    found = outcomes(unreached("refused"), unreached("refused", "192.0.2.2", "mx2.acme.example"))
    assert [f.severity for f in found["TLS001"].findings] == [Severity.ERROR, Severity.ERROR]
    assert statuses({rule: o for rule, o in found.items() if rule > "TLS003"}) == {"skipped"}
    assert not any(o.findings for rule, o in found.items() if rule != "TLS001")


def test_one_refused_beside_one_that_answers_is_a_warning() -> None:
    found = outcomes(GOOD, unreached("refused", "192.0.2.2", "mx2.acme.example"))
    assert [f.severity for f in found["TLS001"].findings] == [Severity.WARNING]
    assert statuses({rule: o for rule, o in found.items() if rule != "TLS001"}) == {"pass"}


@pytest.mark.parametrize("state", ["timeout", "unreachable"])
def test_nothing_reached_says_that_ports_are_blocked(state: ConnectState) -> None:
    found = outcomes(unreached(state), unreached(state, "192.0.2.2", "mx2.acme.example"))
    assert {(o.status, o.not_possible_here) for o in found.values()} == {("skipped", "transport")}
    assert len({o.reason for o in found.values()}) == 1
    assert "block outgoing port 25" in found["TLS006"].reason


def test_private_addresses_are_unknown_without_talk_of_blocked_ports() -> None:
    found = outcomes(unreached("skipped"))
    assert statuses(found) == {"unknown"}
    assert not any("block" in o.reason for o in found.values())


@pytest.mark.parametrize("code", [421, 450])
def test_a_temporary_refusal_at_the_greeting_is_unknown(code: int) -> None:
    found = outcomes(MxConnectionFacts("mx1.acme.example", "192.0.2.1", state="answered", code=code))
    assert statuses({rule: o for rule, o in found.items() if rule > "TLS002"}) == {"unknown"}
    assert not any(o.findings for o in found.values())


def test_what_speaks_no_smtp_is_an_error() -> None:
    found = outcomes(unreached("protocol"))
    assert found["TLS003"].status == "fail"
    assert found["TLS006"].status == "skipped"


def test_silence_after_the_connection_is_unknown() -> None:
    assert outcomes(unreached("silent"))["TLS002"].status == "unknown"


def test_dns_trouble_is_unknown_and_no_host_is_nothing_to_judge() -> None:
    failed = Lookup("acme.example", "MX", "servfail")
    assert statuses(outcomes(mx=failed)) == {"unknown"}
    host = MxHostFacts(10, "mx1.acme.example", Lookup("mx1.acme.example", "A", "timeout"))
    assert statuses(outcomes()) == {"skipped"}
    facts = DomainFacts("acme.example", mx_lookup=MX, mx=(host,), transport=TransportFacts(True))
    assert {o.status for o in judge(registry.of_topics("transport"), facts, "acme.example")} == {"unknown"}


def test_without_connections_all_is_skipped_with_the_reason() -> None:
    facts = DomainFacts("acme.example", mx_lookup=MX, transport=TransportFacts(reason=NOT_CONNECTED))
    found = judge(registry.of_topics("transport"), facts, "acme.example")
    assert {(o.status, o.reason) for o in found} == {("skipped", NOT_CONNECTED)}
    nothing = DomainFacts("acme.example")
    assert {o.status for o in judge(registry.of_topics("transport", "dane"), nothing, "acme.example")} == {
        "skipped"
    }


def test_versions_that_this_machine_cannot_speak_are_unknown() -> None:
    lacking = tuple(replace(v, offered=None, reason="not built in") for v in GOOD.versions[:2])
    found = outcomes(replace(GOOD, versions=(*lacking, *GOOD.versions[2:])))
    assert found["TLS008"].status == "unknown"
    assert found["TLS009"].status == "pass"
    old = replace(GOOD, versions=tuple(replace(v, offered=None) for v in GOOD.versions))
    assert {outcomes(old)[rule].status for rule in ("TLS008", "TLS009", "TLS010")} == {"unknown"}


def test_a_chain_that_could_not_be_judged_is_unknown() -> None:
    for tls in (
        replace(UNREAD, verified=None, verification_off=True, problem="no authorities here"),
        replace(UNREAD, verified=False, problem="cut off", problem_code="handshake"),
    ):
        found = outcomes(replace(GOOD, tls=tls))
        for rule in ("TLS014", "TLS018"):
            assert found[rule].status == "unknown"
            assert tls.problem in found[rule].reason
            assert not found[rule].findings


def test_a_certificate_that_has_expired_has_not_ceased_to_expire_soon() -> None:
    def of(days: int, host: str = "mx1.acme.example") -> MxConnectionFacts:
        assert GOOD.tls is not None
        leaf = replace(LEAF, days_left=days, sha256=f"{days}")
        return replace(GOOD, host=host, tls=replace(GOOD.tls, chain=(leaf,)))

    found = [outcomes(of(4)), outcomes(of(-1)), outcomes(of(-1), of(60, "mx2.acme.example"))]
    assert [(each["TLS012"].status, each["TLS013"].status) for each in found] == [
        ("pass", "warn"),
        ("warn", "skipped"),
        ("warn", "skipped"),
    ]


def test_strictness_is_asked_of_what_verifies() -> None:
    refused = replace(UNREAD, verified=False, problem="it has expired", problem_code="expired")
    assert outcomes(replace(GOOD, tls=refused))["TLS018"].status == "skipped"
    assert outcomes(GOOD, replace(GOOD, host="mx2", tls=refused))["TLS018"].status == "pass"
    assert outcomes(replace(GOOD, tls=UNREAD))["TLS018"].status == "unknown"
    fault = StrictFault("key-usage-missing", "it has no key usage", "CN=Some CA", root=True)
    lacking = outcomes(replace(GOOD, tls=replace(UNREAD, strict_faults=(fault,))))["TLS018"]
    assert (lacking.status, [finding.severity for finding in lacking.findings]) == ("pass", [Severity.INFO])


def test_a_certificate_that_was_refused_and_not_seen_is_unknown() -> None:
    tls = TlsFacts(verified=False, problem="the certificate is self-signed", problem_code="self-signed")
    found = outcomes(replace(GOOD, tls=tls, names_match=None))
    assert {found[f"TLS0{n}"].status for n in range(11, 17)} == {"unknown"}


def test_a_relay_question_that_was_put_off_is_unknown() -> None:
    assert outcomes(replace(GOOD, relay="deferred"))["TLS017"].status == "unknown"
    refused = replace(GOOD, relay="untested", relay_reply="550 no sender pleases me")
    assert outcomes(refused)["TLS017"].status == "pass"
    cut = replace(GOOD, relay="untested", relay_reply="", reason="closed")
    assert outcomes(cut)["TLS017"].status == "unknown"


def test_the_greeting_name_needs_the_ptr_to_be_known() -> None:
    other = replace(GOOD, ehlo_name="out.provider.example")
    assert outcomes(other)["TLS005"].status == "unknown"
    literal = replace(GOOD, ehlo_name="[192.0.2.1]")
    assert statuses(outcomes(literal)) == {"pass"}
    assert outcomes(replace(GOOD, ehlo_name="mail"))["TLS004"].status == "warn"


def test_a_certificate_shown_at_two_addresses_is_told_of_once() -> None:
    bad = replace(GOOD, names_match=False)
    found = outcomes(bad, replace(bad, address="192.0.2.2"))
    assert len(found["TLS011"].findings) == 1


def test_a_self_signed_root_of_an_old_digest_is_no_fault() -> None:
    assert GOOD.tls is not None
    root = replace(LEAF, subject="CN=Root", issuer="CN=Root", signature="sha1WithRSAEncryption", sha256="x")
    between = replace(root, subject="CN=Between")
    with_root = replace(GOOD, tls=replace(GOOD.tls, chain=(LEAF, root)))
    assert outcomes(with_root)["TLS016"].status == "pass"
    with_between = replace(GOOD, tls=replace(GOOD.tls, chain=(LEAF, between, root)))
    assert len(outcomes(with_between)["TLS016"].findings) == 1


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("RSA 1024", True),
        ("RSA 2047", True),
        ("RSA 2048", False),
        ("EC secp256r1", False),
        ("EC secp192r1", True),
        ("EC secp224r1", False),
        ("EC brainpoolP256r1", False),
        ("EC sect163k1", True),
        ("Ed25519", False),
        ("DSA", True),
        ("", False),
    ],
)
def test_weak_keys(key: str, expected: bool) -> None:
    assert weak(key) is expected
