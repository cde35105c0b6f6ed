"""A zone transferred from its primary name server (RFC 5936), signed with a shared key if one is given."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.tsig
from msgspec import Struct

from mailproof.credentials import Secret
from mailproof.dns.inputs.located import Place
from mailproof.dns.live.nameserver import Nameserver
from mailproof.dns.written import Written
from mailproof.dns.zone.limits import ZoneLimits
from mailproof.dns.zone.names import is_below, key_of_name, lineage
from mailproof.dns.zone.reader import ZoneRecord
from mailproof.dns.zonefile import ZoneFile
from mailproof.errors import CredentialError, ZoneFileError
from mailproof.redaction import learn

#: Seconds for the transfer of a zone.
MAX_TRANSFER_S = 30.0
#: Names at and above a domain tried as its zone.
MAX_LEVELS = 8
_ALGORITHMS = {"hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"}
_NOT_SERVED = (dns.rcode.NOTAUTH, dns.rcode.REFUSED, dns.rcode.NXDOMAIN)


class TransferKey(Struct, frozen=True):
    """A TSIG key (RFC 8945), whose secret is never shown."""

    name: str
    algorithm: str
    secret: Secret

    @classmethod
    def of(cls, secret: Secret) -> TransferKey:
        """Parse ``[ALGORITHM:]NAME:SECRET``, as in ``dig -y``. Raises CredentialError."""
        parts = secret.reveal().strip().split(":")
        if len(parts) == 2:
            parts.insert(0, "hmac-sha256")
        algorithm, name, key = parts if len(parts) == 3 else ("", "", "")
        if algorithm.lower() not in _ALGORITHMS or not name or not key:
            known = ", ".join(sorted(_ALGORITHMS))
            raise CredentialError(f"the key is not [ALGORITHM:]NAME:SECRET; algorithms are {known}")
        learn(key)
        made = cls(name, algorithm.lower(), Secret(key))
        try:
            made.for_dnspython()
        except (ValueError, dns.exception.DNSException):
            raise CredentialError("the key's secret is not base64, or its name is no domain name") from None
        return made

    def for_dnspython(self) -> dns.tsig.Key:
        """The key as a dnspython object."""
        return dns.tsig.Key(self.name, self.secret.reveal(), self.algorithm)


class _NotServed(Exception):
    """The server does not have this zone, or refuses the transfer; it may be a zone above."""


async def transferred(
    server: Nameserver, domain: str, key: TransferKey | None, limits: ZoneLimits | None = None
) -> ZoneFile:
    """Transfer the zone that a domain is in: its own, or the closest above. Raises ZoneFileError."""
    first: _NotServed | None = None
    for name in lineage(domain)[:MAX_LEVELS]:
        if first is not None and "." not in name:
            break
        try:
            async with asyncio.timeout(MAX_TRANSFER_S):
                return await _transfer(server, name, key, limits or ZoneLimits())
        except _NotServed as error:
            first = first or error
        except TimeoutError:
            raise _fault(server, name, f"not complete within {MAX_TRANSFER_S:.0f} s") from None
        except (OSError, asyncio.IncompleteReadError) as error:
            code = getattr(error, "errno", None)  # asyncio's own words name its call
            reason = os.strerror(code) if code else "the server ended the connection"
            raise _fault(server, name, reason) from None
    raise _fault(server, domain, f"{first}: allow it from this address, or give --axfr-key")


async def _transfer(server: Nameserver, zone: str, key: TransferKey | None, limits: ZoneLimits) -> ZoneFile:
    query = dns.message.make_query(dns.name.from_text(zone), dns.rdatatype.AXFR)
    query.flags &= ~dns.flags.RD
    if key is not None:
        query.use_tsig(key.for_dnspython())
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        wire = query.to_wire()
        writer.write(len(wire).to_bytes(2, "big") + wire)
        records = await _records(reader, query, server, zone, limits)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return ZoneFile.of_records(records, zone, f"{zone} from {server.text}")


async def _records(
    reader: asyncio.StreamReader,
    query: dns.message.Message,
    server: Nameserver,
    zone: str,
    limits: ZoneLimits,
) -> list[ZoneRecord]:
    """Read all records up to the final SOA, which repeats the first one."""
    found: list[ZoneRecord] = []
    octets = starts = 0
    context = None
    while starts < 2:
        raw = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        octets += len(raw)
        message = _parsed(raw, query, context, server, zone)
        context = message.tsig_ctx
        for record in _zone_records(message):
            is_start = record.rrtype == "SOA" and record.owner == zone
            if not starts and not is_start:
                raise _fault(server, zone, "the transfer does not begin with the SOA of the zone")
            starts += is_start
            if is_below(record.owner, zone) and not (is_start and starts == 2):
                found.append(record)
        if octets > limits.file_bytes or len(found) > limits.records:
            raise _fault(server, zone, f"over {limits.file_bytes} octets or {limits.records} records")
    if query.keyring and not message.had_tsig:
        raise _fault(server, zone, "the last reply is not signed")
    return found


def _parsed(
    raw: bytes, query: dns.message.Message, context: Any, server: Nameserver, zone: str
) -> dns.message.Message:
    """One message of the transfer, with its signature verified (``context``: that of the one before)."""
    try:
        message = dns.message.from_wire(
            raw,
            keyring=query.keyring,
            request_mac=query.mac,
            xfr=True,
            tsig_ctx=context,
            multi=True,
            one_rr_per_rrset=True,
        )
    except dns.tsig.PeerError as error:
        raise _fault(server, zone, f"the server refuses the key ({type(error).__name__})") from None
    except dns.exception.DNSException as error:
        raise _fault(server, zone, f"not a reply that can be used ({type(error).__name__})") from None
    if message.id != query.id or not message.flags & dns.flags.QR:
        raise _fault(server, zone, "a reply to another question")
    if message.rcode() in _NOT_SERVED:
        raise _NotServed(f"the server refuses it ({dns.rcode.to_text(message.rcode())})")
    if message.rcode() != dns.rcode.NOERROR:
        raise _fault(server, zone, f"the server answers {dns.rcode.to_text(message.rcode())}")
    if not message.answer:
        raise _fault(server, zone, "a reply without records")
    return message


def _zone_records(message: dns.message.Message) -> Iterator[ZoneRecord]:
    for rrset in message.answer:
        owner, rrtype = key_of_name(rrset.name), dns.rdatatype.to_text(rrset.rdtype)
        for rdata in rrset:
            yield ZoneRecord(owner, rrtype, rrset.ttl, rdata, Written("", 0))


def _fault(server: Nameserver, zone: str, reason: str) -> ZoneFileError:
    return Place(server.text).fault(f"no transfer of the zone {zone}: {reason}")
