"""Domain settings' faults that the types cannot express: invalid names, addresses, senders, receivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailproof.config.limits import Problem
from mailproof.config.settings import Config, DomainSettings, normalized_name
from mailproof.data.receivers import known_receivers
from mailproof.data.senders import parse_sender
from mailproof.dns.text import to_ascii
from mailproof.errors import UsageError
from mailproof.model import Expectations
from mailproof.names import NO_SELECTOR, plain_selector
from mailproof.records.addresses import client_address


def domain_problems(config: Config) -> Iterator[Problem]:
    """Each fault of the selectors, ``[[domains]]`` and ``[environments]``."""
    for known in config.selectors:
        for problem in _selectors(known.selectors, known.domain):
            yield ("selectors", known.domain), problem
    seen: dict[str, int] = {}
    for number, each in enumerate(config.domains):
        keys = ("domains", str(number))
        for key, problem in _domain(each):
            yield (*keys, *key), problem
        name = normalized_name(each.name)
        if name in seen:
            yield (*keys, "name"), f"{each.name} is in [[domains]] twice: put all of it into one table"
        seen[name] = number
    for environment in config.environments:
        for name in environment.domains or ():
            if normalized_name(name) not in seen:
                yield (
                    ("environments", environment.name, "domains"),
                    f"{name} is not the name of any of the [[domains]]",
                )


def _domain(settings: DomainSettings) -> Iterator[Problem]:
    if problem := _name_problem(settings.name):
        yield ("name",), problem
    for problem in _selectors(settings.selectors, settings.name):
        yield ("selectors",), problem
    for name in settings.subdomains:
        if problem := _name_problem(name, whole=False):
            yield ("subdomains",), problem
    for address in settings.ips:
        try:
            client_address(address)
        except UsageError as error:
            yield ("ips",), str(error)
    receivers = [each.name for each in known_receivers()]
    for receiver in settings.receivers:
        if receiver not in (*receivers, "all"):
            yield ("receivers",), f"{receiver!r} is not one of {', '.join(receivers)}, all"
    if settings.expect is not None:
        for key, problem in _expect(settings.expect, settings.name):
            yield ("expect", *key), problem


def _expect(expected: Expectations, domain: str) -> Iterator[Problem]:
    spf, dmarc = expected.spf, expected.dmarc
    if spf is not None:
        for text in spf.senders or ():
            if parse_sender(text) is None:
                yield (
                    ("spf", "senders"),
                    f"{text!r} is no address, network, domain, SPF mechanism or mail provider that is known "
                    'by its include: write the name to include, like "_spf.provider.example"',
                )
        if spf.max_lookups is not None and not 0 <= spf.max_lookups <= 10:
            yield ("spf", "max_lookups"), "'max_lookups' should be a number from 0 to 10"
    for key in expected.dkim.selectors if expected.dkim is not None else ():
        place = ("dkim", "selectors", key.selector)
        for problem in _selectors((key.selector,), domain):
            yield place, problem
        if key.min_bits is not None and not 512 <= key.min_bits <= 16384:
            yield (*place, "min_bits"), "'min_bits' should be a number from 512 to 16384"
    for address in dmarc.reports_to if dmarc is not None else ():
        if "@" not in address:
            yield ("dmarc", "reports_to"), f"{address!r} is not an address like dmarc@acme.example"
    for host in expected.mx or ():
        if problem := _name_problem(host):
            yield ("mx",), problem


def _selectors(selectors: Iterable[str], domain: str) -> Iterator[str]:
    for each in selectors:
        if not plain_selector(each, normalized_name(domain)):
            yield f"{each[:60]!r} is {NO_SELECTOR}"


def _name_problem(name: str, *, whole: bool = True) -> str:
    """Why it is not a domain or host name; "" if it is one."""
    try:
        ascii_name = to_ascii(name)
    except UsageError as error:
        return str(error)
    if whole and "." not in ascii_name:
        return f"{name!r} is a single label: give a whole name like {ascii_name}.example"
    return ""
