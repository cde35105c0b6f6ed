"""Checks the promises of proposed fixes without the code that proves them: with pyspf and by text."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network

from mailproof.adapters.pyspf import PyspfError, check_host_pyspf
from mailproof.dns import Resolver
from mailproof.dns.text import record_text
from mailproof.model import FixProposal, ProposedRecords

#: An address that belongs to no host in our worlds.
STRANGER = "192.31.196.77"
_ADDRESSES = (
    re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\d.])"),
    re.compile(r"(?<![\w])(?:2001:db8|2606|2a00):[0-9a-f:]+(?:/\d+)?"),
)
#: Excludes what may be glued to an address (mailto:, a tag).
_MAILBOX = re.compile(r"[\w.+%-]+@[\w-]+(?:\.(?:(?!mailto:|ru[af]=|v=)[\w-])+)+")
_KEY = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")
_MOST_ADDRESSES = 14
#: Addresses of hosts that cannot send mail over the Internet.
_NO_CLIENTS = ("10.", "127.", "169.254.", "192.168.")


async def broken_promises(
    domain: str, before: Resolver, after: Resolver, proposal: FixProposal, world: str, *, sends: bool
) -> list[str]:
    """List every way in which ``proposal`` (repairs and improvements) leaves the owner worse off.

    ``world`` is the text of the zones, whose addresses are tested. ``sends``: the domain must be able to.
    """
    broken = [f"{name}: not the owner's" for name in _foreign(domain, proposal)]
    broken += [f"lost: {what}" for what in _lost(proposal)]
    broken += [what async for what in _beside_alias(before, proposal)]
    mine = [change for change in proposal.changes if change.rrtype == "TXT" and change.name == domain]
    changed = any("v=spf1" in line.lower() for c in mine for line in (*c.removed, *c.published))
    # ptr and exists may let any host pass, which a list of addresses cannot show.
    sends = sends and not any(
        word in line for c in mine for line in c.published for word in ("ptr", "exists:")
    )
    broken += [what async for what in _spf(domain, before, after, world, changed=changed, sends=sends)]
    broken += [what async for what in _dmarc(domain, before, after)]
    broken += [f"a word is cut in two: {line[:60]}" for line in _cut(proposal)]
    return broken


def _lines(proposal: FixProposal, part: str) -> Iterator[tuple[ProposedRecords, str]]:
    for change in proposal.changes:
        for line in getattr(change, part):
            yield change, line


def _joined(line: str) -> str:
    """The joined strings of a TXT line in a zone file."""
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', line)).replace("\\", "")


def _foreign(domain: str, proposal: FixProposal) -> Iterator[str]:
    home = ".".join(domain.split(".")[-2:])
    for change in proposal.changes:
        if change.name != home and not change.name.endswith(f".{home}"):
            yield change.name


def _lost(proposal: FixProposal) -> Iterator[str]:
    there = [_joined(line) for part in ("kept", "published") for _, line in _lines(proposal, part)]
    everything = "\n".join(there).lower()
    keys = "\n".join(re.sub(r"\s", "", text) for text in there)
    for change, line in _lines(proposal, "removed"):
        text = _joined(line)
        if change.rrtype == "TXT" and not text.lower().startswith("v=spf1 "):
            boxes = (re.sub(r"^mailto\.?", "", box.lower()) for box in _MAILBOX.findall(text))
            yield from (box for box in boxes if box not in everything)
        if "_domainkey" in change.name and change.rrtype == "TXT":
            yield from (key[:20] for key in _KEY.findall(re.sub(r"\s", "", text)) if key not in keys)


async def _beside_alias(before: Resolver, proposal: FixProposal) -> AsyncIterator[str]:
    gone = {c.name for c in proposal.changes if c.rrtype == "CNAME" and not (c.kept or c.published)}
    for change in proposal.changes:
        there = change.rrtype != "CNAME" and (change.kept or change.published) and change.name not in gone
        if there and (await before.query(change.name, "CNAME")).found:
            yield f"{change.rrtype} beside the CNAME at {change.name}"


async def _spf(
    domain: str, before: Resolver, after: Resolver, world: str, *, changed: bool, sends: bool
) -> AsyncIterator[str]:
    was, now = await _result(domain, STRANGER, before), await _result(domain, STRANGER, after)
    if changed and now == "permerror":
        yield "the new SPF record is a permerror"
    if was in ("fail", "softfail", "neutral", "pass") and now != was:
        yield f"a stranger's host got {was} and gets {now}"
    if was != "pass" and now == "pass":
        yield "everybody may send"
    passes = 0
    for address in _addresses(world):
        then, later = await _result(domain, address, before), await _result(domain, address, after)
        passes += later == "pass"
        if then == "pass" != later and not address.startswith(_NO_CLIENTS):
            yield f"{address} passed and gets {later}"
    if changed and sends and not passes:
        yield "nobody may send"


async def _result(domain: str, address: str, resolver: Resolver) -> str:
    try:
        verdict = await check_host_pyspf(address, f"ada@{domain}", f"mail.{domain}", resolver=resolver)
    except PyspfError:
        return "temperror"
    return verdict.result


def _addresses(world: str) -> list[str]:
    """The addresses in the zones, including one of each range."""
    found: dict[str, None] = {}
    for text in (text for pattern in _ADDRESSES for text in pattern.findall(world)):
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            continue
        found[str(network.network_address + (1 if network.num_addresses > 2 else 0))] = None
    return list(found)[:_MOST_ADDRESSES]


async def _dmarc(domain: str, before: Resolver, after: Resolver) -> AsyncIterator[str]:
    was, now = await _tags(domain, before), await _tags(domain, after)
    if was is None:
        return
    for tag in ("p", "sp", "np", "adkim", "aspf", "t"):
        then, later = _applied(was, tag), _applied(now or {}, tag)
        if tag == "t" and was.get("pct") == "0":
            then = "y"
        if then != later and not (tag in ("adkim", "aspf") and {then, later} == {None, "r"}):
            yield f"DMARC {tag} was {then} and is {later}"


def _applied(tags: dict[str, str], tag: str) -> str | None:
    """The value of a tag, or of the tag that it defaults to."""
    follows = {"sp": "p", "np": "sp"}.get(tag)
    return tags.get(tag) or (_applied(tags, follows) if follows else None)


async def _tags(domain: str, resolver: Resolver) -> dict[str, str] | None:
    """The tags of the record that receivers apply; None if they find no usable one."""
    answer = await resolver.query(f"_dmarc.{domain}", "TXT")
    texts = [record_text(record) for record in answer.records]
    records = [text for text in texts if re.match(r"v\s*=\s*DMARC1\s*(;|$)", text)]
    if len(records) != 1:
        return None
    pairs = (part.partition("=") for part in records[0].split(";") if "=" in part)
    tags: dict[str, str] = {}
    for name, _, value in pairs:
        tags.setdefault(name.strip().lower(), value.strip().lower())
    return tags if tags.get("p") in ("none", "quarantine", "reject") else None


def _cut(proposal: FixProposal) -> Iterator[str]:
    """TXT lines split within a word that would have fitted into one string."""
    for change, line in _lines(proposal, "published"):
        if change.rrtype != "TXT":
            continue
        strings = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
        for one, other in itertools.pairwise(strings):
            word = one.rpartition(" ")[2] + other.partition(" ")[0]
            if not one.endswith(" ") and len(word) <= 255:
                yield line
