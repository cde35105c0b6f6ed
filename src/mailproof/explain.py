"""What a bounce, a log line or a notification says, and what to do about it."""

from __future__ import annotations

import re

from mailproof.data.bounces import BounceEntry, bounces, matches, speakers_in
from mailproof.errors import MessageError
from mailproof.mail.bounce_text import (
    STATUS,
    codes_of,
    plain,
    recipient_of,
    remote_host,
    replies_in,
    sender_domain,
    sending_address,
    stated,
)
from mailproof.mail.enhanced_status import in_general, of_reply, registry
from mailproof.model import BounceCause, BounceReply, Explanation
from mailproof.structs import replace

#: Causes told of one reply: the one that fits best, and what it would mean from others.
MAX_CAUSES = 3

_HEADER = re.compile(
    rb"(?:From \S+ |(?:Return-Path|Received|Delivered-To|From|Date|Subject|MIME-Version|X-[\w-]+):)",
    re.I,
)
#: RFC 3464 section 2.3.3; delivered, relayed and expanded are no failures.
_PERMANENT = {"failed": True, "delayed": False}
_ABOUT_SPF = re.compile(r"\A(?:SPF\d|AUTH(?:001|010|011)\Z|MX016\Z)")
_ABOUT_DKIM = re.compile(r"\A(?:DKIM\d|AUTH(?:002|003|004|005|006|007|008|012)\Z)")
_ABOUT_DMARC = re.compile(r"\A(?:DMARC\d|AUTH(?:013|014|015)\Z)")
_ABOUT = {"spf": _ABOUT_SPF, "dkim": _ABOUT_DKIM, "dmarc": _ABOUT_DMARC}


def explain_text(text: str) -> Explanation:
    """Explain a bounce's text or lines of a log: each reply with its codes, causes, proofs and fixes.

    Never raises: of a text that nothing is known of, ``known`` is False.
    """
    replies = [explain_reply(each) for each in replies_in(text)]
    told = [reply for reply in replies if reply.causes or reply.registered]
    refused = [reply for reply in told if not 200 <= reply.code < 400]
    seen: dict[tuple[object, ...], BounceReply] = {}
    for reply in refused or told:
        key = (reply.code, reply.status, reply.causes[:1], reply.domain, reply.address)
        seen.setdefault(key, reply)
    kind = "log" if len(replies) > 1 else "reply"
    return Explanation(kind, tuple(seen.values()), bounces().date, registry().source)


def explain_dsn(raw: bytes) -> Explanation | None:
    """Explain a delivery status notification (RFC 3464), recipient by recipient. None where it is none."""
    from mailproof.mail.dsn import (
        every_recipient,
        notification_words,
        parse_dsn,
        returned_message,
        words_about,
    )

    found = every_recipient(raw)
    if not found:
        first = parse_dsn(raw)
        if first is None:
            return None
        found = (first,)
    returned = returned_message(raw)
    sender = returned.from_domain if returned else ""
    # Where no server spoke, why is told to people only.
    to_people = "" if all(one.diagnostic for one in found) else notification_words(raw)
    replies: list[BounceReply] = []
    for one in found:
        host = f"host {one.remote_mta}[" if one.remote_mta else ""
        words = f"{one.diagnostic} {one.status}".strip()
        passed_on = f"forwarded to {one.forwarded_to}" if one.forwarded_to else ""
        around = f"{words} {host} {passed_on}"
        said = one.diagnostic
        if not said:
            said = words_about(one.recipient, to_people)
            around = f"{around} {said}"
        reply = explain_reply(words, context=around, sender=sender, recipient=one.recipient)
        status = reply.status or one.status
        replies.append(
            replace(
                reply,
                text=said or one.status,
                status=status,
                permanent=_PERMANENT.get(one.action) if one.action else reply.permanent,
                remote=one.remote_mta,
                registered=reply.registered or in_general(status),
            )
        )
    return Explanation("notification", tuple(replies), bounces().date, registry().source, returned)


def explain_file(raw: bytes) -> Explanation:
    """Explain a file: a notification, a message whose words quote a refusal, a log, or plain text.

    Raises MessageError for a message that is no bounce.
    """
    found = explain_dsn(raw)
    if found is not None:
        return found
    if not _HEADER.match(raw[:4000].lstrip()):
        return explain_text(raw.decode("utf-8", "replace"))
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    told = explain_text(body.decode("utf-8", "replace"))
    replies = tuple(reply for reply in told.replies if reply.status or reply.causes)
    if not replies:
        raise MessageError("the message is no bounce and quotes none: mailproof verify judges messages")
    return replace(told, kind="message", replies=replies)


def explain_reply(text: str, *, context: str = "", sender: str = "", recipient: str = "") -> BounceReply:
    """Explain one reply; ``context`` is a longer text around it that may show who speaks.

    ``sender`` is the sending domain where the text names none, ``recipient`` the address where that is known.
    """
    around = context or text
    code, status = codes_of(text)
    words = plain(around)
    domain, address = sender_domain(words) or sender, sending_address(words)
    recipient = recipient or recipient_of(words)
    statuses = dict.fromkeys((status, *(found[1] for found in STATUS.finditer(text))))
    said = stated(words)
    found = matches(words, statuses, code, registered=registry().registered)
    best = [match for match in found if match.certain][:1]
    if best:
        # What an unnamed speaker might have meant is not told beside what is certain.
        chosen = best
    else:
        by_speaker = {match.entry.who: match for match in reversed(found)}
        chosen = sorted(by_speaker.values(), key=lambda match: -match.score)[:MAX_CAUSES]
    shown = speakers_in(words)
    kind = str(code)[:1] if code else status[:1]  # the reply code decides (RFC 5321 section 4.2.1)
    return BounceReply(
        text=text,
        code=code,
        status=status,
        permanent={"5": True, "4": False}.get(kind),
        speaker=shown[0] if shown else "",
        remote=remote_host(words),
        recipient=recipient,
        domain=domain,
        address=address,
        registered=in_general(status) or (of_reply(code) if code else ""),
        stated=said,
        causes=tuple(
            _cause(each.entry, each.certain, domain, recipient.rpartition("@")[2], address, said)
            for each in chosen
        ),
    )


def _cause(
    entry: BounceEntry, certain: bool, domain: str, recipient: str, address: str, said: tuple[str, ...]
) -> BounceCause:
    about = recipient if entry.about == "recipient" else domain
    return BounceCause(
        id=entry.id,
        who=entry.who,
        cause=_filled(entry.cause, about, address),
        fix=_filled(entry.fix, about, address),
        next=_command(entry.next, about, address),
        checks=_checks(entry.checks, said),
        source=entry.source,
        certain=certain,
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
    """The rules that can prove the cause, without those about what the text itself says did pass."""
    passed = [_ABOUT[each.partition("=")[0]] for each in said if each.endswith("=pass")]
    left = tuple(check for check in checks if not any(about.match(check) for about in passed))
    return left or checks
