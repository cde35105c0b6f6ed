"""The public API: sync and async, inside and outside a running loop, typed, quick to import."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import mailproof
from mailproof.dns import Answer, OverlayResolver, ZoneResolver
from mailproof.errors import ConfigError, MailproofError, MessageError, UsageError

if TYPE_CHECKING:
    from mailproof.config import Config
    from mailproof.dns import LiveResolver

INPUTS = Path(__file__).parents[3] / "fixtures" / "inputs"
ZONE = """
$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 2 3 4 5
@ 60 IN NS ns1
@ 60 IN TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc 60 IN TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
"""
MESSAGE = b"From: ada@acme.example\r\nTo: bob@receiver.example\r\nSubject: hi\r\n\r\nbody\r\n"
NAMES = ("audit", "verify", "check_host", "probe")


@pytest.fixture
def resolver() -> ZoneResolver:
    return ZoneResolver.from_text(ZONE, origin=".")


def test_sync_outside_a_loop(resolver: ZoneResolver) -> None:
    assert mailproof.audit("acme.example", resolver).subject == "acme.example"
    report = mailproof.verify(
        MESSAGE, ip="192.0.2.25", helo="acme.example", mail_from="ada@acme.example", resolver=resolver
    )
    assert report.facts.message is not None
    assert report.facts.message.spf is not None
    assert report.facts.message.spf.result == "pass"
    assert (report.facts.message.now_origin, report.facts.message.inside) == (
        "now: nothing in the message says when it arrived",
        "",
    )
    given = mailproof.verify(MESSAGE, resolver=resolver, at=datetime(2026, 11, 1, tzinfo=UTC)).facts.message
    assert given is not None
    assert (given.now, given.now_origin) == (datetime(2026, 11, 1, tzinfo=UTC), "as given")
    verdict = mailproof.check_host("192.0.2.26", "ada@acme.example", "acme.example", resolver)
    assert (verdict.result, verdict.lookups, verdict.void_lookups) == ("fail", 0, 0)
    assert verdict.trace


async def test_async_inside_a_loop(resolver: ZoneResolver) -> None:
    audits = await asyncio.gather(*(mailproof.audit_async("acme.example", resolver) for _ in range(3)))
    assert {report.subject for report in audits} == {"acme.example"}
    assert (await mailproof.verify_async(MESSAGE, resolver=resolver)).subject == "acme.example"
    verdict = await mailproof.check_host_async("192.0.2.25", "", "acme.example", resolver)
    assert verdict.result == "pass"


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("audit", lambda: mailproof.audit("acme.example")),
        ("verify", lambda: mailproof.verify(MESSAGE)),
        ("check_host", lambda: mailproof.check_host("192.0.2.1", "", "acme.example")),
        ("probe", lambda: mailproof.probe()),
    ],
)
async def test_sync_inside_a_loop_names_its_twin(name: str, call: Callable[[], object]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no coroutine may be left un-awaited
        with pytest.raises(UsageError, match=f"await mailproof.{name}_async"):
            call()


def test_any_object_with_query_will_do() -> None:
    asked: list[tuple[str, str]] = []

    class Mine:
        async def query(self, name: str, rrtype: str) -> Answer:
            asked.append((name, rrtype))
            return Answer(name, rrtype, "servfail")

    report = mailproof.audit("acme.example", Mine())
    assert report.incomplete
    assert not [f for f in report.findings if f.severity.value == "error"]
    assert ("acme.example", "TXT") in asked


def test_unicode_and_zone_over_another(resolver: ZoneResolver) -> None:
    over = ZoneResolver.from_text('@ 60 IN TXT "v=spf1 include:acme.example -all"\n', origin="bücher.example")
    both = OverlayResolver(over, resolver)
    assert mailproof.audit("Bücher.example", both).subject == "xn--bcher-kva.example"
    assert mailproof.check_host("192.0.2.25", "a@bücher.example", "x.example", both).result == "pass"


def test_errors_are_of_one_tree(tmp_path: Path, resolver: ZoneResolver) -> None:
    for call, kind in (
        (lambda: mailproof.audit("192.0.2.1", resolver), UsageError),
        (lambda: mailproof.audit("a..example", resolver), UsageError),
        (lambda: mailproof.audit("acme.example", resolver, ips=("nonsense",)), UsageError),
        (lambda: mailproof.verify(b"", resolver=resolver), MessageError),
        (lambda: mailproof.verify(MESSAGE, ip="nonsense", resolver=resolver), UsageError),
        (lambda: mailproof.check_host("nonsense", "", "x.example", resolver), UsageError),
        (lambda: mailproof.probe("no-such-profile", config=_empty()), ConfigError),
    ):
        with pytest.raises(kind) as caught:
            call()
        assert isinstance(caught.value, MailproofError)
        assert "\n" not in str(caught.value)


def _empty() -> Config:
    from mailproof.config import Config

    return Config()


def test_the_probe_from_a_program() -> None:
    """An end-to-end probe in one call, with servers and password passed as arguments."""
    from mailproof.config import Config
    from tests.support.demo_world import demo_world

    with demo_world() as world:
        from mailproof.structs import replace

        made = world.profile
        assert made.retrieve is not None
        profile = replace(
            made,
            submit=replace(made.submit, host="127.0.0.1"),
            retrieve=replace(made.retrieve, host="127.0.0.1"),
        )
        told: list[str] = []
        report = mailproof.probe(
            config=Config(profiles=(profile,), nameservers=(world.dns.address,)),
            resolver=_live(world.dns.address),
            progress=lambda event, _left: told.append(event),
        )
    assert report.facts.message is not None
    assert report.facts.message.dmarc is not None
    assert report.facts.message.dmarc.result == "pass"
    assert told


def _live(address: str) -> LiveResolver:
    from mailproof.dns import LiveResolver

    return LiveResolver(nameservers=(address,))


def test_twins_have_the_same_parameters() -> None:
    for name in NAMES:
        plain, twin = getattr(mailproof, name), getattr(mailproof, f"{name}_async")
        assert inspect.signature(plain) == inspect.signature(twin)
        assert inspect.iscoroutinefunction(twin)
        assert twin.__doc__


def test_all_names_are_there_and_nothing_heavy_is_loaded() -> None:
    heavy_ones = ("asyncio", "ssl", "dns", "typer", "rich", "cryptography", "email")
    code = (
        "import sys, json, mailproof; json.dump([sorted(mailproof.__all__), "
        f"[m for m in {heavy_ones} if m in sys.modules]], sys.stdout)"
    )
    names, heavy = json.loads(subprocess.check_output([sys.executable, "-S", "-c", _with_path(code)]))
    assert names == sorted(["__version__", *NAMES, *(f"{name}_async" for name in NAMES)])
    assert heavy == []


def _with_path(code: str) -> str:
    root = Path(mailproof.__file__).parent.parent
    return f"import sys; sys.path.insert(0, {str(root)!r}); {code}"


async def test_any_input_as_a_resolver(tmp_path: Path) -> None:
    from mailproof.dns import read_input

    for name, text in (("acme", "v=spf1 -all"), ("other", "here")):
        content = f'$ORIGIN {name}.example.\n@ SOA ns1 h 1 2 3 4 5\n@ TXT "{text}"\n'
        (tmp_path / f"{name}.zone").write_text(content)
    zone, live = tmp_path / "acme.zone", tmp_path / "other.zone"
    plan = read_input(INPUTS / "terraform-plan.json")
    assert "acme.example" in plan.domains
    changed = await plan.over(read_input(zone).over()).query("_dmarc.acme.example", "TXT")
    assert "rejct" in changed.lookup.records[0]
    assert (await plan.over().query("unmanaged.example", "TXT")).status == "unasked"
    both = read_input(zone, "zone").over(read_input(live).over())
    assert (await both.query("acme.example", "TXT")).lookup.records == ("v=spf1 -all",)
    assert read_input(zone).domains == ("acme.example",)
    assert (await both.query("other.example", "TXT")).lookup.records == ("here",)
