"""Mail over IPv6 only: six.test, whose name server, mail hosts and SPF record have no IPv4 addresses."""

from __future__ import annotations

from dataclasses import replace

from tests.lab import world
from tests.lab.lab import Lab
from tests.lab.probing import Probed, Scenario, command, probe

SIX = Scenario(
    submit={"host": world.SMTP_SIX.name, "username": "alice@six.test"},
    message={"from": "alice@six.test", "to": "bob@six.test"},
    retrieve={"host": world.IMAP_SIX.name, "username": "bob@six.test"},
    selectors={"six.test": ("ed2026",)},
)


def theirs(done: Probed) -> dict[str, tuple[str, str, bool | None]]:
    """The results of OpenDKIM, pyspf-milter and OpenDMARC, for comparison with ours."""
    results = [method for each in done.message["authentication_results"] for method in each["methods"]]
    return {each["method"]: (each["result"], each["ours"], each["agrees"]) for each in results}


def test_submitted_and_delivered_and_fetched_over_ipv6(lab: Lab) -> None:
    done = probe(lab, SIX, "--every-address")
    submission, message = done.delivery["submission"], done.message
    assert submission["address"] == world.SMTP_SIX.ip
    assert {each["address"]: each["works"] for each in submission["addresses"]} == {
        world.SMTP_SIX.ip: True,
        world.SMTP_SIX_4.ip: True,
    }
    assert [hop["ip"] for hop in message["received"]][1:] == [world.SMTP_SIX.ip, world.CLIENT_SIX.ip]
    assert message["envelope"]["ip"] == world.SMTP_SIX.ip
    assert message["spf"]["matched"] == f"ip6:{world.SMTP_SIX.ip}"
    for method in ("spf", "dkim", "dmarc"):
        assert theirs(done)[method] == ("pass", "pass", True)
    assert done.delivery["retrieval"]["result"] == "found"
    assert {"SMTP026", "AUTH023"}.isdisjoint(done.rules)
    mx = next(each for each in done.findings if each["rule"] == "MX012")
    assert mx["evidence"] == [world.MX_SIX.ip]
    assert done.code == 0


def test_every_address_names_the_one_of_two_families_that_is_refused(lab: Lab) -> None:
    submit = {"host": world.SMTP_HALF_6.name, "username": "alice@six.test"}
    done = probe(lab, replace(SIX, submit=submit), "--every-address")
    submission = done.delivery["submission"]
    tried = {
        each["address"]: (each["works"], (each["failure"] or {}).get("kind"))
        for each in submission["addresses"]
    }
    assert tried == {world.SMTP_HALF_6.ip: (False, "refused"), world.SMTP_HALF_4.ip: (True, None)}
    (found,) = (each for each in done.findings if each["rule"] == "SMTP026")
    assert f"[{world.SMTP_HALF_6.ip}]:587 refuses connections" in found["message"]
    assert submission["accepted"], "the other address takes the message"
    assert submission["address"] == world.SMTP_HALF_4.ip
    assert done.message["envelope"]["ip"] == world.SMTP_SIX.ip, "and it leaves over IPv6 all the same"
    assert done.code == 1


def test_a_client_address_that_spf_does_not_name(lab: Lab) -> None:
    straight = {"host": world.MX_SIX.name, "port": 25, "username": ""}
    done = probe(lab, replace(SIX, submit=straight))
    assert done.message["envelope"]["ip"] == world.CLIENT_SIX.ip
    assert done.message["spf"]["ip"] == world.CLIENT_SIX.ip
    assert theirs(done)["spf"] == ("fail", "fail", True)
    assert theirs(done)["dmarc"] == ("fail", "fail", True)
    assert done.code == 1


def test_an_audit_through_a_resolver_at_an_ipv6_address(lab: Lab) -> None:
    options = ("--nameserver", world.RESOLVER_SIX.ip, "--selector", "ed2026")
    done = command(lab, "audit", "six.test", *options)
    (seen,) = done.report["facts"]["dns"]["transport"]["connections"]
    assert (seen["host"], seen["address"]) == (world.MX_SIX.name, world.MX_SIX.ip)
    assert (seen["state"], seen["tls"]["verified"], seen["relay"]) == ("answered", True, "refused")
    assert done.report["facts"]["dns"]["mx_lookup"]["server"] == world.RESOLVER_SIX.ip
    assert "MX012" in done.rules
    assert done.code == 0
