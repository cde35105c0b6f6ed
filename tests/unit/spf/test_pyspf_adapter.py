"""pyspf as a second opinion: each bug of bare pyspf, and our workaround. No socket is ever opened."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
import spf

from mailproof.adapters.gathered import Gathered
from mailproof.adapters.pyspf import PyspfError, check_host_pyspf, second_opinion
from mailproof.adapters.pyspf_query import answering
from mailproof.auth.spf import check_host
from mailproof.dns import Answer, Resolver
from mailproof.errors import UsageError
from mailproof.model import Status
from tests.conformance.spf.rfc7208_suite import null_txt
from tests.support.resolvers import FailingResolver, zone


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every socket an error, and the system's own name resolution."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "sendto", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


class OneAnswer:
    """A given TXT answer for one name; everything else is NXDOMAIN."""

    def __init__(self, name: str, *records: Any) -> None:
        self.name, self.records = name, records

    async def query(self, name: str, rrtype: str) -> Answer:
        if (name, rrtype) == (self.name, "TXT"):
            return Answer(name, rrtype, "ok", self.records)
        return Answer(name, rrtype, "nxdomain")


async def bare(resolver: Resolver, ip: str, sender: str = "ann@acme.example", helo: str = "h.example") -> Any:
    """pyspf without our workarounds: ``spf.query`` on the same answers. Exceptions are returned."""
    known: dict[tuple[str, str], Answer] = {}
    while True:
        gathered = Gathered(lambda name, rrtype: known.get((name, rrtype)))
        try:
            with answering(gathered):
                result: Any = spf.query(i=ip, s=sender, h=helo, strict=True).check()[0]
        except Exception as error:  # noqa: BLE001 - the test examines what it raises
            result = error
        if not gathered.missing:
            return result
        for name, rrtype in gathered.missing:
            known[name, rrtype] = await resolver.query(name, rrtype)


async def ours(resolver: Resolver, ip: str, sender: str = "ann@acme.example") -> str:
    return (await check_host_pyspf(ip, sender, "h.example", resolver=resolver)).result


def acme(record: str, more: str = "") -> Resolver:
    return zone(f'$ORIGIN acme.example.\n@ 60 IN TXT "{record}"\n{more}')


async def test_list_crashes_and_is_refused() -> None:
    resolver = acme("v=spf1 a -all", "@ 60 IN A 192.0.2.1\n")
    assert isinstance(await bare(resolver, "list"), Exception)
    for word in ("list", "list6"):
        with pytest.raises(UsageError):
            await ours(resolver, word)


def test_the_guard_against_sockets_guards() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened,
        pytest.raises(AssertionError, match="a socket was opened"),
    ):
        opened.sendto(b"", ("127.0.0.1", 9))


async def test_a_bad_address_raises_in_the_constructor_and_is_a_usage_error() -> None:
    resolver = acme("v=spf1 -all")
    assert isinstance(await bare(resolver, "192.0.2.300"), spf.PermError)
    with pytest.raises(UsageError, match=r"192\.0\.2\.300"):
        await ours(resolver, "192.0.2.300")


async def test_an_ipv6_client_is_not_failed_for_hosts_with_an_a_alone() -> None:
    hosts = "".join(f"h{i} 60 IN A 192.0.2.{i}\n" for i in range(1, 4))
    resolver = acme(
        "v=spf1 a:h1.acme.example a:h2.acme.example a:h3.acme.example ip6:2001:db8::1 -all", hosts
    )
    assert await bare(resolver, "2001:db8::1") == "permerror"
    assert await ours(resolver, "2001:db8::1") == "pass"
    assert await ours(resolver, "192.0.2.3") == "pass"


async def test_an_ipv6_clients_true_voids_still_count() -> None:
    resolver = acme("v=spf1 a:h1.acme.example a:h2.acme.example a:h3.acme.example ip6:2001:db8::1 -all")
    assert await ours(resolver, "2001:db8::1") == "permerror"


async def test_labels_over_63_are_no_question() -> None:
    name = f"{'a' * 64}.example"
    with pytest.raises(Exception, match="octets") as caught:
        spf.DNSLookup_dnspython(name, "A")
    assert type(caught.value).__name__ == "LabelTooLong"
    with answering(Gathered()):
        assert spf.DNSLookup(name, "A") == []
        assert spf.DNSLookup("a..example", "A") == []
    assert await ours(acme(f"v=spf1 a:{name} -all"), "192.0.2.1") == "fail"


async def test_a_txt_of_no_strings_is_not_a_crash() -> None:
    resolver = OneAnswer("acme.example", null_txt())
    with answering(Gathered()), pytest.MonkeyPatch.context() as patch:
        patch.setattr(spf, "DNSLookup", lambda *_: [(("acme.example", "TXT"), ())])
        with pytest.raises(IndexError):
            spf.query(i="192.0.2.1", s="ann@acme.example", h="h.example").check()
    assert await ours(resolver, "192.0.2.1") == "none"


async def test_a_failing_name_of_the_ptr_set_is_skipped() -> None:
    world = zone("""
$ORIGIN acme.example.
@ 60 IN TXT "v=spf1 ptr -all"
loop 60 IN CNAME loop
$ORIGIN 2.0.192.in-addr.arpa.
4 60 IN PTR loop.acme.example.
""")
    resolver = FailingResolver(world, {("loop.acme.example", "A"): "servfail"})
    assert await bare(resolver, "192.0.2.4") == "temperror"
    assert await ours(resolver, "192.0.2.4") == "fail"


async def test_a_failing_ptr_look_up_is_no_match() -> None:
    resolver = FailingResolver(acme("v=spf1 ptr ~all"), {("4.2.0.192.in-addr.arpa", "PTR"): "timeout"})
    assert await bare(resolver, "192.0.2.4") == "temperror"
    assert await ours(resolver, "192.0.2.4") == "softfail"


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
@pytest.mark.parametrize(
    ("name", "rrtype"),
    [("acme.example", "TXT"), ("acme.example", "MX"), ("www.acme.example", "A"), ("esp.example", "TXT")],
)
async def test_each_failure_is_temperror_and_named(name: str, rrtype: str, status: Status) -> None:
    inner = acme("v=spf1 mx a:www.acme.example include:esp.example -all")
    resolver = FailingResolver(inner, {(name, rrtype): status})
    verdict = await check_host_pyspf("192.0.2.1", "ann@acme.example", "h.example", resolver=resolver)
    assert verdict.result == "temperror"
    assert f"{rrtype} {name}" in verdict.reason


async def test_two_resolvers_at_once_never_cross() -> None:
    yes, no = acme("v=spf1 ip4:192.0.2.1 -all"), acme("v=spf1 -all")
    words = await asyncio.gather(*(ours((yes, no)[i % 2], "192.0.2.1") for i in range(12)))
    assert words == ["pass", "fail"] * 6


async def test_null_return_path_and_international_domains() -> None:
    resolver = zone(
        '$ORIGIN xn--bcher-kva.example.\n@ 60 IN TXT "v=spf1 ip4:192.0.2.1 -all"\n'
        '$ORIGIN h.example.\n@ 60 IN TXT "v=spf1 ip4:192.0.2.2 -all"\n'
    )
    assert await ours(resolver, "192.0.2.1", "ann@b\u00fccher.example") == "pass"
    verdict = await check_host_pyspf("192.0.2.2", "<>", "h.example", resolver=resolver)
    assert (verdict.result, verdict.scope, verdict.domain) == ("pass", "helo", "h.example")


async def test_the_second_opinion_agrees_or_says_why_not() -> None:
    resolver = acme("v=spf1 ip4:192.0.2.1 -all")
    verdict = await check_host("192.0.2.1", "ann@acme.example", "h.example", resolver=resolver)
    opinion = await second_opinion(verdict, "ann@acme.example", "h.example", resolver=resolver)
    assert (opinion.tool, opinion.topic, opinion.verdict, opinion.agrees, opinion.note) == (
        "pyspf",
        "spf",
        "pass",
        True,
        "",
    )
    other = await second_opinion(verdict, "ann@acme.example", "h.example", resolver=acme("v=spf1 -all"))
    assert (other.verdict, other.agrees) == ("fail", False)
    assert "pyspf: fail" in other.note


async def test_a_crash_of_pyspf_costs_its_opinion_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise KeyError("inside pyspf")

    resolver = acme("v=spf1 -all")
    verdict = await check_host("192.0.2.1", "ann@acme.example", "h.example", resolver=resolver)
    monkeypatch.setattr(spf.query, "check0", crash)
    with pytest.raises(PyspfError, match="inside pyspf"):
        await ours(resolver, "192.0.2.1")
    opinion = await second_opinion(verdict, "ann@acme.example", "h.example", resolver=resolver)
    assert (opinion.verdict, opinion.agrees) == ("error", False)
