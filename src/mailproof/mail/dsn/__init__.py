"""Parse bounces: delivery status notifications (RFC 3464, RFC 6522), and less formal ones.

``read_notification`` parses all forms into one type. Words and codes are taken from the notification, never
from the message it returns.
"""

from __future__ import annotations

import re
from itertools import takewhile

from mailproof.mail.dsn.fields import MAX_RECIPIENTS, StatusBlock, has_fields, read_status
from mailproof.mail.dsn.parts import Parts, read_parts, text_lines
from mailproof.mail.dsn.replies import Reply, command_of, completed, find_reply
from mailproof.mail.dsn.words import Named, recipients_in, says_something, split_copy
from mailproof.mail.enhanced_status import meaning
from mailproof.mail.forms import DAEMONS, EXPIRED, REFUSED, SUBJECTS, UNDELIVERED, is_delay
from mailproof.mail.reply_codes import codes_of
from mailproof.model import BounceFacts, ReturnedMessage
from mailproof.model.bounce import Notification, NotifiedRecipient
from mailproof.printable import clean
from mailproof.records.header_text import decode_words
from mailproof.records.mailboxes import domain_to_ascii, parse_addresses
from mailproof.records.message import HeaderField, first_value, split_fields
from mailproof.structs import replace

__all__ = ["looks_like_bounce", "parse_dsn", "read_notification", "read_words"]

MAX_TEXT = 1000
#: Reports that are not bounces: on reading (RFC 8098), abuse (RFC 5965), TLS (RFC 8460).
_OTHER_REPORTS = ("disposition-notification", "feedback-report", "tlsrpt")
_NULL = ("<>", "<MAILER-DAEMON>")
#: How servers state the address that the sender wrote, besides the one it was forwarded to.
_WRITTEN = re.compile(
    r"\((?:generated (?:from|by)|expanded from):? <?([^\s<>()]{1,320}@[^\s<>()]{1,255})>?\)"
)


def looks_like_bounce(fields: tuple[HeaderField, ...]) -> bool:
    """Whether the header is that of a report, so that the body is worth parsing."""
    kind = first_value(fields, "content-type").lower()
    if "multipart/report" in kind or kind.startswith("message/delivery-status"):
        return not any(other in kind for other in _OTHER_REPORTS)
    return (
        any(f.key == "x-failed-recipients" for f in fields)
        or first_value(fields, "return-path").strip() in _NULL
        or bool(DAEMONS.search(first_value(fields, "from")))
    )


def parse_dsn(raw: bytes, others: frozenset[str] = frozenset()) -> BounceFacts | None:
    """The facts about the first failed recipient (or else the first), ignoring ``others``.

    None if it is not a bounce, or is only about others.
    """
    found = read_notification(raw)
    about = [each for each in found.recipients if others.isdisjoint(_names(each))] if found else []
    if found is None or not about:
        return None
    one = next((each for each in about if each.action == "failed"), about[0])
    return BounceFacts(
        action=one.action,
        status=one.status,
        diagnostic=one.reply or one.reason,
        remote_mta=one.remote_mta,
        reporting_mta=found.reporting_mta,
        recipient=one.original or one.address,
        meaning=meaning(one.status, one.code, one.reply),
        forwarded_to=one.address if one.passed_on else "",
    )


def read_notification(raw: bytes, *, lenient: bool = False, within: bool = False) -> Notification | None:
    """Parse a notification, recipient by recipient; None if it is something else.

    ``lenient`` also accepts a header that does not look like a report's: the caller says it is one.
    ``within``: it was in another one.
    """
    parts = read_parts(raw)
    report = looks_like_bounce(parts.fields)
    title = _title(parts.fields)
    if _is_other_report(parts.fields, title, lenient):
        return None
    own, copy = split_copy(parts.words)
    reporting, blocks = read_status(parts.status or (parts.words if has_fields(parts.words) else ()))
    titled = SUBJECTS.search(title) is not None
    about = titled or UNDELIVERED.search(" ".join(own)[:4000]) is not None
    if not blocks and not (report or (lenient and about)):
        return None
    returned = parts.returned or "\n".join(copy).encode()
    recipients = _recipients(parts, own, blocks)
    if not (within or (report and recipients)) and looks_like_bounce(split_fields(returned)[0]):
        # Forwarded, by a server that had nothing to add or by a user.
        inner = read_notification(returned, lenient=lenient, within=True)
        if inner is not None or not recipients:
            return inner
    to = {one.lower() for one in _addresses(first_value(parts.fields, "to"))}
    ours = not blocks and all(each.address.lower() in to for each in recipients)  # also if there are none
    if ours and not any(each.code for each in recipients):
        nameless = _without_address(own, returned)
        found = tuple(_from_words(each, own, len(nameless) == 1, title) for each in nameless)
        recipients = found or recipients
    message = _returned(returned)
    if not recipients:
        return None
    if not (blocks or any(each.status for each in recipients)):
        held = titled and is_delay(title)
        evidence = held or message is not None or any(each.code for each in recipients)
        notice = ours and not (evidence or titled)  # to a user
        if notice or not _reports_failure(parts.fields, titled=titled, about=about, evidence=evidence):
            return None
    return Notification(recipients, reporting, message, _own_title(title, message))


def _is_other_report(fields: tuple[HeaderField, ...], title: str, lenient: bool) -> bool:
    """Whether it is a report on something else than a bounce; some servers bounce with one."""
    kind = first_value(fields, "content-type").lower()
    complaint = lenient and "feedback-report" in kind
    return any(other in kind for other in _OTHER_REPORTS) and not (complaint or REFUSED.search(title))


def _reports_failure(fields: tuple[HeaderField, ...], *, titled: bool, about: bool, evidence: bool) -> bool:
    """Whether a text without status codes is a bounce, and not a reply or a newsletter about bounces.

    Its subject (``titled``) or its text (``about``) is like that of a bounce; ``evidence``: it states a reply
    code, returns a message or says that one is held.
    """
    report = looks_like_bounce(fields)
    server = _is_from_a_server(fields)
    if server and report:
        return True
    submitted = first_value(fields, "auto-submitted").lower()  # RFC 3834
    automatic = not server and submitted not in ("", "no")
    kind = first_value(fields, "content-type").lower()
    says_so = titled or kind.startswith("multipart/report")  # any program may send a null return path
    return about and not automatic and (evidence or (report and says_so))


def read_words(text: str) -> Notification | None:
    """Parse a notification pasted without its header. None if no line names a recipient."""
    own, copy = split_copy(text_lines(text))
    returned = _returned("\n".join(copy).encode())
    blocks = read_status(own)[1] if has_fields(own) else ()
    if blocks:
        return Notification(_recipients(Parts(), own, blocks), "", returned, "")
    found = recipients_in(own, loosest=2)
    if not found:
        return None
    recipients = tuple(_from_words(each, own, len(found) == 1) for each in found)
    said = " ".join(line for line in own if not any(codes_of(line)))
    failed = UNDELIVERED.search(said[:4000]) is not None
    reasons = failed and all(says_something(each.lines[:1], each.address) for each in found)
    if not (reasons or any(each.code or each.status for each in recipients)):
        return None
    if not failed:  # a session, say: the codes say whether it is permanent
        recipients = tuple(
            replace(one, action="" if one.action == "failed" else one.action) for one in recipients
        )
    return Notification(recipients, "", returned, "")


def _recipients(
    parts: Parts, own: tuple[str, ...], blocks: tuple[StatusBlock, ...]
) -> tuple[NotifiedRecipient, ...]:
    ours = (first_value(parts.fields, "to"), first_value(parts.fields, "from"))
    but = frozenset(one.lower() for value in ours for one in _addresses(value))
    named = recipients_in(own, 2 if blocks else 4, but=but)
    subject = _title(parts.fields)
    failed = [
        one.strip(" <>") for one in first_value(parts.fields, "x-failed-recipients").split(",") if "@" in one
    ][:MAX_RECIPIENTS]
    if blocks:
        if len(blocks) == len(failed) == 1 and "@" not in blocks[0].final + blocks[0].original:
            blocks = (replace(blocks[0], original=failed[0]),)  # delivered into a file or a program
        return tuple(_from_block(each, named, own, len(blocks) == 1, subject) for each in blocks)
    if failed:
        words = {each.address.lower(): each for each in named}
        found = [words.get(one.lower(), Named(one, 1, own)) for one in dict.fromkeys(failed)]
    else:
        found = list(named)
    return tuple(_from_words(each, own, len(found) == 1, subject) for each in found[:MAX_RECIPIENTS])


def _names(one: NotifiedRecipient) -> tuple[str, str]:
    return one.address.lower(), one.original.lower()


def _addresses(value: str) -> tuple[str, ...]:
    return tuple(one.address for one in parse_addresses(value[:2000]).mailboxes)


def _without_address(own: tuple[str, ...], returned: bytes) -> tuple[Named, ...]:
    """The recipients if no line has an address.

    User names are matched with addresses in the returned copy; without any, its first addressee is used.
    """
    fields, _ = split_fields(returned[:60_000] + b"\n\n")
    boxes = [
        one for key in ("to", "cc") for one in parse_addresses(first_value(fields, key)[:2000]).mailboxes
    ]
    users = recipients_in(own, loosest=5)
    if not users:
        return tuple(Named(box.address, 4, own) for box in boxes[:1])
    if len(users) == len(boxes) == 1:
        return (replace(users[0], address=boxes[0].address),)
    known = {name.lower(): box.address for box in boxes for name in (box.display, box.local)}
    return tuple(replace(user, address=known.get(user.address.lower(), user.address)) for user in users)


def _from_block(
    block: StatusBlock, named: tuple[Named, ...], own: tuple[str, ...], only: bool, subject: str
) -> NotifiedRecipient:
    """A recipient from the machine-readable fields, completed from the text."""
    known = {one.lower() for one in (block.final, block.original) if one}
    one = next((each for each in named if each.address.lower() in known), Named("", 4, ()))
    mine = one.lines
    words = _relevant_first(one, own) if only else mine
    code, status = codes_of(block.diagnostic)
    reply = Reply(code, status, completed(block.diagnostic, words))
    if not code:
        heard = find_reply(mine, one.address)
        heard = heard if heard.code or not only else find_reply(words)
        reply = Reply(heard.code, status or heard.status, block.diagnostic or heard.text)
        if block.diagnostic and heard.text and len(block.diagnostic) < 12:
            reply = replace(reply, text=heard.text)
    address = block.final if "@" in block.final or not block.original else block.original
    return NotifiedRecipient(
        address=address,
        original=block.original if _in_ascii(block.original) != _in_ascii(address) else "",
        action=_action(words if only else mine, subject, block.action),
        status=_status(block.status, reply.status),
        code=reply.code,
        reply=clean(reply.text)[:MAX_TEXT],
        words=_joined(words),
        reason=_reason(one),
        remote_mta=block.remote_mta,
        command=command_of(" ".join((reply.text, *words))[:4000]),
    )


def _from_words(named: Named, own: tuple[str, ...], only: bool, subject: str = "") -> NotifiedRecipient:
    reply = find_reply(named.lines, named.address)
    if not reply.code and only:
        reply = find_reply(own)
    words = _relevant_first(named, own) if only else named.lines
    status = reply.status
    if not status:
        status = codes_of(" ".join(named.lines))[1] or (codes_of(" ".join(own))[1] if only else "")
    written = _WRITTEN.search(" ".join(named.lines[:4])[:2000])
    return NotifiedRecipient(
        address=named.address,
        original=written[1] if written and written[1].lower() != named.address.lower() else "",
        action=_action((*own, subject), subject),
        status=status,
        code=reply.code,
        reply=clean(reply.text)[:MAX_TEXT],
        words=_joined(words),
        reason=_reason(named),
        command=command_of(" ".join(named.lines)[:4000]),
    )


def _relevant_first(named: Named, own: tuple[str, ...]) -> tuple[str, ...]:
    """All lines, with those about the recipient before those of the notification in general."""
    if named.tier > 1 or not says_something(named.lines, named.address):
        return own
    return (*named.lines, *(line for line in own if line not in named.lines))


def _in_ascii(address: str) -> str:
    """An address with its domain in A-labels, for comparison."""
    local, at, domain = address.lower().rpartition("@")
    return f"{local}{at}{domain_to_ascii(domain) or domain}"


def _status(field: str, said: str) -> str:
    """The status field, or the server's own code (``said``).

    The code counts if the field is missing or like 5.0.0, or if the code is specific and of the same class.
    """
    if not field or field.endswith(".0.0"):
        return said or field
    return said if said[:1] == field[0] and not said.endswith(".0.0") else field


def _action(words: tuple[str, ...], subject: str, field: str = "") -> str:
    text = " ".join((*words, subject))[:6000]
    if field == "delayed" and EXPIRED.search(text):
        return "failed"  # OpenSMTPD calls its last report a delay too
    return field or ("delayed" if is_delay(text) else "failed")


def _reason(named: Named) -> str:
    """What follows the address that begins a line, up to a blank line."""
    text = _WRITTEN.sub("", _joined(tuple(takewhile(str.strip, named.lines))))
    before, _, reason = text.partition(named.address or "@")
    if not named.address or before.strip("<\"' ") or not re.search(r"[A-Za-z]{3}", reason):
        return ""
    return clean(reason.lstrip(">\"':; "))[:MAX_TEXT]


def _joined(words: tuple[str, ...]) -> str:
    return " ".join(" ".join(words).split())[:3000]


def _is_from_a_server(fields: tuple[HeaderField, ...]) -> bool:
    """Whether it is neither an automatic reply, which has a null return path too, nor a postmaster's mail."""
    author = DAEMONS.search(first_value(fields, "from"))
    null = first_value(fields, "return-path").strip() in _NULL
    human = author is not None and author[0].lower().startswith("post") and not null
    return any(f.key == "x-failed-recipients" for f in fields) or (author is not None and not human)


def _title(fields: tuple[HeaderField, ...]) -> str:
    return clean(decode_words(first_value(fields, "subject")[:1000]))


def _own_title(title: str, message: ReturnedMessage | None) -> str:
    """The subject if it is the notification's own, as in "Returned mail: User unknown"."""
    quoted = title.lower().startswith(("undeliver", "unzustell", "non ", "no se ", "rejected:", "re:"))
    return "" if quoted or (message and message.subject and message.subject in title) else title


def _returned(raw: bytes) -> ReturnedMessage | None:
    """The part of the original message that a notification returns; None if it returns nothing."""
    fields, _ = split_fields(raw[:60_000] + b"\n\n")
    if not any(f.key in ("from", "to", "subject", "message-id", "date", "received") for f in fields):
        return None
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
