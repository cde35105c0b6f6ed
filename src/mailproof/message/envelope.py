"""What SPF is judged on: address, HELO and return path, and where each was learnt from."""

from __future__ import annotations

import re

from mailproof.message.border import Border, is_received_spf
from mailproof.message.hosts import is_private
from mailproof.message.reader import Message
from mailproof.model import AuthMethod, Envelope
from mailproof.records.addresses import client_address

_EXIM_SENDER = re.compile(r"\(envelope-(?:from|sender) <([^<>\s]{0,320})>")


def find_envelope(
    message: Message,
    border: Border,
    *,
    ip: str | None = None,
    helo: str | None = None,
    mail_from: str | None = None,
) -> Envelope:
    """The envelope; what is given outright is taken before what the message tells.

    Raises UsageError where ``ip`` is no address.
    """
    origins: list[str] = []
    given = str(client_address(ip)) if ip is not None else None
    address, greeting = _client(border, given, helo, origins)
    sender = _mail_from(message, border, mail_from, origins)
    return Envelope(ip=address, helo=greeting, mail_from=sender, origin="; ".join(origins))


def _client(border: Border, ip: str | None, helo: str | None, origins: list[str]) -> tuple[str, str]:
    seen_ip, seen_helo, where = "", "", ""
    if border.handover is not None:
        seen_ip, seen_helo = border.handover.ip, border.handover.helo.strip("[]")
        where = f"the Received header of {border.handover.by or 'the border'}"
    else:
        method = _received_spf(border)
        if method is not None and not border.submitted:
            seen_ip, seen_helo = method.value_of("client-ip"), method.value_of("helo")
            where = "the Received-SPF header"
        if is_private(seen_ip):
            seen_ip = ""
    parts = {"address": "as given" if ip else f"from {where}" if seen_ip else ""}
    parts["HELO"] = "as given" if helo is not None else f"from {where}" if seen_helo and not ip else ""
    if not parts["address"]:
        origins.append(f"no address: {border.reason}")
    for origin in dict.fromkeys(origin for origin in parts.values() if origin):
        origins.append(f"{' and '.join(name for name, one in parts.items() if one == origin)} {origin}")
    greeting = helo if helo is not None else "" if ip and ip != seen_ip else seen_helo
    return ip or seen_ip, greeting


def _mail_from(message: Message, border: Border, given: str | None, origins: list[str]) -> str | None:
    if given is not None:
        origins.append("return path as given")
        return given.strip().strip("<>")
    for index, field in enumerate(message.raw.headers):
        if field.key == "return-path" and border.wrote(index, field.key):
            origins.append("return path from Return-Path")
            return field.value.strip().strip("<>").strip()
    for result in border.results:
        for method in result.methods if result.trusted else ():
            if method.method == "spf" and any(p.name == "mailfrom" for p in method.properties):
                told = method.value_of("mailfrom")
                only = "" if "@" in told or not told else ", which tells its domain alone"
                origins.append(f"return path from Authentication-Results{only}")
                return _address(told)
    received = _received_spf(border)
    if received is not None and any(p.name == "mailfrom" for p in received.properties):
        origins.append("return path from Received-SPF")
        return _address(received.value_of("mailfrom"))
    if border.handover is not None and (match := _EXIM_SENDER.search(border.handover.raw)):
        origins.append("return path from Received")
        return match.group(1)
    if message.raw.mbox_sender is not None:
        origins.append("return path from the mbox file")
        return "" if message.raw.mbox_sender.upper() == "MAILER-DAEMON" else message.raw.mbox_sender
    if returned := message.raw.first("return-path"):
        origins.append("return path from a Return-Path that the border did not write")
        return returned.strip("<> ")
    origins.append("no return path in the message")
    return None


def _received_spf(border: Border) -> AuthMethod | None:
    """The topmost Received-SPF that the border wrote."""
    own = next((each for each in border.others if each.trusted and is_received_spf(each)), None)
    return own.methods[0] if own and own.methods else None


def _address(text: str) -> str:
    """A return path from a header that may name the domain alone."""
    text = text.strip().strip("<>")
    return text if "@" in text or not text else f"postmaster@{text}"
