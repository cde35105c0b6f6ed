"""`mailproof probe` when delivery itself fails: refused, deferred, misplaced, lost, bounced."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.lab import world
from tests.lab.kinds import Address
from tests.lab.lab import Lab
from tests.lab.probing import Probed, Scenario, probe, write


@dataclass(frozen=True, slots=True)
class Refusal:
    """A failing submission: the stage, and the kind of failure."""

    rule: str
    scenario: Scenario
    stage: str
    kind: str
    code: int = 0
    enhanced: str = ""
    words: str = ""


def direct(domain: str, mail_from: str = "alice@healthy.test") -> Scenario:
    """Directly to the MX on port 25, without login."""
    return Scenario(
        submit={
            "host": f"mx.{domain}",
            "port": 25,
            "username": "",
            "retry_for": 20.0,
            "retry_interval": 1.0,
        },
        message={"from": mail_from, "to": f"bob@{domain}"},
        retrieve={"username": f"bob@{domain}"},
    )


def at(host: Address, **submit: object) -> Scenario:
    return Scenario(submit={"host": host.name, **submit})


REFUSALS = {
    "550 at RCPT": Refusal(
        "SMTP019", direct("reject.test"), "rcpt", "rejected", 550, "5.7.26", "unauthenticated"
    ),
    "550 after DATA": Refusal(
        "SMTP020", direct("rejectdata.test"), "data", "rejected", 550, "5.7.26", "unauthenticated"
    ),
    "wrong password": Refusal(
        "SMTP016", Scenario(password="wrong"), "auth", "rejected", 535, "5.7.8", "authentication failed"
    ),
    "expired certificate": Refusal("SMTP008", at(world.SMTP_EXPIRED), "tls", "certificate", words="expired"),
    "expired certificate on 465": Refusal(
        "SMTP008", at(world.SMTP_EXPIRED, port=465), "tls", "certificate", words="expired"
    ),
    "wrong name": Refusal("SMTP009", at(world.SMTP_WRONG_NAME), "tls", "certificate", words="smtp-wrongname"),
    "no STARTTLS": Refusal("SMTP005", at(world.SMTP_NO_TLS), "starttls", "unsupported", words="STARTTLS"),
    "plain SMTP on 465": Refusal("SMTP006", at(world.SMTP_NO_TLS, port=465), "tls", "wrong-mode"),
    "expired certificate at the MX": Refusal(
        "SMTP008", direct("expired.test"), "tls", "certificate", words="expired"
    ),
    "no such user": Refusal(
        "SMTP019",
        Scenario(
            submit={"host": world.MX_INBOX.name, "port": 25, "username": ""},
            message={"to": world.UNKNOWN_USER},
        ),
        "rcpt",
        "rejected",
        550,
        "5.1.1",
        "User unknown",
    ),
    "no relaying": Refusal(
        "SMTP019", Scenario(submit={"username": ""}), "rcpt", "rejected", 554, "5.7.1", "Access denied"
    ),
    "nobody listens": Refusal("SMTP002", at(world.IMAP, port=587), "connect", "refused"),
    "no such host": Refusal(
        "SMTP001", Scenario(submit={"host": "nothing-here.healthy.test"}), "connect", "no-address"
    ),
}


@pytest.fixture(scope="module")
def waiting(lab: Lab) -> Iterator[dict[str, Future[Probed]]]:
    """The probes that mostly wait, run concurrently with each other and with the other tests."""
    behind = Scenario(
        message={"from": "hansel@healthy.test", "to": "bob@grey.test"}, retrieve={"username": "bob@grey.test"}
    )
    scenarios = {
        "greylisting": direct("grey.test", mail_from="gretel@healthy.test"),
        "greylisting behind": behind,
        **{kind: mailbox("bob@blackhole.test", kind, deadline=2.0) for kind in ("imap", "pop3", "maildir")},
    }
    with ThreadPoolExecutor(len(scenarios)) as pool:
        yield {name: pool.submit(probe, lab, scenario) for name, scenario in scenarios.items()}


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_told_in_the_servers_words(lab: Lab, name: str) -> None:
    case = REFUSALS[name]
    report = probe(lab, case.scenario)
    submission = report.delivery["submission"]
    assert not submission["accepted"]
    failed = [stage for stage in submission["stages"] if not stage["ok"]][-1]
    assert (failed["stage"], failed["kind"], failed["code"], failed["enhanced"]) == (
        case.stage,
        case.kind,
        case.code,
        case.enhanced,
    )
    assert case.words in failed["text"] + failed["reason"]
    assert report.delivery["retrieval"]["result"] == "skipped"
    leads(report, case.rule)
    # The rest of the report is still produced.
    assert report.report["facts"]["dns"]["domain"] == "healthy.test"
    assert any(outcome["check"].startswith("DMARC") for outcome in report.report["outcomes"])


def test_a_servers_notice_of_delivery_is_read_and_is_no_bounce(lab: Lab) -> None:
    report = probe(
        lab,
        Scenario(
            submit={"notify": True},
            message={"to": "bob@blackhole.test"},
            retrieve={"username": "alice@healthy.test", "deadline": 4.0},
        ),
    )
    retrieval = report.delivery["retrieval"]
    assert retrieval["result"] == "deadline"
    (notice,) = retrieval["notices"]
    assert notice["action"] in ("delivered", "relayed")
    assert notice["recipient"] == "bob@blackhole.test"
    leads(report, "RECV001")


def test_junk_is_seen(lab: Lab) -> None:
    report = probe(
        lab, Scenario(message={"to": "carol@inbox.test"}, retrieve={"username": "carol@inbox.test"})
    )
    retrieval = report.delivery["retrieval"]
    assert (retrieval["result"], retrieval["folder"], retrieval["junk"]) == ("found", "Junk", True)
    leads(report, "RECV002")


@pytest.mark.parametrize(
    ("recipient", "status"), [(world.UNKNOWN_USER, "5.1.1"), ("bob@reject.test", "5.7.26")]
)
def test_a_bounce_is_noticed_and_read(lab: Lab, recipient: str, status: str) -> None:
    report = probe(lab, Scenario(message={"to": recipient}, retrieve={"username": "alice@healthy.test"}))
    retrieval = report.delivery["retrieval"]
    assert retrieval["result"] == "bounced"
    bounce = retrieval["bounce"]
    assert (bounce["action"], bounce["status"], bounce["recipient"]) == ("failed", status, recipient)
    assert bounce["reporting_mta"] == world.SMTP_HEALTHY.name
    assert bounce["diagnostic"].startswith("550 ")
    assert bounce["meaning"]
    assert retrieval["waited_s"] < 5
    leads(report, "RECV003")


@pytest.mark.parametrize("kind", ["imap", "imap143", "pop3", "pop3-110", "maildir"])
def test_every_way_of_fetching_back(lab: Lab, kind: str) -> None:
    report = probe(lab, mailbox("bob@inbox.test", kind, remove=True))
    retrieval = report.delivery["retrieval"]
    assert retrieval["result"] == "found", retrieval
    assert retrieval["removed"]
    assert not retrieval["junk"]
    assert report.message["dmarc"]["result"] == "pass"
    maildir = lab.path("/run/lab/mail/inbox.test/bob/Maildir")
    left = [path for kind in ("new", "cur") for path in maildir.glob(f"**/{kind}/*")]
    assert not [path for path in left if report.delivery["token"] in path.read_text()]


def test_the_built_in_listener_takes_mail_from_postfix(lab: Lab) -> None:
    report = probe(
        lab,
        Scenario(
            message={"to": "probe@listener.test"},
            retrieve={"kind": "listener", "host": world.CLIENT.ip, "port": 25},
        ),
    )
    retrieval = report.delivery["retrieval"]
    assert (retrieval["method"], retrieval["result"]) == ("listener", "found"), retrieval
    assert report.message["envelope"]["ip"] == world.SMTP_HEALTHY.ip
    assert report.message["spf"]["result"] == "pass"
    assert [each["result"] for each in report.message["dkim"]] == ["pass", "pass"]
    assert report.message["dmarc"]["result"] == "pass"
    assert report.message["authentication_results"] == []


@pytest.mark.parametrize(
    ("settings", "kind", "rule"),
    [
        ({"host": world.IMAP_EXPIRED.name}, "tls", "RECV005"),
        ({"username": "nobody@inbox.test"}, "login", "RECV004"),
        ({"host": world.MX_INBOX.name}, "connect", "RECV005"),
    ],
)
def test_a_mailbox_that_cannot_be_opened(lab: Lab, settings: dict[str, object], kind: str, rule: str) -> None:
    report = probe(lab, Scenario(retrieve=settings))
    assert report.delivery["retrieval"]["result"] == "error"
    assert report.delivery["retrieval"]["kind"] == kind
    leads(report, rule)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"])
def test_every_mechanism_that_dovecot_has(lab: Lab, mechanism: str) -> None:
    report = probe(lab, Scenario(submit={"mechanism": mechanism}, retrieve={"mechanism": mechanism}))
    submission = report.delivery["submission"]
    assert submission["auth_mechanism"] == mechanism
    assert submission["authenticated"]
    assert report.delivery["retrieval"]["result"] == "found"


def test_verification_off_is_said(lab: Lab) -> None:
    report = probe(lab, at(world.SMTP_EXPIRED, verification="off"))
    tls = report.delivery["submission"]["tls"]
    assert tls["verification_off"]
    assert tls["chain"][0]["days_left"] < 0
    assert report.delivery["retrieval"]["result"] == "found"
    assert {"SMTP008", "SMTP013"} <= report.rules


def test_the_evidence_of_the_good_case(lab: Lab) -> None:
    report = probe(lab, Scenario())
    submission = report.delivery["submission"]
    assert submission["greeting"].startswith("smtp.healthy.test ESMTP")
    assert submission["tls"]["version"] == "TLSv1.3"
    assert submission["tls"]["verified"]
    assert submission["tls"]["chain"][0]["names"] == [world.SMTP_HEALTHY.name]
    assert 57 <= submission["tls"]["chain"][0]["days_left"] <= 60
    assert submission["queue_id"]
    assert f"{submission['queue_id']}: removed" in lab.log("postfix-healthy.log")
    assert "STARTTLS" in submission["extensions"] or "SMTPUTF8" in submission["extensions"]
    assert report.delivery["retrieval"]["result"] == "found"
    assert [finding for finding in report.findings if finding["severity"] != "info"] == []
    assert report.code == 0


def test_greylisting_is_waited_out(waiting: dict[str, Future[Probed]]) -> None:
    report = waiting["greylisting"].result()
    submission = report.delivery["submission"]
    assert submission["accepted"]
    assert submission["attempts"] > 1
    first = submission["deferrals"][0]
    assert (first["stage"], first["code"], first["kind"]) == ("rcpt", 450, "deferred")
    assert "Greylisted" in first["text"]
    assert submission["waited_s"] > 0
    assert report.delivery["retrieval"]["result"] == "found"


def test_greylisting_behind_the_submission_server_shows_as_delay(
    waiting: dict[str, Future[Probed]],
) -> None:
    report = waiting["greylisting behind"].result()
    assert report.delivery["retrieval"]["result"] == "found"
    delays = {hop["by"]: hop["delay_s"] for hop in report.message["received"]}
    assert delays["mx.grey.test"] > 0


@pytest.mark.parametrize("kind", ["imap", "pop3", "maildir"])
def test_a_message_that_never_arrives(waiting: dict[str, Future[Probed]], kind: str) -> None:
    report = waiting[kind].result()
    assert report.delivery["submission"]["accepted"]
    retrieval = report.delivery["retrieval"]
    assert retrieval["result"] == "deadline"
    assert 1.5 <= retrieval["waited_s"] <= 10
    assert report.report["facts"]["message"] is None
    leads(report, "RECV001")


def test_an_interrupted_probe_tells_what_it_knows(lab: Lab) -> None:
    path = write(lab, mailbox("bob@blackhole.test", "imap", deadline=50.0))
    process = lab.popen(
        ("mailproof", "probe", "--config", path, "-f", "json"),
        env={"LAB_SUBMIT_PASSWORD": world.PASSWORD, "LAB_PASSWORD": world.PASSWORD},
    )
    before = lab.log("postfix-receiver.log").count("relay=none, delay")
    deadline = time.monotonic() + 60
    while (
        time.monotonic() < deadline and lab.log("postfix-receiver.log").count("relay=none, delay") == before
    ):
        time.sleep(0.1)
    time.sleep(0.5)
    interrupt(lab, path)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert '"accepted": true' in out


def interrupt(lab: Lab, path: str) -> None:
    """Send Ctrl-C to the command that uses this configuration."""
    code = (
        "import os, signal, pathlib\n"
        "for p in pathlib.Path('/proc').glob('[0-9]*/cmdline'):\n"
        f"    words = p.read_bytes().split(b'\\0')\n"
        f"    if b'{path}' in words and b'probe' in words:\n"
        f"        os.kill(int(p.parts[2]), {int(signal.SIGINT)})\n"
    )
    assert lab.python("-c", code).returncode == 0


def mailbox(address: str, kind: str, **settings: Any) -> Scenario:
    """Send to the address, and fetch the message by the given protocol."""
    user, _, domain = address.partition("@")
    ways: dict[str, dict[str, object]] = {
        "imap": {},
        "imap143": {"port": 143},
        "pop3": {"kind": "pop3"},
        "pop3-110": {"kind": "pop3", "port": 110},
        "maildir": {"kind": "maildir", "path": f"/run/lab/mail/{domain}/{user}/Maildir"},
    }
    return Scenario(message={"to": address}, retrieve={"username": address, **ways[kind], **settings})


def leads(report: Probed, rule: str) -> None:
    """Assert that the first of the worst findings is from this rule, and that the exit code agrees."""
    ranks = {"error": 0, "warning": 1, "info": 2}
    worst = min(report.findings, key=lambda finding: ranks[finding["severity"]])
    assert worst["rule"] == rule, worst
    if worst["severity"] == "error":
        assert report.code == 1
