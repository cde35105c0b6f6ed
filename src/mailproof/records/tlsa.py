"""TLSA records in presentation format (RFC 6698 section 2.2, RFC 7671, RFC 7672 section 3.1)."""

from __future__ import annotations

import re

from mailproof.model import TlsaProblem, TlsaRecord
from mailproof.records.der import declared_octets

#: The most hexadecimal digits in the data of a sensible TLSA record: a certificate of 32 KiB.
MAX_DATA = 65_536
#: The fewest octets of a certificate or key: the smallest, of ed25519, has 44.
_LEAST = 40
_DIGEST_HEX = {1: 64, 2: 128}
_DIGEST_NAMES = {1: "SHA-256", 2: "SHA-512"}


def parse_tlsa(text: str) -> TlsaRecord:
    """Parse a record like ``3 1 1 0123…``. Never raises; faults are listed in ``problems``, with spans."""
    words = [(found.start(), found[0]) for found in re.finditer(r"\S+", text)]
    if len(words) < 4 or not all(_is_number(word) for _, word in words[:3]):
        wrong = "a TLSA record is three numbers (usage, selector, matching type) and hexadecimal data"
        return TlsaRecord(text, problems=(TlsaProblem("syntax", wrong, 0, len(text)),))
    usage, selector, matching = (int(word) for _, word in words[:3])
    spans = tuple((at, at + len(word)) for at, word in words[:3])
    start, end = words[3][0], len(text.rstrip())
    data = "".join(word for _, word in words[3:]).lower()
    problems: list[TlsaProblem] = []
    if usage in (0, 1):
        wrong = f"usage {usage} relies on public authorities, which senders of mail do not use"
        problems.append(TlsaProblem("pkix-usage", wrong, *spans[0]))
    elif usage not in (2, 3):
        problems.append(TlsaProblem("usage", f"usage {usage} is not defined", *spans[0]))
    if selector not in (0, 1):
        problems.append(TlsaProblem("selector", f"selector {selector} is not defined", *spans[1]))
    if matching not in (0, 1, 2):
        problems.append(TlsaProblem("matching", f"matching type {matching} is not defined", *spans[2]))
    if len(data) > MAX_DATA or not set(data) <= set("0123456789abcdef"):
        problems.append(TlsaProblem("data", "the data is not hexadecimal, or far too long", start, end))
        data = ""
    elif wrong := _wrong_data(matching, data):
        problems.append(TlsaProblem("length", wrong, start, end))
    return TlsaRecord(text, usage, selector, matching, data, tuple(problems))


def _wrong_data(matching: int, data: str) -> str:
    if len(data) % 2:
        return f"the data has an odd number of hexadecimal digits ({len(data)})"
    wanted = _DIGEST_HEX.get(matching)
    if wanted is not None and len(data) != wanted:
        return (
            f"matching type {matching} is a {_DIGEST_NAMES[matching]} digest of {wanted // 2} octets, "
            f"and the data has {len(data) // 2}"
        )
    if matching == 0 and not (data.startswith("30") and len(data) > 4):
        return "matching type 0 is a whole certificate or key in DER, and the data is not DER"
    return ""


def publishable(text: str) -> bool:
    """Whether the record can be proposed: it is usable, and a full certificate or key is complete DER."""
    record = parse_tlsa(text)
    data = bytes.fromhex(record.data) if record.usable else b""
    return record.usable and (record.matching != 0 or _LEAST <= declared_octets(data) == len(data))


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 3 and int(word) <= 255
