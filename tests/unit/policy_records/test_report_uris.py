"""Report addresses are repaired if their intention is clear, and never invented."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.records.report_uris import MAX_LIST, readable, salvaged

D, E = "mailto:d@shop.example", "mailto:e@shop.example"


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("mailto: d@shop.example", D),
        ("mailto : d@shop.example", D),
        ("mailto:d @ shop.example", D),
        ("d@shop.example", D),
        ("<mailto:d@shop.example>", D),
        ("mailto:<d@shop.example>", D),
        ("mailto//d@shop.example", D),
        ("mailto://d@shop.example", D),
        ("mailto=d@shop.example", D),
        ("mailto;d@shop.example", D),
        ("mailto\\:d@shop.example", D),
        ("mailto:mailto:d@shop.example", D),
        ("mailtod@shop.example", D),
        ("mailto:d@b\u00fccher.example", "mailto:d@xn--bcher-kva.example"),
        ("mailto.d@shop.example", D),
        ("mailto:Reports <d@shop.example>", D),
        ("mailto:d@shop.example!", D),
        ("mailto:d@shop.example!1.5m", D),
        ("maito:d@shop.example", D),
        ("mialto:d@shop.example", D),
        ("email:d@shop.example", D),
        ("mailto:d@shop.example!10MB", D),
        ("mailto:d@shop.example!10 MB", D),
        ("mailto:\u200bd@shop.example", D),
        ("mailto:d@shop.example\u00a0", D),
        ("'mailto:d@shop.example'", D),
        ("mailto:d@shop.example,", D),
        ("mailto:d@shop.example.", D),
        (f"{D} {E}", f"{D},{E}"),
        (f"{D}{E}", f"{D},{E}"),
        (f"{D};{E}", f"{D},{E}"),
        (f"{D}|e@shop.example", f"{D},{E}"),
        (f"{D},{D},mailto: e@shop.example", f"{D},{E}"),
        ("https://r.shop.example/x, d@shop.example", f"https://r.shop.example/x,{D}"),
        (f"{D}!10m", f"{D}!10m"),
        (f"{D}?subject=dmarc", f"{D}?subject=dmarc"),
        # unclear ones
        ("", ""),
        ("mailto:", ""),
        ("mailto:dmarc", ""),
        ("dmarc", ""),
        ("mailto:d@shop", "mailto:d@shop"),  # a single label is a domain name, if one without mail
        ("d@shop", ""),
        ("mailto:d\u00e9@shop.example", ""),
        ("mailto:d@e@shop.example", ""),
        ("mailto:d at shop.example", ""),
        ("ftp://shop.example/r", ""),
        (f"{D},reports", ""),
        (f"{D} (or e@shop.example)", ""),
        (f"({D})", D),
    ],
)
def test_addresses_are_salvaged(value: str, meant: str) -> None:
    assert salvaged(value) == meant
    assert not meant or readable(meant)


def test_a_list_longer_than_any_is_not_corrected() -> None:
    assert salvaged(f"{'d@shop.example;' * 20}{D}") != ""
    assert salvaged(f"{'d@shop.example;' * (MAX_LIST // 15)}{D}") == ""
    assert salvaged(long := ",".join([D] * MAX_LIST)) == long


ADDRESS = re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+[A-Za-z0-9]")


@given(st.text(max_size=80) | st.text(alphabet="mailto:d@x.exp,; <>!1M\u200b", max_size=80))
def test_nothing_is_made_up_and_nothing_lost(value: str) -> None:
    meant = salvaged(value)
    if not meant:
        return
    assert readable(meant)
    bare = re.sub(r"[^a-z0-9]", "", value.lower())
    for uri in meant.split(","):
        assert re.sub(r"[^a-z0-9]", "", uri.lower().removeprefix("mailto:")) in bare
    for address in ADDRESS.findall(value):
        assert address.rpartition("@")[2].rstrip(".-") in meant
