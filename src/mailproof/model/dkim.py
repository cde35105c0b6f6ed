"""DKIM facts of a domain (RFC 6376, 8301, 8463)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup

DkimKeyStatus = Literal["valid", "revoked", "invalid", "absent", "unknown"]


class Tag(Struct, frozen=True):
    """One ``name=value`` of a tag list, with the characters it spans (``start`` to ``end``)."""

    name: str
    value: str
    start: int
    end: int


class TagProblem(Struct, frozen=True):
    """A fault in a record, with the characters at fault. A ``fatal`` one makes the whole record unusable."""

    code: str
    message: str
    start: int
    end: int
    fatal: bool = True


class TagRecord(Struct, frozen=True):
    """A parsed record that is a list of tags. Spans are offsets into ``text``."""

    text: str
    tags: tuple[Tag, ...] = ()
    problems: tuple[TagProblem, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether its consumers can use it."""
        return self.fault is None

    @property
    def fault(self) -> TagProblem | None:
        """The first fault that makes it unusable."""
        return next((problem for problem in self.problems if problem.fatal), None)

    def tag(self, name: str) -> Tag | None:
        """The tag of that name, if present."""
        return next((tag for tag in self.tags if tag.name == name), None)


class DkimKeyRecord(TagRecord, frozen=True):
    """A parsed DKIM key record (RFC 6376 section 3.6.1). ``bits`` is 0 without a usable key."""

    key_type: str = "rsa"
    bits: int = 0
    revoked: bool = False
    testing: bool = False
    strict_identity: bool = False
    hashes: tuple[str, ...] = ()
    services: tuple[str, ...] = ("*",)
    notes: str = ""
    public_key: str = ""

    @property
    def valid(self) -> bool:
        """Whether a verifier can use it."""
        return not self.revoked and super().valid


class DkimSelectorFacts(Struct, frozen=True):
    """One selector that was looked up. ``origin`` says why it was tried (given, message, or a provider).

    ``target`` is the end of the CNAME chain, if there is one. ``meant``: if the target of a CNAME was entered
    as TXT, or without its final dot, the lookup of the intended name.
    """

    selector: str
    domain: str
    name: str
    status: DkimKeyStatus
    lookup: Lookup
    origin: str = "given"
    target: str = ""
    records: tuple[str, ...] = ()
    record: DkimKeyRecord | None = None
    reason: str = ""
    meant: Lookup | None = None

    @property
    def owner(self) -> str:
        """The name that owns the records: the end of the CNAME chain, or the selector's own name."""
        return self.target or self.name


class DkimProvider(Struct, frozen=True):
    """A mail provider that the domain seems to use, according to its other records, and its selectors there.

    ``why`` are the signs (``MX …``, ``SPF …``, ``DMARC reports to …``, ``CNAME …``). Of its ``selectors``,
    ``published`` have a key record, ``dangling`` are aliases of a name without one, ``unknown`` got no
    answer and ``untried`` were not looked up. ``always``: the provider signs with no other selectors;
    ``form`` describes selectors that cannot be guessed. ``tenant`` is the domain that its aliases lead into
    (``acme.onmicrosoft.com``).
    """

    name: str
    why: tuple[str, ...]
    selectors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    dangling: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    always: bool = False
    form: str = ""
    tenant: str = ""
    source: str = ""
    untried: tuple[str, ...] = ()


class DkimDiscovery(Struct, frozen=True):
    """The result of the search for selectors.

    Of ``known`` selectors, ``tried`` were looked up: ``selectors``. ``domainkey`` is the lookup of
    ``_domainkey.<domain>`` itself: NXDOMAIN means that no key exists at all (RFC 8020); anything else means
    that keys may exist. ``wildcard_records`` are the records that a wildcard gives to any selector
    (``control`` is the lookup of a made-up selector that revealed it). ``skipped`` says why the list was not
    tried. ``unguessable`` are providers whose selectors cannot be listed; ``providers`` those that the domain
    seems to use, and ``providers_unknown`` the failed lookups that may hide more. ``listed``: the selectors
    come from the zone itself, so there are no others. ``synthesized``: a wildcard above answers for
    ``_domainkey`` itself, without a key, so the name does not exist (RFC 4592 section 2.2.1).
    """

    tried: int
    found: int
    unknown: int
    list_date: str
    domainkey: Lookup
    wildcard: bool = False
    wildcard_records: tuple[str, ...] = ()
    control: Lookup | None = None
    skipped: str = ""
    unguessable: tuple[str, ...] = ()
    providers: tuple[DkimProvider, ...] = ()
    providers_unknown: tuple[Lookup, ...] = ()
    known: int = 0
    listed: bool = False
    synthesized: bool = False
    selectors: tuple[str, ...] = ()

    @property
    def no_keys(self) -> bool:
        """Whether ``_domainkey`` is known not to exist, so no selector has a key of its own."""
        return self.domainkey.status == "nxdomain" or self.synthesized

    @property
    def untried(self) -> int:
        """How many known selectors were not looked up."""
        return max(self.known - self.tried, 0)
