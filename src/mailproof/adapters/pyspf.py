"""pyspf as a second opinion on SPF: its own evaluation on our answers, without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mailproof.adapters.gathered import Gathered, run_gathered
from mailproof.dns.answer import Resolver
from mailproof.dns.text import to_ascii
from mailproof.errors import MailproofError, UsageError
from mailproof.model import SecondOpinion, SpfVerdict
from mailproof.model.spf import AuthResult
from mailproof.records.addresses import client_address

if TYPE_CHECKING:
    from mailproof.adapters.pyspf_query import CorrectedQuery


class PyspfError(MailproofError):
    """pyspf itself failed, so there is no second opinion."""


async def check_host_pyspf(
    ip: str, mail_from: str, helo: str, *, resolver: Resolver, receiver: str = "unknown"
) -> SpfVerdict:
    """pyspf's verdict (in strict RFC 7208 mode), with its known faults corrected.

    There is no trace. Raises UsageError if ``ip`` is not an address, and PyspfError if pyspf failed.
    """
    address = str(client_address(ip))
    sender = mail_from.strip().removeprefix("<").removesuffix(">").strip()
    local, at, domain = sender.rpartition("@")
    if not domain.isascii():
        try:
            sender = f"{local}{at}{to_ascii(domain)}"
        except UsageError as error:
            return SpfVerdict("none", domain, address, "mfrom", reason=str(error))

    def call(gathered: Gathered) -> SpfVerdict:
        from mailproof.adapters.pyspf_query import CorrectedQuery, answering

        with answering(gathered):
            query = CorrectedQuery(i=address, s=sender, h=helo.strip(), receiver=receiver, strict=True)
            query.set_default_explanation("")
            return _verdict(query, address)

    try:
        # pyspf asks one question at a time: ten mx terms of ten hosts each need this many rounds.
        return await run_gathered(resolver, call, max_rounds=160)
    except MailproofError:
        raise
    except Exception as error:  # pyspf lets any exception escape: raise one of ours for all of them
        raise PyspfError(f"pyspf failed: {type(error).__name__}: {error}") from error


async def second_opinion(ours: SpfVerdict, mail_from: str, helo: str, *, resolver: Resolver) -> SecondOpinion:
    """pyspf's verdict compared with ours for the same client and identity. Never raises if pyspf fails."""
    try:
        theirs = await check_host_pyspf(ours.ip, mail_from, helo, resolver=resolver)
    except MailproofError as error:
        return SecondOpinion("pyspf", "spf", "error", False, str(error))
    if theirs.result == ours.result:
        return SecondOpinion("pyspf", "spf", theirs.result, True)
    note = f"mailproof: {ours.result} ({ours.reason}); pyspf: {theirs.result} ({theirs.reason})"
    return SecondOpinion("pyspf", "spf", theirs.result, False, note)


def _verdict(query: CorrectedQuery, address: str) -> SpfVerdict:
    word, _, text = query.check()
    failed = word in ("permerror", "temperror")
    return SpfVerdict(
        result=cast("AuthResult", word),
        domain=str(query.o).lower().removesuffix("."),
        ip=address,
        scope="helo" if query.ident == "helo" else "mfrom",
        explanation="" if failed or word != "fail" else str(text or ""),
        reason=str(text) if failed else f"pyspf: {query.mechanism or 'no mechanism matched'}",
        lookups=int(query.lookups),
        void_lookups=int(query.void_lookups),
        matched=str(query.mechanism or ""),
    )
