"""LiveResolver through Unbound: answers and their DNSSEC state, over each transport."""

from __future__ import annotations

import pytest

from tests.lab import world
from tests.lab.ask import ask
from tests.lab.lab import Lab

#: question -> (status, secure), as the zones in world.py define it.
EXPECTED = {
    ("healthy.test", "TXT"): ("ok", "yes"),
    ("healthy.test", "AAAA"): ("nodata", "yes"),
    ("nothing-here.healthy.test", "TXT"): ("nxdomain", "yes"),
    ("rsa2026._domainkey.healthy.test", "TXT"): ("ok", "yes"),
    ("25.100.51.198.in-addr.arpa", "PTR"): ("ok", "yes"),
    ("insecure.test", "TXT"): ("ok", "no"),
    ("nothing-here.insecure.test", "TXT"): ("nxdomain", "no"),
    ("bogus.test", "TXT"): ("bogus", "bogus"),
    ("tampered.test", "TXT"): ("bogus", "bogus"),
    ("tampered.test", "MX"): ("ok", "yes"),
    ("lame.test", "TXT"): ("servfail", "unknown"),
}


@pytest.mark.parametrize(
    "nameserver",
    ["", world.RESOLVER.ip, f"tls://{world.RESOLVER.name}", f"https://{world.RESOLVER.name}/dns-query"],
    ids=["system", "udp", "tls", "https"],
)
def test_status_and_security_are_those_of_the_zones(lab: Lab, nameserver: str) -> None:
    answers = ask(lab, *EXPECTED, nameservers=(nameserver,) if nameserver else ())
    told = {
        question: (answers[" ".join(question)]["status"], answers[" ".join(question)]["secure"])
        for question in EXPECTED
    }
    assert told == EXPECTED


def test_a_silent_server_is_a_time_out_or_what_unbound_makes_of_it(lab: Lab) -> None:
    # Unbound remembers an unresponsive server, and answers SERVFAIL at once the next time.
    answer = ask(lab, ("silent.test", "TXT"), timeout=1.0)["silent.test TXT"]
    assert answer["status"] in ("timeout", "servfail")
    assert answer["secure"] == "unknown"
    direct = ask(lab, ("silent.test", "TXT"), nameservers=(world.SILENT_SERVER.ip,), timeout=1.0)
    assert direct["silent.test TXT"]["status"] == "timeout"


def test_records_are_those_that_dig_shows(lab: Lab) -> None:
    questions = [(domain, "TXT") for domain in ("healthy.test", "twospf.test", "manylookups.test")]
    questions += [("healthy.test", "MX"), ("rsa2026._domainkey.healthy.test", "TXT")]
    answers = ask(lab, *questions)
    for name, rrtype in questions:
        shown = lab.run_in_client(("dig", "+short", name, rrtype)).stdout.splitlines()
        assert sorted(answers[f"{name} {rrtype}"]["records"]) == sorted(shown)


def test_an_encrypted_server_with_another_name_is_not_believed(lab: Lab) -> None:
    answers = ask(lab, ("healthy.test", "TXT"), nameservers=(f"tls://{world.RESOLVER.ip}#wrong.infra.test",))
    answer = answers["healthy.test TXT"]
    assert answer["status"] not in ("ok", "nodata", "nxdomain")
    assert answer["records"] == []


def test_a_dead_server_is_passed_over(lab: Lab) -> None:
    answers = ask(lab, ("healthy.test", "TXT"), nameservers=(world.SILENT_SERVER.ip, world.RESOLVER.ip))
    assert answers["healthy.test TXT"]["status"] == "ok"


def test_a_lame_server_is_passed_over(lab: Lab) -> None:
    answers = ask(lab, ("healthy.test", "TXT"), nameservers=(world.LAME_SERVER.ip, world.RESOLVER.ip))
    assert answers["healthy.test TXT"]["status"] == "ok"


def test_our_own_validation_agrees_with_unbounds(lab: Lab) -> None:
    """The same states, validated from the laboratory's root key."""
    answers = ask(lab, *EXPECTED, nameservers=(world.RESOLVER.ip,), validate=True)
    told = {
        question: (answers[" ".join(question)]["status"], answers[" ".join(question)]["secure"])
        for question in EXPECTED
    }
    assert told == EXPECTED


def test_without_the_laboratorys_root_key_nothing_is_secure(lab: Lab) -> None:
    """The real root's keys do not match this root: everything below it is bogus, whatever the AD bit says."""
    code = (
        "import asyncio\nfrom mailproof.dns import LiveResolver\n"
        "async def main():\n"
        "    async with LiveResolver(validate=True) as resolver:\n"
        "        print((await resolver.query('healthy.test', 'TXT')).secure)\n"
        "asyncio.run(main())\n"
    )
    done = lab.python("-c", code)
    assert done.stdout.strip() == "bogus", done.stderr
