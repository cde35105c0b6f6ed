"""One term of an SPF record: mechanism or modifier (RFC 7208 sections 4.6.1, 5, 6 and 12)."""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import cast

from msgspec import Struct

from mailproof.model import Qualifier, SpfProblem, SpfTerm
from mailproof.records.spf.macros import domain_problem, parse_macros
from mailproof.structs import replace

MECHANISMS = ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9\-_.]*)=")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9\-_.]*")
_CIDR = re.compile(r"(?:/([0-9]+))?(?://([0-9]+))?")
_CIDR_TAIL = re.compile(r"(?:/[0-9]+)?(?://[0-9]+)?\Z")


class ParsedTerm(Struct, frozen=True):
    """A term and its problem, if any; ``term`` is None if the problem is fatal."""

    term: SpfTerm | None
    problem: SpfProblem | None = None


def parse_term(text: str, start: int = 0) -> ParsedTerm:
    """Parse one term, which begins at offset ``start`` of the record."""
    modifier = _MODIFIER.match(text)
    parsed = _modifier(text, modifier.group(1).lower(), modifier.end()) if modifier else _directive(text)
    if not start:
        return parsed
    term, problem = parsed.term, parsed.problem
    return ParsedTerm(
        replace(term, start=term.start + start, end=term.end + start) if term else None,
        replace(problem, start=problem.start + start, end=problem.end + start) if problem else None,
    )


def _modifier(text: str, name: str, at: int) -> ParsedTerm:
    value = text[at:]
    term = SpfTerm(text, 0, len(text), "modifier", name, value)
    if name in ("redirect", "exp"):
        problem = domain_problem(value)
        return ParsedTerm(None, _shift(problem, at, len(text))) if problem else ParsedTerm(term)
    broken = parse_macros(value).problem
    if broken is not None:
        return ParsedTerm(None, _shift(broken, at, len(text)))
    if name == "v" and value.lower() == "spf1":
        message = "the version is in the record twice, as if two records had been pasted into one"
        return ParsedTerm(term, SpfProblem("repeated-version", message, 0, len(text), False, ""))
    if name in MECHANISMS:
        message = f"{name}= is not the mechanism {name}: receivers ignore it as an unknown modifier"
        fixed = f"{name}:{value}" if value else name
        good = name != "all" and parse_term(fixed).problem is None  # all= might mean any of four qualifiers
        return ParsedTerm(
            term, SpfProblem("mechanism-as-modifier", message, 0, len(text), False, fixed if good else None)
        )
    return ParsedTerm(term)


def _directive(text: str) -> ParsedTerm:
    qualifier = text[0] if text[0] in "+-~?" else ""
    body = len(qualifier)
    found = _NAME.match(text, body)
    if found is None:
        what = "a qualifier without a mechanism" if body == len(text) else f"{text!r} is not a mechanism"
        return _bad("unknown-mechanism", what, 0, len(text))
    name, at = found.group().lower(), found.end()
    if name not in MECHANISMS or (at < len(text) and text[at] not in ":/"):
        if name in ("redirect", "exp") and text[at : at + 1] in (":", "="):
            why = f"{name} is a modifier: it takes = and no qualifier"
            return _bad("modifier-as-mechanism", why, 0, len(text))
        return _bad("unknown-mechanism", f"{text!r} is not a mechanism", 0, len(text))
    term = SpfTerm(text, 0, len(text), "mechanism", name, "", cast("Qualifier", qualifier or "+"))
    if name == "all":
        if at < len(text):
            return _bad("unexpected-value", "all takes no value", at, len(text))
        return ParsedTerm(term)
    if name in ("ip4", "ip6"):
        return _network(term, at)
    if name in ("a", "mx"):
        return _addresses(term, at)
    return _target(term, at)


def _target(term: SpfTerm, at: int) -> ParsedTerm:
    """``include`` and ``exists`` (the domain is required), and ``ptr`` (it is optional)."""
    text = term.text
    if at == len(text):
        if term.name == "ptr":
            return ParsedTerm(term)
        return _bad("missing-value", f"{term.name} needs a domain name after a colon", 0, len(text))
    if text[at] != ":":
        return _bad("unexpected-value", f"{term.name} takes no prefix length", at, len(text))
    problem = domain_problem(text[at + 1 :])
    if problem:
        return ParsedTerm(None, _shift(problem, at + 1, len(text)))
    return ParsedTerm(replace(term, value=text[at + 1 :]))


def _addresses(term: SpfTerm, at: int) -> ParsedTerm:
    """``a`` and ``mx``: an optional domain, and a dual-cidr-length."""
    text, domain, cidr_at = term.text, "", at
    if text[at : at + 1] == ":":
        tail = _CIDR_TAIL.search(text, at + 1)
        cidr_at = tail.start() if tail else len(text)
        domain = text[at + 1 : cidr_at]
        problem = domain_problem(domain)
        if problem:
            return ParsedTerm(None, _shift(problem, at + 1, cidr_at))
    cidr = _CIDR.fullmatch(text, cidr_at)
    if cidr is None:
        return _bad("bad-prefix", f"{text[cidr_at:]!r} is not a prefix length", cidr_at, len(text))
    four, six = cidr.groups()
    for digits, most in ((four, 32), (six, 128)):
        why = _prefix_fault(digits, most)
        if why:
            return _bad("bad-prefix", why, cidr_at, len(text))
    return ParsedTerm(
        replace(
            term,
            value=domain,
            prefix4=None if four is None else int(four),
            prefix6=None if six is None else int(six),
        )
    )


def _network(term: SpfTerm, at: int) -> ParsedTerm:
    """``ip4`` and ``ip6``: an address and an optional prefix length."""
    text, most = term.text, 32 if term.name == "ip4" else 128
    if text[at : at + 1] != ":" or at + 1 == len(text):
        return _bad("missing-value", f"{term.name} needs an address after a colon", 0, len(text))
    value = text[at + 1 :]
    address, slash, digits = value.partition("/")
    family = _family(address)
    if family and family != term.name:
        other = "IPv6" if family == "ip6" else "IPv4"
        return _bad(
            "address-family", f"{address} is an {other} address: it belongs to {family}", at + 1, len(text)
        )
    if not family:
        why = f"{address!r} is not an IPv{term.name[-1]} address"
        return _bad("bad-address", why, at + 1, at + 1 + max(len(address), 1))
    why = _prefix_fault(digits, most) if slash else ""
    if why:
        return _bad("bad-prefix", why, at + 1 + len(address), len(text))
    prefix = int(digits) if slash else None
    if most == 32:
        return ParsedTerm(replace(term, value=value, prefix4=prefix))
    return ParsedTerm(replace(term, value=value, prefix6=prefix))


def _family(address: str) -> str:
    """``ip4``, ``ip6``, or "" if it is not an address."""
    if not address.isascii() or "%" in address:
        return ""
    for family, parse in (("ip4", IPv4Address), ("ip6", IPv6Address)):
        with suppress(AddressValueError):
            parse(address)
            return family
    return ""


def _prefix_fault(digits: str | None, most: int) -> str:
    if digits is None:
        return ""
    if not (digits.isascii() and digits.isdigit()):
        return f"{digits!r} is not a prefix length"
    if len(digits) > 1 and digits[0] == "0":
        return f"the prefix length {digits} may not begin with 0"
    if len(digits) > 3 or int(digits) > most:
        return f"the prefix length {digits} is over {most}"
    return ""


def _bad(code: str, message: str, start: int, end: int) -> ParsedTerm:
    return ParsedTerm(None, SpfProblem(code, message, start, end))


def _shift(problem: SpfProblem, offset: int, end: int) -> SpfProblem:
    """Shift the problem's span from the value to the term, widening an empty span to one character."""
    start = min(problem.start + offset, end)
    stop = min(problem.end + offset, end)
    return replace(problem, start=start if stop > start else max(start - 1, 0), end=max(stop, start))
