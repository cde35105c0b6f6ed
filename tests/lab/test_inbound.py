"""`mailproof inbound` against a Postfix whose OpenDMARC only reports, and one whose OpenDMARC rejects."""

from __future__ import annotations

import pytest

from tests.lab import world
from tests.lab.lab import Lab
from tests.lab.probing import Probed, Scenario, command, write


def inbound(lab: Lab, recipient: str, *options: str, **retrieve: object) -> Probed:
    """Send as healthy.test (p=reject, -all) from the client host, which no SPF record permits."""
    scenario = Scenario(
        message={"to": recipient},
        retrieve={"username": recipient, "deadline": 3.0, "remove": True, **retrieve},
        inbound={"mail_from": f"root@{world.CLIENT.name}", "null_mx_sender": "nomail.test"},
    )
    return command(lab, "inbound", "--config", write(lab, scenario), *options)


def places(report: Probed) -> dict[str, str]:
    return {each["name"]: each["place"] for each in report.report["facts"]["inbound"]["cases"]}


def replies(report: Probed) -> dict[str, str]:
    return {each["name"]: each["reply"] for each in report.report["facts"]["inbound"]["cases"]}


def test_without_reject_failures_all_of_it_arrives(lab: Lab) -> None:
    report = inbound(lab, "bob@inbox.test")
    assert set(places(report).values()) == {"inbox"}
    assert report.report["facts"]["inbound"]["client_ip"] == world.CLIENT.ip
    assert report.rules == {"INB001", "INB002", "INB003", "INB004", "INB005", "INB006"}
    assert report.code == 1
    maildir = lab.path("/run/lab/mail/inbox.test/bob/Maildir")
    left = [path for kind in ("new", "cur") for path in maildir.glob(f"**/{kind}/*")]
    assert not [path for path in left if "mailproof inbound test" in path.read_text()]


def test_with_reject_failures_forgeries_are_refused(lab: Lab) -> None:
    report = inbound(lab, "bob@strict.test", "--eicar")
    found = places(report)
    assert found == {
        "control": "inbox",
        "dmarc": "refused",
        "dkim": "refused",
        "spf": "inbox",
        "two-from": "refused",
        "display-name": "inbox",
        "null-mx-sender": "refused",
        "eicar": "inbox",
    }
    said = replies(report)
    assert "rejected by DMARC policy for healthy.test" in said["dmarc"]
    assert "rejected by DMARC policy for healthy.test" in said["dkim"]
    assert "nullMX" in said["null-mx-sender"]
    assert report.rules == {"INB003", "INB005", "INB007"}


def test_a_control_that_never_arrives(lab: Lab) -> None:
    report = inbound(lab, "bob@blackhole.test", deadline=1.0)
    assert places(report) == {"control": "missing"}
    assert report.code == 3
    assert not report.findings


@pytest.mark.parametrize(
    ("retrieve", "words"),
    [
        ({"username": "nobody@inbox.test"}, "cannot be read"),
        ({"host": world.IMAP_EXPIRED.name}, "expired"),
    ],
)
def test_nothing_is_sent_where_the_mailbox_cannot_be_read(
    lab: Lab, retrieve: dict[str, object], words: str
) -> None:
    scenario = Scenario(retrieve=retrieve)
    done = lab.run_in_client(
        ("mailproof", "inbound", "--config", write(lab, scenario)),
        env={"LAB_SUBMIT_PASSWORD": world.PASSWORD, "LAB_PASSWORD": world.PASSWORD},
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.rstrip().endswith("nothing was sent")
