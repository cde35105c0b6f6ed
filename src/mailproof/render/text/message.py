"""The sections of a message: authentication, the receiver's own results, the delivery path."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from mailproof.model import AuthenticationResults, DkimVerdict, MessageFacts, ReceivedHop
from mailproof.model.clocks import HopFault, hop_faults
from mailproof.render.shown import seconds
from mailproof.render.text.filters import write_filters
from mailproof.render.text.identifiers import aligned_text, write_alignment, write_seals
from mailproof.render.text.page import Page
from mailproof.render.text.receivers import write_message_receivers
from mailproof.render.text.style import clean, counted, result_text
from mailproof.render.text.trace import write_trace


def write_message(page: Page, facts: MessageFacts, *, about: str = "") -> None:
    """Our own verification, then the receiver's, then the hops; ``about`` names one of several messages."""
    result = Text.assemble("dmarc=", result_text(facts.dmarc.result)) if facts.dmarc else ""
    page.heading(f"Message {page.signs.dot} {about}" if about else "Message", result)
    for label, value in (
        ("From", facts.from_header),
        ("Return path", _sender(facts)),
        ("Client", " ".join(filter(None, (facts.envelope.ip, facts.envelope.helo))) or "unknown"),
        ("Subject", facts.subject),
        ("Message-ID", facts.message_id),
        ("Source", facts.source),
    ):
        if label == "Source" and not value:
            continue
        page.field(label, clean(value, 300))
    if facts.envelope.origin:
        page.field("", clean(facts.envelope.origin), style="mp.dim")
    if facts.now is not None and facts.now_origin:
        moment = f"{facts.now:%Y-%m-%d %H:%M:%S %z} ({facts.now_origin})"
        page.field("As of", clean(moment))
    page.blank()
    page.table(("check", "result", "domain", "aligned", "why"), list(_results(facts, page.verbose)))
    if page.verbose:
        write_alignment(page, facts)
    write_seals(page, facts)
    if page.verbose and facts.spf is not None:
        page.heading("SPF, term by term", result_text(facts.spf.result))
        write_trace(page, facts.spf)
    for results in (*facts.authentication_results, *facts.other_results[:8]):
        _authentication_results(page, results)
    write_filters(page, facts)
    write_message_receivers(page, facts.receivers)
    if facts.forwarding:
        page.heading("Forwarded")
        for sign in facts.forwarding:
            page.line(f"{page.signs.dot} {clean(sign)}", indent=2)
        for advice in facts.forwarding_advice:
            page.line(f"{page.signs.arrow} the forwarder: {clean(advice)}", indent=2)
    if facts.received:
        _path(page, facts.received)


def _path(page: Page, received: tuple[ReceivedHop, ...]) -> None:
    """The hops; a single line if none of them is slow or has a wrong clock."""
    known = [hop.delay_s for hop in received if hop.delay_s is not None]
    faults = [fault for fault, _ in hop_faults(received)]
    hops = counted(len(received), "hop")
    first, last = received[-1], received[0]
    ends = (first.from_ or first.helo or first.ip or first.by, last.by or "a server without a name")
    way = f" {page.signs.arrow} ".join(map(clean, ends))
    short = f"{hops}{f', {seconds(sum(known))}' if known and sum(known) >= 0 else ''}: {way}"
    if page.topic(
        "Delivery path",
        "warn" if any(faults) else "pass",
        f"{hops}, oldest first" if len(received) > 1 else hops,
        short,
    ):
        page.picture(received)
        rows = [_hop(page, hop, fault) for hop, fault in zip(received, faults, strict=True)]
        page.table(("delay", "from", "by", "protocol"), rows[::-1])


def _sender(facts: MessageFacts) -> str:
    sender = facts.envelope.mail_from
    note = f" ({facts.return_path.note})" if facts.return_path and facts.return_path.note else ""
    return "unknown" if sender is None else f"<{sender}>{note}"


def _results(facts: MessageFacts, verbose: int) -> Iterator[tuple[str | Text, ...]]:
    dmarc = facts.dmarc
    if facts.spf is not None:
        spf = facts.spf
        yield (
            "SPF",
            result_text(spf.result),
            spf.domain,
            aligned_text(dmarc.spf_domain_aligned if dmarc else None),
            spf.reason,
        )
    else:
        why = "could not be evaluated"
        if facts.inside:
            why = f"does not apply: {facts.inside}"
        elif not facts.envelope.ip:
            why = "the client's address is not known (--ip)"
        elif facts.envelope.mail_from is None:
            why = "the return path is not known (--mail-from)"
        yield "SPF", result_text("none" if facts.inside else "unknown"), "", "", why
    if facts.spf_helo is not None and (facts.spf is None or facts.spf.scope != "helo"):
        helo = facts.spf_helo
        same = facts.spf is not None and facts.spf.reason == helo.reason
        yield (
            "SPF of HELO",
            result_text(helo.result),
            helo.domain,
            "",
            "as above" if same else helo.reason if verbose or helo.result != "pass" else "",
        )
    said: set[str] = set()
    for verdict in facts.dkim:
        why = _dkim_reason(verdict, verbose)
        key = f"{verdict.algorithm}, {verdict.bits} bits" if verdict.bits else verdict.algorithm
        yield (
            "DKIM",
            result_text(verdict.result),
            f"{verdict.domain} ({verdict.selector})",
            aligned_text(verdict.aligned),
            "; ".join(filter(None, (key, "as above" if why and why in said else why))),
        )
        said.add(why)
    if not facts.dkim:
        yield "DKIM", result_text("none"), "", "", "the message has no DKIM signature"
    if facts.arc is not None and facts.arc.instance:
        why = "; ".join(filter(None, (facts.arc.reason, facts.arc.explains)))
        yield "ARC", result_text(facts.arc.result), f"i={facts.arc.instance}", "", why
    if dmarc is not None:
        policy = f"p={dmarc.policy}" if dmarc.policy else "no policy"
        disposition = f", disposition {dmarc.disposition}" if dmarc.disposition else ""
        yield (
            "DMARC",
            result_text(dmarc.result),
            dmarc.domain,
            "",
            ": ".join(filter(None, (f"{policy}{disposition}", dmarc.reason))),
        )


def _dkim_reason(verdict: DkimVerdict, verbose: int) -> str:
    reason = verdict.reason if verbose or verdict.result != "pass" else ""
    at = f" (at {verdict.cause_hop})" if verdict.cause_hop else ""
    cause = f"cause: {verdict.cause_reason}{at}" if verdict.cause_reason else ""
    return "; ".join(filter(None, (reason, cause)))


def _authentication_results(page: Page, results: AuthenticationResults) -> None:
    trust = Text("trusted", "mp.pass") if results.trusted else Text("not trusted", "mp.dim")
    if results.forged:
        trust = Text("forged", "mp.fail")
    by = f" ({results.header})" if results.header != "Authentication-Results" else ""
    title = f"Results of {clean(results.authserv_id) or 'a receiver without a name'}{by}"
    agree = results.trusted and not results.problem and all(method.agrees for method in results.methods)
    words = ", ".join(dict.fromkeys(f"{method.method}={method.result}" for method in results.methods))
    short = f"{clean(words, 300)} (as mailproof finds)" if agree and results.methods else ""
    if not page.topic(title, "pass" if agree else "unknown", trust, short):
        return
    rows = []
    for method in results.methods[:40]:
        agreement = {True: Text("agrees", "mp.pass"), False: Text("differs", "mp.warn"), None: Text("")}[
            method.agrees
        ]
        detail = " ".join(f"{p.ptype}.{p.name}={p.value}".lstrip(".") for p in method.properties)
        rows.append(
            (
                method.method,
                result_text(method.result),
                agreement,
                " ".join(filter(None, (detail, method.note))),
            )
        )
    page.table(("method", "theirs", "ours", "about"), rows)
    if results.trusted and not results.authserv_id and results.header == "Authentication-Results":
        page.line("no authserv-id, as Microsoft writes it: trusted because of its position", indent=2)
    elif results.problem:
        page.line(clean(results.problem), indent=2)


def _hop(page: Page, hop: ReceivedHop, fault: HopFault) -> tuple[str | Text, ...]:
    took = "" if hop.delay_s is None else f"{'-' if hop.delay_s < 0 else ''}{seconds(abs(hop.delay_s))}"
    mark = {"": "", "slow": "slow"}.get(fault, "clock")
    delay = Text(" ".join(filter(None, (took, mark))), "mp.warn" if fault else "")
    source = " ".join(filter(None, (hop.from_ or hop.helo, f"[{hop.ip}]" if hop.ip else "")))
    if hop.handover:
        source = f"{source} {page.signs.arrow} SPF applies here"
    elif hop.internal:
        source = f"{source} (inside)"
    protocol = " ".join(filter(None, (hop.with_, hop.tls)))
    return delay, source or clean(hop.raw[:80]), hop.by, protocol
