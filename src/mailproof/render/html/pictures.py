"""The pictures of a report, sized for a phone; title and description repeat their content as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailproof.model import MAX_LOOKUPS, MxConnectionFacts, ReceivedHop, SpfFacts, SpfNode
from mailproof.model.clocks import HopFault, hop_faults
from mailproof.render.html.markup import Html, element, joined
from mailproof.render.shown import clean, counted, seconds
from mailproof.render.text.style import days

#: The width of a picture in units of about a pixel on a phone.
WIDTH = 400
#: The number of characters that fit into a label.
LABEL = 44
#: The most terms, hops, certificate chains, and certificates per chain that are drawn.
MOST_TERMS, MOST_HOPS, MOST_CHAINS, MOST_CERTIFICATES = 30, 25, 4, 6
_ROW = 24
#: The words for what is odd about a hop.
_FAULTS: dict[HopFault, str] = {
    "": "",
    "slow": "(slow)",
    "ahead": "(clock is wrong)",
    "behind": "(clock is wrong)",
    "apart": "(clocks differ)",
}


class Pictures:
    """Draws pictures and gives each one a unique id."""

    def __init__(self) -> None:
        self._count = 0

    def of(self, facts: SpfFacts | Sequence[ReceivedHop] | Sequence[MxConnectionFacts]) -> Html | None:
        """The picture of SPF lookups, of a message's path, or of certificate chains."""
        if isinstance(facts, SpfFacts):
            return self._spf(facts)
        hops = [each for each in facts if isinstance(each, ReceivedHop)]
        if hops:
            return self._path(hops)
        return self._chains([each for each in facts if isinstance(each, MxConnectionFacts)])

    def _drawn(self, title: str, words: str, height: int, *parts: Html) -> Html:
        self._count += 1
        name, about = f"picture-{self._count}", f"picture-{self._count}-words"
        return element(
            "svg",
            element("title", title, id=name),
            element("desc", words, id=about),
            *parts,
            viewBox=f"0 0 {WIDTH} {height}",
            role="img",
            aria_labelledby=name,
            aria_describedby=about,
        )

    def _spf(self, spf: SpfFacts) -> Html | None:
        rows = list(_costs(spf.root, 0))
        if not rows:
            return None
        left, room = 232, 140
        unit = room / max(MAX_LOOKUPS, spf.lookup_count)
        limit = left + unit * MAX_LOOKUPS
        parts = []
        for number, (depth, name, before, after) in enumerate(rows[:MOST_TERMS]):
            top = 26 + number * _ROW
            kind = "bad" if after > MAX_LOOKUPS else "good"
            size = max(2, round((after - before) * unit))
            parts += [
                _text(6 + 10 * min(depth, 6), top + 16, name, most=32 - 2 * min(depth, 6)),
                _box(round(left + before * unit), top + 5, size, 14, kind),
                _text(round(left + after * unit) + 4, top + 16, str(after), kind="small"),
            ]
        more = len(rows) - MOST_TERMS
        height = 34 + min(len(rows), MOST_TERMS) * _ROW
        if more > 0:
            parts.append(_text(6, height + 8, f"and {counted(more, 'more term')}", kind="small"))
            height += 18
        line = _line(round(limit), 22, round(limit), height - 8, "limit")
        head = _text(round(limit), 16, f"limit {MAX_LOOKUPS}", kind="small", anchor="end")
        listed = ", ".join(f"{name} {after}" for _, name, _, after in rows[:MOST_TERMS])
        return self._drawn(
            f"SPF: {spf.lookup_count} of {MAX_LOOKUPS} DNS lookups",
            f"Lookups counted up to the end of each term: {listed}",
            height,
            line,
            head,
            *parts,
        )

    def _path(self, received: Sequence[ReceivedHop]) -> Html:
        hops = list(reversed(received))
        first = hops[0]
        parts = [_stop(20, first.from_ or first.helo or first.ip or "sender")]
        words = []
        top = 20
        faults = [fault for fault, _ in hop_faults(received)][::-1]
        for number, (hop, odd) in enumerate(zip(hops[:MOST_HOPS], faults, strict=False)):
            how = ", ".join(filter(None, (_delay(hop, odd, first=not number), hop.with_, hop.tls)))
            kind = "limit" if odd else "way"
            parts = [
                _line(16, top + 8, 16, top + 46, kind),
                *parts,
                _text(34, top + 31, how, kind="small odd" if odd else "small", most=46 if odd else 56),
                _stop(top + 54, hop.by or "a server without a name"),
            ]
            words.append(f"{clean(hop.by) or 'a server without a name'} ({how})")
            top += 54
        more = len(hops) - MOST_HOPS
        if more > 0:
            parts.append(_text(34, top + 26, f"and {counted(more, 'more hop')}", kind="small"))
            top += 20
        known = [hop.delay_s for hop in hops if hop.delay_s is not None]
        total = f", {seconds(sum(known))}" if known and sum(known) >= 0 else ""
        return self._drawn(
            f"Path of the message: {counted(len(hops), 'hop')}{total}",
            f"From {first.from_ or first.helo or first.ip or 'the sender'} to {', then '.join(words)}",
            top + 20,
            *parts,
        )

    def _chains(self, connections: Sequence[MxConnectionFacts]) -> Html | None:
        chains: dict[tuple[str, ...], list[MxConnectionFacts]] = {}
        for each in connections:
            if each.tls is not None and each.tls.chain:
                chains.setdefault((each.host, *(one.sha256 for one in each.tls.chain)), []).append(each)
        parts: list[Html] = []
        words: list[str] = []
        top = 4
        for found in list(chains.values())[:MOST_CHAINS]:
            one = found[0]
            assert one.tls is not None
            state = {True: "trusted", False: "not trusted", None: "not verified"}[one.tls.verified]
            good = one.tls.verified is not False and one.names_match is not False
            name = "" if one.names_match is not False else ", wrong name"
            parts.append(
                _text(6, top + 16, f"{clean(one.host)}: {state}{name}", kind="strong", most=LABEL + 6)
            )
            top += 26
            for number, certificate in enumerate(one.tls.chain[:MOST_CERTIFICATES]):
                if number:
                    parts.append(_line(24, top - 10, 24, top, "way"))
                kind = "bad" if certificate.days_left < 0 or (not good and not number) else "good"
                until = f"until {certificate.not_after:%Y-%m-%d}, {days(certificate.days_left)}"
                key = f", {clean(certificate.key)}" if certificate.key else ""
                subject = clean(certificate.subject) or "no subject"
                parts += [
                    _box(6, top, WIDTH - 12, 42, f"frame {kind}"),
                    _text(16, top + 17, subject, most=LABEL + 8),
                    _text(16, top + 34, f"{until}{key}", kind="small", most=LABEL + 12),
                ]
                words.append(f"{clean(one.host)}: {subject} {until}, issued by {clean(certificate.issuer)}")
                top += 52
            last = one.tls.chain[:MOST_CERTIFICATES][-1]
            if last.issuer != last.subject:
                parts += [
                    _line(24, top - 10, 24, top + 2, "way"),
                    _text(16, top + 16, f"issued by {clean(last.issuer)}", kind="small", most=LABEL + 12),
                ]
                top += 24
            top += 8
        if not parts:
            return None
        if len(chains) > MOST_CHAINS:
            parts.append(
                _text(6, top + 12, f"and {counted(len(chains) - MOST_CHAINS, 'more host')}", kind="small")
            )
            top += 20
        return self._drawn(
            f"Certificates of {counted(len(chains), 'mail host')}", "; ".join(words), top, *parts
        )


def _costs(node: SpfNode, depth: int) -> Iterator[tuple[int, str, int, int]]:
    """The terms that cost lookups: depth, text, and the counts before and after the term and its subtree."""
    for cost in node.costs:
        if cost.lookups_after > cost.lookups_before:
            yield depth, clean(cost.term.text), cost.lookups_before, cost.lookups_after
        if cost.child is not None:
            yield from _costs(cost.child, depth + 1)


def _delay(hop: ReceivedHop, fault: HopFault, *, first: bool) -> str:
    if hop.delay_s is None:
        took = "" if first else "time unknown"
    else:
        took = f"{'-' if hop.delay_s < 0 else ''}{seconds(abs(hop.delay_s))}"
    return f"{took} {_FAULTS[fault]}".strip()


def _text(x: int, y: int, value: str, *, kind: str = "", most: int = LABEL, anchor: str = "") -> Html:
    shown = clean(value)
    cut = shown if len(shown) <= most else f"{shown[: most - 1]}…"
    return element("text", cut, x=x, y=y, class_=kind or None, text_anchor=anchor or None)


def _box(x: int, y: int, width: int, height: int, kind: str) -> Html:
    return element("rect", x=x, y=y, width=width, height=height, rx=3, class_=kind)


def _line(x1: int, y1: int, x2: int, y2: int, kind: str) -> Html:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def _stop(y: int, name: str) -> Html:
    """A server on the path."""
    return joined(element("circle", cx=16, cy=y, r=7, class_="stop"), _text(34, y + 4, name, kind="strong"))
