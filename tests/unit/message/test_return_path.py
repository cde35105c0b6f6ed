"""Return paths rewritten by forwarders and bulk senders, and the advice to forwarders."""

from __future__ import annotations

import pytest

from mailproof.message.forwarding import advice_to_forwarder
from mailproof.model import ArcVerdict, DkimVerdict, DmarcVerdict, ReturnPath, SpfVerdict
from mailproof.records.return_path import read_return_path


@pytest.mark.parametrize(
    ("address", "kind", "original", "forwarder"),
    [
        ("SRS0=HHH=TT=acme.example=alice@fwd.test", "srs", "alice@acme.example", "fwd.test"),
        ("srs0+HHH=TT=acme.example=alice@fwd.test", "srs", "alice@acme.example", "fwd.test"),
        ("SRS1=GGG=fwd.test==HHH=TT=acme.example=alice@two.test", "srs", "alice@acme.example", "two.test"),
        ("bounces+SRS=abCd3=KX@tenant.test", "srs", "", "tenant.test"),
        ("prvs=0123456789=alice@acme.example", "batv", "alice@acme.example", ""),
        ("bounce+1=bob=rcpt.test@esp.test", "verp", "bob@rcpt.test", ""),
        ("list-return-12-bob.smith=rcpt.test@lists.test", "verp", "bob.smith@rcpt.test", ""),
        ("news-bounces+bob=rcpt.test@lists.test", "verp", "bob@rcpt.test", ""),
        ("alice@acme.example", "plain", "", ""),
        ("a=b@acme.example", "plain", "", ""),
        ("", "null", "", ""),
    ],
)
def test_kinds(address: str, kind: str, original: str, forwarder: str) -> None:
    found = read_return_path(address, ("bob@rcpt.test", "bob.smith@rcpt.test"))
    assert found is not None
    assert (found.kind, found.original, found.forwarder) == (kind, original, forwarder)


def test_unknown_and_hostile() -> None:
    assert read_return_path(None) is None
    for text in ("=" * 5000 + "@x", "SRS0=" * 2000, "a" * 5000, "@", "SRS1=a=b==c"):
        assert read_return_path(text) is not None


SIGNS = ("it has a x-forwarded-to header",)
FAIL = SpfVerdict("fail", "acme.example", "203.0.113.30")
BROKEN = DkimVerdict("fail", "acme.example", "s1", code="body-hash", aligned=True)
GOOD = DkimVerdict("pass", "acme.example", "s1", code="pass", aligned=True)
DMARC = DmarcVerdict("fail", "acme.example")


def advice(
    path: ReturnPath | None = None, dkim: tuple[DkimVerdict, ...] = (), arc: ArcVerdict | None = None
) -> str:
    return " | ".join(advice_to_forwarder(SIGNS, path, spf=FAIL, dkim=dkim, arc=arc, dmarc=DMARC))


def test_advice_fits_what_failed() -> None:
    assert advice_to_forwarder((), None, spf=FAIL, dkim=(), arc=None, dmarc=DMARC) == ()
    assert "SRS" in advice(dkim=(GOOD,))
    assert "no footer" in advice(dkim=(BROKEN,))
    assert "no footer" not in advice(dkim=(GOOD,))
    assert "sender must sign" in advice()
    assert "ARC" in advice()
    assert "never aligned" in advice(ReturnPath("srs", forwarder="fwd.test"))
    assert "does not verify" in advice(arc=ArcVerdict("fail", 1))


def test_gmail_rewrites_what_it_forwards() -> None:
    path = read_return_path("bob+caf_=carol=dest.example@gmail.com", ("carol@dest.example",))
    assert path is not None
    assert (path.kind, path.forwarder) == ("srs", "gmail.com")
    assert "bob@gmail.com forwarded it" in path.note
