"""Which messages ``mailproof inbound`` sends, and which to skip: the policies are looked up first."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from mailproof.auth.dmarc_walk import discover
from mailproof.auth.spf import check_host
from mailproof.dns import MemoResolver
from mailproof.dns.records import exchanges
from mailproof.errors import ConfigError, UsageError
from mailproof.mail.compose import parse_address
from mailproof.mail.envelope import envelope_address
from mailproof.mail.inbound import Signature
from mailproof.model import DmarcFacts, InboundCase
from mailproof.names import key_name
from mailproof.records.dmarc import softened
from mailproof.records.mailboxes import address_domain
from mailproof.structs import replace


class Addresses(Struct, frozen=True):
    """Bare addresses, with domains in A-labels. ``honest`` is the real sender, ``forged`` the claimed one."""

    honest: str
    forged: str
    recipient: str
    null_mx: str = ""


class Planned(Struct):
    """A case, and the parts of its message. A case with a reason is not sent."""

    case: InboundCase
    words: str = ""
    authors: tuple[str, ...] = ()
    signature: Signature | None = None

    def update(self, **changes: Any) -> None:
        """Update the case."""
        self.case = replace(self.case, **changes)


def bare_address(text: str, key: str) -> str:
    """The bare address. Raises ConfigError."""
    try:
        return envelope_address(parse_address(text, key).addr_spec)
    except UsageError as error:
        raise ConfigError(f"{key}: {error}") from None


def control(addresses: Addresses) -> Planned:
    """The case of the harmless message."""
    case = InboundCase("control", f"harmless message from {addresses.honest}")
    return _planned(case, "harmless control message", addresses.honest, addresses.honest)


class Planner:
    """Looks up what the cases need. ``ip`` is our address as the server saw it, ``helo`` our EHLO name."""

    def __init__(
        self, addresses: Addresses, resolver: MemoResolver, ip: str, helo: str, selectors: tuple[str, ...]
    ) -> None:
        self._addresses, self._resolver = addresses, resolver
        self._ip, self._helo, self._selectors = ip, helo, selectors

    async def cases(self, *, eicar: bool) -> tuple[Planned, ...]:
        """All cases except the control, in report order."""
        addresses = self._addresses
        policy = await discover(address_domain(addresses.forged), self._resolver)
        why = await self._no_forgery(policy)
        case = InboundCase("dmarc", f"From {addresses.forged}, not authenticated", asks=_asks(policy))
        planned = [
            _planned(case, "forged From", addresses.honest, addresses.forged, why=why),
            await self._dkim(policy, why),
            await self._spf(),
            self._two_from(),
            self._display_name(),
            await self._null_mx(),
        ]
        if eicar:
            case = InboundCase("eicar", f"EICAR test file from {addresses.honest}")
            planned.append(_planned(case, "EICAR test file", addresses.honest, addresses.honest))
        return tuple(planned)

    async def _dkim(self, policy: DmarcFacts, why: str) -> Planned:
        forged = self._addresses.forged
        domain = address_domain(forged)
        case = InboundCase("dkim", f"From {forged}, with a broken DKIM signature", asks=_asks(policy))
        signature = None
        for selector in self._selectors:
            answer = await self._resolver.query(key_name(selector, domain), "TXT")
            if answer.found:
                ed25519 = any("k=ed25519" in text.replace(" ", "") for text in answer.lookup.records)
                signature = Signature(domain, selector, "ed25519-sha256" if ed25519 else "rsa-sha256")
                break
        if signature is None:
            why = why or f"no DKIM selector of {domain} is known: name one in mailproof.toml (selectors)"
        planned = _planned(case, "broken DKIM signature", self._addresses.honest, forged, why=why)
        planned.signature = signature
        return planned

    async def _no_forgery(self, policy: DmarcFacts) -> str:
        """Why mail from here with the forged From would not violate its DMARC policy; "" if it would."""
        domain = address_domain(self._addresses.forged)
        if policy.unknown is not None:
            return f"the DMARC policy of {domain} could not be looked up: {policy.unknown.describe()}"
        if policy.record is None or not policy.record.valid or policy.policy is None:
            return f"{domain} has no DMARC policy that could be violated"
        if not _asks(policy):
            testing = ", in test mode" if policy.record.testing else ""
            return f"the DMARC policy of {domain} is {policy.policy}{testing}: it asks for no refusal"
        sender = address_domain(self._addresses.honest)
        other = await discover(sender, self._resolver)
        if self._ip and other.walk.organizational_domain == policy.walk.organizational_domain:
            honest = self._addresses.honest
            spf = await check_host(self._ip, honest, self._helo, resolver=self._resolver)
            if spf.result == "pass":
                return (
                    f"SPF of {sender} allows {self._ip}, so that this mail would be authentic: set mail_from "
                    "to an address of another domain, or forged_from"
                )
        return ""

    async def _spf(self) -> Planned:
        forged = self._addresses.forged
        domain = address_domain(forged)
        case = InboundCase("spf", f"MAIL FROM {forged}, which SPF forbids")
        why = ""
        if not self._ip:
            why = "the address that the server sees is not in the message that arrived"
        else:
            spf = await check_host(self._ip, forged, self._helo, resolver=self._resolver)
            if spf.result != "fail":
                why = f"SPF of {domain} gives {spf.result} for {self._ip}, not fail"
        return _planned(case, "SPF fail", forged, self._addresses.honest, why=why)

    def _two_from(self) -> Planned:
        first, second = self._addresses.honest, self._addresses.forged
        if first == second:
            second = f"second-author@{address_domain(first)}"
        case = InboundCase("two-from", f"two From fields: {first}, {second}")
        return _planned(case, "two From fields", first, first, second)

    def _display_name(self) -> Planned:
        honest, recipient = self._addresses.honest, self._addresses.recipient
        case = InboundCase("display-name", f"display name {recipient}, sent by {honest}")
        planned = _planned(case, "forged display name", honest, honest)
        planned.authors = (f'"{recipient}" <{honest}>',)
        return planned

    async def _null_mx(self) -> Planned:
        address = self._addresses.null_mx
        case = InboundCase("null-mx-sender", f"MAIL FROM {address or 'a domain with a null MX'}")
        why = "" if address else "no domain with a null MX is named (null_mx_sender)"
        if address:
            domain = address_domain(address)
            answer = await self._resolver.query(domain, "MX")
            if answer.undetermined:
                why = f"the MX records of {domain} could not be looked up: {answer.status}"
            elif [host for _, host in exchanges(answer)] != ["."]:
                why = f"{domain} has no null MX"
        return _planned(case, "sender with a null MX", address, address, why=why)


def _asks(policy: DmarcFacts) -> Literal["", "quarantine", "reject"]:
    """What the policy requests of receivers."""
    testing = policy.record is not None and policy.record.testing
    asked = softened(policy.policy or "none", testing)
    return "" if asked == "none" else asked


def _planned(case: InboundCase, words: str, mail_from: str, *authors: str, why: str = "") -> Planned:
    case = replace(
        case, mail_from=mail_from, header_from=authors, reason=why, place="skipped" if why else "unknown"
    )
    return Planned(case, words, tuple(f"<{each}>" for each in authors))
