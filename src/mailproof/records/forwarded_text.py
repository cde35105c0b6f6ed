"""Forwarded messages as text: the marker line above them, and the few fields that are shown."""

from __future__ import annotations

import re

from msgspec import Struct

from mailproof.records.pasted_copy import Pasted

#: What mail programs write above a forwarded message, between dashes or as a whole line. The pattern includes
#: the preceding line end, and one is prepended to the text: ten times faster than with "^".
_WORDS = (
    r"forwarded message|original message|weitergeleitete nachricht|ursprüngliche nachricht|"
    r"urspr. nachricht|originalnachricht|message transféré|message d'origine|message original|"
    r"mensaje reenviado|mensaje original|messaggio inoltrato|messaggio originale|"
    r"doorgestuurd bericht|oorspronkelijk bericht|mensagem encaminhada|mensagem original|"
    r"пересылаемое сообщение|пересланное сообщение|przekazana wiadomość|"
    r"vidarebefordrat meddelande"
)
#: Every marker that does not say "original" contains one of these.
_FORWARDED = (
    *("forwarded", "weitergeleitet", "transféré", "réexpédié", "reenviado", "inoltrato", "doorgestuurd"),
    *("encaminhada", "пересылаемое", "пересланное", "przekazana", "vidarebefordrat"),
)
_LINES = (
    r"begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|"
    r"début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|inizio messaggio inoltrato|"
    r"begin doorgestuurd bericht|início da mensagem (?:encaminhada|reencaminhada)"
)
_MARKER = re.compile(
    rf"\n[ \t>|]{{0,9}}(?:[-=_*]{{2,40}} ?(?:{_WORDS})(?: \w{{1,20}})? ?[-=_*]{{2,40}}|(?:{_LINES}) ?: ?)"
    r"[ \t]{0,9}\r?$",
    re.MULTILINE | re.IGNORECASE,
)
#: Outlook puts nothing above the fields, or a horizontal rule.
_RULE = re.compile(r"\n_{20,60}[ \t]{0,9}\r?$", re.MULTILINE)
_LABELS = {
    "from": "from von de da van от expéditeur od från",
    "sent": "sent date gesendet datum envoyé date\xa0 enviado data verzonden fecha дата data: skickat",
    "to": "to an à para a aan кому do till",
    "subject": "subject betreff objet asunto oggetto onderwerp assunto тема temat ämne",
}
_NAME_OF = {label: name for name, labels in _LABELS.items() for label in labels.split(" ")}
_FROM = tuple(_LABELS["from"].split(" "))
_BEFORE_COLON = "* \t\xa0"
_LABELLED = re.compile(r"^[ \t>|*]{0,9}([^\W\d_]{1,12})\*?[ \t\xa0]{0,3}:\*?[ \t\xa0]{0,9}(.{0,998}?)\r?$")
_FORWARDING_SUBJECT = re.compile(r"\s{0,9}(?:fwd?|wg|tr|rv|i|enc|doorst|пересл|vb)\s{0,3}:", re.IGNORECASE)
_NOT_THE_SOURCE = "this is the text of a forwarded message, not its source: the fields that prove it are gone"
#: Lines that are read below the marker, and characters of text.
_MAX_LINES = 12
_MAX_TEXT = 100_000


class Quoted(Struct, frozen=True):
    """The fields of the original message that a forward shows."""

    author: str = ""
    subject: str = ""


def may_forward(text: str, subject: str) -> bool:
    """A quick test whether ``find_forwarded`` might find something, independent of line breaks."""
    if _FORWARDING_SUBJECT.match(subject):
        return True
    words = text.lower()
    pieces = words.split(":")[:-1]
    return any(piece.rstrip(_BEFORE_COLON).endswith(_FROM) for piece in pieces) and any(
        each in words for each in _FORWARDED
    )


def find_forwarded(text: str, subject: str) -> Quoted | None:
    """The message forwarded inside a text, if any.

    Replies quote below the same lines: "Original Message" and Outlook's rule count only if ``subject`` marks
    the message as a forward.
    """
    text = "\n" + text[:_MAX_TEXT]
    forwards = _FORWARDING_SUBJECT.match(subject) is not None
    for marker in (*_MARKER.finditer(text), *(_RULE.finditer(text) if forwards else ())):
        words = marker[0].lower()
        if not forwards and ("origin" in words or "urspr" in words or "oorspr" in words):
            continue
        if found := _quoted(text[marker.end() : marker.end() + 8000], 2):
            return found
    return _quoted(text[1:8001], 3) if forwards else None


def _quoted(text: str, least: int) -> Quoted | None:
    """The original message, if at least ``least`` of its fields are shown at the top of a text."""
    fields = _fields(text)
    if "from" not in fields or len(fields) < least:
        return None
    return Quoted(fields["from"][:200], fields.get("subject", "")[:200])


def without_forward_marker(copy: Pasted) -> None:
    """Remove the marker line of a pasted forward, and give the fields shown below it their standard names."""
    text = copy.raw[:16_384].decode("utf-8", "replace")
    if re.match(r"[A-Za-z-]{2,40}: ", text):
        return
    text = "\n" + text
    marker = _MARKER.search(text)
    if marker is None:
        return
    fields = _fields(text[marker.end() :])
    if "from" not in fields or len(fields) < 2:
        return
    start = len(text[1 : marker.end()].encode())
    lines: list[bytes] = []
    for line in copy.raw[start:].lstrip(b"\r\n").splitlines(keepends=True):
        shown = _LABELLED.match(line.decode("utf-8", "replace").rstrip("\r\n"))
        name = _NAME_OF.get(shown[1].lower(), "") if shown and len(lines) < _MAX_LINES else ""
        title = {"sent": "Date"}.get(name, name.capitalize())
        lines.append(f"{title}: {shown[2]}\n".encode() if name and shown else line)
    copy.raw = b"".join(lines)
    copy.partial = _NOT_THE_SOURCE
    copy.problems.append(_NOT_THE_SOURCE)


def _fields(text: str) -> dict[str, str]:
    """The fields shown on the first lines, keyed by meaning."""
    found: dict[str, str] = {}
    for line in text.lstrip("\r\n").split("\n")[:_MAX_LINES]:
        shown = _LABELLED.match(line)
        if shown and (name := _NAME_OF.get(shown[1].lower())):
            found.setdefault(name, shown[2].strip().strip("*").strip())
        elif found and not line.strip(" \t\r>|"):
            break
    return found
