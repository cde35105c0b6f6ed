"""`mailproof probe` against the receiver's own Authentication-Results, message by message."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.lab import results, world
from tests.lab.lab import Lab
from tests.lab.probing import Probed, Scenario, probe


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario, the receiving servers' results, and the report's expected first finding."""

    scenario: Scenario
    spf: str
    dkim: tuple[str, ...]
    dmarc: str
    code: int = 0
    first: str = ""
    """Rule of the first error or warning; empty where there must be none."""


def _by(sender: str, submit: str = world.SMTP_HEALTHY.name, user: str = "") -> Scenario:
    return Scenario(
        submit={"host": submit, "username": user or "alice@healthy.test"}, message={"from": sender}
    )


CASES = {
    "587": Case(Scenario(), "pass", ("pass", "pass"), "pass"),
    "465": Case(Scenario(submit={"port": 465}), "pass", ("pass", "pass"), "pass"),
    "25": Case(Scenario(submit={"port": 25}), "pass", ("pass", "pass"), "pass"),
    "unsigned": Case(
        _by("alice@unsigned.test", world.SMTP_UNSIGNED.name, "alice@unsigned.test"),
        "pass",
        (),
        "pass",
        first="DKIM003",
    ),
    "wrong envelope": Case(
        _by("news@brand.test", world.SMTP_ESP.name, "news@brand.test"),
        "pass",
        ("pass",),
        "fail",
        code=1,
        first="AUTH013",
    ),
    "footer": Case(
        Scenario(message={"to": world.LIST_ADDRESS}),
        "pass",
        ("fail", "fail"),
        "fail",
        code=1,
        first="AUTH007",
    ),
    "forwarded": Case(
        Scenario(message={"to": world.FORWARD_ADDRESS}), "fail", ("pass", "pass"), "pass", first="AUTH009"
    ),
    "stale key": Case(_by("alice@stale.test"), "pass", ("fail",), "pass", code=1, first="AUTH008"),
    "insecure": Case(_by("alice@insecure.test"), "pass", ("pass",), "pass"),
    "too many look-ups": Case(
        _by("alice@manylookups.test"), "permerror", ("pass",), "pass", code=1, first="SPF003"
    ),
    "two records": Case(_by("alice@twospf.test"), "permerror", (), "fail", code=1, first="SPF002"),
}  # fmt: skip


@pytest.fixture(scope="module")
def probed(lab: Lab) -> dict[str, Probed]:
    """Each case is sent once, and shared by several tests."""
    return {}


def _run(lab: Lab, probed: dict[str, Probed], name: str) -> Probed:
    if name not in probed:
        probed[name] = probe(lab, CASES[name].scenario)
    return probed[name]


def arrived(lab: Lab, token: str, mailbox: str = "inbox.test/bob") -> str:
    """The message from the Maildir, read without mailproof."""
    maildir = lab.path(f"/run/lab/mail/{mailbox}/Maildir")
    paths = [path for kind in ("new", "cur") for path in maildir.glob(f"**/{kind}/*")]
    found = [text for path in paths if token in (text := path.read_text())]
    assert len(found) == 1, f"{len(found)} messages with {token}"
    return found[0]


@pytest.mark.parametrize("name", CASES)
def test_our_results_are_the_receivers(lab: Lab, probed: dict[str, Probed], name: str) -> None:
    case, report = CASES[name], _run(lab, probed, name)
    methods = results.methods(arrived(lab, report.delivery["token"]))
    theirs = {method.method: method.result for method in methods if method.method != "dkim"}
    signatures = {
        (m.get("header.d"), m.get("header.s"), m.get("header.a")): m.result
        for m in methods
        if m.method == "dkim" and m.result != "none"
    }
    ours = report.message
    assert (theirs["spf"], tuple(signatures.values()), theirs["dmarc"]) == (case.spf, case.dkim, case.dmarc)
    assert ours["spf"]["result"] == theirs["spf"]
    assert {
        (each["domain"], each["selector"], each["algorithm"]): each["result"] for each in ours["dkim"]
    } == signatures
    assert ours["dmarc"]["result"] == theirs["dmarc"]


@pytest.mark.parametrize("name", CASES)
def test_the_report_sets_their_results_beside_ours(lab: Lab, probed: dict[str, Probed], name: str) -> None:
    message = _run(lab, probed, name).message
    assert message["trust"] == world.AUTHSERV_ID
    trusted = [each for each in message["authentication_results"] if each["trusted"]]
    assert len(trusted) == 3  # OpenDKIM, SPF and OpenDMARC write one each
    methods = [method for each in trusted for method in each["methods"] if method["method"] != "dkim-atps"]
    assert {method["method"] for method in methods} == {"spf", "dkim", "dmarc"}
    assert [method for method in methods if not method["agrees"]] == []


@pytest.mark.parametrize("name", CASES)
def test_what_to_mend_comes_first(lab: Lab, probed: dict[str, Probed], name: str) -> None:
    case, report = CASES[name], _run(lab, probed, name)
    ranks = {"error": 0, "warning": 1}
    urgent = sorted(
        (each for each in report.findings if each["severity"] in ranks), key=lambda f: ranks[f["severity"]]
    )
    assert (urgent[0]["rule"] if urgent else "") == case.first, [f["message"] for f in urgent]
    assert report.code == case.code


def test_the_envelope_is_read_from_what_the_border_wrote(lab: Lab, probed: dict[str, Probed]) -> None:
    envelope = _run(lab, probed, "wrong envelope").message["envelope"]
    assert envelope["ip"] == world.SMTP_ESP.ip
    assert envelope["helo"] == world.SMTP_ESP.name
    assert envelope["mail_from"] == world.ESP_ENVELOPE


def test_the_way_it_took(lab: Lab, probed: dict[str, Probed]) -> None:
    hops = _run(lab, probed, "footer").message["received"]
    assert [hop["by"] for hop in hops] == [
        "imap.inbox.test",
        "mx.inbox.test",
        "lists.test",
        "smtp.healthy.test",
    ]
    assert [hop["ip"] for hop in hops] == [
        world.MX_INBOX.ip,
        world.LISTS.ip,
        world.SMTP_HEALTHY.ip,
        world.CLIENT.ip,
    ]
    assert [hop["by"] for hop in hops if hop["handover"]] == ["mx.inbox.test"]


def test_what_the_list_changed(lab: Lab, probed: dict[str, Probed]) -> None:
    comparison = _run(lab, probed, "footer").delivery["comparison"]
    assert not comparison["body_intact"]
    changes = {
        (each["part"], each["name"], each["kind"]) for each in comparison["changes"] if not each["harmless"]
    }
    assert ("header", "Subject", "changed") in changes
    assert any(part == "body" and kind == "added" for part, _, kind in changes)


def test_nothing_was_changed_on_the_straight_way(lab: Lab, probed: dict[str, Probed]) -> None:
    comparison = _run(lab, probed, "587").delivery["comparison"]
    assert comparison["body_intact"]
    assert [each for each in comparison["changes"] if not each["harmless"]] == []


def test_the_keys_seen_are_audited(lab: Lab, probed: dict[str, Probed]) -> None:
    report = _run(lab, probed, "wrong envelope").report
    domains = {facts["domain"] for facts in report["facts"]["domains"]} | {report["facts"]["dns"]["domain"]}
    assert {"brand.test", "esp.test"} <= domains


def test_the_return_path_that_the_esp_put_is_audited(lab: Lab, probed: dict[str, Probed]) -> None:
    report = _run(lab, probed, "wrong envelope").report
    esp = next(facts for facts in report["facts"]["domains"] if facts["domain"] == "esp.test")
    assert esp["spf"] is not None
    assert {o["check"] for o in report["outcomes"] if o["subject"] == "esp.test"} >= {"SPF001", "MX001"}


def test_the_border_counts_the_helo_where_there_is_no_other_identity(lab: Lab) -> None:
    # bare.test has no SPF: pyspf-milter then reports the pass of the HELO name (smtp.helo), which does not
    # contradict our "none" for the envelope's domain.
    report = probe(lab, _by("alice@bare.test"))
    theirs = [m for m in results.methods(arrived(lab, report.delivery["token"])) if m.method == "spf"]
    assert [(m.result, m.get("smtp.helo")) for m in theirs] == [("pass", world.SMTP_HEALTHY.name)]
    assert report.message["spf"]["result"] == "none"
    assert report.message["spf_helo"]["result"] == "pass"
    told = [
        method
        for each in report.message["authentication_results"]
        for method in each["methods"]
        if method["method"] == "spf"
    ]
    assert [method["agrees"] for method in told] == [True]
