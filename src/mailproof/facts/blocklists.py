"""Queries DNS blocklists for the domain and the addresses that send and receive its mail (RFC 5782)."""

from __future__ import annotations

from ipaddress import ip_address

from msgspec import Struct

from mailproof.data.blocklists import Blocklist, blocklists, is_answer
from mailproof.dns import Resolver
from mailproof.dns.memo import ask
from mailproof.dns.together import together
from mailproof.facts.mx import collect_mx
from mailproof.model import BlocklistFacts, ListedRole, Listing, ListingStatus, MxHostFacts
from mailproof.records.networks import why_unroutable
from mailproof.structs import replace

MAX_ADDRESSES = 40
MAX_TEXT = 300


class _Subject(Struct, frozen=True):
    text: str
    role: ListedRole
    host: str = ""


async def collect_blocklists(
    domain: str, ips: tuple[str, ...], resolver: Resolver, names: tuple[str, ...]
) -> BlocklistFacts:
    """The listings of the domain, of the sending hosts ``ips`` and of the MX hosts.

    ``names`` are those of the lists to query; ``open`` means all lists that anyone may query.
    At most 40 addresses are looked up, never private or loopback ones.
    """
    chosen = blocklists().chosen(names)
    left_out = tuple(
        (each.name, each.why) for each in blocklists().lists if each.restricted and each not in chosen
    )
    _, hosts = await collect_mx(domain, resolver)
    subjects, private = _addresses(ips, hosts)
    asked = await together(
        *(_ask_list(each, (_Subject(domain, "domain"), *subjects), resolver) for each in chosen)
    )
    return BlocklistFacts(
        list_date=blocklists().date,
        asked=tuple(each.name for each in chosen),
        left_out=left_out,
        listings=tuple(listing for group in asked for listing in group),
        addresses_left_out=private,
    )


def _addresses(
    ips: tuple[str, ...], hosts: tuple[MxHostFacts, ...]
) -> tuple[tuple[_Subject, ...], tuple[str, ...]]:
    """The addresses to look up, the sending hosts first, and those left out because they are not public."""
    subjects: dict[str, _Subject] = {}
    for ip in ips:
        text = str(ip_address(ip))
        subjects.setdefault(text, _Subject(text, "sending"))
    for host in hosts:
        for address in host.addresses:
            subjects.setdefault(address.address, _Subject(address.address, "mx", host.host))
    public = {text: subject for text, subject in subjects.items() if not why_unroutable(text)}
    return tuple(public.values())[:MAX_ADDRESSES], tuple(text for text in subjects if text not in public)


async def _ask_list(
    each: Blocklist, subjects: tuple[_Subject, ...], resolver: Resolver
) -> tuple[Listing, ...]:
    wanted = tuple(subject for subject in subjects if _fits(each, subject))
    if not wanted:
        return ()
    fault, listings = await together(
        _fault(each, resolver), together(*(_ask(each, subject, resolver) for subject in wanted))
    )
    return tuple(_discounted(listing, fault) for listing in listings)


def _fits(each: Blocklist, subject: _Subject) -> bool:
    if subject.role == "domain" or each.kind == "domain":
        return subject.role == "domain" and each.kind == "domain"
    return each.ipv6 or ":" not in subject.text


async def _fault(each: Blocklist, resolver: Resolver) -> str:
    """What is wrong with a list (RFC 5782 section 5): one test entry must be listed, another must not."""
    listed, clear = await ask(
        resolver, (each.question(each.test_listed), "A"), (each.question(each.test_clear), "A")
    )
    if any(each.refusal(text) for answer in (listed, clear) for text in answer.lookup.records):
        return ""  # the listings report the refusal themselves
    if clear.found:
        return f"{each.title} lists everything: also {each.test_clear}, which must not be listed"
    if listed.absent:
        return f"{each.title} is empty or dead: {each.test_listed}, which must be listed, is not"
    return ""


def _discounted(listing: Listing, fault: str) -> Listing:
    if not fault or listing.status not in ("listed", "clear"):
        return listing
    return replace(listing, status="unusable", codes=(), text="", reason=fault, removal="")


async def _ask(each: Blocklist, subject: _Subject, resolver: Resolver) -> Listing:
    name = each.question(subject.text)
    answer = await resolver.query(name, "A")
    listing = Listing(
        blocklist=each.name,
        subject=subject.text,
        role=subject.role,
        status="clear",
        lookup=answer.lookup,
        host=subject.host,
        major=each.major,
        removal=each.removal,
    )
    if answer.absent:
        return listing
    if answer.undetermined:
        status: ListingStatus = "refused" if answer.status == "refused" else "unknown"
        return replace(listing, status=status, reason=answer.lookup.describe())
    texts = answer.lookup.records
    if why := next(filter(None, map(each.refusal, texts)), ""):
        return replace(listing, status="refused", reason=why)
    answers = tuple(filter(is_answer, texts))
    if not answers:
        why = f"{each.title} answered {texts[0]}, which is not a blocklist answer"
        return replace(listing, status="unusable", reason=why)
    codes = tuple(dict.fromkeys(code for text in answers for code in each.meaning(text)))
    explained = await resolver.query(name, "TXT")
    text = " ".join(explained.lookup.records)[:MAX_TEXT]
    return replace(listing, status="listed", codes=codes, text=text)
