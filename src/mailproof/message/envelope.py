"""What SPF is evaluated for: address, HELO and return path, and where each was found."""

from __future__ import annotations

import re

from mailproof.message.border import Border, is_received_spf
from mailproof.message.hosts import related
from mailproof.message.reader import Message
from mailproof.model import Envelope
from mailproof.records.addresses import client_address
from mailproof.records.mailboxes import domain_to_ascii
from mailproof.records.return_path import read_return_path

_SENDER = re.compile(
    r'[\s(]envelope[- ](?:from|sender) "?<?((?:"[^"<>\r\n]{0,320}"@)?[^<>()"\s]{0,320})[>")]'
)


def find_envelope(
    message: Message,
    border: Border,
    *,
    ip: str | None = None,
    helo: str | None = None,
    mail_from: str | None = None,
) -> Envelope:
    """The envelope; given values override those in the message.

    Raises UsageError if ``ip`` is not an address.
    """
    origins: list[str] = []
    given = str(client_address(ip)) if ip is not None else None
    sent_on = _sent_on(message, border)
    if (
        given is None
        and mail_from is None
        and any(_same_domain(sent_on, name) for name in message.author.domains)
    ):
        return Envelope(
            mail_from=sent_on, origin=f"no address: {sent_on}, of the receiving side, is its author"
        )
    address, greeting = _client(border, given, helo, origins)
    sender = _mail_from(message, border, mail_from, origins)
    return Envelope(ip=address, helo=greeting, mail_from=sender, origin="; ".join(origins))


def _client(border: Border, ip: str | None, helo: str | None, origins: list[str]) -> tuple[str, str]:
    seen_ip, seen_helo, where = "", "", ""
    if border.client is not None:
        seen_ip, seen_helo = border.client.ip, border.client.helo
        older = next((hop for hop in border.hops if hop.ip == seen_ip), None)
        seen_helo = seen_helo or (older.helo.strip("[]") if older else "")
        where = f"the {border.client.header} header"
        if border.handover is not None:
            where += (
                f", which names the client that the receiving server checked "
                f"(it accepted the message from {border.handover.ip})"
            )
    elif border.handover is not None and not border.doubt:
        seen_ip, seen_helo = border.handover.ip, border.handover.helo.strip("[]")
        where = f"the Received header of {border.handover.by or 'the receiving server'}"
    parts = {"address": "as given" if ip else f"from {where}" if seen_ip else ""}
    parts["HELO"] = "as given" if helo is not None else f"from {where}" if seen_helo and not ip else ""
    if not parts["address"]:
        origins.append(f"no address: {border.doubt or border.reason}")
    for origin in dict.fromkeys(origin for origin in parts.values() if origin):
        origins.append(f"{' and '.join(name for name, one in parts.items() if one == origin)} {origin}")
    greeting = helo if helo is not None else "" if ip and ip != seen_ip else seen_helo
    return ip or seen_ip, greeting


def _mail_from(message: Message, border: Border, given: str | None, origins: list[str]) -> str | None:
    if given is not None:
        origins.append("return path as given")
        return given.strip().strip("<>")
    checked, header = _checked_sender(border)
    fields = [(place, each) for place, each in enumerate(message.raw.headers) if each.key == "return-path"]
    own = next((each for place, each in fields if place in border.own), None)
    if own is None and border.appended("return-path") and fields:
        # Exchange lets some of others through, so its own results must agree.
        path = _path(fields[-1][1].value)
        agreed = _same_domain(path, checked) if checked else not path or border.handover is None
        own = fields[-1][1] if agreed else None
    stated = _SENDER.search(border.handover.raw) if border.handover is not None else None
    if stated and _sent_on(message, border):
        origins.append("return path from Received")
        return stated[1]
    if own is not None:
        path = _path(own.value)
        srs = read_return_path(path) if path.upper().startswith("SRS0") else None
        if srs is not None and border.handover is not None and related(srs.forwarder, border.handover.by):
            origins.append(
                f"return path from Return-Path, before {srs.forwarder} rewrote it on arrival (SRS)"
            )
            return srs.original
        origins.append("return path from Return-Path")
        return path
    if checked is not None:
        only = "" if "@" in checked or not checked else ", which names only its domain"
        origins.append(f"return path from {header}{only}")
        return _address(checked)
    if stated:
        origins.append("return path from Received")
        return stated[1]
    sender = None if message.raw.mbox_sender is None else _path(message.raw.mbox_sender)
    if sender is not None and (not sender or "@" in sender):  # Thunderbird writes "-"
        origins.append("return path from the mbox file")
        return sender
    if fields and border.handover is None:
        origins.append("return path from a Return-Path that the receiving server did not write")
        return _path(fields[0][1].value)
    if fields:
        origins.append(
            "no return path: nothing shows that the receiving server wrote the Return-Path in the message"
        )
        return None
    origins.append("no return path in the message")
    return None


def _sent_on(message: Message, border: Border) -> str:
    """The return path of a list of the receiving server, which sent the message on; "" where none did."""
    if border.handover is None or border.hops[0] is border.handover:
        return ""
    stated = _SENDER.search(border.handover.raw)
    fields = enumerate(message.raw.headers)
    own = next(
        (_path(each.value) for at, each in fields if each.key == "return-path" and at in border.own), ""
    )
    return own if stated and own and not _same_domain(own, stated[1]) else ""


def _checked_sender(border: Border) -> tuple[str | None, str]:
    """The return path that the receiver checked SPF for, and the header that says so; None if unknown."""
    for result in border.results:
        for method in result.methods if result.trusted and result not in border.doubtful else ():
            if method.method == "spf":
                for each in method.properties:
                    if each.name in ("mailfrom", "mail", "mfrom"):
                        return each.value.strip().strip("<>"), "Authentication-Results"
    spf = next((each for each in border.others if each.trusted and is_received_spf(each)), None)
    received = spf.methods[0] if spf is not None and spf.methods else None
    if received is not None and any(p.name == "mailfrom" for p in received.properties):
        return received.value_of("mailfrom").strip().strip("<>"), "Received-SPF"
    return None, ""


def _path(value: str) -> str:
    path = value.strip().strip("<>").strip()
    return "" if path.upper() == "MAILER-DAEMON" else path  # Sendmail's null return path


def _same_domain(path: str, checked: str) -> bool:
    """Whether two return paths have the same domain; either may be the domain alone."""
    one, other = (text.rpartition("@")[2].lower().rstrip(".") for text in (path, checked))
    return (domain_to_ascii(one) or one) == (domain_to_ascii(other) or other)


def _address(text: str) -> str:
    """A return path from a header that may hold the domain alone."""
    text = text.strip().strip("<>")
    return text if "@" in text or not text else f"postmaster@{text}"
