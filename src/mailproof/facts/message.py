"""Collects everything about one message, in steps, each of which uses the results of the previous ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from mailproof.auth.authenticate import authenticate
from mailproof.dns import MemoResolver, Resolver
from mailproof.dns.answer import lookups_of
from mailproof.message.arrival import At, moment_of
from mailproof.message.border import Border, find_border
from mailproof.message.comparison import Verdicts, compare
from mailproof.message.content import kept_content, read_content, with_kept
from mailproof.message.enclosed import find_enclosed
from mailproof.message.envelope import find_envelope
from mailproof.message.forensics import explain_failures
from mailproof.message.forwarding import advice_to_forwarder, explained_by_arc, signs_of_forwarding
from mailproof.message.reader import Message, read
from mailproof.message.report_kind import kind_of_report
from mailproof.model import (
    AuthMethod,
    CollectorFailure,
    Envelope,
    Explanation,
    KeptContent,
    MessageFacts,
)
from mailproof.records.header_text import decode_words
from mailproof.records.message import RawMessage
from mailproof.records.return_path import read_return_path
from mailproof.structs import replace

#: Characters kept of a header value.
MAX_VALUE = 16_384
_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,64}@[\w.-]{1,253}")
_DAEMONS = ("mailer-daemon", "postmaster@", "mail delivery s", "microsoftexchange", "<>")
#: Fields written by the sender's own servers or any later ones.
_ON_THE_WAY = frozenset(
    ("received", "x-received", "return-path", "delivered-to", "dkim-signature", "authentication-results")
)
_NOT_SENT = "this copy has no Received field: it was saved before it was sent, or its header is not complete"
_T = TypeVar("_T")


class MessageOptions(Struct, frozen=True):
    """What is known of a message besides its octets.

    ``ip``, ``helo`` and ``mail_from`` are those of the client that handed it over, ``trust`` the
    trusted authserv-id; if None, they are read from the message. ``at`` is the time as of which to check it:
    ``arrival``, ``now`` or a given time. ``source`` says where it is from; ``kept`` is content that came
    separately from a bare header section, in another form.
    """

    ip: str | None = None
    helo: str | None = None
    mail_from: str | None = None
    trust: str | None = None
    source: str = ""
    kept: KeptContent | None = None
    at: At = "arrival"


_NOTHING_KNOWN = MessageOptions()


async def collect_message(
    octets: bytes, resolver: Resolver, options: MessageOptions = _NOTHING_KNOWN, *, now: datetime
) -> MessageFacts:
    """Verify one message, with any line endings (``now`` with a time zone).

    Raises MessageError if ``octets`` are not a message, UsageError if ``ip`` is not an address.
    """
    memo = resolver if isinstance(resolver, MemoResolver) else MemoResolver(resolver)
    message = read(octets)
    border = find_border(message, options.trust)
    envelope = find_envelope(message, border, ip=options.ip, helo=options.helo, mail_from=options.mail_from)
    moment = moment_of(message, border, options.at, now)
    ours = await authenticate(message, border, envelope, memo, now=moment.time, today=now)
    ours = replace(ours, dkim=explain_failures(message, ours.dkim))
    facts = _facts(message, border, envelope, ours, options)
    return replace(facts, now=moment.time, now_origin=moment.origin, lookups=lookups_of(memo.answers))


def _facts(
    message: Message, border: Border, envelope: Envelope, ours: Verdicts, options: MessageOptions
) -> MessageFacts:
    """Assemble the facts from the results."""
    raw, domains, kept = message.raw, message.author.domains, options.kept
    failures = list(ours.failures)
    from_domain = domains[0] if domains else ""
    spf, dkim, arc, dmarc = ours.spf, ours.dkim, ours.arc, ours.dmarc
    signs = signs_of_forwarding(
        message,
        envelope,
        ours.earlier,
        trust=border.trust,
        from_domain=from_domain,
        spf=spf,
        arc=arc,
    )
    path = read_return_path(envelope.mail_from, _recipients(raw))
    if arc is not None and arc.instance:
        arc = replace(arc, explains=explained_by_arc(arc, dmarc, _seen(message)))
    compared = compare((*border.results, *border.others), ours, border.doubtful)
    content = _guarded("content", lambda: kept_content(kept) if kept else read_content(message), failures)
    return MessageFacts(
        source=options.source,
        size=raw.size,
        subject=decode_words(raw.first("subject"))[:MAX_VALUE],
        message_id=raw.first("message-id")[:MAX_VALUE],
        date=raw.first("date")[:MAX_VALUE],
        from_header=raw.first("from")[:MAX_VALUE],
        from_domains=domains,
        from_domain=from_domain,
        has_body=raw.has_body,
        envelope=envelope,
        trust=border.trust,
        inside=border.reason if border.inside else "",
        spf=spf,
        spf_helo=ours.spf_helo,
        dkim=dkim,
        arc=arc,
        dmarc=dmarc,
        authentication_results=compared[: len(border.results)],
        other_results=compared[len(border.results) :],
        received=border.hops,
        headers=tuple([(each.name, each.value[:MAX_VALUE]) for each in raw.headers]),
        filters=tuple(
            replace(verdict, trusted=border.wrote(place, raw.headers[place].key))
            for place, verdict in message.filters.items()
        ),
        return_path=path,
        forwarding_advice=advice_to_forwarder(signs, path, spf=spf, dkim=dkim, arc=arc, dmarc=dmarc),
        forwarded=bool(signs),
        forwarding=signs,
        content=content,
        report=_guarded("report", lambda: kind_of_report(message, content), failures) or "",
        bounce=_guarded("bounce", lambda: read_bounce(raw, kept), failures),
        problems=(
            *((kept.reason,) if kept else ()),
            *raw.problems,
            *(f"From: {problem}" for problem in message.author.problems),
        ),
        shape=raw.shape,
        altered=raw.altered,
        partial=raw.partial
        or ("" if options.ip is not None or raw.by_name.keys() & _ON_THE_WAY else _NOT_SENT),
        enclosed=_guarded("enclosed", lambda: find_enclosed(raw, message.parts), failures) or (),
        failures=tuple(failures),
    )


def _guarded(name: str, work: Callable[[], _T], failures: list[CollectorFailure]) -> _T | None:
    """The result; None if it raised, which is recorded as a failure."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - one failing part must not cost the others
        failures.append(CollectorFailure(name, f"{type(error).__name__}: {error}"))
        return None


def read_bounce(message: RawMessage, kept: KeptContent | None = None) -> Explanation | None:
    """The explanation of a notification in any form; None if the message is not one.

    A null return path alone does not make a bounce: automatic replies have it, too.
    """
    if not (message.has_body or kept) or not _may_bounce(message):
        return None
    from mailproof.explain import explain_dsn

    return explain_dsn(with_kept(message, kept) if kept else message.to_bytes())


def _may_bounce(message: RawMessage) -> bool:
    """Whether the header suggests a bounce: only then is the catalogue of replies loaded."""
    kind, sender = message.first("content-type").lower(), message.first("from").lower()
    if kind.startswith("multipart/report"):
        return "disposition-notification" not in kind and "feedback-report" not in kind
    null = message.first("return-path").strip() == "<>"
    return null or bool(message.fields("x-failed-recipients")) or any(word in sender for word in _DAEMONS)


def _seen(message: Message) -> dict[int, tuple[AuthMethod, ...]]:
    """The results that the sealer of each ARC set saw."""
    seen: dict[int, tuple[AuthMethod, ...]] = {}
    for each in message.arc.values():
        if each.results is not None:
            seen.setdefault(each.instance, each.results.methods)
    return seen


def _recipients(message: RawMessage) -> tuple[str, ...]:
    """The addresses that the message was sent to, according to its header."""
    names = ("delivered-to", "x-original-to", "to", "cc")
    fields = [field for name in names for field in message.fields(name)[:5]]
    return tuple([each for field in fields for each in _ADDRESS.findall(field.value[:MAX_VALUE])])[:200]
