"""DMARC for one message: alignment, result and disposition (RFC 9989 sections 4.4, 4.10.2 and 5.3)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from mailproof.auth.dmarc_walk import discover, walk
from mailproof.dns import Resolver
from mailproof.dns.text import normalize
from mailproof.dns.together import together
from mailproof.model import (
    Alignment,
    AuthResult,
    DkimVerdict,
    DmarcFacts,
    DmarcVerdict,
    DmarcWalk,
    SpfVerdict,
)
from mailproof.records.dmarc import softened
from mailproof.structs import replace

#: Signing domains for which we do the DNS tree walk: a message may have any number.
MAX_DOMAINS = 20


class _Identifier(Struct, frozen=True):
    """One identifier: the result of its own method, its organizational domain, whether it is aligned."""

    result: AuthResult
    organizational_domain: str
    aligned: bool | None

    @property
    def counts(self) -> bool | None:
        """True: an aligned pass. None: it may be one, but a lookup failed."""
        if self.result == "pass":
            return self.aligned
        return None if self.result == "temperror" and self.aligned is not False else False


def refuse(from_domains: tuple[str, ...]) -> DmarcVerdict:
    """The verdict for a message whose From does not name exactly one domain (sections 4.4 and 11.5).

    Such a message never passes, even with valid signatures: several domains are a ``permerror``, none at all
    is ``none``.
    """
    if from_domains:
        listed = ", ".join(from_domains[:5])
        reason = f"From names {len(from_domains)} domains ({listed}): DMARC can evaluate only one"
        return DmarcVerdict("permerror", from_domains[0], reason=reason)
    return DmarcVerdict("none", "", reason="From names no domain")


async def evaluate(
    from_domain: str, spf: SpfVerdict | None, dkim: tuple[DkimVerdict, ...], resolver: Resolver
) -> tuple[DmarcVerdict, tuple[DkimVerdict, ...]]:
    """Evaluate DMARC, and return the DKIM verdicts with ``aligned`` and ``organizational_domain`` filled in.

    ``from_domain`` is in A-labels. ``spf`` must be the verdict on MAIL FROM (on HELO only if the return
    path is null). ``DkimVerdict.aligned`` compares the domains only, whether or not the signature passed;
    the verdict's ``spf_aligned`` and ``dkim_aligned`` are True only for an aligned pass, and None if a
    DNS failure leaves that open. Result ``permerror``: the record that applies has no usable policy.
    """
    author = normalize(from_domain)
    spf_domain = normalize(spf.domain) if spf and spf.domain else ""
    signers = tuple(dict.fromkeys(normalize(v.domain) for v in dkim if v.domain))[:MAX_DOMAINS]
    names = tuple(dict.fromkeys((*signers, *((spf_domain,) if spf_domain else ()))))
    others = [name for name in names if name != author]
    walks: tuple[DmarcWalk, ...] = ()
    if others:
        found, walks = await together(
            discover(author, resolver), together(*(walk(name, resolver) for name in others))
        )
    else:
        found = await discover(author, resolver)
    by_name = {author: found.walk, **dict(zip(others, walks, strict=True))}
    adkim: Alignment = found.record.adkim if found.record else "r"
    aspf: Alignment = found.record.aspf if found.record else "r"
    signatures = tuple(_identifier(v.result, normalize(v.domain), found.walk, by_name, adkim) for v in dkim)
    sender = _identifier(spf.result, spf_domain, found.walk, by_name, aspf) if spf else None
    filled = tuple(
        replace(verdict, aligned=one.aligned, organizational_domain=one.organizational_domain)
        for verdict, one in zip(dkim, signatures, strict=True)
    )
    return _verdict(author, found, sender, signatures), filled


def _identifier(
    result: AuthResult, domain: str, author: DmarcWalk, walks: dict[str, DmarcWalk], mode: Alignment
) -> _Identifier:
    own = walks.get(domain)
    organizational = own.organizational_domain if own else ""
    if domain == author.domain:
        return _Identifier(result, organizational, True)
    if mode == "s" or own is None:
        return _Identifier(result, organizational, False)
    if own.unknown or author.unknown:
        # Names of different top-level domains never share an organizational domain.
        apart = domain.rpartition(".")[2] != author.domain.rpartition(".")[2]
        return _Identifier(result, organizational, False if apart else None)
    return _Identifier(result, organizational, organizational == author.organizational_domain)


def _verdict(
    author: str, found: DmarcFacts, sender: _Identifier | None, signatures: tuple[_Identifier, ...]
) -> DmarcVerdict:
    by_spf = sender.counts if sender else False
    by_dkim = _any(one.counts for one in signatures)
    record = found.record
    base = DmarcVerdict(
        result="none",
        domain=author,
        organizational_domain=found.walk.organizational_domain,
        policy_domain=found.policy_domain,
        policy=found.policy,
        spf_aligned=by_spf,
        dkim_aligned=by_dkim,
        spf_organizational_domain=sender.organizational_domain if sender else "",
        aspf=record.aspf if record else "r",
        adkim=record.adkim if record else "r",
        reason=found.reason,
        walk=found.walk,
        spf_domain_aligned=sender.aligned if sender else None,
    )
    if found.unknown is not None:
        return replace(base, result="temperror", reason=f"the policy is unknown: {found.reason}")
    if record is None:
        return base
    if not record.valid:
        return replace(base, result="permerror")
    if by_spf or by_dkim:
        by = " and ".join(word for word, ok in (("SPF", by_spf), ("DKIM", by_dkim)) if ok)
        return replace(base, result="pass", disposition="none", reason=f"{by} passed with an aligned domain")
    if by_spf is None or by_dkim is None:
        word = "SPF" if by_spf is None else "DKIM"
        reason = f"{word} may pass and align, but a DNS lookup failed"
        return replace(base, result="temperror", reason=reason)
    reason = f"neither SPF nor DKIM passed with a domain aligned with {author}; {found.reason}"
    if found.policy is None:
        return replace(base, result="fail", reason=reason)
    disposition = softened(found.policy, record.testing)
    if disposition != found.policy:
        reason += f"; t=y asks for {disposition} in place of {found.policy}"
    return replace(base, result="fail", disposition=disposition, reason=reason)


def _any(values: Iterable[bool | None]) -> bool | None:
    known = tuple(values)
    if True in known:
        return True
    return None if None in known else False
