"""Extracts TLS version and cipher from Received headers, in the forms that servers write."""

from __future__ import annotations

import re

#: "TLSv1/SSLv3" is OpenSSL's name for a family of ciphers: it does not give the version.
_VERSION = r"(?:TLSv1/SSLv3|(?P<v>TLSv?[\d._]{1,5}|SSLv\d))"
#: Every form contains one of these.
_ABOUT = re.compile(r"TLS|SSL|cipher=|encrypted", re.IGNORECASE)
_FORMS = (
    re.compile(rf"\busing (?:TLS:\s?)?(?:{_VERSION}|TLS)(?: with cipher |,\s?)(?P<c>[\w-]{{1,80}})"),
    re.compile(rf"\bversion={_VERSION}[,\s]{{1,4}}cipher=(?P<c>[\w-]{{1,80}})", re.IGNORECASE),
    re.compile(
        rf"\A(?:X=|TLS:\s?)?{_VERSION}(?:,\d{{2,3}}bits)?"
        r"(?:(?:[:/,]|,\s)(?P<c>[\w-]{1,80})(?::\d{1,5}[:\w]{0,9}|(?:,\s?\w{1,40}){1,3})?)?(?:\sencrypted)?\Z",
        re.IGNORECASE,
    ),
    re.compile(r"\A(?P<v>)(?P<c>(?!TLS |SSL )[A-Z][\w-]{2,80}) encrypted(?: E?SMTP)?\Z"),
    re.compile(r"\A(?P<v>)cipher=(?P<c>[\w-]{1,80})(?:\s.{0,80})?\Z"),
    re.compile(r"\A(?P<v>)E?SMTP/TLS/(?P<c>[\w-]{1,80})\Z", re.IGNORECASE),
    re.compile(
        r"\A(?P<v>)(?P<c>)(?:using |encrypted (?:with|by) |with )?(?:STARTTLS|TLS|SSL|TLS/SSL|SSL/TLS)"
        r"(?: encrypted| encryption| enabled| secured channel)?\Z",
        re.IGNORECASE,
    ),
)
#: A version anywhere in a comment about nothing else.
_LOOSE = re.compile(
    r"(?<![\w.-])(?P<v>TLS[ _]?v?[ _]?1(?:[._]?[0-3])?|SSL[ _]?v?3(?:\.0)?)(?![\w-]|\.\w)"
    r"(?:[\s,:/]{1,3}(?:with )?(?:cipher[ =:]{1,2})?(?P<c>(?=[\w-]*\d)[A-Za-z][\w-]{5,80}))?",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|not|non|without|un\w{0,4}encrypted|plain ?text|clear ?text|disabled)\b", re.IGNORECASE
)
#: Cipher suites exclusive to TLS 1.3 (RFC 8446 appendix B.4).
_ONLY_13 = re.compile(r"TLS_(?:AES_(?:128|256)|CHACHA20)_\w{1,30}\Z")
_PROTOCOLS = frozenset(
    ("esmtps", "esmtpsa", "utf8smtps", "utf8smtpsa", "smtps", "smtpsa", "lmtps", "lmtpsa", "https")
)
_IN_THE_CLEAR = frozenset(
    ("smtp", "esmtp", "esmtpa", "smtpa", "utf8smtp", "utf8smtpa", "local-esmtp", "asmtp")
)
#: Servers that always write ESMTPS (RFC 3848) or the version if TLS was used, recognized by their comments.
_TELLING = re.compile(
    r"\A(?:Postfix\b|Exim \d|OpenSMTPD\b|Haraka\b|Nemesis\b|CommuniGate Pro\b|Halon\b"
    r"|\d{1,2}\.\d{1,2}\.\d{1,2}(?:[./][\w.+-]{1,30}){1,2}(?:/|\Z))",  # Sendmail: 8.15.2/8.15.2
    re.IGNORECASE,
)
_TELLING_HOST = re.compile(r"(?:mx|smtp-in)\.google\.com\Z|\.prod\.outlook\.com\Z|\A2002:a", re.IGNORECASE)
_MICROSOFT_ID = re.compile(r"(?:14|15)\.\d{1,4}\.\d")


def read_tls(comments: list[str], protocol: list[str], clause: list[str]) -> str:
    """Version and cipher, like "TLSv1.3 TLS_AES_256_GCM_SHA384"; "TLS" if only its use is known, "" if not.

    ``protocol`` are the words after "with"; ``clause`` those of a ``tls`` clause: the cipher (RFC 8314
    section 4.3).
    """
    cipher = clause[0] if clause and "=" not in clause[0] else ""
    first = protocol[0] if protocol else ""
    telling = [text for text in comments if _ABOUT.search(text)]
    for text in (*telling, " ".join(clause[:4]), first, " ".join(protocol[:3])):
        said = text.strip(" :")[:400]
        for form in _FORMS if said else ():
            if match := form.search(said):
                return _secured(match.group("v"), match.group("c") or cipher)
    for text in telling:
        about = "[" not in text and "@" not in text and not _DENIED.search(text[:400])
        if about and (match := _LOOSE.search(text[:400])):
            return _secured(match["v"], match["c"] or cipher)
    secured = any(word.lower() in _PROTOCOLS for word in protocol[:3])
    return _secured("", cipher) if cipher or secured else ""


def tells_tls(comments: list[str], by: str, protocol: list[str], queue_id: str) -> bool:
    """Whether this server is known to mention TLS in this field whenever it was used."""
    words = " ".join(protocol[:4]).lower()
    if words == "microsoft smtp server":
        return _MICROSOFT_ID.match(queue_id) is not None
    if words not in _IN_THE_CLEAR:
        return False
    return _TELLING_HOST.search(by) is not None or any(
        _TELLING.match(text.strip()) is not None for text in comments
    )


def _secured(version: str | None, cipher: str) -> str:
    """Normalize TLS1_3, TLS1.3, Tls13 and TLS 1.3 to TLSv1.3."""
    if not version:
        return f"{'TLSv1.3' if _ONLY_13.match(cipher) else 'TLS'} {cipher}".rstrip()
    number = version[3:].lstrip("vV _").replace("_", ".")
    if len(number) == 2 and number.isdigit():
        number = f"{number[0]}.{number[1]}"
    return f"{version[:3].upper()}v{number} {cipher}".rstrip()
