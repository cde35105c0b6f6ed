"""``audit --axfr``: the zone from BIND's named, which wants a key; and wrong options."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import pytest

from tests.support.cli import mailproof
from tests.support.listening import free_port

NAMED = shutil.which("named") or shutil.which("named", path="/usr/sbin:/usr/local/sbin")
SECRET = "c2VjcmV0LW9mLXRoZS10cmFuc2Zlcg=="
ZONE = """$TTL 600
@ SOA ns1 hostmaster 1 7200 900 1209600 120
  NS ns1
  MX 10 mx
  TXT "v=spf1 mx -all"
ns1 A 192.0.2.53
mx A 192.0.2.25
_dmarc TXT "v=DMARC1; p=rejct; rua=mailto:d@acme.example"
obscure-selector-7._domainkey TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
$GENERATE 1-3000 host-$ A 192.0.2.1
"""
CONFIGURATION = """
options {{
  directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; pid-file none; lock-file none; session-keyfile "{folder}/session.key";
  dnssec-validation no; empty-zones-enable no;
}};
controls {{ }};
key "transfer" {{ algorithm hmac-sha512; secret "{secret}"; }};
zone "acme.example" {{ type primary; file "acme.example.zone"; allow-transfer {{ key "transfer"; }}; }};
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a named that allows transfers only with the key."""
    if NAMED is None:
        pytest.skip("BIND's named is not installed")
    folder = tmp_path_factory.mktemp("named")
    (folder / "acme.example.zone").write_text(ZONE)
    port = free_port()
    (folder / "named.conf").write_text(CONFIGURATION.format(folder=folder, port=port, secret=SECRET))
    command = [NAMED, "-g", "-4", "-n", "1", "-c", str(folder / "named.conf")]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            query = dns.message.make_query("acme.example", "SOA")
            for _ in range(100):
                with contextlib.suppress(OSError, dns.exception.DNSException):
                    if dns.query.udp(query, "127.0.0.1", 0.2, port).answer:
                        break
                if process.poll() is not None:
                    break
                time.sleep(0.1)
            if process.poll() is not None:
                said = (folder / "log").read_text()
                if "permission denied" in said:
                    pytest.skip("named is confined to other folders (AppArmor)")
                pytest.fail(said[-3000:])
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def test_the_zone_of_named_with_a_key(named: str) -> None:
    run = mailproof(
        *("audit", "acme.example", "--axfr", named, "--axfr-key", "env:TRANSFER_KEY", "--offline"),
        *("--select", "DKIM", "--select", "DMARC", "--fail-on", "warning", "-v"),
        environment={"TRANSFER_KEY": f"hmac-sha512:transfer:{SECRET}"},
    )
    assert run.code == 1, run.err
    assert "DMARC007" in run.out
    assert "obscure-selector-7" in run.out  # listed, not guessed
    assert SECRET not in run.out + run.err


def test_named_refuses_who_has_no_key_or_another(named: str) -> None:
    run = mailproof("audit", "acme.example", "--axfr", named, "--offline")
    assert (run.code, run.out) == (2, "")
    assert f"{named}: no transfer of the zone acme.example: the server refuses it (REFUSED)" in run.err
    run = mailproof(
        *("audit", "acme.example", "--axfr", named, "--axfr-key", "env:TRANSFER_KEY", "--offline"),
        environment={"TRANSFER_KEY": "acme.example:b3RoZXItc2VjcmV0"},
    )
    assert (run.code, run.out) == (2, "")
    assert "no transfer of the zone acme.example" in run.err
    assert "b3RoZXItc2VjcmV0" not in run.err


MESSAGE = b"From: Ann <ann@acme.example>\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\n\r\nhello\r\n"


@pytest.mark.parametrize("command", ["check", "spf", "verify", "diff"])
def test_the_zone_in_the_other_commands(
    command: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mailproof.toml").write_text('select = ["DMARC007"]\n[[domains]]\nname = "acme.example"\n')
    Path("m.eml").write_bytes(MESSAGE)
    Path("new.zone").write_text(f"$ORIGIN acme.example.\n{ZONE.replace('p=rejct', 'p=reject')}")
    arguments = {
        "check": ("check", "--fail-on", "warning"),
        "spf": ("spf", "acme.example", "--ip", "192.0.2.25"),
        "verify": ("verify", "m.eml", "--ip", "192.0.2.25", "--mail-from", "ann@acme.example", "-v"),
        "diff": ("diff", "live", "new.zone"),
    }[command]
    transfer = ("--axfr", named, "--axfr-key", "env:TRANSFER_KEY", "--offline")
    environment = {"TRANSFER_KEY": f"hmac-sha512:transfer:{SECRET}"}
    run = mailproof(*arguments, *transfer, environment=environment)
    code, words = {
        "check": (1, "DMARC007"),
        "spf": (0, "mx"),
        "verify": (0, "SPF ✓"),
        "diff": (0, "policy none → reject"),
    }[command]
    assert words in run.out, run.err
    assert run.code == code, run.out
    refused = mailproof(*arguments, "--axfr", named, "--offline")
    assert (refused.code, refused.out) == (2, "")
    assert "no transfer of the zone acme.example: the server refuses it (REFUSED)" in refused.err
    alone = mailproof(*arguments, "--axfr-key", "env:TRANSFER_KEY")
    assert (alone.code, alone.out) == (2, "")
    assert "--axfr-key is the key of a transfer: give --axfr ADDR" in alone.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--axfr-key", "env:X"), "--axfr-key is the key of a transfer: give --axfr ADDR"),
        (("--axfr", "ns.acme.example"), "--axfr ns.acme.example: not an IP address, with or without :PORT"),
        (("--axfr", "tls://192.0.2.1"), "zones are transferred over plain TCP"),
        (("--axfr", "127.0.0.1:1", "--axfr-key", "transfer:c2VjcmV0"), "as env:NAME or keyring:SERVICE"),
        (("--axfr", "127.0.0.1:1", "--axfr-key", "c2VjcmV0"), "as env:NAME or keyring:SERVICE"),
        (
            ("--axfr", "127.0.0.1:1", "--axfr-key", "env:NOT_SET"),
            "the environment variable NOT_SET is not set",
        ),
        (("--axfr", "127.0.0.1:1"), "127.0.0.1:1: no transfer of the zone acme.example: Connection refused"),
        (
            ("--axfr", "127.0.0.1:1", "--replay", "x"),
            "--replay uses its file only: remove --axfr",
        ),
    ],
)
def test_wrong_options_are_one_line(options: tuple[str, ...], said: str) -> None:
    run = mailproof("audit", "acme.example", *options)
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert "c2VjcmV0" not in run.err
    assert len(run.err.splitlines()) == 1
