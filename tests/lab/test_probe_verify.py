"""`mailproof verify` and `mailproof spf` on messages that the real servers delivered."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import Any

import pytest

from tests.lab import results, world
from tests.lab.lab import Lab
from tests.lab.plainmail import Done, Task, mail
from tests.lab.probing import Probed, command

GOOD = Task(
    host=world.SMTP_HEALTHY.name,
    user="alice@healthy.test",
    password=world.PASSWORD,
    mail_from="alice@healthy.test",
    rcpt="bob@inbox.test",
    look=(("bob@inbox.test", "INBOX"),),
)


def deliver(lab: Lab, **changes: Any) -> Done:
    done = mail(lab, dataclasses.replace(GOOD, **changes))
    assert done.found_in, done
    return done


def verify(lab: Lab, message: str, *options: str) -> Probed:
    return command(lab, "verify", "-", *options, stdin=message)


def disagreements(report: Probed) -> list[tuple[str, str, str]]:
    return [
        (method["method"], method["result"], method["ours"])
        for each in report.message["authentication_results"]
        for method in each["methods"]
        if each["trusted"] and method["agrees"] is False
    ]


def test_a_saved_message_is_judged_as_the_receiver_did(lab: Lab) -> None:
    done = deliver(lab)
    report = verify(lab, done.message)
    told = results.summary(done.message)
    ours = report.message
    assert {
        "dmarc": [ours["dmarc"]["result"]],
        "spf": [ours["spf"]["result"]],
        "dkim": [each["result"] for each in ours["dkim"]],
    } == told
    assert disagreements(report) == []
    assert report.code == 0


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("A line of text.", "A line of other text.", "AUTH007"),
        ("Subject: laboratory", "Subject: another", "AUTH008"),
    ],
    ids=["body", "header"],
)
def test_a_change_after_delivery_shows(lab: Lab, before: str, after: str, rule: str) -> None:
    """It is not the sender's fault if the receiving server saw the signature pass; otherwise it is."""
    changed = deliver(lab).message.replace(before, after)
    report = verify(lab, changed)
    assert {(each["result"], each["code"]) for each in report.message["dkim"]} == {
        ("neutral", "changed-since")
    }
    statuses = {outcome["check"]: outcome["status"] for outcome in report.report["outcomes"]}
    assert (statuses[rule], report.code) == ("unknown", 3)
    report = verify(lab, changed.replace("Authentication-Results: ", "X-Results: "))
    assert {each["result"] for each in report.message["dkim"]} == {"fail"}
    assert rule in report.rules


def test_results_that_came_with_the_message_are_not_believed(lab: Lab) -> None:
    foreign = ("Authentication-Results", "elsewhere.test; dmarc=fail header.from=healthy.test")
    report = verify(lab, deliver(lab, headers=(foreign,)).message)
    untrusted = [each for each in report.message["authentication_results"] if not each["trusted"]]
    assert [each["authserv_id"] for each in untrusted] == ["elsewhere.test"]
    assert report.message["trust"] == world.AUTHSERV_ID
    assert report.code == 0


def test_a_result_forged_below_the_border_is_seen(lab: Lab) -> None:
    # Nothing stripped it here: the line is inserted below the receiving server's Received field afterwards.
    message = deliver(lab).message
    forged = f"Authentication-Results: {world.AUTHSERV_ID}; dmarc=pass header.from=bank.test\nFrom: "
    report = verify(lab, message.replace("From: ", forged, 1))
    told = report.message["authentication_results"]
    assert [each["trusted"] for each in told] == [True, True, True, False]
    assert "AUTH024" in report.rules


def test_a_bounce_passes_by_its_helo_name_though_opendmarc_says_no(lab: Lab) -> None:
    done = deliver(lab, rcpt=world.UNKNOWN_USER, look=(("alice@healthy.test", "INBOX"),))
    assert results.summary(done.message)["dmarc"] == ["fail"]  # it ignores the HELO identity
    report = verify(lab, done.message)
    assert report.message["envelope"]["mail_from"] == ""
    assert report.message["spf"]["result"] == "pass"
    assert report.message["dmarc"]["result"] == "pass"
    assert disagreements(report) == [("dmarc", "fail", "pass")]
    assert "AUTH023" in report.rules


@pytest.mark.parametrize("domain", ["bogus.test", "lame.test"])
def test_dns_trouble_is_a_temporary_error(lab: Lab, domain: str) -> None:
    done = deliver(lab, mail_from=f"alice@{domain}")
    report = verify(lab, done.message)
    assert report.message["spf"]["result"] == "temperror"
    assert report.message["dmarc"]["result"] == "temperror"
    statuses = {outcome["check"]: outcome["status"] for outcome in report.report["outcomes"]}
    assert statuses["AUTH014"] == "unknown"  # whether DMARC fails


def test_said_outright_instead_of_read_from_the_header(lab: Lab) -> None:
    message = deliver(lab).message
    report = verify(
        lab,
        message,
        "--ip",
        world.SMTP_ESP.ip,
        "--helo",
        world.SMTP_ESP.name,
        "--mail-from",
        "bounces@esp.test",
    )
    assert report.message["spf"]["result"] == "pass"
    assert report.message["spf"]["domain"] == "esp.test"
    assert not report.message["dmarc"]["spf_aligned"]


@pytest.mark.parametrize(
    ("domain", "ip", "result"),
    [
        ("healthy.test", world.SMTP_HEALTHY.ip, "pass"),
        ("healthy.test", world.SMTP_ESP.ip, "fail"),
        ("twospf.test", world.SMTP_HEALTHY.ip, "permerror"),
        ("manylookups.test", world.SMTP_HEALTHY.ip, "permerror"),
        ("bare.test", world.SMTP_HEALTHY.ip, "none"),
        ("bogus.test", world.SMTP_HEALTHY.ip, "temperror"),
        ("smtp.healthy.test", world.SMTP_HEALTHY.ip, "pass"),
    ],
)
def test_check_host_through_the_library(lab: Lab, domain: str, ip: str, result: str) -> None:
    code = (
        "import mailproof\n"
        f"print(mailproof.check_host({ip!r}, 'alice@{domain}', 'smtp.healthy.test').result)\n"
    )
    done = lab.python("-c", code)
    assert done.stdout.strip() == result, done.stderr


def test_the_library_from_a_profile(lab: Lab) -> None:
    code = (
        "import json, mailproof\n"
        "report = mailproof.audit('healthy.test', selectors=('rsa2026', 'ed2026'))\n"
        "print(json.dumps([report.score.grade, [f.rule for f in report.findings if f.severity != 'info']]))\n"
    )
    done = lab.run_in_client((sys.executable, "-c", code))
    assert json.loads(done.stdout) == ["A", []], done.stderr


def test_the_text_report_fits(lab: Lab) -> None:
    message = deliver(lab, rcpt=world.LIST_ADDRESS).message
    for columns in (60, 80, 160):
        done = lab.run_in_client(("mailproof", "verify", "-"), stdin=message, env={"COLUMNS": str(columns)})
        assert done.returncode == 1
        assert max(map(len, done.stdout.splitlines())) <= columns
        assert "AUTH007" in done.stdout
        assert "\x1b[" not in done.stdout
