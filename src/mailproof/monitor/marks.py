"""Single values of a report, by name, and the news when one of them changes."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks import registry
from mailproof.model import CertificateFacts, DomainFacts, Report, TlsFacts
from mailproof.monitor.events import Effect, Kind, News
from mailproof.monitor.limits import EVENT_TEXT, MOST_LABELS
from mailproof.monitor.placement import Placement, placements
from mailproof.printable import host_port

#: The mark for what became of the probe; a probe's other marks depend on it. With several receivers, each
#: one's name is appended to its marks.
ARRIVAL = "arrival"
GOOD_ARRIVALS = ("arrived", "sent")
_CERTIFICATE = "certificate "
_OF_RECEIVER = ("folder", "spf", "dkim", "dmarc")
_WORDS = {
    "arrived": "arrived",
    "sent": "was taken by the server",
    "not arrived": "did not arrive in time",
    "bounced": "bounced",
    "not sent": "could not be sent",
}


def marks_of(report: Report, kind: Kind) -> dict[str, str]:
    """The values known from a report."""
    found = {
        f"{_CERTIFICATE}{host}": " ".join(sorted({each.sha256[:32] for each in leaves}))
        for host, leaves in certificates(report, kind).items()
    }
    if kind == "domain":
        return {**({"grade": report.score.grade} if report.score.grade else {}), **found}
    placed = {
        mark_name(name, each): value
        for each in placements(report)
        for name, value in _of_placement(each).items()
    }
    return {**placed, **found}


def mark_name(name: str, placed: Placement) -> str:
    """The name of a receiver's mark."""
    return f"{name} {placed.receiver}" if placed.named else name


def is_arrival(name: str) -> bool:
    """Whether a mark is the probe's arrival at a receiver."""
    return name.partition(" ")[0] == ARRIVAL


def is_removed(name: str, report: Report) -> bool:
    """Whether a mark is of a receiver that is not among this report's."""
    names = {mark_name("", placed) for placed in placements(report)}
    kind, space, receiver = name.partition(" ")
    return bool(names) and kind in (ARRIVAL, *_OF_RECEIVER) and space + receiver not in names


def _of_placement(placed: Placement) -> dict[str, str]:
    found: dict[str, str] = {ARRIVAL: placed.arrival} if placed.arrival else {}
    if placed.arrival == "arrived":
        found["folder"] = f"{placed.folder or 'the mailbox'}{' (spam)' if placed.junk else ''}"
    return {**found, **dict(placed.auth)}


def certificates(report: Report, kind: Kind) -> dict[str, list[CertificateFacts]]:
    """The leaf certificates that were seen, by host."""
    found: dict[str, list[CertificateFacts]] = {}
    for host, tls in _connections(report, kind):
        if tls is not None and tls.chain and (host in found or len(found) < MOST_LABELS):
            found.setdefault(host, []).append(tls.chain[0])
    return found


def _connections(report: Report, kind: Kind) -> Iterator[tuple[str, TlsFacts | None]]:
    if kind == "domain":
        yield from _of_domain(report.facts.dns)
        return
    facts = report.facts
    for delivery in (each.delivery for each in facts.recipients) if facts.recipients else (facts.delivery,):
        if delivery is None:
            continue
        sent, fetched = delivery.submission, delivery.retrieval
        if sent is not None and sent.host:
            yield host_port(sent.host, sent.port), sent.tls
        if fetched is not None:
            yield fetched.server, fetched.tls


def _of_domain(facts: DomainFacts | None) -> Iterator[tuple[str, TlsFacts | None]]:
    if facts is None:
        return
    for each in facts.transport.connections if facts.transport is not None else ():
        yield each.host, each.tls
    if facts.mta_sts is not None and facts.mta_sts.fetch is not None and facts.mta_sts.fetch.chain:
        yield f"mta-sts.{facts.domain}", TlsFacts(chain=facts.mta_sts.fetch.chain)


def changed(name: str, old: str, new: str, report: Report) -> News | None:
    """The news for a changed value; None if there is nothing to report."""
    if old == new:
        return None
    if name.startswith(_CERTIFICATE):
        return _certificate(name, old, new, report)
    if name == "grade":
        effect: Effect = "worse" if new > old else "better"
        return News("grade", effect, f"The grade changes from {old} to {new}.", old, new)
    kind, _, receiver = name.partition(" ")
    probe = f"probe to {receiver}" if receiver else "probe"
    if kind == ARRIVAL:
        return _arrival(probe, old, new, report)
    if kind == "folder":
        effect = _effect(old.endswith(" (spam)"), new.endswith(" (spam)"))
        return News("folder", effect, f"The {probe} arrives in {new} (before: {old}).", old, new)
    effect = _effect(old != "pass", new != "pass")
    return News("auth", effect, f"{kind.upper()} of the {probe}: {new} (before: {old}).", old, new)


def _effect(was_bad: bool, is_bad: bool) -> Effect:
    if was_bad == is_bad:
        return "neutral"
    return "worse" if is_bad else "better"


def _certificate(name: str, old: str, new: str, report: Report) -> News | None:
    if not set(new.split()) - set(old.split()):
        return None  # fewer addresses responded
    kind: Kind = "domain" if report.facts.delivery is None else "probe"
    leaves = certificates(report, kind).get(name.removeprefix(_CERTIFICATE), [])
    ends = min((each.not_after for each in leaves), default=None)
    until = ""
    if ends is not None:
        until = f": it {'expired on' if ends < report.started else 'is valid until'} {ends:%Y-%m-%d}"
    text = f"{name.removeprefix(_CERTIFICATE)} has another certificate{until}."
    return News("certificate", "neutral", text, old, new)


def _arrival(probe: str, old: str, new: str, report: Report) -> News:
    effect = _effect(old not in ("", *GOOD_ARRIVALS), new not in GOOD_ARRIVALS)
    why = ""
    if new not in GOOD_ARRIVALS:
        own = [each for each in report.findings if registry.topic_of(each.rule).kind == "delivery"]
        why = f" {own[0].rule} {own[0].message}" if own else ""
    before = f" (before: it {_WORDS.get(old, old)})" if old else ""
    text = f"The {probe} {_WORDS[new]}{before}.{why}"
    return News(ARRIVAL, effect, text[:EVENT_TEXT], old, new)
