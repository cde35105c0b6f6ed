"""The laboratory's DNS behaves as world.py defines it: queried with dig, in the client host."""

from __future__ import annotations

import pytest

from tests.lab import world
from tests.lab.kinds import Address
from tests.lab.lab import Lab


def dig(lab: Lab, *argv: str) -> str:
    done = lab.run_in_client(("dig", "+tries=1", "+time=8", *argv))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def flags(answer: str) -> set[str]:
    line = next(line for line in answer.splitlines() if line.startswith(";; flags:"))
    return set(line.removeprefix(";; flags:").partition(";")[0].split())


@pytest.mark.parametrize(
    "domain",
    ["healthy.test", "esp.test", "inbox.test", "113.0.203.in-addr.arpa", "six.test", world.REVERSE_SIX],
)
def test_signed_zones_validate(lab: Lab, domain: str) -> None:
    answer = dig(lab, "+adflag", domain, "SOA")
    assert "status: NOERROR" in answer
    assert "ad" in flags(answer)


def test_an_insecure_zone_answers_without_ad(lab: Lab) -> None:
    answer = dig(lab, "+adflag", "insecure.test", "TXT")
    assert "v=spf1" in answer
    assert "ad" not in flags(answer)


@pytest.mark.parametrize("domain", ["bogus.test", "tampered.test"])
def test_a_broken_signature_is_servfail_but_not_with_cd(lab: Lab, domain: str) -> None:
    answer = dig(lab, domain, "TXT")
    assert "status: SERVFAIL" in answer
    assert "EDE:" in answer
    assert "v=spf1" in dig(lab, "+cdflag", domain, "TXT")


def test_a_tampered_zone_still_validates_elsewhere(lab: Lab) -> None:
    assert "ad" in flags(dig(lab, "+adflag", "tampered.test", "MX"))


def test_a_lame_delegation_is_servfail(lab: Lab) -> None:
    assert "status: SERVFAIL" in dig(lab, "lame.test", "TXT")


def test_a_missing_name_is_proven_missing(lab: Lab) -> None:
    answer = dig(lab, "+adflag", "nothing-here.healthy.test", "TXT")
    assert "status: NXDOMAIN" in answer
    assert "ad" in flags(answer)


@pytest.mark.parametrize("address", world.addresses(), ids=lambda address: address.ip)
def test_every_address_is_forward_confirmed(lab: Lab, address: Address) -> None:
    assert dig(lab, "+short", "-x", address.ip).split() == [f"{address.name}."]
    assert dig(lab, "+short", address.name, address.record).split() == [address.ip]


@pytest.mark.parametrize("transport", ["+tcp", "+tls-ca=/etc/ssl/certs/ca-certificates.crt", "+https"])
def test_the_resolver_speaks_every_transport(lab: Lab, transport: str) -> None:
    name = ("+tls-hostname=resolver.infra.test",) if transport.startswith("+tls") else ()
    answer = dig(lab, f"@{world.RESOLVER.ip}", transport, *name, "healthy.test", "TXT")
    assert "198.51.100.25" in answer


def test_the_silent_server_never_answers(lab: Lab) -> None:
    done = lab.run_in_client(
        ("dig", "+tries=1", "+time=1", f"@{world.SILENT_SERVER.ip}", "silent.test", "TXT")
    )
    assert done.returncode == 9  # no answer in time
    assert "timed out" in done.stdout
