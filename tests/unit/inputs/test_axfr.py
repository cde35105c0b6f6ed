"""Zone transfers from a test server: complete, refused, forged, and endless."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import dns.tsig
import dns.tsigkeyring
import pytest

from mailproof.credentials import Secret
from mailproof.dns import ZoneLimits, ZoneResolver
from mailproof.dns.inputs import axfr
from mailproof.dns.inputs.axfr import TransferKey, transferred
from mailproof.dns.live.nameserver import Nameserver, parse_nameserver
from mailproof.errors import CredentialError, ZoneFileError

SOA = "acme.example. 60 IN SOA ns. h. 1 2 3 4 5"
RECORDS = (
    SOA,
    'acme.example. 60 IN TXT "v=spf1 -all"',
    's1._domainkey.acme.example. 60 IN TXT "v=DKIM1; p="',
    "outside.example. 60 IN A 192.0.2.1",
    SOA,
)
KEY = "hmac-sha256:transfer:c2VjcmV0LW9mLXRoZS10cmFuc2Zlcg=="
RING = dns.tsigkeyring.from_text({"transfer.": "c2VjcmV0LW9mLXRoZS10cmFuc2Zlcg=="})

Answers = Callable[[dns.message.Message], list[bytes]]


def reply(
    query: dns.message.Message, *records: str, rcode: dns.rcode.Rcode = dns.rcode.NOERROR
) -> dns.message.Message:
    made = dns.message.make_response(query)
    made.set_rcode(rcode)
    for record in records:
        name, ttl, _, kind, data = record.split(None, 4)
        made.answer.append(dns.rrset.from_text(name, int(ttl), "IN", kind, data))
    return made


def whole(query: dns.message.Message, *records: str) -> list[bytes]:
    return [reply(query, *(records or RECORDS)).to_wire()]


def in_parts(query: dns.message.Message) -> list[bytes]:
    return [reply(query, record).to_wire() for record in RECORDS]


@contextlib.asynccontextmanager
async def serving(answers: Answers) -> AsyncIterator[Nameserver]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            raw = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
            for each in answers(dns.message.from_wire(raw, keyring=RING)):
                writer.write(len(each).to_bytes(2, "big") + each)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield parse_nameserver(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    finally:
        server.close()


@pytest.mark.parametrize("answers", [whole, in_parts])
async def test_a_zone_in_one_message_or_many(answers: Answers) -> None:
    async with serving(answers) as server:
        zones = ZoneResolver(await transferred(server, "acme.example", None))
    assert zones.origins == ("acme.example",)
    assert (await zones.query("acme.example", "TXT")).lookup.records == ("v=spf1 -all",)
    assert zones.names_below("_domainkey.acme.example") == ("s1._domainkey.acme.example",)
    assert (await zones.query("outside.example", "A")).status == "unasked"


async def test_a_domain_below_its_zone_and_a_signed_transfer() -> None:
    def signed(query: dns.message.Message) -> list[bytes]:
        if query.question[0].name != dns.name.from_text("acme.example"):
            return [reply(query, rcode=dns.rcode.NOTAUTH).to_wire()]
        assert query.had_tsig
        return whole(query)

    async with serving(signed) as server:
        zone = await transferred(server, "mail.acme.example", TransferKey.of(Secret(KEY)))
    assert zone.origin == "acme.example"


def forged(query: dns.message.Message) -> list[bytes]:
    made = reply(query, *RECORDS)
    made.use_tsig(dns.tsigkeyring.from_text({"transfer.": "b3RoZXItc2VjcmV0LW9mLW90aGVycw=="}), "transfer.")
    return [made.to_wire()]


def unsigned(query: dns.message.Message) -> list[bytes]:
    plain = dns.message.make_query(query.question[0].name, "AXFR", id=query.id)
    return whole(plain)


def bad_key(query: dns.message.Message) -> list[bytes]:
    made = reply(query, rcode=dns.rcode.NOTAUTH)
    made.use_tsig(RING, "transfer.", tsig_error=dns.rcode.BADKEY)
    return [made.to_wire()]


def other_id(query: dns.message.Message) -> list[bytes]:
    query.id ^= 1
    return whole(query)


@pytest.mark.parametrize(
    ("answers", "key", "said"),
    [
        (
            lambda q: [reply(q, rcode=dns.rcode.REFUSED).to_wire()],
            False,
            "the server refuses it (REFUSED): allow it",
        ),
        (lambda q: [reply(q, rcode=dns.rcode.SERVFAIL).to_wire()], False, "the server answers SERVFAIL"),
        (lambda q: [], False, "the server ended the connection"),
        (lambda q: [b"junk"], False, "not a reply that can be used"),
        (lambda q: in_parts(q)[:-1], False, "the server ended the connection"),
        (lambda q: [reply(q).to_wire()], False, "a reply without records"),
        (lambda q: whole(q, *RECORDS[1:]), False, "does not begin with the SOA"),
        (lambda q: whole(q, *(SOA.replace("acme", "other"),) * 2), False, "does not begin with the SOA"),
        (other_id, False, "a reply to another question"),
        (unsigned, True, "not signed"),
        (forged, True, "not a reply that can be used (BadSignature)"),
        (bad_key, True, "the server refuses the key (PeerBadKey)"),
    ],
)
async def test_what_goes_wrong_is_said_in_a_line(answers: Answers, key: bool, said: str) -> None:
    async with serving(answers) as server:
        with pytest.raises(ZoneFileError) as caught:
            await transferred(server, "acme.example", TransferKey.of(Secret(KEY)) if key else None)
    assert said in str(caught.value)
    assert "no transfer of the zone acme.example" in str(caught.value)
    assert "c2VjcmV0" not in str(caught.value)


async def test_a_server_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(query: dns.message.Message) -> list[bytes]:
        first, more = reply(query, SOA).to_wire(), reply(query, *RECORDS[1:3]).to_wire()
        return [first, *[more] * 2000]

    async with serving(endless) as server:
        with pytest.raises(ZoneFileError, match="over 33554432 octets or 50 records"):
            await transferred(server, "acme.example", None, ZoneLimits(records=50))

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    monkeypatch.setattr(axfr, "MAX_TRANSFER_S", 0.05)
    quiet = await asyncio.start_server(silent, "127.0.0.1", 0)
    with pytest.raises(ZoneFileError, match="not complete within"):
        await transferred(
            parse_nameserver(f"127.0.0.1:{quiet.sockets[0].getsockname()[1]}"), "acme.example", None
        )
    quiet.close()


async def test_no_server_there() -> None:
    with pytest.raises(ZoneFileError, match=r"127\.0\.0\.1:1: no transfer of the zone acme\.example: "):
        await transferred(parse_nameserver("127.0.0.1:1"), "acme.example", None)


@pytest.mark.parametrize(
    "text", ["", "name", "a:b:c:d", "hmac-md5:n:c2VjcmV0", "n:not base64!", "hmac-sha256::x"]
)
def test_a_key_that_is_none_is_not_repeated(text: str) -> None:
    with pytest.raises(CredentialError) as caught:
        TransferKey.of(Secret(text))
    assert not text or text not in str(caught.value)
    assert "c2VjcmV0" not in str(caught.value)
