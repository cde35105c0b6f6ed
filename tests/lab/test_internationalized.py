"""Internationalized mail with real servers: a domain in U-labels, local parts that need SMTPUTF8."""

from __future__ import annotations

from dataclasses import replace

from tests.lab import world
from tests.lab.lab import Lab
from tests.lab.probing import Probed, Scenario, probe
from tests.lab.world import MUNICH

ALICE, JOERG = world.UTF8_BOXES["alice@münchen.test"], world.UTF8_BOXES["jörg@münchen.test"]
PLAIN = Scenario(
    submit={"username": ALICE},
    message={"from": "alice@münchen.test", "to": "bob@münchen.test"},
    retrieve={"username": f"bob@{MUNICH}"},
    selectors={"münchen.test": ("ed2026",)},
)
UTF8 = replace(
    PLAIN,
    message={"from": "alice@münchen.test", "to": "jörg@münchen.test"},
    retrieve={"username": JOERG},
)


def delivered(lab: Lab, done: Probed, box: str) -> str:
    """The message as stored in the Maildir."""
    user, _, domain = box.partition("@")
    paths = lab.path(f"/run/lab/mail/{domain}/{user}/Maildir").glob("*/*")
    texts = [path.read_bytes() for path in paths if path.is_file() and path.parent.name in ("new", "cur")]
    (found,) = (each for each in texts if done.delivery["token"].encode() in each)
    return found.decode()


def test_a_domain_in_u_labels_is_sent_in_a_labels_and_needs_no_smtputf8(lab: Lab) -> None:
    done = probe(lab, replace(PLAIN, submit={"host": world.SMTP_ASCII.name, "username": ALICE}))
    raw = delivered(lab, done, f"bob@{MUNICH}")
    assert raw.isascii()
    assert f"Return-Path: <alice@{MUNICH}>" in raw
    assert f"for <bob@{MUNICH}>" in raw
    assert f"\nFrom: alice@{MUNICH}\n" in raw
    assert f"\nTo: bob@{MUNICH}\n" in raw
    assert not any(hop["with"].startswith("UTF8") for hop in done.message["received"])
    assert done.message["spf"]["domain"] == MUNICH
    assert done.message["dmarc"]["result"] == "pass"
    assert {"SMTP023", "AUTH023"}.isdisjoint(done.rules), "OpenDKIM, pyspf-milter and OpenDMARC agree"
    assert done.report["verdict"]["sentence"].startswith(f"The probe from münchen.test ({MUNICH}) came back")
    assert done.code == 0


def test_a_local_part_that_is_not_ascii_reaches_its_mailbox(lab: Lab) -> None:
    done = probe(lab, UTF8)
    raw = delivered(lab, done, JOERG)
    assert "Delivered-To: jörg@münchen.test" in raw
    assert "\nTo: jörg@münchen.test\n" in raw
    assert [hop["with"] for hop in done.message["received"]] == ["UTF8SMTPS", "UTF8SMTPSA"]
    assert [hop["for"] for hop in done.message["received"]] == ["jörg@münchen.test"] * 2
    assert done.message["from_domains"] == [MUNICH]
    assert [(each["domain"], each["result"]) for each in done.message["dkim"]] == [(MUNICH, "pass")]
    assert done.message["dmarc"]["spf_aligned"]
    assert done.message["dmarc"]["dkim_aligned"]
    differing = next(each for each in done.findings if each["rule"] == "AUTH023")
    assert "dmarc=none (header.from=münchen.test), we get pass" in differing["message"]
    assert f"not in A-labels (RFC 8616): {MUNICH}" in differing["message"]
    assert done.code == 0


def test_a_submission_server_without_smtputf8(lab: Lab) -> None:
    done = probe(lab, replace(UTF8, submit={"host": world.SMTP_ASCII.name, "username": ALICE}))
    (found,) = (each for each in done.findings if each["rule"] == "SMTP023")
    assert f"{world.SMTP_ASCII.name} port 587" in found["message"]
    assert "SMTPUTF8 (RFC 6531), which the server does not offer" in found["message"]
    assert done.delivery["submission"]["accepted"] is False
    assert done.delivery["retrieval"]["result"] == "skipped"
    keys = next(each for each in done.report["outcomes"] if each["check"] == "DKIM002")
    assert keys["status"] == "pass", "the selectors of a domain in U-labels are known"
    assert done.code == 1


def test_a_bounce_in_utf8_is_read(lab: Lab) -> None:
    """RFC 6533: Postfix writes a message/global-delivery-status."""
    message = {"from": "alice@münchen.test", "to": world.UTF8_REFUSED}
    done = probe(lab, replace(PLAIN, message=message, retrieve={"username": ALICE}))
    bounce = done.delivery["retrieval"]["bounce"]
    assert (bounce["action"], bounce["status"]) == ("failed", "5.6.7")
    assert bounce["recipient"] == world.UTF8_REFUSED
    assert bounce["reporting_mta"] == world.AUTHSERV_ID
    (found,) = (each for each in done.findings if each["rule"] == "RECV003")
    assert "SMTPUTF8 is required" in found["message"]
    assert done.code == 1
