"""The facts of one domain."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from msgspec import Struct

from mailproof.model.bimi import BimiFacts
from mailproof.model.blocklists import BlocklistFacts
from mailproof.model.dane import DaneFacts
from mailproof.model.dkim import DkimDiscovery, DkimSelectorFacts
from mailproof.model.dmarc import DmarcFacts
from mailproof.model.expectations import Expectations
from mailproof.model.health import AuthorityFacts, HealthFacts, ZoneSecurity
from mailproof.model.lookup import CollectorFailure, Lookup
from mailproof.model.misplaced import MisplacedFacts
from mailproof.model.mta_sts import MtaStsFacts, TlsRptFacts
from mailproof.model.mx import MxHostFacts, SendingHostFacts
from mailproof.model.receivers import ReceiverFacts
from mailproof.model.spf import SpfFacts
from mailproof.model.transport import TransportFacts

#: What a domain is for: it decides which rules apply.
DomainProfile = Literal["sending", "receiving-only", "parked"]


class SecondOpinion(Struct, frozen=True):
    """Another tool's verdict on the same answers, and whether it agrees with ours."""

    tool: str
    topic: str
    verdict: str
    agrees: bool
    note: str = ""


class DomainFacts(Struct, frozen=True, dict=True):  # the dict is for cached properties
    """The facts that the checks of a domain read. A part is None only if its collector failed or did not run.

    ``profile`` is what the domain is for, and ``profile_reason`` how we know. If the domain does not exist,
    ``near_names`` are similar names that may have been meant. ``wildcard_beside``: if the domain lacks an MX
    or SPF record, the lookups of the wildcard that would cover it if it did not exist. ``expected`` is what
    mailproof.toml says that the domain publishes.
    """

    domain: str
    unicode_domain: str = ""
    soa: Lookup | None = None
    ns: Lookup | None = None
    spf: SpfFacts | None = None
    dkim: tuple[DkimSelectorFacts, ...] = ()
    dkim_discovery: DkimDiscovery | None = None
    dmarc: DmarcFacts | None = None
    mx_lookup: Lookup | None = None
    mx: tuple[MxHostFacts, ...] = ()
    sending_hosts: tuple[SendingHostFacts, ...] = ()
    second_opinions: tuple[SecondOpinion, ...] = ()
    transport: TransportFacts | None = None
    dane: DaneFacts | None = None
    mta_sts: MtaStsFacts | None = None
    tls_rpt: TlsRptFacts | None = None
    bimi: BimiFacts | None = None
    misplaced: MisplacedFacts | None = None
    dnssec: tuple[ZoneSecurity, ...] = ()
    authority: AuthorityFacts | None = None
    health: HealthFacts | None = None
    blocklists: BlocklistFacts | None = None
    failures: tuple[CollectorFailure, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    profile: DomainProfile = "sending"
    profile_reason: str = ""
    receivers: tuple[ReceiverFacts, ...] = ()
    near_names: tuple[str, ...] = ()
    wildcard_beside: tuple[Lookup, ...] = ()
    expected: Expectations | None = None

    @cached_property
    def exists(self) -> bool:
        """Whether the name exists in the DNS: it does unless the SOA is NXDOMAIN and no record was found."""
        spf = self.spf.root.lookup if self.spf is not None else None
        found = any(lookup is not None and lookup.found for lookup in (self.ns, self.mx_lookup, spf))
        return found or self.soa is None or self.soa.status != "nxdomain"
