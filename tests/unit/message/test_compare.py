"""The receiver's results compared with ours: agreement, and reasons for differences."""

from __future__ import annotations

import pytest

from mailproof.message.comparison import Verdicts, compare
from mailproof.model import ArcVerdict, AuthMethod, AuthResult, DkimVerdict, DmarcVerdict, SpfVerdict
from mailproof.records.authentication_results import parse_authentication_results, parse_received_spf
from mailproof.structs import replace

SPF = SpfVerdict("pass", "acme.example", "192.0.2.10")
GOOD = DkimVerdict("pass", "acme.example", "s1", code="pass", index=0)
OTHER = DkimVerdict("fail", "acme.example", "s2", code="body-hash", index=1)
DMARC = DmarcVerdict("pass", "acme.example")
OURS = Verdicts(spf=SPF, dkim=(GOOD, OTHER), signatures=("AAAA1111", "BBBB2222"), dmarc=DMARC)


def method(text: str, ours: Verdicts = OURS, *, trusted: bool = True) -> AuthMethod:
    parsed = replace(parse_authentication_results(f"mx.test; {text}"), trusted=trusted)
    return compare((parsed,), ours)[0].methods[0]


def with_spf(result: AuthResult, domain: str = "acme.example") -> Verdicts:
    return Verdicts(spf=SpfVerdict(result, domain, "192.0.2.10", reason="because"))


def with_dkim(result: AuthResult, code: str) -> Verdicts:
    return Verdicts(dkim=(DkimVerdict(result, "acme.example", "s1", code=code, reason="why"),))


def test_equal_results_agree_without_a_note() -> None:
    for text in ("spf=pass smtp.mailfrom=a@acme.example", "dkim=pass header.d=acme.example", "dmarc=pass"):
        judged = method(text)
        assert (judged.agrees, judged.note, judged.ours) == (True, "", "pass")


def test_untrusted_headers_are_left_alone() -> None:
    assert method("spf=fail", trusted=False).agrees is None


def test_signatures_are_told_apart_by_b_then_selector_then_order() -> None:
    assert method("dkim=fail header.d=acme.example header.b=BBBB").ours == "fail"
    assert method("dkim=fail header.i=@acme.example header.s=s2").ours == "fail"
    two = replace(
        parse_authentication_results("mx; dkim=pass header.d=acme.example; dkim=fail header.d=acme.example"),
        trusted=True,
    )
    fresh = Verdicts(dkim=(GOOD, OTHER))
    assert [m.ours for m in compare((two,), fresh)[0].methods] == ["pass", "fail"]
    unknown = method("dkim=pass header.d=gone.test")
    assert (unknown.agrees, unknown.ours) == (None, "")
    assert "no signature" in unknown.note


@pytest.mark.parametrize(
    ("theirs", "ours", "agrees", "note"),
    [
        ("hardfail", "fail", True, ""),
        ("none", "neutral", True, "alike"),
        ("softfail", "fail", False, "neither is a pass"),
        ("pass", "permerror", False, "laxer than RFC 7208"),
        ("fail", "pass", False, "record was changed"),
        ("pass", "temperror", None, "could not check here"),
        ("temperror", "pass", None, "works now"),
    ],
)
def test_spf_differences(theirs: str, ours: AuthResult, agrees: bool | None, note: str) -> None:
    judged = method(f"spf={theirs} smtp.mailfrom=a@acme.example", with_spf(ours))
    assert judged.agrees is agrees
    assert note in judged.note


def test_a_mapped_address_is_the_ipv4_address_that_it_maps() -> None:
    """Python's notation changed (3.13), but it is the same client."""
    field = "spf=fail smtp.mailfrom=a@acme.example policy.client-ip="
    assert method(f"{field}::ffff:192.0.2.10").agrees is False
    assert "we checked 192.0.2.10" in method(f"{field}::ffff:192.0.2.11").note


def test_spf_of_another_identity_is_not_compared() -> None:
    judged = method("spf=fail smtp.mailfrom=a@other.test")
    assert (judged.agrees, judged.note) == (None, "they checked other.test, we checked acme.example")
    assert method("spf=none smtp.pra=a@acme.example").agrees is None  # Cisco's additional one
    helo = method("spf=none smtp.helo=mail.acme.example", replace_helo("none"))
    assert (helo.ours, helo.agrees) == ("none", True)


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("receiver=mx.test; client-ip=192.0.2.10; helo=mail.acme.example", "pass"),
        ("receiver=mx.test; identity=helo; client-ip=192.0.2.10; helo=mail.acme.example", "none"),
        ("SPF=HELO; sender=mail.acme.example; helo=mail.acme.example; receiver=mx.test", "none"),
        ("identity=mailfrom; envelope-from=a@acme.example; helo=mail.acme.example", "pass"),
    ],
)
def test_received_spf_is_about_the_return_path_unless_it_says_otherwise(said: str, ours: str) -> None:
    field = replace(parse_received_spf(f"pass (mx.test: domain of acme.example) {said}"), trusted=True)
    (result,) = compare((field,), replace_helo("none"))
    assert result.methods[0].ours == ours


def replace_helo(result: AuthResult) -> Verdicts:
    return Verdicts(spf=SPF, spf_helo=SpfVerdict(result, "mail.acme.example", scope="helo"))


@pytest.mark.parametrize(
    ("theirs", "result", "code", "agrees", "note"),
    [
        ("pass", "permerror", "no-key", False, "no longer published"),
        ("pass", "temperror", "key-lookup-failed", None, "could not look up the key now"),
        ("pass", "fail", "expired", False, "expired since"),
        ("pass", "fail", "body-hash", False, "changed after they verified it"),
        ("pass", "neutral", "no-body", None, "only headers"),
        ("pass", "policy", "sha1", False, "rsa-sha1"),
        ("fail", "permerror", "no-key", True, "neither accepts"),
        ("fail", "pass", "pass", False, "published or repaired since"),
        ("temperror", "pass", "pass", None, "works now"),
        ("timeout", "pass", "pass", None, "works now"),
    ],
)
def test_dkim_differences(theirs: str, result: AuthResult, code: str, agrees: bool | None, note: str) -> None:
    judged = method(f"dkim={theirs} header.d=acme.example", with_dkim(result, code))
    assert (judged.ours, judged.agrees) == (result, agrees)
    assert note in judged.note


def test_dkim_none_and_removed_signatures() -> None:
    assert method("dkim=none", Verdicts()).agrees is True
    assert "removed on the way" in method("dkim=pass header.d=acme.example", Verdicts()).note
    assert method("dkim=none").agrees is None


@pytest.mark.parametrize(
    ("theirs", "ours", "agrees", "note"),
    [
        ("bestguesspass", "none", True, "Microsoft's"),
        ("pass", "fail", False, "forged header"),
        ("none", "fail", False, "tree walk"),
        ("fail", "none", False, "removed"),
        ("fail", "pass", False, "SPF or DKIM results differ"),
        ("fail", "temperror", None, "could not check here"),
        ("temperror", "fail", None, "works now"),
    ],
)
def test_dmarc_differences(theirs: str, ours: AuthResult, agrees: bool | None, note: str) -> None:
    verdict = DmarcVerdict(ours, "acme.example", reason="because")
    judged = method(f"dmarc={theirs} header.from=acme.example", Verdicts(dmarc=verdict))
    assert judged.agrees is agrees
    assert note in judged.note


def test_a_receiver_that_asks_for_the_policy_of_a_name_in_u_labels() -> None:
    """OpenDMARC 1.4.2 does, on a message sent with SMTPUTF8."""
    judged = method("dmarc=none header.from=bücher.example")
    assert (judged.agrees, judged.ours) == (False, "pass")
    assert "not in A-labels (RFC 8616): xn--bcher-kva.example" in judged.note
    assert "A-labels" not in method("dmarc=none header.from=xn--bcher-kva.example").note


def test_arc_and_methods_that_we_do_not_know() -> None:
    arc = Verdicts(arc=ArcVerdict("fail", 1, "broken"))
    assert method("arc=pass", arc).agrees is False
    assert method("arc=fail", arc).agrees is True
    assert method("iprev=pass").agrees is None


def test_what_microsoft_did_against_the_policy_is_told() -> None:
    verdict = Verdicts(dmarc=DmarcVerdict("fail", "acme.example", reason="because"))
    judged = method("dmarc=fail action=oreject header.from=acme.example", verdict)
    assert judged.agrees is True
    assert "overrode the policy's reject" in judged.note
    assert method("dmarc=fail action=quarantine header.from=acme.example", verdict).note == ""
