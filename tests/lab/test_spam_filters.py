"""`mailproof verify` with a real spamd and a real Rspamd, compared with the filters' own clients."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab import world
from tests.lab.lab import Lab
from tests.lab.plainmail import mail
from tests.lab.probing import Probed, Scenario, command, probe
from tests.lab.servers.filters import CONTROLLER, NORMAL, SOCKET, SPAMD
from tests.lab.test_probe_verify import GOOD

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
PLACES = {"SpamAssassin": f"{SPAMD[0]}:{SPAMD[1]}", "Rspamd": f"http://{NORMAL[0]}:{NORMAL[1]}"}
BOTH = ("--spamassassin", PLACES["SpamAssassin"], "--rspamd", PLACES["Rspamd"])


@pytest.fixture(scope="module")
def filters(lab: Lab) -> Iterator[float]:
    """Both filters, running; yields their start-up time in seconds."""
    process = lab.popen((sys.executable, "-m", "tests.lab.servers.filters"), host="filter")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    assert line, process.stderr.read()
    yield json.loads(line)["seconds"]
    process.stdin.close()
    process.wait(20)


@pytest.fixture(scope="module")
def delivered(lab: Lab) -> str:
    """An ordinary message as it arrived."""
    done = mail(lab, GOOD)
    assert done.found_in, done
    return done.message


def verify(lab: Lab, message: str, *options: str) -> Probed:
    return command(lab, "verify", "-", *options, stdin=message)


def asked(report: Probed) -> dict[str, dict[str, Any]]:
    return {each["filter"]: each for each in report.message["asked_filters"]}


def statuses(report: Probed) -> dict[str, str]:
    return {each["check"]: each["status"] for each in report.report["outcomes"]}


def test_an_ordinary_message_is_clean_at_both(lab: Lab, filters: float, delivered: str) -> None:
    assert filters < 30
    report = verify(lab, delivered, *BOTH)
    found = asked(report)
    assert {name: each["verdict"] for name, each in found.items()} == dict.fromkeys(PLACES, "clean")
    assert {name: each["server"] for name, each in found.items()} == PLACES
    assert found["Rspamd"]["action"] == "no action"
    assert statuses(report)["MSG031"] == statuses(report)["MSG032"] == "pass"
    assert report.code == 0


def test_rspamd_was_told_the_envelope(lab: Lab, filters: float, delivered: str) -> None:
    symbols = {each["name"]: each for each in asked(verify(lab, delivered, *BOTH))["Rspamd"]["symbols"]}
    # They need the client's address and name, the return path and the recipient.
    assert {"R_SPF_ALLOW", "R_DKIM_ALLOW", "DMARC_POLICY_ALLOW", "TO_MATCH_ENVRCPT_ALL"} <= set(symbols)
    assert "HFILTER_HOSTNAME_UNKNOWN" not in symbols
    assert symbols["R_SPF_ALLOW"]["score"] == pytest.approx(-0.2)


def test_gtube_is_spam_at_both(lab: Lab, filters: float, delivered: str) -> None:
    report = verify(lab, delivered.replace("A line of text.", GTUBE), *BOTH)
    found = asked(report)
    assert {each["verdict"] for each in found.values()} == {"spam"}
    assert found["Rspamd"]["action"] == "reject"
    assert found["SpamAssassin"]["score"] > 900
    weightiest = found["SpamAssassin"]["symbols"][0]
    assert (weightiest["name"], weightiest["score"]) == ("GTUBE", 1000.0)
    assert {"MSG031", "MSG032"} <= report.rules
    assert report.code == 3  # DKIM is unknown: the copy was changed after delivery


@pytest.mark.parametrize("text", ["A line of text.", GTUBE], ids=["ordinary", "gtube"])
def test_spamc_reads_the_same_verdict(lab: Lab, filters: float, delivered: str, text: str) -> None:
    message = delivered.replace("A line of text.", text)
    ours = asked(verify(lab, message, *BOTH))["SpamAssassin"]
    said = lab.run_in_client(("spamc", "-d", SPAMD[0], "-p", str(SPAMD[1]), "-R"), stdin=message)
    score, threshold = said.stdout.splitlines()[0].split("/")
    assert (ours["score"], ours["threshold"]) == (float(score), float(threshold))
    rows = re.findall(r"^ ?(-?[\d.]+) ([A-Z]\w+)", said.stdout.rpartition("\n---- ")[2], re.MULTILINE)
    assert {each["name"]: each["score"] for each in ours["symbols"]} == {
        name: float(points) for points, name in rows
    }
    assert rows


@pytest.mark.parametrize("text", ["A line of text.", GTUBE], ids=["ordinary", "gtube"])
def test_rspamc_reads_the_same_verdict(lab: Lab, filters: float, delivered: str, text: str) -> None:
    message = delivered.replace("A line of text.", text)
    report = verify(lab, message, *BOTH)
    ours, envelope = asked(report)["Rspamd"], report.message["envelope"]
    argv = (
        *("rspamc", "-h", f"{NORMAL[0]}:{NORMAL[1]}", "--json", "-i", envelope["ip"]),
        *("--helo", envelope["helo"], "--hostname", world.SMTP_HEALTHY.name),
        *("-F", envelope["mail_from"], "-r", GOOD.rcpt),
    )
    theirs = json.loads(lab.run_in_client(argv, stdin=message).stdout)
    theirs = theirs[0] if isinstance(theirs, list) else theirs
    assert ours["action"] == theirs["action"]
    assert ours["score"] == pytest.approx(theirs["score"])
    assert ours["threshold"] == pytest.approx(theirs["required_score"])
    assert {each["name"]: each["score"] for each in ours["symbols"]} == {
        name: pytest.approx(each["score"]) for name, each in theirs["symbols"].items()
    }


def test_what_it_is_told_changes_the_verdict(lab: Lab, filters: float, delivered: str) -> None:
    foreign = ("--ip", world.CLIENT.ip, "--helo", world.CLIENT.name, "--mail-from", "alice@healthy.test")
    found = asked(verify(lab, delivered, *BOTH, *foreign))["Rspamd"]
    assert "R_SPF_FAIL" in {each["name"] for each in found["symbols"]}


def test_over_a_socket(lab: Lab, filters: float, delivered: str) -> None:
    found = asked(verify(lab, delivered, "--spamassassin", str(SOCKET)))
    assert found["SpamAssassin"]["verdict"] == "clean"
    assert found["SpamAssassin"]["server"] == str(SOCKET)


def test_nobody_there_is_unknown_and_not_clean(lab: Lab, filters: float, delivered: str) -> None:
    report = verify(
        lab, delivered, "--spamassassin", f"{SPAMD[0]}:784", "--rspamd", f"http://{NORMAL[0]}:11399"
    )
    found = asked(report)
    assert {each["verdict"] for each in found.values()} == {"unknown"}
    assert {each["problem_code"] for each in found.values()} == {"refused"}
    assert statuses(report)["MSG031"] == statuses(report)["MSG032"] == "unknown"
    assert report.code == 3


def test_a_stranger_is_not_served_by_spamd(lab: Lab, filters: float, delivered: str) -> None:
    # The wrong protocol with each of them.
    report = verify(
        lab,
        delivered,
        "--spamassassin",
        f"{NORMAL[0]}:{NORMAL[1]}",
        "--rspamd",
        f"http://{SPAMD[0]}:{SPAMD[1]}",
    )
    assert {each["problem_code"] for each in asked(report).values()} == {"protocol"}
    assert report.code == 3


def test_the_controller_wants_its_password(lab: Lab, filters: float, delivered: str) -> None:
    place = f"http://{CONTROLLER[0]}:{CONTROLLER[1]}"
    refused = asked(verify(lab, delivered, "--rspamd", place))["Rspamd"]
    assert (refused["verdict"], refused["problem_code"]) == ("unknown", "login")
    path = "/run/lab/filters-config/mailproof.toml"
    outside = lab.path(path)
    outside.parent.mkdir()
    settings = f'[filters.rspamd]\nurl = "{place}"\npassword = {{ env = "LAB_PASSWORD" }}\n'
    outside.write_text(settings)
    kept = asked(verify(lab, delivered, "--config", path))["Rspamd"]
    assert (kept["verdict"], kept["problem_code"]) == ("unknown", "login"), "no password in the clear"
    outside.write_text(f"{settings}allow_plaintext_auth = true\n")
    report = verify(lab, delivered, "--config", path)
    assert asked(report)["Rspamd"]["verdict"] == "clean"
    assert asked(report)["Rspamd"]["password_in_clear"]
    assert report.code == 0


def test_probe_asks_about_what_arrived(lab: Lab, filters: float) -> None:
    report = probe(lab, Scenario(), *BOTH)
    assert {name: each["verdict"] for name, each in asked(report).items()} == dict.fromkeys(PLACES, "clean")
    assert report.code == 0


def test_the_text_report_shows_them(lab: Lab, filters: float, delivered: str) -> None:
    message = delivered.replace("A line of text.", GTUBE)
    for columns in (60, 100):
        done = lab.run_in_client(
            ("mailproof", "verify", "-", *BOTH), stdin=message, env={"COLUMNS": str(columns)}
        )
        assert max(map(len, done.stdout.splitlines())) <= columns
        assert "SpamAssassin" in done.stdout
        assert "GTUBE" in done.stdout
        assert "reject" in done.stdout


def test_an_image_newsletter_without_a_text_part(lab: Lab, filters: float) -> None:
    """Faults that both filters detect, in a message from a naive script."""
    message = (
        "From: news@healthy.test\nTo: bob@inbox.test\nSubject: BUY NOW!!! 90% OFF\n"
        "Content-Type: text/html\nMIME-Version: 1.0\n\n"
        '<html><body><a href="http://healthy.test/"><img src="http://healthy.test/a.png"></a></body></html>\n'
    )
    found = asked(verify(lab, message, *BOTH))
    spamd = {each["name"] for each in found["SpamAssassin"]["symbols"]}
    assert {"MISSING_DATE", "MISSING_MID", "MIME_HTML_ONLY"} <= spamd
    rspamd = {each["name"] for each in found["Rspamd"]["symbols"]}
    assert {"MISSING_DATE", "MISSING_MID", "MIME_HTML_ONLY"} <= rspamd
