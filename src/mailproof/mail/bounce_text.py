"""Parse bounces and mail logs as text: the replies, and the codes, hosts, domains and addresses in each.

Written for the output of Postfix, Exim, Sendmail, Exchange and mail clients; any other text counts as one
reply. Nothing raises; everything is bounded.
"""

from __future__ import annotations

import html
import ipaddress
import re
from collections.abc import Iterator

from mailproof.mail.forms import NAMED
from mailproof.mail.reply_codes import codes_in, codes_of
from mailproof.message.hosts import is_private
from mailproof.model.bounce import MAX_SHOWN
from mailproof.printable import without_sign_in

#: Characters that are read, and replies that are kept: one more than are shown, to know whether any are left
#: out.
MAX_TEXT = 1_000_000
MAX_REPLIES = MAX_SHOWN + 1
MAX_REPLY = 4000

#: The refused recipients in a Python exception: ``{'bob@a.example': (550, b'5.1.1 User unknown')}``.
_SMTPLIB = re.compile(r"'([^\s'@<>]{1,64}@[^\s'@<>]{1,255})': \(([245]\d\d), b?(['\"])(.{0,2000}?)\3\)[,}]?")
#: A line that goes on in the next one, wrapped when it was pasted.
_FOLDED = re.compile(r"\n[a-z(\[\"]|->\n.|^.{50,}[\w,]\n(?![245]\d\d\b).")
#: The marks of an answer to a mail; ``>>>`` is a command in Sendmail's transcript.
_QUOTING = re.compile(r"^[ \t]{0,8}(?:> ){1,5}", re.MULTILINE)
#: qmail logs replies without blanks.
_QMAIL_LOG = re.compile(r"\bdelivery \d{1,12}: (?:failure|deferral|success): \S{1,4000}")
_LOG_LINE = re.compile(
    r"\A(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|@[0-9a-f]{24} )"
    r"|\bstatus=(?:bounced|deferred|sent)"
    r"|\A\"?[^\s@,;\"]{1,64}@[\w.-]{1,255}\"?[,;\t](?:.{0,300}[,;\t])?\"?[245]\d\d[ -]"
)
_EXIM_MARK = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)? (?:\[\d+\] )?[\w-]{16,40} (\*\*|==|=>|->|<=) ")
_MARGIN = re.compile(r"\A([245]\d\d)([- ])")
#: Cisco's gateways prepend a code and words of their own to the next server's reply, even contradicting ones.
_WRAPPED = re.compile(r"[245]\.\d\.\d - (?:[A-Z][a-z]+(?: [a-z]+){1,4}) ([245]\d\d)[- ]\(?'")
#: The message's subject, quoted in a reply.
_SUBJECT = re.compile(
    r"(\b(?:with|has) (?:the|a) subject (?:of|line) ?)(?:\([^()]{1,300}\)|\"[^\"]{1,300}\")", re.IGNORECASE
)
_REPEATED = re.compile(r"(?<![ \r\n])[ \r\n]+([245]\d\d)[- ](?:[245]\.\d{1,3}\.\d{1,3}[ \t]+)?(?=\S)")


_NAME = r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.){1,10}[a-z][a-z0-9-]{1,62}"
_ADDRESS = re.compile(
    r"(?<![\w.:])((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}:[0-9a-f:]{3,38}[0-9a-f])(?![\w:]|\.\d)", re.I
)
#: Text before the address of a server that mail was delivered to, or came from on the way.
_NEAR_ADDRESS = re.compile(
    rf"[\w.-]\[\Z|\b(?:H|relay)=\S{{1,253}} \[\Z|\breceived (?:at .{{5,60}} )?from {_NAME} [\[(]\Z"
    r"|\bconnect(?:ed|ing|ion)? to \[?\Z|\bgiving up on \[?\Z|\bport \d{1,5} of \Z|\btried: \Z"
    r"|\{IP=\Z|TargetIP: \Z|\bRFC ?\d{3,4},? (?:section |sec\. )?\Z",
    re.IGNORECASE,
)
#: Exim's ``host mx.receiver.example [192.0.2.1]``: the text before the address, and after it.
_EXIM_HOST = re.compile(rf"\bhost {_NAME} \[\Z", re.IGNORECASE)
_EXIM_SAYS = re.compile(
    r"\](?:\Z|:\s| (?:SMTP error|Policy|TLS|Connection|Network|Operation|No route|retry))", re.IGNORECASE
)
#: Text after a client's address: Postfix's ``<mail.acme.example[192.0.2.25]>: Client host rejected``, and
#: Exim's.
_CLIENT = re.compile(r"\]>: |\] (?:\S{1,300} ){0,6}?F=<[^<>]{0,320}> (?:temporarily )?rejected ")
#: Text before a client's address, in Postfix's log and in Microsoft's replies.
_FROM_CLIENT = re.compile(
    r"\b(?:(?:RCPT|MAIL|[EH]ELO|CONNECT|DATA|END-OF-MESSAGE|disconnect|connect) from [\w.-]{1,255}"
    r"|unknown|banned sender)\[\Z"
)
#: Text after a server's address: its port, or what it did.
_SPOKE = re.compile(r"\]:25\b|\]? (?:said\b|does not like|failed (?:after|on))", re.IGNORECASE)
_STATED = (
    re.compile(
        r"\b(spf|dkim|dmarc)\s?=\s?(pass|fail|softfail|none|neutral|permerror|temperror)\b", re.IGNORECASE
    ),
    re.compile(
        r"\b(DKIM|SPF)(?: \[?[\w.-]{1,260}\]? with ip: \[?[\w.:]{1,60}\]?)? = (did not pass|pass)",
        re.IGNORECASE,
    ),
)


def spelled_out(text: str) -> str:
    """Rewrite formats specific to some programs as a notification would have them, one refusal per line."""
    shown = _QUOTING.sub("", without_sign_in(text[:MAX_TEXT]))
    text = html.unescape(shown.replace("&quot;", "'"))  # the source of a page; JSON stays JSON
    text = _SMTPLIB.sub(lambda found: f"\n<{found[1]}>: {found[2]} {found[4]}\n", text)
    return _QMAIL_LOG.sub(lambda found: found[0].replace("_", " ").replace("/", " "), text)


def replies_in(text: str) -> tuple[str, ...]:
    """The replies or log lines of a text, each on one line; the whole text if it has no such parts."""
    groups = [" ".join(group) for group in _groups(text[:MAX_TEXT].splitlines())]
    coded = [group for group in groups if any(codes_of(group))]
    if not any(_LOG_LINE.search(group) for group in groups):
        groups = coded if len(coded) > 1 else [" ".join(text[:MAX_TEXT].split())]
    return tuple(dict.fromkeys(group[:MAX_REPLY] for group in groups if group.strip()))[:MAX_REPLIES]


def is_log(text: str) -> bool:
    """Whether the text contains lines of a server's log."""
    return any(_LOG_LINE.search(line) or _EXIM_MARK.search(line) for line in text[:MAX_TEXT].splitlines())


def exim_mark(text: str) -> str:
    """The marker in a line of Exim's log: ``**`` failed, ``==`` deferred; "" in any other text."""
    found = _EXIM_MARK.search(text)
    return found[1] if found else ""


def _groups(lines: list[str]) -> Iterator[list[str]]:
    """Group the lines of a multi-line reply, or of a log line folded onto several."""
    group: list[str] = []
    code, ended = "", False
    for line in lines:
        text = line.strip()
        folded = ended and _FOLDED.search("\n".join((*group[-1:], text))) is not None
        if not text or (ended and not folded):
            if group:
                yield group
            group, code = [], ""
        margin = _MARGIN.match(text)
        if _LOG_LINE.search(text) or _EXIM_MARK.search(text) or (margin and margin[1] != code and code):
            if group:
                yield group
            group = []
        if text:
            group.append(text)
        code = margin[1] if margin else code
        ended = folded or (margin is not None and margin[2] == " ")
    if group:
        yield group


def plain(text: str) -> str:
    """Strip codes repeated on each line, a gateway's wrapping, and the subject from a reply."""
    text = _SUBJECT.sub(r"\1(…)", _WRAPPED.sub(r"\1 ", text))
    first = next(codes_in(text), None)
    if first is None:
        return text
    code, end = str(first.code), first.start + 3
    return text[:end] + _REPEATED.sub(lambda m: " " if m[1] == code else m[0], text[end:])


def sender_domain(text: str) -> str:
    """The sender's domain, if the text names it."""
    return _first(NAMED["senders"], text)


def recipient_of(text: str) -> str:
    """The recipient, or at least its domain."""
    return _first(NAMED["recipients"], text) or _first(NAMED["recipient_domains"], text)


def remote_host(text: str) -> str:
    """The server that replied."""
    return _first(NAMED["hosts"], text)


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> str:
    for pattern in patterns:
        if found := pattern.search(text):
            return found[1].lower().strip("*\"'").rstrip(".")
    return ""


def sending_address(text: str) -> str:
    """The client address that the reply complains about, as opposed to the replying server's."""
    for found in _ADDRESS.finditer(text):
        before = text[max(0, found.start() - 260) : found.start()]
        exim = _EXIM_HOST.search(before) and _EXIM_SAYS.match(text, found.end())
        server = exim or _SPOKE.match(text, found.end()) or _NEAR_ADDRESS.search(before)
        if server and not (_CLIENT.match(text, found.end()) or _FROM_CLIENT.search(before)):
            continue
        try:
            address = ipaddress.ip_address(found[1])
        except ValueError:
            continue
        if not is_private(str(address)):
            return str(address)
    return ""


def stated(text: str) -> tuple[str, ...]:
    """What the text itself says about SPF, DKIM and DMARC, like ``dkim=fail``."""
    said: dict[str, str] = {}
    for pattern in _STATED:
        for found in pattern.finditer(text):
            word = found[2].lower()
            said.setdefault(found[1].lower(), "fail" if word == "did not pass" else word)
    return tuple(f"{method}={result}" for method, result in said.items())
