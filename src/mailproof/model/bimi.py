"""BIMI facts of a domain (draft-brand-indicators-for-message-identification)."""

from __future__ import annotations

from msgspec import Struct

from mailproof.model.dkim import TagRecord
from mailproof.model.fetch import FetchFacts
from mailproof.model.lookup import Lookup
from mailproof.model.tls import CertificateFacts


class BimiRecord(TagRecord, frozen=True):
    """A parsed assertion record. ``location`` is the logo's URL, ``evidence`` the certificate's.

    ``declined``: both tags are present and empty, which means the domain wants no logo shown.
    """

    location: str = ""
    evidence: str = ""
    preference: str = ""
    declined: bool = False


class SvgProblem(Struct, frozen=True):
    """A violation of SVG Tiny PS. ``line`` counts from 1; 0 if unknown.

    If it is ``fatal``, receivers don't show the logo.
    """

    code: str
    message: str
    line: int = 0
    fatal: bool = True


class BimiLogo(Struct, frozen=True):
    """The logo as fetched. ``size`` in octets and ``sha256`` are of the decompressed contents.

    ``width`` and ``height`` are from the viewBox (0 without one).
    """

    fetch: FetchFacts
    size: int = 0
    sha256: str = ""
    title: str = ""
    width: float = 0.0
    height: float = 0.0
    problems: tuple[SvgProblem, ...] = ()


class BimiEvidence(Struct, frozen=True):
    """The mark certificate as fetched: its chain, leaf first (the certificate itself is ``chain[0]``).

    ``problem`` is why it could not be read. ``bimi_usage``: the key may be used for BIMI
    (1.3.6.1.5.5.7.3.31). ``mark_type`` is as written in the certificate. ``logo_sha256`` is the hash of the
    embedded logo, "" if it could not be decoded; ``logo_problems`` are that logo's faults. ``linked``: each
    certificate is signed by the next. Whether the chain ends at a root that receivers trust is not checked.
    """

    fetch: FetchFacts
    problem: str = ""
    chain: tuple[CertificateFacts, ...] = ()
    names: tuple[str, ...] = ()
    bimi_usage: bool = False
    mark_type: str = ""
    linked: bool | None = None
    logo_sha256: str = ""
    logo_problems: tuple[SvgProblem, ...] = ()


class BimiSelectorFacts(Struct, frozen=True):
    """One selector. ``found_at`` is the name whose record applies: the selector's own, or the fallback.

    ``lookups`` are ``<selector>._bimi.<domain>`` and, if that has no record,
    ``default._bimi.<organizational domain>`` (or the failed lookup that leaves that domain unknown).
    ``not_fetched`` says why logo and certificate were not requested.
    """

    selector: str
    lookups: tuple[Lookup, ...]
    found_at: str = ""
    records: tuple[str, ...] = ()
    other_txt: tuple[str, ...] = ()
    record: BimiRecord | None = None
    logo: BimiLogo | None = None
    evidence: BimiEvidence | None = None
    not_fetched: str = ""


class BimiFacts(Struct, frozen=True):
    """BIMI of a domain: the selector ``default`` first."""

    domain: str
    selectors: tuple[BimiSelectorFacts, ...]
