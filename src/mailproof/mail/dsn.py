"""Bounces: delivery status notifications (RFC 3464, RFC 6522), and the ones that only look like it."""

from __future__ import annotations

import re

from mailproof.mail.enhanced_status import meaning
from mailproof.model import BounceFacts, ReturnedMessage
from mailproof.printable import clean
from mailproof.records.mailboxes import address_domain, parse_addresses
from mailproof.records.message import HeaderField, first_value, split_fields

MAX_BYTES = 1024 * 1024
MAX_TEXT = 1000
MAX_RECIPIENTS = 50
#: Characters of a bounce in free words, and lines of the message it gives back.
MAX_WORDS = 20_000
MAX_FIELDS = 500

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
#: Reports that are no bounces: of reading (RFC 8098), of abuse (RFC 5965), of TLS (RFC 8460).
_OTHER_REPORTS = ("disposition-notification", "feedback-report", "tlsrpt")
_STATUS_TYPES = (b"message/delivery-status", b"message/global-delivery-status")
_RETURNED_TYPES = (b"message/rfc822", b"text/rfc822-headers", b"message/global")
#: The line above the copy of the message, as qmail and Exim write it.
_COPY = re.compile(
    rb"^-{3,10} (?:Below this line is a copy of|This is a copy of) [^\r\n]{0,200}", re.MULTILINE | re.I
)
_NAMED = re.compile(r"^<([^\s<>]{1,300})>:", re.MULTILINE)
_SMTP_WORDS = re.compile(r"\b([45]\d\d)[ -](?:[45]\.\d{1,3}\.\d{1,3} )?[^\r\n]{0,500}")


def looks_like_bounce(fields: tuple[HeaderField, ...]) -> bool:
    """Whether the header is that of a report, so that the body is worth reading."""
    kind = first_value(fields, "content-type").lower()
    sender = first_value(fields, "from").lower()
    return (
        ("multipart/report" in kind and not any(other in kind for other in _OTHER_REPORTS))
        or any(f.key == "x-failed-recipients" for f in fields)
        or first_value(fields, "return-path").strip() == "<>"
        or "mailer-daemon" in sender
        or "postmaster" in sender
    )


def parse_dsn(raw: bytes) -> BounceFacts | None:
    """The facts of the first failed recipient (else the first one). None where it is no bounce."""
    fields, body = split_fields(raw[:MAX_BYTES])
    status = _status_part(fields, body)
    if status is not None:
        return _from_status(status)
    return _from_words(fields, body) if looks_like_bounce(fields) else None


def notification_words(raw: bytes) -> str:
    """What the part for people says: all there is where no server spoke (RFC 3464 section 2.3.6)."""
    _, body = split_fields(raw[:MAX_BYTES])
    part = _part(body, (b"text/plain",)) or []
    return " ".join(clean(line.decode("utf-8", "replace")).strip() for line in part[:200])


def words_about(recipient: str, text: str) -> str:
    """What these words say from where they name the recipient on, or at all."""
    return text[max(0, text.find(recipient)) if recipient else 0 :][:MAX_TEXT].strip()


def _status_part(fields: tuple[HeaderField, ...], body: bytes) -> list[dict[str, str]] | None:
    """The blocks of the message/delivery-status part: per-message fields, then one block a recipient."""
    if first_value(fields, "content-type").lower().startswith("message/delivery-status"):
        return _blocks(body.splitlines())
    part = _part(body, _STATUS_TYPES)
    return None if part is None else _blocks(part)


def _part(body: bytes, types: tuple[bytes, ...]) -> list[bytes] | None:
    """The lines of the first part of one of these media types; None where there is none."""
    lines = body.splitlines()
    for index, line in enumerate(lines):
        if not line.lower().startswith(b"content-type:"):
            continue
        joined = line.lower() + (lines[index + 1].lower() if index + 1 < len(lines) else b"")
        if not any(kind in joined for kind in types):
            continue
        start = next((i for i in range(index, min(index + 20, len(lines))) if not lines[i].strip()), None)
        if start is None:
            return None
        end = next((i for i in range(start, len(lines)) if lines[i].startswith(b"--")), len(lines))
        part = lines[start + 1 : end]
        encoded = any(b"base64" in row.lower() for row in lines[index:start])
        return _decoded(part) if encoded else part
    return None


def returned_message(raw: bytes) -> ReturnedMessage | None:
    """What a notification gives back of the message it is about. None where it gives nothing back."""
    _, body = split_fields(raw[:MAX_BYTES])
    part = _part(body, _RETURNED_TYPES)
    if part is None:
        copy = _COPY.search(body)
        part = body[copy.end() :].strip(b"\r\n").splitlines()[:MAX_FIELDS] if copy else []
    if not part:
        return None
    fields, _ = split_fields(b"\r\n".join(part) + b"\r\n\r\n")
    author = first_value(fields, "from")
    domains = parse_addresses(author).domains
    return ReturnedMessage(
        from_header=clean(author)[:MAX_TEXT],
        from_domain=domains[0] if domains else "",
        to=clean(first_value(fields, "to"))[:MAX_TEXT],
        subject=clean(first_value(fields, "subject"))[:MAX_TEXT],
        message_id=clean(first_value(fields, "message-id"))[:MAX_TEXT],
        date=clean(first_value(fields, "date"))[:MAX_TEXT],
    )


def _decoded(lines: list[bytes]) -> list[bytes]:
    import base64
    import binascii

    try:
        return base64.b64decode(b"".join(lines)).splitlines()
    except binascii.Error:
        return lines


def _blocks(lines: list[bytes]) -> list[dict[str, str]]:
    blocks: list[dict[str, str]] = [{}]
    last = ""
    for line in lines[:2000]:
        text = clean(line.decode("utf-8", "replace"))
        if not text.strip():
            if blocks[-1]:
                blocks.append({})
            last = ""
        elif line[:1] in (b" ", b"\t") and last:
            blocks[-1][last] = f"{blocks[-1][last]} {text.strip()}"[:MAX_TEXT]
        elif ":" in text:
            name, _, value = text.partition(":")
            last = name.strip().lower()
            blocks[-1].setdefault(last, value.strip()[:MAX_TEXT])
    return [block for block in blocks if block]


def every_recipient(raw: bytes) -> tuple[BounceFacts, ...]:
    """The facts of all recipients that it names, at most MAX_RECIPIENTS; none where it is no report."""
    fields, body = split_fields(raw[:MAX_BYTES])
    blocks = _status_part(fields, body) or []
    return tuple(_facts(blocks[0], each) for each in _recipients(blocks)[:MAX_RECIPIENTS])


def _recipients(blocks: list[dict[str, str]]) -> list[dict[str, str]]:
    return [b for b in blocks if "final-recipient" in b or "action" in b or "status" in b]


def _from_status(blocks: list[dict[str, str]]) -> BounceFacts | None:
    recipients = _recipients(blocks)
    if not recipients:
        return None
    chosen = next((b for b in recipients if b.get("action", "").lower().startswith("failed")), recipients[0])
    return _facts(blocks[0], chosen)


def _facts(whole: dict[str, str], chosen: dict[str, str]) -> BounceFacts:
    diagnostic = _typed(chosen.get("diagnostic-code", ""))
    found = _STATUS.search(chosen.get("status", ""))
    status = found[1] if found else ""
    original, final = _typed(chosen.get("original-recipient", "")), _typed(chosen.get("final-recipient", ""))
    return BounceFacts(
        action=chosen.get("action", "").split()[0].lower() if chosen.get("action", "").split() else "",
        status=status,
        diagnostic=diagnostic,
        remote_mta=_typed(chosen.get("remote-mta", "")),
        reporting_mta=_typed(whole.get("reporting-mta", "")),
        recipient=original or final,
        meaning=_meaning(status, diagnostic),
        forwarded_to=final if original and address_domain(original) != address_domain(final) else "",
    )


def _typed(value: str) -> str:
    """``rfc822; name`` without its type."""
    return value.partition(";")[2].strip() if ";" in value[:40] else value.strip()


def _meaning(status: str, diagnostic: str) -> str:
    """The diagnostic's own code says more than a status like 5.0.0."""
    inner = _STATUS.search(diagnostic)
    code = inner[1] if inner else status
    return meaning(code, 0, diagnostic)


def _reply(text: str) -> str:
    """The first reply of a server in the text, all its lines; "" where there is none."""
    found = _SMTP_WORDS.search(text)
    if found is None:
        return ""
    lines = [found[0]]
    for line in text[found.end() :].splitlines()[1:50]:
        if not re.match(rf"\s{{0,20}}{found[1]}[ -]", line):
            break
        lines.append(line.strip())
    return " ".join(clean(line) for line in lines)[:MAX_TEXT]


def _from_words(fields: tuple[HeaderField, ...], body: bytes) -> BounceFacts | None:
    """A bounce in free words: Exim before 4.9, qmail and others."""
    copy = _COPY.search(body)
    said = body[: copy.start() if copy else MAX_WORDS][:MAX_WORDS].decode("utf-8", "replace")
    text = clean(said.replace("\n", " "))
    failed = first_value(fields, "x-failed-recipients")
    diagnostic = _reply(said)
    if not failed and not diagnostic:
        return None
    named = _NAMED.search(said)
    recipient = failed or (named[1] if named else "")
    status = _STATUS.search(diagnostic)
    delayed = "delayed" in text[:2000].lower() and "could not be delivered" not in text[:4000].lower()
    return BounceFacts(
        action="delayed" if delayed else "failed",
        status=status[1] if status else "",
        diagnostic=diagnostic,
        recipient=recipient[:300],
        meaning=_meaning(status[1] if status else "", diagnostic),
    )
