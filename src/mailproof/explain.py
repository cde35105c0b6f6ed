"""Explains a bounce, a log line or a notification, and what to do about it."""

from __future__ import annotations

import re
from functools import partial
from itertools import islice

from mailproof.data.api_errors import api_errors
from mailproof.data.bounces import Match, bounces, kind_of_code, matches, speakers_in
from mailproof.errors import MessageError
from mailproof.explain_api import explain_api
from mailproof.mail.bounce_text import (
    exim_mark,
    is_log,
    plain,
    recipient_of,
    remote_host,
    replies_in,
    sender_domain,
    sending_address,
    spelled_out,
    stated,
)
from mailproof.mail.dsn import read_notification, read_words
from mailproof.mail.dsn.events import read_events
from mailproof.mail.dsn.parts import OF_A_MESSAGE, read_parts
from mailproof.mail.dsn.replies import command_of
from mailproof.mail.enhanced_status import in_general, of_reply, registry
from mailproof.mail.forms import has_given_up, is_delay
from mailproof.mail.reply_codes import codes_of, statuses_in
from mailproof.mail.saved import split
from mailproof.message.content import with_kept
from mailproof.model import BounceCause, BounceReply, Explanation
from mailproof.model.bounce import MAX_SHOWN, Notification, NotifiedRecipient
from mailproof.records.mbox import split_mbox
from mailproof.records.message import OUTLOOK, first_value, parse_message
from mailproof.records.pasted import unwrapped
from mailproof.structs import replace

#: Causes shown for one reply: the best match, and the meanings it has for other servers.
MAX_CAUSES = 3

_FIELDS = rb"(?:Return-Path|Received|Delivered-To|From|To|Date|Subject|MIME-Version|X-[\w-]{1,40})\s?:"
#: The beginning of a message: one of these fields, or another field soon followed by one of these.
_HEADER = re.compile(
    rb"From \S+ |" + _FIELDS + rb"|[A-Za-z][A-Za-z0-9-]{1,50}:[^\r\n]{0,2000}[\r\n]+"
    rb"(?:[ \t>A-Za-z][^\r\n]{0,2000}[\r\n]+){0,40}?" + _FIELDS,
    re.I,
)
#: RFC 3464 section 2.3.3; delivered, relayed and expanded are not failures.
_PERMANENT = {"failed": True, "delayed": False}
_ENDS = {"5": True, "4": False, "**": True, "==": False}
#: Kinds that a code implies if nothing better is known: they contradict no other kind.
_VAGUE = ("policy", "system", "expired", "protocol")
_ABOUT_SPF = re.compile(r"\A(?:SPF\d|AUTH(?:001|010|011)\Z|MX016\Z)")
_ABOUT_DKIM = re.compile(r"\A(?:DKIM\d|AUTH(?:002|003|004|005|006|007|008|012)\Z)")
_ABOUT_DMARC = re.compile(r"\A(?:DMARC\d|AUTH(?:013|014|015)\Z)")
_ABOUT = {"spf": _ABOUT_SPF, "dkim": _ABOUT_DKIM, "dmarc": _ABOUT_DMARC}


def explain_text(text: str) -> Explanation:
    """Explain the text of a bounce or log lines: each reply with its codes, causes, rules to check and fixes.

    Never raises: if the text is not recognized, ``known`` is False.
    """
    text = spelled_out(text)
    pasted = read_events(text)
    if pasted is not None:
        return _of_notification(pasted)
    pasted = read_words(text) if "\n" in text.strip() and not is_log(text) else None
    read = _of_notification(pasted) if pasted else None
    if read and any(reply.code or reply.status or reply.causes for reply in read.replies):
        return read
    replies = [explain_reply(each) for each in replies_in(text)]
    known = [reply for reply in replies if reply.causes or reply.registered]
    if not is_log(text):  # a telephone number near a reply is not a code
        known = [reply for reply in known if reply.causes or reply.status] or known
    answered = explain_api(text)
    sure = any(cause.certain for reply in known for cause in reply.causes)
    certain = answered is not None and answered.causes[0].certain
    if answered is not None and (
        not known or (not sure and certain) or (answered.code >= 300 and (certain or not sure))
    ):
        return Explanation("api", (answered,), api_errors().date, "RFC 9110")
    refused = [reply for reply in known if not 200 <= reply.code < 400 and reply.status[:1] != "2"]
    seen: dict[tuple[object, ...], dict[str, BounceReply]] = {}
    for reply in refused or known:
        key = (reply.code, reply.status, reply.causes[:1], reply.domain, reply.address)
        seen.setdefault(key, {}).setdefault(reply.recipient, reply)
    # Logs repeat a reply in a line without the recipient.
    shown = [reply for same in seen.values() for to, reply in same.items() if to or len(same) == 1]
    kind = "log" if len(replies) > 1 else "reply"
    more = len(replies) > MAX_SHOWN
    return Explanation(kind, tuple(shown[:MAX_SHOWN]), bounces().date, registry().source, more=more)


def explain_dsn(raw: bytes, *, lenient: bool = False) -> Explanation | None:
    """Explain a notification (RFC 3464 or another format) by recipient; None if it is not a notification."""
    found = read_notification(raw, lenient=lenient)
    return None if found is None else _of_notification(found)


def explain_file(raw: bytes) -> Explanation:
    """Explain a file: a notification, a message that quotes a rejection, a log, plain text, an Outlook file,
    or all notifications in a mailbox.

    Raises MessageError for a message that is not a bounce, and for a file that cannot be read.
    """
    found: list[Explanation] = []
    reason: MessageError | None = None
    if raw.startswith(OUTLOOK):
        (saved,) = split(raw)
        raw = with_kept(parse_message(saved.raw), saved.kept) if saved.kept else saved.raw
    for each in islice(split_mbox(unwrapped(raw)), MAX_SHOWN):
        try:
            found.append(_explain_piece(each))
        except MessageError as error:
            reason = error
    if not found:
        raise reason or MessageError("the mailbox holds no message")
    first, *others = found
    if not others:
        return first
    replies = tuple(dict.fromkeys(reply for each in found for reply in each.replies))  # copied to postmaster
    more = len(replies) > MAX_SHOWN or any(each.more for each in found)
    return replace(first, kind="notification", replies=replies[:MAX_SHOWN], returned=None, more=more)


def _explain_piece(raw: bytes) -> Explanation:
    """Explain a single message or a text."""
    if not _HEADER.match(raw[:4000]):
        return explain_text(raw.decode("utf-8", "replace"))
    parts = read_parts(raw)
    found = explain_dsn(raw, lenient=True) or explain_dsn(parts.returned, lenient=True)
    if found is not None:
        return found
    labelled = not parts.words and not any(each.key in OF_A_MESSAGE for each in parts.fields)
    quoted = explain_text(raw.decode("utf-8", "replace") if labelled else "\n".join(parts.words))
    replies = tuple(reply for reply in quoted.replies if reply.status or reply.causes)
    if not replies and "delivery-status" in first_value(parts.fields, "content-type").lower():
        raise MessageError("this is a bounce without the report that it announces: give its whole source")
    if not replies:
        raise MessageError(
            "the message is not a bounce and quotes none: check messages with mailproof verify"
        )
    return replace(quoted, kind="message", replies=replies)


def _of_notification(found: Notification) -> Explanation:
    sender = found.returned.from_domain if found.returned else ""
    replies = tuple(_of_recipient(one, sender, found.subject) for one in found.recipients[:MAX_SHOWN])
    more = len(found.recipients) > MAX_SHOWN
    return Explanation("notification", replies, bounces().date, registry().source, found.returned, more)


def _of_recipient(one: NotifiedRecipient, sender: str, subject: str) -> BounceReply:
    # Only a name: an address could be mistaken for the sender's.
    named = one.remote_mta[-1:].isalpha() and ":" not in one.remote_mta
    host = f"host {one.remote_mta}[" if named else ""
    passed_on = f"forwarded to {one.address}" if one.passed_on else ""
    said = one.reply or one.words
    reply = explain_reply(
        f"{said} {one.status}".strip(),
        context=" | ".join(filter(None, (said, host, passed_on))),
        sender=sender,
        recipient=one.address,
        command=one.command,
        besides=(one.words, subject),
        permanent=_PERMANENT.get(one.action),
    )
    status = one.status or reply.status
    return replace(
        reply,
        causes=() if status[:1] == "2" else reply.causes,
        text=one.reply or one.reason or said or one.status,
        code=one.code,
        status=status,
        permanent=_PERMANENT.get(one.action) if one.action else reply.permanent,
        remote=one.remote_mta or reply.remote or remote_host(one.words),
        original=one.original,
        registered=reply.registered
        if status == reply.status
        else _registered(status, one.code, reply.causes),
    )


def explain_reply(
    text: str,
    *,
    context: str = "",
    sender: str = "",
    recipient: str = "",
    command: str = "",
    besides: tuple[str, ...] = (),
    permanent: bool | None = None,
) -> BounceReply:
    """Explain a reply; ``context`` is surrounding text that may identify the server.

    ``sender`` is the sending domain if the text names none, ``recipient`` the address if known, ``command``
    the rejected command; ``besides`` are further texts to match if the reply alone is inconclusive;
    ``permanent`` says whether delivery was given up, if that is known from elsewhere.
    """
    code, status = codes_of(text)
    words = plain(context or text)
    domain, address = sender_domain(words) or sender, sending_address(words)
    recipient = recipient or recipient_of(words)
    statuses = tuple(dict.fromkeys((status, *statuses_in(text))))
    said = stated(words)
    command = command or command_of(words)
    known = registry().registered
    kind = str(code)[:1] if code else status[:1]  # the reply code decides (RFC 5321 section 4.2.1)
    accepted = kind == "2"
    match = partial(matches, registered=known, command=command, sender=domain, recipient=recipient)
    chosen = _chosen(() if accepted else match(words, statuses, code))
    for more in () if accepted else besides:
        coded = bool(chosen) and chosen[0].phrase in statuses  # the first line of a longer reply, perhaps
        if not more or (chosen and chosen[0].certain and not coded):
            break
        sure = [
            each
            for each in match(plain(more), statuses, code)
            if each.certain
            and not (chosen and each.entry.kind == "expired")  # only the subject of a delay
            and not (coded and chosen[0].certain and each.entry.who != chosen[0].entry.who)
        ]
        chosen = sure[:1] or chosen
    shown = speakers_in(words, domain)
    if permanent is None:
        permanent = _ENDS.get(kind or exim_mark(text))
        if not code and (has_given_up(words) or is_delay(words)):
            permanent = has_given_up(words)
    domains = domain, recipient.rpartition("@")[2]
    causes = tuple(_cause(each, *domains, address, said, given_up=permanent is True) for each in chosen)
    return BounceReply(
        text=text,
        code=code,
        status=status,
        permanent=permanent,
        speaker=shown[0] if shown else "",
        remote=remote_host(words),
        recipient=recipient,
        domain=domain,
        address=address,
        registered=_registered(status, code, causes),
        stated=said,
        causes=causes,
    )


def _chosen(found: tuple[Match, ...]) -> list[Match]:
    """Only the best certain match; else the likeliest, and what the code means for other servers."""
    best = [match for match in found if match.certain][:1]
    if best:
        return best
    likely = {match.entry.kind for match in found if match.degree == "likely"}
    if likely:  # a code for any kind of refusal says less than the words, one for theirs no more
        found = tuple(each for each in found if kind_of_code(each.phrase) not in (*likely, *_VAGUE))
    by_speaker = {match.entry.who: match for match in reversed(found)}
    ranked = sorted(by_speaker.values(), key=lambda match: -match.score)
    kinds: dict[str, Match] = {}
    for match in ranked:
        kinds.setdefault(match.entry.kind, match)
    return list(kinds.values())[:MAX_CAUSES]


def _registered(status: str, code: int, causes: tuple[BounceCause, ...]) -> str:
    """The registered meaning of the code; "" if the text clearly uses it for something else."""
    sense = in_general(status) or (of_reply(code) if code else "")
    sure = next((cause for cause in causes if cause.certain), None)
    kind = kind_of_code(status) or kind_of_code(f"5{status[1:]}")
    own = sure and any(sure.who == each.name for each in bounces().speakers)
    agreeing = () if own else ("", *_VAGUE)  # a receiver uses codes in its own way
    return "" if sure and kind not in (sure.kind, *agreeing) else sense


def _cause(
    match: Match, domain: str, recipient: str, address: str, said: tuple[str, ...], *, given_up: bool
) -> BounceCause:
    entry = match.entry
    about = recipient if entry.about == "recipient" else domain
    return BounceCause(
        id=entry.id,
        who=entry.who,
        cause=_filled(entry.cause, about, address),
        fix=_filled(entry.given_up if given_up else entry.fix, about, address),
        next=_command(entry.next, about, address),
        checks=_checks(entry.checks, said),
        source=entry.source,
        certain=match.certain,
        kind=entry.kind,
        degree=match.degree,
        phrase=match.phrase,
    )


def _filled(text: str, domain: str, address: str) -> str:
    if not address:
        text = text.replace(" ({ip})", "").replace(" {ip}", "")
    if not domain:
        text = text.replace(".{domain}", ".DOMAIN").replace("{domain}", "the domain")
    return text.replace("{domain}", domain).replace("{ip}", address)


def _command(text: str, domain: str, address: str) -> str:
    if not address and text.startswith("mailproof audit"):
        text = text.replace(" --ip {ip}", "")
    return text.replace("{domain}", domain or "DOMAIN").replace("{ip}", address or "ADDRESS")


def _checks(checks: tuple[str, ...], said: tuple[str, ...]) -> tuple[str, ...]:
    """The rules that can confirm the cause, without those for methods that passed according to the text."""
    passed = [_ABOUT[each.partition("=")[0]] for each in said if each.endswith("=pass")]
    left = tuple(check for check in checks if not any(about.match(check) for about in passed))
    return left or checks
