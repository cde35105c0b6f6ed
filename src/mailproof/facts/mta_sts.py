"""The MTA-STS facts of a domain: record, policy host, policy (RFC 8461)."""

from __future__ import annotations

from mailproof.dns import Resolver
from mailproof.dns.answer import beside
from mailproof.dns.memo import ask
from mailproof.facts.domain import NOT_CONNECTED
from mailproof.facts.http import fetch
from mailproof.facts.transport_options import TransportOptions
from mailproof.model import MtaStsFacts
from mailproof.records.mta_sts import is_sts, parse_sts_record
from mailproof.records.mta_sts_policy import parse_sts_policy
from mailproof.records.tags import divided
from mailproof.structs import replace

#: Octets read of an MTA-STS policy (RFC 8461 section 3.3 suggests this bound).
MAX_POLICY = 65536
#: Other TXT records shown.
MAX_OTHER = 50


async def collect_mta_sts(
    domain: str, resolver: Resolver, options: TransportOptions | None = None
) -> MtaStsFacts:
    """The MTA-STS facts of a domain (``domain`` in A-labels). Never raises for what servers answer.

    Record and policy host are looked up concurrently. With ``options``, the policy is fetched if the host has
    an address, even without a record: a policy that no record announces is a fault worth reporting.
    """
    host = f"mta-sts.{domain}"
    answer, a = await ask(resolver, (f"_mta-sts.{domain}", "TXT"), (host, "A"))
    aaaa = await beside(a, "AAAA", resolver)
    records, others = divided(answer.lookup.records, is_sts)
    not_fetched = NOT_CONNECTED if options is None else ""
    facts = MtaStsFacts(
        domain=domain,
        lookup=answer.lookup,
        records=records,
        other_txt=others[:MAX_OTHER],
        record=parse_sts_record(records[0]) if len(records) == 1 else None,
        host=(a.lookup, aaaa.lookup),
        not_fetched=f"{host} has no address" if a.absent and aaaa.absent else not_fetched,
    )
    if options is None or facts.not_fetched:
        return facts
    got = await fetch(f"https://{host}/.well-known/mta-sts.txt", resolver, options, max_body=MAX_POLICY)
    policy = parse_sts_policy(got.body.decode("utf-8", "replace")) if got.facts.ok else None
    return replace(facts, fetch=got.facts, policy=policy)
