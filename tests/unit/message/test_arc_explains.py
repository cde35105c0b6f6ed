"""Whether an ARC chain explains a DMARC failure after forwarding."""

from __future__ import annotations

import pytest

from mailproof.message.forwarding import explained_by_arc
from mailproof.model import ArcSet, ArcVerdict, AuthMethod, AuthResult, DmarcVerdict
from mailproof.records.authentication_results import parse_authentication_results

FAILED = DmarcVerdict("fail", "acme.example")


def seen(results: str) -> dict[int, tuple[AuthMethod, ...]]:
    return {1: parse_authentication_results(f"mx.list.test; {results}").methods}


def chain(results: str, result: AuthResult = "pass") -> ArcVerdict:
    one = ArcSet(1, "list.test", "s", "none", True, True, "mx.list.test", f"mx.list.test; {results}")
    return ArcVerdict(result, 1, sets=(one,))


@pytest.mark.parametrize(
    ("results", "words"),
    [
        (
            "dmarc=pass header.from=acme.example; spf=pass smtp.mailfrom=a@acme.example",
            "saw spf=pass, dmarc=pass",
        ),
        ("dkim=pass header.d=acme.example", "list.test saw dkim=pass before that (ARC instance 1)"),
        ("spf=pass", "saw spf=pass"),
        (
            "spf=pass smtp.mailfrom=esp.test; dkim=pass header.d=esp.test",
            "no ARC sealer saw the message pass",
        ),
        ("spf=pass smtp.mailfrom=a@acme.example; dmarc=fail header.from=acme.example", "no ARC sealer saw"),
        ("none", "no ARC sealer saw"),
    ],
)
def test_what_a_sealer_saw(results: str, words: str) -> None:
    assert words in explained_by_arc(chain(results), FAILED, seen(results))


def test_a_broken_chain_explains_nothing_and_a_pass_needs_no_explanation() -> None:
    good = "dmarc=pass header.from=acme.example"
    assert "does not verify" in explained_by_arc(chain(good, "fail"), FAILED, seen(good))
    assert explained_by_arc(chain(good), DmarcVerdict("pass", "acme.example"), seen(good)) == ""
    assert explained_by_arc(ArcVerdict("none"), FAILED, {}) == ""
    assert explained_by_arc(None, FAILED, {}) == ""
