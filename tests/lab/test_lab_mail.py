"""Each scenario behaves as intended on the real servers, tested with smtplib and imaplib only."""

from __future__ import annotations

import dataclasses

import pytest

from tests.lab import results, world
from tests.lab.kinds import Address
from tests.lab.lab import Lab
from tests.lab.plainmail import Task, mail

INBOX = (("bob@inbox.test", "INBOX"),)
GOOD = Task(
    host=world.SMTP_HEALTHY.name,
    user="alice@healthy.test",
    password=world.PASSWORD,
    mail_from="alice@healthy.test",
    rcpt="bob@inbox.test",
    look=INBOX,
)
DIRECT = dataclasses.replace(GOOD, port=25, user="", look=())


@pytest.mark.parametrize(("port", "tls"), [(587, "starttls"), (465, "implicit"), (25, "starttls")])
def test_good_mail_passes_by_both(lab: Lab, port: int, tls: str) -> None:
    done = mail(lab, dataclasses.replace(GOOD, port=port, tls=tls))
    assert done.found_in == INBOX[0], done
    assert results.summary(done.message) == {"dmarc": ["pass"], "spf": ["pass"], "dkim": ["pass", "pass"]}
    algorithms = {m.get("header.a") for m in results.methods(done.message) if m.method == "dkim"}
    assert algorithms == {"rsa-sha256", "ed25519-sha256"}


@pytest.mark.parametrize(
    ("sender", "told"),
    [
        ("alice@insecure.test", {"dmarc": ["pass"], "spf": ["pass"], "dkim": ["pass"]}),
        ("alice@stale.test", {"dmarc": ["pass"], "spf": ["pass"], "dkim": ["fail"]}),
        ("alice@manylookups.test", {"dmarc": ["pass"], "spf": ["permerror"], "dkim": ["pass"]}),
        ("alice@twospf.test", {"dmarc": ["fail"], "spf": ["permerror"], "dkim": ["none"]}),
    ],
)
def test_other_domains_of_the_healthy_server(lab: Lab, sender: str, told: dict[str, list[str]]) -> None:
    done = mail(lab, dataclasses.replace(GOOD, mail_from=sender))
    assert results.summary(done.message) == told


def test_unsigned_mail(lab: Lab) -> None:
    task = dataclasses.replace(
        GOOD, host=world.SMTP_UNSIGNED.name, user="alice@unsigned.test", mail_from="alice@unsigned.test"
    )
    told = results.summary(mail(lab, task).message)
    assert told == {"dmarc": ["pass"], "spf": ["pass"], "dkim": ["none"]}


def test_an_esp_puts_its_own_envelope_and_signature(lab: Lab) -> None:
    task = dataclasses.replace(
        GOOD, host=world.SMTP_ESP.name, user="news@brand.test", mail_from="news@brand.test"
    )
    done = mail(lab, task)
    assert results.summary(done.message) == {"dmarc": ["fail"], "spf": ["pass"], "dkim": ["pass"]}
    assert f"Return-Path: <{world.ESP_ENVELOPE}>" in done.message
    assert {m.get("smtp.mailfrom") for m in results.methods(done.message) if m.method == "spf"} == {
        "esp.test"
    }


def test_a_mailing_list_breaks_the_body_hash(lab: Lab) -> None:
    done = mail(lab, dataclasses.replace(GOOD, rcpt=world.LIST_ADDRESS))
    assert results.summary(done.message) == {"dmarc": ["fail"], "spf": ["pass"], "dkim": ["fail", "fail"]}
    assert "Subject: [friends] " in done.message
    assert "friends-leave@lists.test" in done.message


def test_a_forwarder_breaks_spf_alone(lab: Lab) -> None:
    done = mail(lab, dataclasses.replace(GOOD, rcpt=world.FORWARD_ADDRESS))
    assert results.summary(done.message) == {"dmarc": ["pass"], "spf": ["fail"], "dkim": ["pass", "pass"]}


def test_a_forged_result_is_stripped_and_a_foreign_one_kept(lab: Lab) -> None:
    forged = (
        ("Authentication-Results", f"{world.AUTHSERV_ID}; spf=pass smtp.mailfrom=forged.test"),
        ("Authentication-Results", "elsewhere.test; spf=softfail smtp.mailfrom=foreign.test"),
    )
    done = mail(lab, dataclasses.replace(GOOD, headers=forged))
    assert "forged.test" not in done.message
    assert "foreign.test" in done.message


def test_greylisting_defers_and_then_takes(lab: Lab) -> None:
    direct = mail(lab, dataclasses.replace(DIRECT, host=world.MX_GREY.name, rcpt="bob@grey.test"))
    assert direct.refused is not None
    assert direct.refused[:2] == ("rcpt", 450)
    done = mail(
        lab, dataclasses.replace(GOOD, rcpt="bob@grey.test", look=(("bob@grey.test", "INBOX"),), wait=30)
    )
    assert done.found_in
    assert done.seconds > 4
    assert "X-Greylist: delayed" in done.message


@pytest.mark.parametrize(("domain", "stage"), [("reject.test", "rcpt"), ("rejectdata.test", "data")])
def test_unauthenticated_mail_is_refused(lab: Lab, domain: str, stage: str) -> None:
    done = mail(lab, dataclasses.replace(DIRECT, host=f"mx.{domain}", rcpt=f"bob@{domain}"))
    assert done.refused is not None
    assert done.refused[:2] == (stage, 550)
    assert done.refused[2].startswith("5.7.26 ")


def test_a_wrong_password(lab: Lab) -> None:
    done = mail(lab, dataclasses.replace(GOOD, password="wrong"))
    assert done.refused is not None
    assert done.refused[:2] == ("auth", 535)


@pytest.mark.parametrize(
    ("host", "error"),
    [
        (world.SMTP_EXPIRED, "certificate has expired"),
        (world.SMTP_WRONG_NAME, "Hostname mismatch"),
        (world.SMTP_NO_TLS, "STARTTLS extension not supported"),
        (world.MX_EXPIRED, "certificate has expired"),
        (world.MX_WRONG_NAME, "Hostname mismatch"),
        (world.MX_NO_TLS, "STARTTLS extension not supported"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_bad_tls(lab: Lab, host: Address, error: str) -> None:
    port = 25 if host.name.startswith("mx.") else 587
    done = mail(lab, dataclasses.replace(GOOD, host=host.name, port=port))
    assert error in done.error


def test_mail_for_carol_lands_in_junk(lab: Lab) -> None:
    look = (("carol@inbox.test", "INBOX"), ("carol@inbox.test", "Junk"))
    done = mail(lab, dataclasses.replace(GOOD, rcpt="carol@inbox.test", look=look))
    assert done.found_in == ("carol@inbox.test", "Junk")


def test_a_blackhole_takes_and_drops(lab: Lab) -> None:
    look = (("bob@blackhole.test", "INBOX"), ("alice@healthy.test", "INBOX"))
    done = mail(lab, dataclasses.replace(GOOD, rcpt="bob@blackhole.test", look=look, wait=2))
    assert done.refused is None
    assert not done.error
    assert done.found_in is None


def test_an_unknown_user_bounces_to_the_return_path(lab: Lab) -> None:
    look = (("alice@healthy.test", "INBOX"),)
    done = mail(lab, dataclasses.replace(GOOD, rcpt=world.UNKNOWN_USER, look=look))
    assert done.found_in == look[0]
    assert "Return-Path: <>" in done.message
    assert "Content-Type: message/delivery-status" in done.message
    assert "Status: 5.1.1" in done.message


def test_pop3_and_maildir_show_the_same_mail(lab: Lab) -> None:
    done = mail(lab, GOOD)
    code = (
        "import poplib, ssl\n"
        f"box = poplib.POP3_SSL('{world.IMAP.name}', context=ssl.create_default_context())\n"
        f"box.user('bob@inbox.test'); box.pass_('{world.PASSWORD}')\n"
        "print(b'\\n'.join(box.retr(box.stat()[0])[1]).decode())\n"
    )
    assert done.token in lab.python("-c", code).stdout
    maildir = lab.path("/run/lab/mail/inbox.test/bob/Maildir")
    assert any(done.token.encode() in path.read_bytes() for path in maildir.glob("*/*") if path.is_file())


def test_an_expired_certificate_at_imap(lab: Lab) -> None:
    code = (
        "import imaplib, ssl\n"
        f"imaplib.IMAP4_SSL('{world.IMAP_EXPIRED.name}', ssl_context=ssl.create_default_context())\n"
    )
    assert "certificate has expired" in lab.python("-c", code).stderr
