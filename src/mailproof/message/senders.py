"""The domains a message claims to come from, and what its facts say about them."""

from __future__ import annotations

from mailproof.model import Lookup, MessageFacts, ReceivedHop
from mailproof.records.mailboxes import address_domain
from mailproof.structs import kept


def no_reverse_name(hop: ReceivedHop) -> bool:
    """Whether the server that wrote the hop found no reverse name that resolves back to the client."""
    if not hop.ip or "(Coremail)" in hop.raw:  # which writes "unknown" of all clients
        return False
    postfix = f"(unknown [{hop.ip}]" in hop.raw or f"(unknown [IPv6:{hop.ip}]" in hop.raw
    return postfix or "(may be forged)" in hop.raw


@kept
def sending_domains(facts: MessageFacts) -> dict[str, str]:
    """The domains that the message claims to come from, and which identity names each."""
    path = address_domain(facts.envelope.mail_from or "")
    if path == facts.from_domain:
        return {path: "the return path and From"} if path else {}
    named = {path: "the return path", facts.from_domain: "From"}
    return {domain: where for domain, where in named.items() if domain}


@kept
def exchangers_of(facts: MessageFacts) -> tuple[Lookup, ...]:
    """The MX lookups of the sending domains; SPF may have caused others."""
    names = sending_domains(facts)
    return tuple([each for each in facts.lookups if each.rrtype == "MX" and each.name in names])


def is_null_mx(lookup: Lookup) -> bool:
    """Whether an MX lookup says that the domain accepts no mail (RFC 7505)."""
    return [each.split()[-1] for each in lookup.records] == ["."]
