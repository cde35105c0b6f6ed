"""SPF, DKIM, ARC and DMARC of one message; lookups that don't depend on each other run concurrently."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct, field

from mailproof.auth.arc import verify_arc
from mailproof.auth.dkim import verify_dkim
from mailproof.auth.dmarc import evaluate, refuse
from mailproof.auth.since import REPLACED, knew_arc_pass, since_arrival
from mailproof.auth.spf import check_host
from mailproof.dns import Resolver
from mailproof.dns.memo import ask
from mailproof.dns.together import together
from mailproof.message.border import Border
from mailproof.message.comparison import Verdicts
from mailproof.message.doubt import UNVERIFIED, chain_in_doubt, signatures_in_doubt
from mailproof.message.forensics import CHANGED
from mailproof.message.hosts import is_private
from mailproof.message.reader import Message
from mailproof.model import (
    CollectorFailure,
    DkimVerdict,
    DmarcVerdict,
    Envelope,
    ReceivedHop,
    SpfVerdict,
)
from mailproof.records.mailboxes import address_domain
from mailproof.structs import replace

#: Older hops tried, to find one at which SPF would have passed.
MAX_EARLIER = 3
#: Domains without the signature's key for which we look up whether they have any key.
_MAX_KEYLESS = 5
#: Codes of signatures for which it is open whether they count.
_OPEN = {
    "no-body": "DKIM cannot be verified without the body",
    "altered-copy": "DKIM cannot be verified on an altered copy",
    CHANGED: "the message was changed since it arrived",
    REPLACED: "a DKIM key was removed or replaced since the message arrived",
}
_T = TypeVar("_T")


async def authenticate(
    message: Message,
    border: Border,
    envelope: Envelope,
    resolver: Resolver,
    *,
    now: datetime,
    today: datetime | None = None,
) -> Verdicts:
    """Authenticate a message that the server of ``border`` accepted with this ``envelope``. Expiry is checked
    as of ``now``; signatures that expired between then and ``today`` are noted.

    A part that fails only costs its own verdict and is recorded in ``failures``. Besides what the verdicts
    need, this looks up what rules need: the answers are kept with the run's lookups.
    """
    run = _Run(message, envelope, resolver, border.inside)
    spf, spf_helo, dkim, arc, _ = await together(
        run.spf(by_helo=False),
        run.spf(by_helo=True),
        run.guard("dkim", verify_dkim(message, resolver, now=now, today=today)),
        run.guard("arc", verify_arc(message, resolver, vouched=knew_arc_pass(message, border))),
        run.exchangers(),
    )
    tags = [signature.tag("b") for signature in message.signatures.values()]
    texts = tuple(["".join(tag.value.split()) if tag else "" for tag in tags])
    if dkim is not None:
        dkim = signatures_in_doubt(message.raw, since_arrival(dkim, message, border, texts))
    if arc is not None:
        arc = chain_in_doubt(message.raw, arc, dkim or ())
    (dmarc, signatures), _ = await together(run.dmarc(spf, dkim), run.other_keys(dkim or ()))
    earlier = None
    if spf is not None and spf.scope == "mfrom" and spf.result in ("fail", "softfail", "neutral"):
        earlier = await run.earlier_sender(border.hops)
    return Verdicts(spf, spf_helo, signatures, texts, arc, dmarc, earlier, tuple(run.failures))


class _Run(Struct):
    """One message during authentication, and the parts that failed."""

    message: Message
    envelope: Envelope
    resolver: Resolver
    inside: bool = False
    failures: list[CollectorFailure] = field(default_factory=list)

    async def guard(self, name: str, work: Awaitable[_T]) -> _T | None:
        """The result; None if it raised, which is recorded as a failure."""
        try:
            return await work
        except Exception as error:  # noqa: BLE001 - one failing part must not cost the others
            self.failures.append(CollectorFailure(name, f"{type(error).__name__}: {error}"))
            return None

    async def exchangers(self) -> None:
        """Look up the MX records of the sending domains."""
        author = self.message.author.domains[:1]
        names = dict.fromkeys((*author, address_domain(self.envelope.mail_from or "")))
        await self.guard("mx", ask(self.resolver, *((name, "MX") for name in names if name)))

    async def spf(self, *, by_helo: bool) -> SpfVerdict | None:
        """SPF for the return path, or for the HELO name alone."""
        envelope = self.envelope
        sender = "" if by_helo else envelope.mail_from
        if not envelope.ip or sender is None or (by_helo and not envelope.helo):
            return None
        work = check_host(envelope.ip, sender, envelope.helo, resolver=self.resolver)
        return await self.guard("spf_helo" if by_helo else "spf", work)

    async def other_keys(self, dkim: tuple[DkimVerdict, ...]) -> None:
        """If a key is missing, look up whether the domain has any."""
        domains = dict.fromkeys(v.domain for v in dkim if v.code == "no-key")
        names = [(f"_domainkey.{domain}", "TXT") for domain in list(domains)[:_MAX_KEYLESS]]
        await self.guard("keys", ask(self.resolver, *names))

    async def earlier_sender(self, hops: tuple[ReceivedHop, ...]) -> ReceivedHop | None:
        """The hop before the handover at which SPF would have passed: a sign of plain forwarding."""
        ip = self.envelope.ip
        older = hops[1 + next((i for i, hop in enumerate(hops) if hop.handover or hop.ip == ip), len(hops)) :]
        for hop in [each for each in older if each.ip and not is_private(each.ip)][:MAX_EARLIER]:
            sender = self.envelope.mail_from or ""
            verdict = await self.guard(
                "forwarding", check_host(hop.ip, sender, hop.helo, resolver=self.resolver)
            )
            if verdict is not None and verdict.result == "pass":
                return hop
        return None

    async def dmarc(
        self, spf: SpfVerdict | None, dkim: tuple[DkimVerdict, ...] | None
    ) -> tuple[DmarcVerdict | None, tuple[DkimVerdict, ...]]:
        """DMARC. An unknown SPF or DKIM result counts as unknown in it, never as a failure."""
        known, domains = dkim or (), self.message.author.domains
        if len(domains) != 1:
            return refuse(domains), known
        if (fields := len(self.message.raw.fields("from"))) > 1:
            reason = f"the message has {fields} From headers: DMARC can evaluate only one"
            return replace(refuse(domains), reason=reason), known
        (author,) = domains
        if self.inside:
            return None, known
        open_parts: list[str] = []
        sender = self._sender(spf, author, open_parts)
        evaluated = self._signatures(dkim, author, open_parts)
        result = await self.guard("dmarc", evaluate(author, sender, evaluated, self.resolver))
        if result is None:
            return None, known
        verdict, filled = result
        if open_parts and verdict.result == "temperror" and verdict.policy_domain:
            reason = f"could not check whether DMARC passes: {' and '.join(open_parts)}"
            verdict = replace(verdict, reason=reason)
        restored = tuple(
            after if after.result == before.result else replace(after, result=before.result)
            for before, after in zip(known, filled, strict=False)
        )
        return verdict, restored if dkim else ()

    def _sender(self, spf: SpfVerdict | None, author: str, open_parts: list[str]) -> SpfVerdict:
        """The SPF verdict for DMARC; why it is unknown is added to ``open_parts``."""
        if spf is not None:
            return spf
        open_parts.append("SPF could not be evaluated")
        return SpfVerdict("temperror", (self.envelope.mail_from or "").rpartition("@")[2] or author)

    def _signatures(
        self, dkim: tuple[DkimVerdict, ...] | None, author: str, open_parts: list[str]
    ) -> tuple[DkimVerdict, ...]:
        """The DKIM verdicts for DMARC; why one is unknown is added to ``open_parts``."""
        if dkim is None:
            open_parts.append("DKIM could not be verified")
            return (DkimVerdict("temperror", author, ""),)
        if not dkim and (self.message.raw.altered or self.message.raw.partial):
            open_parts.append("a signature may be missing in this copy")
            return (DkimVerdict("temperror", author, ""),)
        codes = {verdict.code for verdict in dkim}
        open_parts += [why for code, why in _OPEN.items() if code in codes]
        return tuple(replace(v, result="temperror") if v.code in UNVERIFIED else v for v in dkim)
