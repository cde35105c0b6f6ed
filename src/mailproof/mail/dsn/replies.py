"""Find the server's reply in a notification's text (RFC 5321 section 4.2, RFC 3463)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from mailproof.mail.reply_codes import Coded, codes_in, codes_of

MAX_REPLY = 1000

#: Text before a reply: words that introduce it, or only punctuation.
_SAID = re.compile(
    r"(?:\b(?:said|say|responded(?: with)?|returned|response(?: was)?|reason|error(?: was)?|smtp;|answered"
    r"|replied|failed with|rejected(?: it)?|message\]|responsecode|diagnostic(?:-code)?|status)"
    r"|@[\w.-]{3,60}|code|<<<|Received >>>|Out)[\s:;>\"'(#,\[]{0,6}\Z",
    re.I,
)
_MARKS_ONLY = re.compile(r"\A[\s<>\"'(#*\[:.|-]{0,20}\Z")
_AFTER_MARK = re.compile(r"[:;>\])\"']\s{0,2}\Z")
#: Replies about the dialogue, or a mail program's own summary: never the reason for a refusal.
_EMPTY = re.compile(
    r"\A(?:503\b|554 5\.0\.0 Service unavailable|501 5\.6\.0 Data format error|554 5\.5\.1 Error: no valid"
    r"|554 \S{3,300}\.\.\. (?:Service unavailable|Remote protocol error|5\d\d )|421 .{0,300}too many errors)",
    re.I,
)
_COMMAND = re.compile(
    r"(?i:\bafter|\breply to|\bresponse to|\bour|>>>|\bsending|\bcommand:?|-SMTP command|STEP:|\bin:|\[)"
    r"\s{0,3}(?i:the |our )?(?i:SMTP command )?"
    r"((?i:initial connection|greeting)|HELO|EHLO|MAIL|RCPT|DATA|CONN"
    r"|(?i:end of (?:the )?(?:data|message)|final DATA))\b"
)
#: How lines of a session begin, in Postfix's notices and as swaks and curl show them.
_SESSION = ("In: ", "Out: ", "-> ", "<- ", "<~ ", "~> ", "=== ", "* ", "QUIT", "RSET")
_COMMANDS = {"EHLO": "HELO", "GREETING": "CONN", "INITIAL CONNECTION": "CONN"}
_PROSE = (
    ("my name was rejected", "HELO"),
    ("but greeting failed", "CONN"),
    ("sender was rejected", "MAIL"),
    ("does not like sender", "MAIL"),
    ("does not like recipient", "RCPT"),
    ("failed on data command", "DATA"),
    ("failed after i sent the message", "DATA"),
    ("initial server greeting", "CONN"),
)


class Reply(Struct, frozen=True):
    """``code`` is 0 and ``status`` "" if missing; ``text`` is the reply with all its lines."""

    code: int = 0
    status: str = ""
    text: str = ""


def find_reply(lines: Sequence[str], address: str = "") -> Reply:
    """The best-scoring reply: about the address, introduced as one, with both codes; of equals, the first."""
    best, weight = Reply(), 0.0
    for number, line in enumerate(lines):
        for found in codes_in(line):
            scored = _weight(line, found, address.lower())
            if scored > weight:
                weight = scored
                best = Reply(found.code, found.status, _whole(lines, number, found))
            if scored and _MARKS_ONLY.match(line[: found.start]):
                break  # what it quotes is another server's reply
    if best.code and not best.status:
        return Reply(best.code, codes_of(best.text)[1], best.text)
    return best


def completed(first: str, lines: Sequence[str]) -> str:
    """A reply whose first line is known, with the others from Sendmail's transcript."""
    for number, line in enumerate(lines if first[3:4] == "-" and first[:3].isdigit() else ()):
        if line.startswith("<<<") and line.endswith(first):
            return _whole(lines, number, Coded(int(first[:3]), "", line.index(first)))
    return first


def command_of(text: str) -> str:
    """The SMTP command that was refused, according to the text: HELO, MAIL, RCPT, DATA, CONN or ""."""
    found = _COMMAND.search(text)
    if found is not None:
        word = found[1].upper()
        return _COMMANDS.get(word, word if len(word) == 4 else "DATA")
    lower = text.lower()
    return next((command for words, command in _PROSE if words in lower), "")


def _weight(line: str, found: Coded, address: str) -> float:
    """How likely this number is the decisive reply; 0 if it is not a reply."""
    if found.code < 400:
        return 0
    before = line[max(0, found.start - 60) : found.start]
    said, alone = _SAID.search(before), _MARKS_ONLY.match(line[: found.start])
    if not said and not alone and not found.status and not _AFTER_MARK.search(before):
        return 0
    weight = 1.0 + (2 if said else 1 if alone else 0) + (1.5 if found.status else 0)
    weight += 1.5 if address and address in line.lower() else 0
    return 0.5 if _EMPTY.match(line[found.start :]) else weight


def _whole(lines: Sequence[str], number: int, found: Coded) -> str:
    """The reply from its code on: lines with the same code, and folded continuation lines."""
    code = str(found.code)
    text = [lines[number][found.start :].strip()]
    for line in lines[number + 1 : number + 40]:
        below = re.sub(r"\A>\s", "", line.strip()).strip()
        if not below:
            if _continues(lines, number, code):
                continue
            break
        other = re.match(r"[<>\s]{0,8}([245]\d\d)(?=[- ]|$)", below)
        if (other and other[1] != code) or below.startswith(
            (*_SESSION, ">>>", "---", "...", "[RCPT", "Giving up", "I'm not going", "(expanded from")
        ):
            break
        if re.match(r".{0,60}-->\s", below):  # the next line of MDaemon's transcript
            break
        if "@" in below[:80] and re.match(r"<[^<>\s]{1,300}>:\s{0,3}\Z", below):
            break
        more = re.sub(r"\A<<<\s{0,3}", "", below)
        if more not in text:  # Sendmail repeats the server's words
            text.append(more)
    return _unwrapped(" ".join(text))[:MAX_REPLY]


def _unwrapped(text: str) -> str:
    """The reply without the closing mark of its context: ``(reason: …)``, ``returned '…'``."""
    last = text[-1:]
    alone = text.count(")") > text.count("(") if last == ")" else last in "'\"" and text.count(last) == 1
    return text[:-1] if last and alone else text


def _continues(lines: Sequence[str], number: int, code: str) -> bool:
    """Whether blank lines separate the lines of one reply, as the DragonFly Mail Agent writes them."""
    rest = [line.strip() for line in lines[number + 1 : number + 5] if line.strip()]
    return bool(rest) and rest[0].startswith((f"{code}-", f"{code} "))
