"""Parse the machine-readable fields of a notification (RFC 3464), however loosely written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from mailproof.model.bounce import MAX_SHOWN

#: Recipients that are parsed: one more than are shown, to know whether any are left out.
MAX_RECIPIENTS = MAX_SHOWN + 1
MAX_TEXT = 1000

_FIELD = re.compile(r"\A([A-Za-z][A-Za-z0-9-]{1,50})\s{0,3}:(.*)\Z", re.S)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]\d)")
#: Haraka's reason: ``Status: 5.1.2 (550 Domain acme.example does not exist)``.
_REASON = re.compile(r"\A[\d.]+ \((.{3,})\)\Z", re.S)
_TYPE = re.compile(r"\A\s*[A-Za-z][\w.-]{0,30}\s*;\s*")
#: ``18005551234/TYPE=PLMN@host`` and ``C=DE;A=…;S=name`` are addresses in other networks, kept as they are.
_ADDRESS = re.compile(r"([^\s<>]{1,320}@[^\s<>;,()]{1,255})")
#: An escaped character in an address of type utf-8 (RFC 6533 section 3).
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
#: The last two occur in complaints (RFC 5965).
_LEADING = ("final-recipient", "original-recipient", "original-rcpt-to", "feedback-type")


class StatusBlock(Struct, frozen=True):
    """The fields of one recipient. ``status`` is "" if it is not an RFC 3463 code."""

    final: str = ""
    original: str = ""
    action: str = ""
    status: str = ""
    diagnostic: str = ""
    remote_mta: str = ""


def read_status(lines: Iterable[str]) -> tuple[str, tuple[StatusBlock, ...]]:
    """The reporting server, and one block per recipient."""
    blocks = _blocks(lines)
    reporting = next((b["reporting-mta"] for b in blocks if b.get("reporting-mta")), "")
    recipients = [b for b in blocks if any(name in b for name in (*_LEADING, "action", "status"))]
    return typed(reporting), tuple(_block(each) for each in recipients[:MAX_RECIPIENTS])


def has_fields(lines: Iterable[str]) -> bool:
    """Whether the human-readable text includes the fields, as some do that have no separate part for them."""
    return any(line.lower().startswith(("final-recipient:", "original-recipient:")) for line in lines)


def typed(value: str) -> str:
    """Strip the type from ``rfc822; name``."""
    return _TYPE.sub("", value, count=1).strip()


def address_of(value: str) -> str:
    """The address in a field like ``rfc822; <bob@b.example>``; the value itself if it has none."""
    text = _ESCAPED.sub(_character, typed(value))
    found = _ADDRESS.search(text)
    return (found[1] if found else text).strip("<>\"' ")[:320]


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return chr(number) if 0x20 < number < 0xD800 or 0xE000 <= number < 0x110000 else found[0]


def _blocks(lines: Iterable[str]) -> list[dict[str, str]]:
    """Fields by name, a dict per block. A second Final-Recipient starts a block even without a blank line."""
    blocks: list[dict[str, str]] = [{}]
    last = ""
    for line in lines:
        text = line.rstrip()
        named = _FIELD.match(text) if text[:1] not in (" ", "\t") else None
        if not text:
            if blocks[-1]:
                blocks.append({})
            last = ""
        elif named is not None:
            name = named[1].lower()
            if name == "final-recipient" and name in blocks[-1]:
                blocks.append({})
            last = name
            blocks[-1].setdefault(last, named[2].strip()[:MAX_TEXT])
        elif last:
            blocks[-1][last] = f"{blocks[-1][last]} {text.strip()}"[:MAX_TEXT]
    return _joined([block for block in blocks if block])


def _joined(blocks: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rejoin blocks split by a stray blank line: fields without a recipient belong to the one above."""
    whole: list[dict[str, str]] = []
    for block in blocks:
        named = any(name in block for name in _LEADING)
        above = whole[-1] if whole else {}
        if not named and any(name in above for name in _LEADING) and not (block.keys() & above.keys()):
            above.update(block)
        else:
            whole.append(block)
    return whole


def _block(block: dict[str, str]) -> StatusBlock:
    found = _STATUS.search(block.get("status", ""))
    reason = _REASON.match(block.get("status", ""))
    said = typed(block.get("diagnostic-code", "")) or (reason[1] if reason else "")
    complaint = block.get("feedback-type", "")
    words = ("delivered" if complaint else block.get("action", "")).split()
    final = address_of(block.get("final-recipient", "") or block.get("original-rcpt-to", ""))
    actual = address_of(block.get("x-actual-recipient", ""))  # what Sendmail's aliases led to
    led_on = "@" in actual
    return StatusBlock(
        final=actual if led_on else final,
        original=address_of(block.get("original-recipient", "")) or (final if led_on else ""),
        action=words[0].lower().strip(";,.") if words else "",
        status=found[1] if found else "",
        diagnostic=f"Feedback-Type: {complaint}" if complaint else "" if said.isdigit() else said,
        remote_mta=typed(block.get("remote-mta", "")).partition(" ")[0],
    )
