"""IMAP SEARCH keys (RFC 3501 section 6.4.4): those that mail clients use to find one message."""

from __future__ import annotations

from datetime import datetime

from mailproof.demo.imap_text import in_set
from mailproof.demo.mailbox import Folder, StoredMessage


def matches(keys: tuple[str, ...], message: StoredMessage, number: int, folder: Folder) -> bool:
    """Whether all keys hold for the message. Keys not known here hold for none."""
    words = [key for key in keys if key not in "()"]
    if words[:1] and words[0].upper() == "CHARSET":
        words = words[2:]
    while words:
        key = words.pop(0).upper()
        if key == "NOT":
            single, words = _take(words)
            if matches(tuple(single), message, number, folder):
                return False
        elif not _holds(key, words, message, number, folder):
            return False
    return True


def _take(words: list[str]) -> tuple[list[str], list[str]]:
    count = {"HEADER": 3}.get(words[0].upper(), 2 if words[0].upper() in _WITH_TEXT else 1) if words else 0
    return words[:count], words[count:]


_WITH_TEXT = ("SUBJECT", "FROM", "TO", "TEXT", "BODY", "SINCE", "BEFORE", "ON", "UID")


def _holds(key: str, words: list[str], message: StoredMessage, number: int, folder: Folder) -> bool:
    head, _, body = message.raw.partition(b"\r\n\r\n")
    if key in ("ALL", "NEW", "RECENT"):
        return True
    if key in ("SEEN", "DELETED", "FLAGGED", "ANSWERED"):
        return f"\\{key.title()}" in message.flags
    if key in ("UNSEEN", "UNDELETED"):
        return f"\\{key[2:].title()}" not in message.flags
    if key in ("SINCE", "BEFORE", "ON"):
        day = datetime.strptime(words.pop(0), "%d-%b-%Y").date()
        received = message.received.date()
        return {"SINCE": received >= day, "BEFORE": received < day, "ON": received == day}[key]
    if key == "UID":
        return in_set(words.pop(0), message.uid, folder.next_uid - 1)
    if key in ("SUBJECT", "FROM", "TO"):
        return _in_header(head, key, words.pop(0))
    if key == "HEADER":
        return _in_header(head, words.pop(0), words.pop(0))
    if key in ("TEXT", "BODY"):
        text = words.pop(0).lower().encode()
        return text in (message.raw if key == "TEXT" else body).lower()
    if key[:1].isdigit() or key == "*":
        return in_set(key, number, len(folder.messages))
    return False


def _in_header(head: bytes, name: str, text: str) -> bool:
    unfolded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").lower()
    prefix = name.lower().encode() + b":"
    return any(line.startswith(prefix) and text.lower().encode() in line for line in unfolded.split(b"\r\n"))
