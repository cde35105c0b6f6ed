"""DMARC facts of a domain (RFC 9989)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.dkim import TagRecord
from mailproof.model.lookup import Lookup
from mailproof.model.spf import AuthResult

Policy = Literal["none", "quarantine", "reject"]
Alignment = Literal["r", "s"]
PolicySource = Literal["p", "sp", "np"]


class DmarcUri(Struct, frozen=True):
    """One destination of ``rua`` or ``ruf``. ``start`` and ``end`` are offsets into the record."""

    text: str
    scheme: str
    address: str
    start: int
    end: int
    problem: str = ""


class DmarcRecord(TagRecord, frozen=True):
    """A parsed DMARC record. ``p`` is the policy after RFC 9989's rules for a missing or invalid ``p=``."""

    p: Policy | None = None
    sp: Policy | None = None
    np: Policy | None = None
    adkim: Alignment = "r"
    aspf: Alignment = "r"
    psd: Literal["y", "n", "u"] = "u"
    testing: bool = False
    fo: tuple[str, ...] = ("0",)
    rua: tuple[DmarcUri, ...] = ()
    ruf: tuple[DmarcUri, ...] = ()


class DmarcStep(Struct, frozen=True):
    """One query of the tree walk (RFC 9989 section 4.10). ``records`` are the DMARC records at the name."""

    name: str
    lookup: Lookup
    records: tuple[str, ...] = ()
    other_txt: tuple[str, ...] = ()
    record: DmarcRecord | None = None
    note: str = ""


class DmarcWalk(Struct, frozen=True):
    """The whole walk from one domain: its steps in order and the organizational domain it found.

    ``unknown`` is the first step without an answer, which leaves the result in doubt.
    """

    domain: str
    steps: tuple[DmarcStep, ...]
    organizational_domain: str
    reason: str = ""
    unknown: Lookup | None = None


class ReportDestination(Struct, frozen=True):
    """Whether a report destination outside the organizational domain agreed to it (RFC 9990 section 4).

    ``authorized`` is None if it could not be checked; ``note`` says why a consent does not count.
    ``takes_mail`` says whether the domain of a mailto address accepts mail (None: could not check, or not
    looked up), ``mail`` is the lookup that shows it (None: not looked up).
    """

    uri: str
    tag: Literal["rua", "ruf"]
    domain: str
    external: bool
    authorized: bool | None
    lookup: Lookup | None = None
    note: str = ""
    takes_mail: bool | None = None
    mail: Lookup | None = None


class DmarcFacts(Struct, frozen=True):
    """The DMARC policy that applies to a domain, and why (RFC 9989 section 4.10.1).

    ``policy_domain`` is where the record that applies was found ("" if none was); ``policy`` is the policy it
    requests for this domain, from the tag ``source``, before ``t=y`` softens it (None also if it depends on
    whether the domain exists and that is unknown); ``exists`` says whether the domain itself exists.
    """

    domain: str
    walk: DmarcWalk
    policy_domain: str = ""
    record: DmarcRecord | None = None
    policy: Policy | None = None
    source: PolicySource | None = None
    reason: str = ""
    exists: bool | None = None
    destinations: tuple[ReportDestination, ...] = ()

    @property
    def unknown(self) -> Lookup | None:
        """The failed lookup that leaves open which record applies."""
        return self.walk.unknown if self.record is None else None


class DmarcVerdict(Struct, frozen=True):
    """DMARC for one message. ``aligned`` flags are None if the result behind them is unknown.

    ``spf_domain_aligned`` compares the domains only, whatever SPF's result, like ``DkimVerdict.aligned``.
    """

    result: AuthResult
    domain: str
    organizational_domain: str = ""
    policy_domain: str = ""
    policy: Policy | None = None
    disposition: Literal["none", "quarantine", "reject", ""] = ""
    spf_aligned: bool | None = None
    dkim_aligned: bool | None = None
    spf_organizational_domain: str = ""
    aspf: Alignment = "r"
    adkim: Alignment = "r"
    reason: str = ""
    walk: DmarcWalk | None = None
    spf_domain_aligned: bool | None = None
