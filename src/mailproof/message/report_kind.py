"""Recognize reports about mail: on DMARC (RFC 9990, RFC 9991), TLS (RFC 8460), complaints (RFC 5965).

Other systems send them: what is true of a report is not true of the reported domain's own mail.
"""

from __future__ import annotations

import re

from mailproof.message.parts import decoded
from mailproof.message.reader import Message
from mailproof.model import MessageContent
from mailproof.records.mailboxes import domain_to_ascii
from mailproof.records.message import first_value, split_fields

#: Octets of a feedback report that are parsed.
_MAX_FIELDS = 16_384
#: The file name of an aggregate or TLS report: its submitter, the domain, and the period.
_FILE = re.compile(
    r"\A([^!]{1,255})!([^!]{1,255})!\d{1,12}!\d{1,12}(?:![^!.]{0,200})?\.(?:(json)|xml|gz|zip)(?:\.(?:gz|zip))?\Z"
)
#: Domain and submitter in the message's subject, whatever the file name (RFC 9990 section 3.5.2).
_SUBJECT = re.compile(r"\Areport domain:\s{0,9}(\S{1,255})\s{1,9}submitter:\s{0,9}(\S{1,255})", re.IGNORECASE)
_FILES = ("application/zip", "application/gzip", "application/x-gzip", "application/xml", "text/xml")
_COMPLAINTS = {
    "abuse": "a report of a complaint: a recipient marked mail{about} as spam",
    "fraud": "a report of a complaint: a recipient took mail{about} for fraud",
    "virus": "a report of a virus in mail{about}",
    "not-spam": "a report that mail{about} is no spam",
    "opt-out": "a report that a recipient wants no more mail{about}",
    "opt-out-list": "a report that a recipient wants no more mail of a list{about}",
    "auth-failure": "a report that mail{about} failed authentication where it arrived",
}


def kind_of_report(message: Message, content: MessageContent | None) -> str:
    """A description of the report that a message is; "" if it is none."""
    raw = message.raw
    subject = _SUBJECT.match(raw.first("subject"))
    for file in content.parts if content is not None else ():
        if named := _FILE.match(file.filename.strip().lower()):
            what = "a TLS report (TLS-RPT)" if named[3] else "an aggregate DMARC report"
            return f"{what}{_phrase('of', named[1])}{_phrase('about', named[2])}"
        if subject and file.media_type in _FILES:
            return f"an aggregate DMARC report{_phrase('of', subject[2])}{_phrase('about', subject[1])}"
    kind = "".join(raw.first("content-type").lower().split())
    if not kind.startswith("multipart/report"):
        return ""
    if "report-type=tlsrpt" in kind.replace('"', ""):
        by, about = _phrase("of", raw.first("tls-report-submitter")), raw.first("tls-report-domain")
        return f"a TLS report (TLS-RPT){by}{_phrase('about', about)}"
    part = next((each for each in message.parts if each.media_type == "message/feedback-report"), None)
    if part is None:
        return ""
    report = decoded(raw.body[part.body : part.end][:_MAX_FIELDS], part.encoding)
    fields, _ = split_fields(report.lstrip(b"\r\n") + b"\r\n\r\n")
    words = _COMPLAINTS.get(first_value(fields, "feedback-type").lower(), "a feedback report on mail{about}")
    author = first_value(fields, "original-mail-from").strip("<> ").rpartition("@")[2]
    return words.replace("{about}", _phrase("of", first_value(fields, "reported-domain") or author))


def _phrase(preposition: str, domain: str) -> str:
    name = domain_to_ascii(domain)
    return f" {preposition} {name}" if name else ""
