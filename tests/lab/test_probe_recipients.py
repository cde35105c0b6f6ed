"""`mailproof probe` to several recipients: the placement table, and one that fails."""

from __future__ import annotations

import pytest

from tests.lab import world
from tests.lab.lab import Lab
from tests.lab.probing import Scenario, probe, write

THREE = ({"address": "bob@inbox.test"}, {"address": "carol@inbox.test"}, {"address": "bob@wrongname.test"})


@pytest.mark.parametrize("send", ["each", "once"])
def test_three_mailboxes_at_two_receivers(lab: Lab, send: str) -> None:
    done = probe(lab, Scenario(to=THREE, send=send))
    rows = {each["recipient"]: each for each in done.report["facts"]["placements"]}
    assert list(rows) == [each["address"] for each in THREE]
    for row in rows.values():
        results = [row[method] for method in ("spf", "dkim", "dmarc")]
        assert results == [{"theirs": "pass", "ours": "pass"}] * 3, "OpenDMARC, OpenDKIM and we agree"
        assert row["result"] == "found"
        assert 0 <= row["seconds"] <= row["noticed"]
        assert row["tls"].startswith("TLS")
    assert [row["folder"] for row in rows.values()] == ["INBOX", "Junk", "INBOX"]
    junk = [each for each in done.findings if each["rule"] == "RECV002"]
    assert [each["subject"] for each in junk] == ["carol@inbox.test"], "the others are in order"
    tokens = {each["delivery"]["token"] for each in done.report["facts"]["recipients"]}
    assert len(tokens) == (3 if send == "each" else 1)
    assert done.delivery["recipient"] == "bob@inbox.test"
    assert done.message["dmarc"]["result"] == "pass"


def test_one_that_fails_costs_its_own_outcome_only(lab: Lab) -> None:
    lost = {"address": "bob@blackhole.test", "deadline": 2.0}
    done = probe(lab, Scenario(to=(THREE[0], lost, {**THREE[2], "host": "nothing.invalid"})))
    assert [each["result"] for each in done.report["facts"]["placements"]] == ["found", "deadline", "error"]
    subjects = {each["rule"]: each["subject"] for each in done.findings if each["rule"].startswith("RECV")}
    assert subjects["RECV001"] == "bob@blackhole.test"
    assert subjects["RECV005"] == "bob@wrongname.test"
    assert "2 of 3" not in done.report["verdict"]["sentence"]
    assert (
        "1 of 3 mailboxes, not from bob@blackhole.test and bob@wrongname.test"
        in (done.report["verdict"]["sentence"])
    )
    assert done.code == 1


def test_the_table_as_text(lab: Lab) -> None:
    path = write(lab, Scenario(to=THREE))
    env = {"LAB_SUBMIT_PASSWORD": world.PASSWORD, "LAB_PASSWORD": world.PASSWORD, "COLUMNS": "100"}
    done = lab.run_in_client(("mailproof", "probe", "--config", path), env=env, timeout=60.0)
    assert "3 of 3 arrived" in done.stdout
    assert "folder: inbox at bob@inbox.test, wrongname.test; junk at carol@inbox.test" in done.stdout
    row = next(line for line in done.stdout.splitlines() if line.strip().startswith("carol@inbox.test"))
    assert row.split()[1] == "Junk"
    assert "from all 3 mailboxes, 1 of them in Junk" in done.stdout
    one = lab.run_in_client(
        ("mailproof", "probe", "--config", path, "--to", "bob@wrongname.test"), env=env, timeout=60.0
    )
    assert "Placement" not in one.stdout


def test_a_recipient_whose_tlsa_does_not_match(lab: Lab) -> None:
    message = {"to": "bob@baddane.test"}
    done = probe(lab, Scenario(message=message, retrieve={"deadline": 2.0}))
    cause = next(each for each in done.findings if each["rule"] == "DANE006")
    effect = next(each for each in done.findings if each["rule"] == "RECV001")
    assert cause["subject"] == "baddane.test"
    assert "mx.baddane.test" in cause["message"]
    assert effect["because_of"] == cause["fingerprint"]
    assert cause["fix"].get("records", []) == []
    assert [each["domain"] for each in done.report["facts"]["domains"]] == ["baddane.test"]
    alone = probe(lab, Scenario(message=message, retrieve={"deadline": 1.0}), "--no-connect")
    assert "DANE006" not in alone.rules
    assert alone.report["facts"]["domains"][0]["transport"]["connected"] is False


def test_a_recipient_that_puts_mail_off(lab: Lab) -> None:
    greylisted = Scenario(
        submit={"host": "mx.grey.test", "port": 25, "username": "", "retry_for": 0.0},
        message={"from": "rapunzel@healthy.test", "to": "bob@grey.test"},
        retrieve={"username": "bob@grey.test"},
    )
    done = probe(lab, greylisted)
    put_off = next(each for each in done.findings if each["rule"] == "RECV013")
    assert "Greylisted" in put_off["message"]
