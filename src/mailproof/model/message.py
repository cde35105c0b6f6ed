"""The facts of one message, fetched back or given in a file."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from msgspec import Struct, field

from mailproof.grouping import grouped
from mailproof.model.bounce import Explanation
from mailproof.model.content import MessageContent
from mailproof.model.dkim import DkimKeyRecord
from mailproof.model.dmarc import DmarcVerdict
from mailproof.model.filters import AskedFilter, FilterVerdict
from mailproof.model.lookup import CollectorFailure, Instant, Lookup
from mailproof.model.receivers import ReceiverFacts
from mailproof.model.spf import AuthResult, SpfVerdict
from mailproof.names import key_name


class DkimVerdict(Struct, frozen=True):
    """One DKIM-Signature of the message, verified (RFC 6376 section 6).

    ``code`` is a stable word for the outcome (see docs), ``reason`` the sentence; ``bits`` the key's length
    (0: unknown); ``unsigned_bytes`` the length of the body beyond ``l=``, and ``unsigned_text`` its start;
    ``index`` counts the signatures from the top of the message, from 0. ``notes`` are stable words for
    remarks that do not change the result; ``body_valid`` and ``signature_valid`` are for the two hashes
    (None: not verified). ``cause`` is a stable word for a change to the message after signing that was proven
    by undoing it, ``cause_reason`` the sentence and ``cause_hop`` the hop where it must have happened, as far
    as the message shows; ``key_matches``: the published key made the signature (None: unknown).
    """

    result: AuthResult
    domain: str
    selector: str
    algorithm: str = ""
    bits: int = 0
    code: str = ""
    reason: str = ""
    aligned: bool | None = None
    organizational_domain: str = ""
    identity: str = ""
    canonicalization: str = ""
    signed_headers: tuple[str, ...] = ()
    timestamp: int | None = None
    expires: int | None = None
    body_length: int | None = None
    unsigned_bytes: int = 0
    testing: bool = False
    index: int = 0
    key: DkimKeyRecord | None = None
    key_lookup: Lookup | None = None
    notes: tuple[str, ...] = ()
    body_valid: bool | None = None
    signature_valid: bool | None = None
    cause: str = ""
    cause_reason: str = ""
    cause_hop: str = ""
    key_matches: bool | None = None
    unsigned_text: str = ""

    @property
    def key_name(self) -> str:
        """The DNS name of the key record."""
        return key_name(self.selector, self.domain)


class ArcSet(Struct, frozen=True):
    """One ARC set (RFC 8617): who sealed it, what they saw, and whether the seal verifies.

    ``signature_valid`` is None if it was not or could not be verified; ``reason`` says what is wrong.
    """

    instance: int
    domain: str
    selector: str
    chain_validation: str
    seal_valid: bool | None
    signature_valid: bool | None
    authserv_id: str = ""
    results: str = ""
    reason: str = ""


class ArcVerdict(Struct, frozen=True):
    """The ARC chain's result. ``instance`` is the newest set's number (0: no chain).

    ``code`` is a stable word for the outcome; ``oldest_pass`` the lowest instance whose signature still
    verifies (0: none); ``broken_by`` the sealer of the oldest seal that does not; ``explains`` a sentence on
    whether what a sealer saw explains why the message fails now ("" if it does not fail); ``failed`` the
    key lookup behind a ``temperror``.
    """

    result: AuthResult
    instance: int = 0
    reason: str = ""
    sets: tuple[ArcSet, ...] = ()
    code: str = ""
    oldest_pass: int = 0
    broken_by: str = ""
    explains: str = ""
    failed: Lookup | None = None


class AuthProperty(Struct, frozen=True):
    """``ptype.property=value`` of an Authentication-Results method (RFC 8601 section 2.2)."""

    ptype: str
    name: str
    value: str


class AuthMethod(Struct, frozen=True):
    """One method of an Authentication-Results header, and how it compares with our own result.

    ``ours`` is "" if we have no result to compare; ``note`` explains a difference.
    """

    method: str
    result: str
    reason: str = ""
    properties: tuple[AuthProperty, ...] = ()
    comment: str = ""
    ours: str = ""
    agrees: bool | None = None
    note: str = ""

    def value_of(self, name: str) -> str:
        """The value of the first property of that name, of any ptype; "" if there is none."""
        return next((each.value for each in self.properties if each.name == name), "")


class AuthenticationResults(Struct, frozen=True):
    """One Authentication-Results header. ``trusted``: the trusted server added it.

    ``header`` is the name of the field: Received-SPF and ARC-Authentication-Results carry the same data.
    """

    authserv_id: str
    trusted: bool
    methods: tuple[AuthMethod, ...] = ()
    forged: bool = False
    raw: str = ""
    problem: str = ""
    header: str = "Authentication-Results"


class ReceivedHop(Struct, frozen=True):
    """One Received header, newest first. JSON: from, ip, by, with, tls, timestamp, delay_s.

    ``delay_s`` is the time since the previous (older) hop, in seconds; negative if clocks differ.
    ``tells_tls``: this server records TLS, so an empty ``tls`` means that there was none.
    """

    from_: str = field(default="", name="from")
    ip: str = ""
    by: str = ""
    with_: str = field(default="", name="with")
    tls: str = ""
    timestamp: Instant | None = None
    delay_s: float | None = None
    helo: str = ""
    rdns: str = ""
    queue_id: str = ""
    for_: str = field(default="", name="for")
    internal: bool = False
    handover: bool = False
    raw: str = ""
    problem: str = ""
    tells_tls: bool = False


class Envelope(Struct, frozen=True):
    """The input of SPF, and where it was found."""

    ip: str = ""
    helo: str = ""
    mail_from: str | None = None
    origin: str = ""


class ReturnPath(Struct, frozen=True):
    """The decoded return path. ``original`` is the address inside it: with SRS that of the sender, with
    VERP that of the recipient, with BATV the bare one; ``forwarder`` the domain that rewrote it.
    """

    kind: Literal["plain", "null", "srs", "verp", "batv"]
    original: str = ""
    forwarder: str = ""
    note: str = ""


class MessageShape(Struct, frozen=True):
    """The message as octets (RFC 5322 section 2.1). Counts are of the input as given.

    ``line_ends``: ``crlf``, ``lf``, ``cr``, ``mixed`` or ``none``; ``bare_lf`` counts only beside CRLF
    (a file saved with LF throughout has none); ``longest_line`` is 0 unless a line has more than
    998 octets, ``long_lines`` are the numbers of the first such lines.
    """

    line_ends: str = "crlf"
    bare_lf: int = 0
    bare_cr: int = 0
    longest_line: int = 0
    long_lines: tuple[int, ...] = ()
    nul_octets: int = 0


class Enclosed(Struct, frozen=True):
    """A message inside another: ``attached`` as it is, or shown in the text (``quoted``)."""

    kind: Literal["attached", "quoted"]
    author: str = ""
    subject: str = ""


class MessageFacts(Struct, frozen=True, dict=True):
    """The facts that the checks of a message read.

    ``size`` is in octets; ``from_domains`` are all domains of the From header in A-labels; ``has_body`` is
    False if only headers were given (what needs the body is then unknown). ``forwarding`` are the signs
    that it was forwarded, in words; ``now`` is the time as of which it was checked, and ``now_origin`` the
    source of that time; ``inside`` says why no outside server delivered it, so SPF and DMARC do not apply
    ("" if they do). ``other_results`` are Received-SPF and ARC-Authentication-Results; ``filters`` what spam
    filters wrote, ``asked_filters`` the answers of the configured filters that we asked;
    ``forwarding_advice`` what the forwarder should do; ``content`` is None if only headers were given;
    ``receivers`` are large receivers' requirements on this message; ``bounce`` explains it if it is a
    delivery status notification. ``altered`` says what pasting did to the lines of this copy ("": nothing),
    after which a failing signature proves nothing; ``partial`` why a field may be missing in it; ``enclosed``
    are the messages that it forwards; ``report`` says what kind of report (of DMARC, TLS, a complaint) it
    seems to be ("": none); no check applies to reports.
    """

    source: str
    size: int
    subject: str = ""
    message_id: str = ""
    date: str = ""
    from_header: str = ""
    from_domains: tuple[str, ...] = ()
    from_domain: str = ""
    has_body: bool = True
    envelope: Envelope = Envelope()
    trust: str = ""
    spf: SpfVerdict | None = None
    spf_helo: SpfVerdict | None = None
    dkim: tuple[DkimVerdict, ...] = ()
    arc: ArcVerdict | None = None
    dmarc: DmarcVerdict | None = None
    authentication_results: tuple[AuthenticationResults, ...] = ()
    received: tuple[ReceivedHop, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    forwarded: bool = False
    problems: tuple[str, ...] = ()
    failures: tuple[CollectorFailure, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    shape: MessageShape = MessageShape()
    forwarding: tuple[str, ...] = ()
    now: Instant | None = None
    other_results: tuple[AuthenticationResults, ...] = ()
    filters: tuple[FilterVerdict, ...] = ()
    return_path: ReturnPath | None = None
    forwarding_advice: tuple[str, ...] = ()
    content: MessageContent | None = None
    receivers: tuple[ReceiverFacts, ...] = ()
    bounce: Explanation | None = None
    asked_filters: tuple[AskedFilter, ...] = ()
    now_origin: str = ""
    inside: str = ""
    altered: str = ""
    partial: str = ""
    enclosed: tuple[Enclosed, ...] = ()
    report: str = ""

    @property
    def is_report(self) -> bool:
        """Whether it is treated as a report. One without an author, or for which DMARC fails or could not be
        evaluated, is not: it may be anything.
        """
        known = self.dmarc is not None and self.dmarc.result in ("pass", "none")
        return self.report != "" and self.from_domain != "" and known

    @cached_property
    def handover(self) -> ReceivedHop | None:
        """The hop at which the receiving server accepted the message; None if unknown."""
        return next((hop for hop in self.received if hop.handover), None)

    @cached_property
    def by_name(self) -> dict[str, tuple[str, ...]]:
        """The values of the header fields by lower-case name, from the top."""
        found = grouped(self.headers, lambda header: header[0].lower())
        return {name: tuple([value for _, value in each]) for name, each in found.items()}


ChangeKind = Literal["added", "removed", "changed", "reordered"]


class Change(Struct, frozen=True):
    """A difference between what was sent and what arrived.

    ``part`` is ``header`` or ``body``; ``hop`` names the hop that must have made it, if known.
    ``expected``: the provider that it was sent through always makes it; it is then harmless too.
    """

    part: Literal["header", "body"]
    name: str
    kind: ChangeKind
    before: str = ""
    after: str = ""
    hop: str = ""
    harmless: bool = False
    expected: bool = False
