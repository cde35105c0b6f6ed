"""mailproof key check, new and rotate, from the command line."""

from __future__ import annotations

import base64
import json
import os
import stat
from itertools import pairwise
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.support.cli import Run, mailproof

SOA = "@ 3600 SOA ns1 host 1 7200 3600 1209600 172800\n@ 3600 NS ns1\nns1 3600 A 192.0.2.1\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def zone(*records: str) -> tuple[str, ...]:
    Path("z.zone").write_text("$ORIGIN acme.example.\n" + SOA + "".join(f"{each}\n" for each in records))
    return "--zone", "z.zone", "--offline"


def made(selector: str, kind: str = "rsa2048") -> str:
    """Create a key pair in the working folder; the line to publish."""
    run = mailproof("key", "new", "acme.example", "--selector", selector, "--type", kind, "--offline")
    assert run.code == 0, run.err
    return next(line for line in run.out.splitlines() if "_domainkey" in line and " TXT " in line)


def check(*arguments: str) -> Run:
    return mailproof("key", "check", "acme.example", *arguments)


@pytest.mark.parametrize("kind", ["rsa2048", "ed25519"])
def test_what_a_new_key_signs_verifies_with_the_record_as_printed(kind: str) -> None:
    line = made("s1", kind)
    message = b"From: a@acme.example\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\n\r\nHi\r\n"
    key = Path("s1.acme.example.pem").read_bytes()
    algorithm = b"rsa-sha256"
    if kind == "ed25519":
        loaded = load_pem_private_key(key, None)
        assert isinstance(loaded, Ed25519PrivateKey)
        key, algorithm = base64.b64encode(loaded.private_bytes_raw()), b"ed25519-sha256"
    signed = dkim.sign(message, b"s1", b"acme.example", key, signature_algorithm=algorithm) + message
    Path("m.eml").write_bytes(signed)
    run = mailproof("verify", "m.eml", *zone(line), "-f", "json")
    (signature,) = json.loads(run.out)["reports"][0]["facts"]["message"]["dkim"]
    assert signature["result"] == "pass", signature


def test_the_private_key_is_for_its_owner_alone_and_never_replaced() -> None:
    before = os.umask(0)
    try:
        made("s1")
    finally:
        os.umask(before)
    file = Path("s1.acme.example.pem")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    pem = file.read_bytes()
    again = mailproof("key", "new", "acme.example", "--selector", "s1", "--offline")
    assert (again.code, file.read_bytes()) == (2, pem)
    assert again.err.count("\n") == 1
    assert "already exists" in again.err


def test_no_part_of_the_private_key_is_shown() -> None:
    run = mailproof("key", "new", "acme.example", "--selector", "s1", "--offline", "-f", "json")
    body = "".join(Path("s1.acme.example.pem").read_text().splitlines()[1:-1])
    found = check("--selector", "s1", "--private", "s1.acme.example.pem", *zone(), "-f", "json")
    for text in (run.out + run.err, found.out + found.err):
        assert not any(body[start : start + 24] in text for start in range(500, len(body) - 24, 8))


def test_a_selector_in_use_is_refused() -> None:
    line = made("s1")
    Path("s1.acme.example.pem").unlink()
    assert check("--selector", "s1", *zone(line), "--record", "r.json").code == 0
    for known in (zone(line), ("--replay", "r.json", "--offline")):
        run = mailproof("key", "new", "acme.example", "--selector", "s1", *known)
        assert run.code == 2
        assert "is in use" in run.err
        assert not Path("s1.acme.example.pem").exists()


def test_a_selector_that_was_not_answered_is_said() -> None:
    run = mailproof("key", "new", "other.example", "--selector", "s1", *zone())
    assert run.code == 0
    assert "did not say whether s1._domainkey.other.example is in use" in run.err


@pytest.mark.parametrize(
    ("records", "words"),
    [((), "Publish:"), (("s1._domainkey 60 CNAME s1.gone.example.",), "Replace the CNAME record with:")],
)
def test_a_key_that_is_not_published(records: tuple[str, ...], words: str) -> None:
    line = made("s1")
    zones = zone(*records)
    Path("gone.zone").write_text(f"$ORIGIN gone.example.\n{SOA}")
    run = check("--selector", "s1", "--private", "s1.acme.example.pem", *zones, "--zone", "gone.zone")
    assert run.code == 1
    assert f"{words}\n{line}\n" in run.out


@pytest.mark.parametrize("arguments", [("--selector", "s1"), ()])
def test_a_key_that_matches(arguments: tuple[str, ...]) -> None:
    run = check(*arguments, "--private", "s1.acme.example.pem", *zone(made("s1")))
    assert run.code == 0
    assert run.out.startswith("✓ The private key matches s1._domainkey.acme.example")


def test_a_key_from_standard_input() -> None:
    line = made("s1")
    pem = Path("s1.acme.example.pem").read_bytes()
    run = mailproof(
        "key", "check", "acme.example", "--selector", "s1", "--private", "-", *zone(line), stdin=pem
    )
    assert run.code == 0


def test_another_key_is_published_and_nothing_is_advised() -> None:
    line = made("s1")
    made("s2")
    run = check("--selector", "s1", "--private", "s2.acme.example.pem", *zone(line))
    assert run.code == 1
    assert "another key is published" in run.out
    assert "Publish" not in run.out


def test_another_kind_of_key_is_published() -> None:
    line = made("s1")
    made("e1", "ed25519")
    run = check("--selector", "s1", "--private", "e1.acme.example.pem", *zone(line))
    assert "the published key is rsa, the private key is ed25519" in " ".join(run.out.split())


def test_a_missing_key_comes_with_its_record() -> None:
    line = made("s1")
    run = check("--selector", "s1", "--private", "s1.acme.example.pem", *zone())
    assert run.code == 1
    assert line in run.out.splitlines()


def test_a_revoked_and_a_broken_key() -> None:
    records = ('s1._domainkey 60 TXT "v=DKIM1; p="', 's2._domainkey 60 TXT "v=DKIM1; p=AAAA"')
    run = check("--selector", "s1", "--selector", "s2", *zone(*records))
    assert run.code == 1
    assert "revoked" in run.out


def test_what_was_not_answered_is_unknown() -> None:
    made("s1")
    run = mailproof(
        "key", "check", "other.example", "--selector", "s1", "--private", "s1.acme.example.pem", *zone()
    )
    assert run.code == 3
    assert run.out.startswith("? ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("key", "check", "acme.example", "--private", "none.pem"), "--private none.pem: cannot be read"),
        (("key", "check", "acme.example", "--private", "z.zone"), "not a private key"),
        (("key", "check", "acme.example", "--selector", " "), "not a valid selector"),
        (("key", "new", "acme.example", "--selector", "a b"), "not a valid selector"),
        (("key", "new", "acme.example", "--selector", "s1", "--private", "no/s1.pem"), "cannot be written"),
        (("key", "rotate", "acme.example", "--old", "s1", "--new", "s1"), "a selector of its own"),
        (("key", "rotate", "acme.example", "--new", "s2"), "--old"),
        (("key", "rotate", "acme.example", "--old", "a", "--new", "b", "--start", "soon"), "2026-11-30"),
        (("key", "rotate", "acme.example", "--old", "a", "--new", "b", "--start", "9999-12-31"), "date:"),
        (("key", "rotate", "acme.example", "--old", "a", "--new", "b", "--message", "z.zone"), "z.zone: "),
        (("key", "new", "acme.example", "--selector", "s1", "--private", "-"), "--private -: "),
        (("key", "turn", "acme.example"), "turn"),
    ],
)
def test_bad_input(arguments: tuple[str, ...], words: str) -> None:
    offline = () if "turn" in arguments else zone()
    run = mailproof(*arguments, *offline)
    assert run.code == 2
    assert run.err.count("\n") == 1
    assert words in run.err
    assert run.out == ""


def steps(*arguments: str, code: int = 0) -> dict[str, tuple[str, str]]:
    run = mailproof("key", "rotate", "acme.example", "--old", "s1", "--new", "s2", *arguments, "-f", "json")
    assert run.code == code, run.out + run.err
    return {each["name"]: (each["state"], each["day"]) for each in json.loads(run.out)["steps"]}


def signed_by(selector: str) -> str:
    Path("m.eml").write_text(
        f"DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s={selector}; h=from; bh=AAAA; b=AAAA\r\n"
        "From: a@acme.example\r\n\r\nHi\r\n"
    )
    return "m.eml"


class TestRotation:
    def test_the_days_are_those_of_the_zone(self) -> None:
        # A negative TTL of 172,800 s: two days. Then 7 for mail in transit, and 30 revoked.
        old, new = made("s1"), made("s2")
        found = steps("--start", "2026-01-01", *zone(old, new))
        assert [found[name][1] for name in ("publish", "sign", "revoke", "remove")] == [
            "2026-01-01",
            "2026-01-03",
            "2026-01-10",
            "2026-02-09",
        ]

    def test_before_the_new_key_is_there_nothing_else_may_be_done(self) -> None:
        found = steps(*zone(made("s1")))
        assert {name: state for name, (state, _) in found.items()} == {
            "publish": "due",
            "sign": "later",
            "keep": "kept",
            "revoke": "later",
            "remove": "later",
        }

    def test_the_old_key_is_not_revoked_before_a_message_shows_the_new_one(self) -> None:
        zones = zone(made("s1"), made("s2"))
        assert steps("--start", "2020-01-01", *zones)["revoke"][0] == "unseen"
        message = signed_by("s1")
        found = steps("--start", "2020-01-01", "--message", message, *zones)
        assert (found["sign"][0], found["revoke"][0]) == ("due", "unseen")
        message = signed_by("s2")
        found = steps("--start", "2020-01-01", "--message", message, *zones)
        assert (found["sign"][0], found["revoke"][0]) == ("done", "due")

    def test_no_step_that_is_still_to_come_is_done(self) -> None:
        zones = zone(made("s1"), made("s2"))
        early = steps("--start", "2999-01-01", *zones)
        assert (early["sign"][0], early["keep"][0], early["revoke"][0]) == ("later", "kept", "later")
        late = steps("--start", "2020-01-01", "--message", signed_by("s1"), *zones)
        assert late["keep"][0] == "kept"  # the server still signs with it
        run = mailproof("key", "rotate", "acme.example", "--old", "s1", "--new", "s2", *zones)
        assert run.out.startswith("– acme.example: s1 → s2: nothing to do today")
        since = ("--start", "2020-01-01")
        run = mailproof("key", "rotate", "acme.example", "--old", "s1", "--new", "s2", *since, *zones)
        assert run.out.startswith("- acme.example: s1 → s2: not seen: Let the server sign with s2")

    def test_an_old_key_that_is_gone_too_early_is_wrong(self) -> None:
        found = steps(*zone(made("s2")), code=1)
        assert found["keep"][0] == "wrong"

    def test_an_old_key_that_is_gone_while_it_signs_is_wrong(self) -> None:
        gone = ("--start", "2020-01-01", *zone(made("s2")))
        assert steps(*gone)["keep"][0] == "done"
        assert steps(*gone, "--message", signed_by("s1"), code=1)["keep"][0] == "wrong"

    def test_signing_with_a_key_that_is_not_published_is_wrong(self) -> None:
        found = steps("--message", signed_by("s2"), *zone(made("s1")), code=1)
        assert found["sign"][0] == "wrong"

    def test_another_key_at_the_new_selector_is_wrong(self) -> None:
        zones = zone(made("s1"), made("s2").replace("s2.", "s2.", 1))
        made("s3")
        found = steps("--private", "s3.acme.example.pem", *zones, code=1)
        assert found["publish"][0] == "wrong"

    def test_the_end(self) -> None:
        found = steps("--start", "2020-01-01", "--message", signed_by("s2"), *zone(made("s2")))
        assert {state for state, _ in found.values()} == {"done"}

    def test_what_was_not_answered_is_unknown(self) -> None:
        run = mailproof("key", "rotate", "other.example", "--old", "s1", "--new", "s2", *zone())
        assert run.code == 3

    def test_the_configuration_names_the_selector_in_use(self) -> None:
        Path("mailproof.toml").write_text('[[domains]]\nname = "acme.example"\nselectors = ["s1"]\n')
        run = mailproof("key", "rotate", "acme.example", "--new", "s2", *zone(made("s1"), made("s2")))
        assert run.code == 0
        assert "Name s2 in mailproof.toml" in run.out


@pytest.mark.parametrize("given", [(), ("--private", "s1.acme.example.pem")])
def test_no_key_at_any_usual_selector(given: tuple[str, ...]) -> None:
    made("s1")
    run = check(*given, *zone())
    assert check("-s", "s1", *zone()).code == 1
    assert (run.code, run.out.splitlines()[0]) == (1, "✗ No DKIM key of acme.example was found")


@pytest.mark.parametrize("command", [("key", "new"), ("key", "rotate"), ("bulk",), ("inbound",)])
def test_a_paragraph_of_the_help_is_wrapped_by_the_screen_alone(command: tuple[str, ...]) -> None:
    lines = mailproof(*command, "--help", columns=300).out.partition("╭")[0].splitlines()
    assert not any(one.strip() and other.strip() for one, other in pairwise(lines)), lines


def test_no_answer_is_no_missing_key() -> None:
    run = check("--nameserver", "127.0.0.1:9")
    assert (run.code, run.out.splitlines()[0]) == (3, "? The DNS did not say what is published")
    assert "TXT _domainkey.acme.example: no answer" in run.out
