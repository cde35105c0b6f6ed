"""Answers that are already known, served to a dnspython resolver without opening a socket."""

from __future__ import annotations

from collections.abc import Callable

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.nameserver
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver
import dns.rrset

from mailproof.adapters.gathered import MissingAnswer
from mailproof.dns import Answer

#: Returns the answer to (name, rrtype), or raises MissingAnswer.
Lookup = Callable[[str, str], Answer]

_RCODES = {
    "ok": dns.rcode.NOERROR,
    "nodata": dns.rcode.NOERROR,
    "nxdomain": dns.rcode.NXDOMAIN,
    "refused": dns.rcode.REFUSED,
}


class AnswerNameserver(dns.nameserver.Nameserver):
    """A dnspython name server that takes its answers from a function.

    A failed or missing answer is returned as SERVFAIL and never raised: after an exception, dnspython
    waits and retries until its lifetime is over.
    """

    def __init__(self, lookup: Lookup) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # dnspython does not type it
        self._lookup = lookup

    def __str__(self) -> str:
        return "mailproof"

    def kind(self) -> str:
        return "mailproof"

    def is_always_max_size(self) -> bool:
        return True

    def answer_nameserver(self) -> str:
        return "mailproof"

    def answer_port(self) -> int:
        return 0

    def query(
        self,
        request: dns.message.QueryMessage,
        timeout: float,
        source: str | None,
        source_port: int,
        max_size: bool = False,
        one_rr_per_rrset: bool = False,
        ignore_trailing: bool = False,
    ) -> dns.message.Message:
        question = request.question[0]
        name = question.name.to_text(omit_final_dot=len(question.name.labels) > 1)
        try:
            answer = self._lookup(name, dns.rdatatype.to_text(question.rdtype))
        except MissingAnswer as missing:
            answer = Answer(missing.name, missing.rrtype, "servfail")
        return response_to(request, answer)


def response_to(request: dns.message.QueryMessage, answer: Answer) -> dns.message.Message:
    """The response that a recursive name server would have sent for this answer."""
    response = dns.message.make_response(request, recursion_available=True)
    response.set_rcode(_RCODES.get(answer.status, dns.rcode.SERVFAIL))
    if answer.secure == "yes":
        response.flags |= dns.flags.AD
    owner = request.question[0].name
    if not answer.undetermined:
        for alias in answer.chain:
            target = dns.name.from_text(alias)
            cname = dns.rdata.from_text("IN", "CNAME", target.to_text())
            response.answer.append(dns.rrset.from_rdata(owner, answer.ttl, cname))
            owner = target
        if answer.records:
            response.answer.append(dns.rrset.from_rdata_list(owner, answer.ttl, answer.records))
    # dnspython finds records through an index that only a message parsed from wire format has.
    try:
        wire = response.to_wire(max_size=65535)
    except dns.exception.TooBig:
        # More than any name server could have sent.
        response = dns.message.make_response(request, recursion_available=True)
        response.set_rcode(dns.rcode.SERVFAIL)
        wire = response.to_wire()
    return dns.message.from_wire(wire)


def dnspython_resolver(lookup: Lookup) -> dns.resolver.Resolver:
    """A dnspython resolver that queries only ``lookup``, and reads no resolv.conf."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [AnswerNameserver(lookup)]
    resolver.retry_servfail = False
    return resolver
