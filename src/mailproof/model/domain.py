"""All that is known of one domain from the DNS."""

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
    """What another tool says of the same answers, and whether it agrees with us."""

    tool: str
    topic: str
    verdict: str
    agrees: bool
    note: str = ""


class DomainFacts(Struct, frozen=True, dict=True):  # the dict is for what is derived once
    """The facts that the checks of a domain read. A part is None only where its collector failed.

    ``profile`` is what the domain is for, and ``profile_reason`` how that is known. ``near_names`` are names
    that may have been meant, where the domain does not exist; ``wildcard_beside`` the lookups of the wildcard
    that would cover the domain, if it did not exist, where it lacks an MX or SPF record of its own;
    ``expected`` what mailproof.toml says that it publishes.
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
        """Whether the name is in the DNS: only NXDOMAIN, and nothing found at it, says that it is not."""
        spf = self.spf.root.lookup if self.spf is not None else None
        found = any(lookup is not None and lookup.found for lookup in (self.ns, self.mx_lookup, spf))
        return found or self.soa is None or self.soa.status != "nxdomain"
