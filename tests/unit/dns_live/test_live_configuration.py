"""Notations for name servers, the system's configuration, options."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mailproof.dns import LiveResolver
from mailproof.dns.live import resolver as resolver_module
from mailproof.dns.live.nameserver import Nameserver, parse_nameserver
from mailproof.dns.live.system import parse_resolv_conf, system_config
from mailproof.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", Nameserver("192.0.2.1", "udp", "192.0.2.1", 53)),
        ("192.0.2.1:5353", Nameserver("192.0.2.1:5353", "udp", "192.0.2.1", 5353)),
        ("2001:db8::1", Nameserver("2001:db8::1", "udp", "2001:db8::1", 53)),
        ("[2001:db8::1]:54", Nameserver("[2001:db8::1]:54", "udp", "2001:db8::1", 54)),
        ("[2001:db8::1]", Nameserver("2001:db8::1", "udp", "2001:db8::1", 53)),
        ("fe80::1%lo", Nameserver("fe80::1%lo", "udp", "fe80::1%lo", 53)),
        ("tcp://192.0.2.1:54", Nameserver("tcp://192.0.2.1:54", "tcp", "192.0.2.1", 54)),
        ("tls://192.0.2.1", Nameserver("tls://192.0.2.1", "tls", "192.0.2.1", 853, "192.0.2.1")),
        (
            "tls://192.0.2.1:99#dns.example",
            Nameserver("tls://192.0.2.1:99#dns.example", "tls", "192.0.2.1", 99, "dns.example"),
        ),
        ("tls://[2001:db8::1]#d.e", Nameserver("tls://[2001:db8::1]#d.e", "tls", "2001:db8::1", 853, "d.e")),
        (
            "https://dns.example",
            Nameserver(
                "https://dns.example",
                "https",
                "dns.example",
                443,
                "dns.example",
                "https://dns.example/dns-query",
            ),
        ),
    ],
)
def test_forms(text: str, expected: Nameserver) -> None:
    assert parse_nameserver(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "dns.example", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:x", "[::1", "[::1]53", "http://a/", "udp://1",
     "tcp://", "tcp://tls://a", "tls://", "tls://a:b", "https://", "https://u:p@a/", "https://a:99999/",
     "192.0.2.256"],
)  # fmt: skip
def test_bad_forms(text: str) -> None:
    with pytest.raises(UsageError):
        parse_nameserver(text)


def test_resolv_conf() -> None:
    config = parse_resolv_conf(
        "# comment\nsearch a.test\nnameserver 192.0.2.1 # one\nnameserver 192.0.2.1\n;x\nnameserver ::1\n"
        "options ndots:5 timeout:1 attempts:3 edns0 timeout:x\nnameserver\n"
    )
    assert config.nameservers == ("192.0.2.1", "::1")
    assert (config.timeout, config.attempts) == (1.0, 3)
    assert parse_resolv_conf("nameserver router.test\nnameserver ::1\n").nameservers == ("::1",)
    assert parse_resolv_conf("nameserver ::1\noptions use-vc\n").nameservers == ("tcp://::1",)
    bounded = parse_resolv_conf("options timeout:99 attempts:99")
    assert (bounded.timeout, bounded.attempts) == (30.0, 5)


def test_without_configuration_there_is_no_public_resolver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, text in ((tmp_path / "missing", None), (tmp_path / "empty", "search a.test\n")):
        if text is not None:
            path.write_text(text)
        monkeypatch.setattr(resolver_module, "system_config", lambda path=path: system_config(path))
        with pytest.raises(UsageError, match="--nameserver"):
            LiveResolver()


def test_system_configuration_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "resolv.conf"
    path.write_bytes(b"nameserver 192.0.2.7\noptions timeout:3 attempts:1\n\xff\n")
    monkeypatch.setattr(resolver_module, "system_config", lambda: system_config(path))
    resolver = LiveResolver()
    assert [state.server.text for state in resolver._servers._states] == ["192.0.2.7"]
    assert (resolver.timeout, resolver.attempts) == (3.0, 1)
    assert LiveResolver(timeout=0.5).timeout == 0.5


@pytest.mark.parametrize(
    "options",
    [{"timeout": 0}, {"timeout": -1}, {"attempts": 0}, {"attempts": 11}, {"lifetime": 0}, {"concurrency": 0},
     {"payload": 100}, {"payload": 9000}, {"timeout": float("nan")}],
)  # fmt: skip
def test_bad_options(options: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        LiveResolver(["192.0.2.1"], **options)  # type: ignore[arg-type] # keywords by their names


def test_no_servers_at_all() -> None:
    with pytest.raises(UsageError):
        LiveResolver([])


def test_the_dns_package_is_light_until_the_live_resolver_is_asked_for() -> None:
    code = (
        "import sys, mailproof.dns as d; before = set(sys.modules); d.LiveResolver; after = set(sys.modules);"
        "assert 'mailproof.dns.live' not in before; assert 'mailproof.dns.live' in after;"
        "assert not {'dns.resolver', 'dns.message', 'httpx', 'cryptography'} & after, after"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
