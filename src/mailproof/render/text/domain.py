"""The sections of a domain: SPF tree, DKIM keys, DMARC policy, MX hosts."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from mailproof.model import (
    MAX_LOOKUPS,
    MAX_VOID_LOOKUPS,
    STATUS_SHORT,
    DkimProvider,
    DkimSelectorFacts,
    DmarcFacts,
    DomainFacts,
    Lookup,
    MxHostFacts,
    Outcome,
    OutcomeStatus,
    SpfFacts,
    SpfNode,
    SpfTermCost,
)
from mailproof.render.text.health import write_health
from mailproof.render.text.page import Page
from mailproof.render.text.policy_hosts import write_policy_hosts
from mailproof.render.text.receivers import write_receivers
from mailproof.render.text.spf_allowed import write_allowed
from mailproof.render.text.style import STATUS_STYLE, clean, counted
from mailproof.render.text.transport import write_transport

#: Providers that have a line of their own.
_MAX_PROVIDERS = 6

_WORST: tuple[OutcomeStatus, ...] = ("fail", "warn", "unknown", "error", "pass", "skipped")
_KEY_STYLE = {"valid": "mp.pass", "revoked": "mp.warn", "invalid": "mp.fail", "absent": "mp.fail"}
_MOST_ROWS = 60


def write_domain(page: Page, facts: DomainFacts, outcomes: tuple[Outcome, ...]) -> None:
    """All topics of one domain that were collected."""
    shown = clean(facts.domain)
    if facts.unicode_domain not in ("", facts.domain):
        shown = f"{clean(facts.unicode_domain)} ({shown})"

    def head(title: str, prefix: str = "") -> None:
        note = _summary(page, outcomes, facts.domain, prefix or title)
        page.heading(f"{title} {page.signs.dot} {shown}", note)

    if facts.profile != "sending":
        page.heading(f"Profile {page.signs.dot} {shown}")
        page.line(facts.profile, f": {clean(facts.profile_reason)}" if facts.profile_reason else "", indent=2)
    if facts.spf is not None:
        head("SPF")
        _spf(page, facts.spf)
    if facts.dkim_discovery is not None:
        head("DKIM")
        _dkim(page, facts)
    if facts.dmarc is not None:
        head("DMARC")
        _dmarc(page, facts.dmarc)
    if facts.mx_lookup is not None:
        head("MX")
        _mx(page, facts)
    if facts.transport is not None or facts.dane is not None:
        write_transport(page, facts, head)
    write_policy_hosts(page, facts, head)
    write_health(page, facts, head)
    if facts.receivers:
        page.heading(f"Receivers {page.signs.dot} {shown}", _summary(page, outcomes, facts.domain, "RCV"))
        write_receivers(page, facts.receivers)
    if facts.second_opinions:
        page.heading("Second opinions")
        rows = (
            (
                opinion.tool,
                opinion.topic,
                Text("agrees", "mp.pass") if opinion.agrees else Text("differs", "mp.warn"),
                " ".join(part for part in (clean(opinion.verdict), clean(opinion.note)) if part),
            )
            for opinion in facts.second_opinions
        )
        page.table(("tool", "topic", "", "what it says"), rows)


def _summary(page: Page, outcomes: tuple[Outcome, ...], subject: str, topic: str) -> Text:
    about = [o for o in outcomes if o.subject == subject and o.check.rstrip("0123456789") == topic]
    statuses: set[OutcomeStatus] = {"unknown" if o.unasked else o.status for o in about}
    worst: OutcomeStatus = next((status for status in _WORST if status in statuses), "skipped")
    return status_text(page, worst)


def status_text(page: Page, status: OutcomeStatus) -> Text:
    """A status as sign and word, in its colour."""
    signs = page.signs
    sign = {"pass": signs.ok, "warn": signs.warn, "fail": signs.fail, "skipped": signs.skip}.get(
        status, signs.unknown
    )
    word = {"warn": "weak", "unknown": "not all known", "error": "not all known"}.get(status, status)
    return Text(f"{sign} {word}", style=STATUS_STYLE[status])


def _absence(lookup: Lookup | None) -> str:
    return clean(lookup.describe()) if lookup is not None else "not asked"


def _spf(page: Page, spf: SpfFacts) -> None:
    over = spf.lookup_count > MAX_LOOKUPS
    voids = len(spf.void_lookups)
    page.line(
        "look-ups ",
        (f"{spf.lookup_count} of {MAX_LOOKUPS}", "mp.fail" if over else "mp.pass"),
        f" {page.signs.dot} void look-ups ",
        (f"{voids} of {MAX_VOID_LOOKUPS}", "mp.fail" if voids > MAX_VOID_LOOKUPS else "mp.pass"),
        *((f" {page.signs.dot} {len(spf.unknown)} not known: the counts may be higher", "mp.unknown"),)
        * bool(spf.unknown),
        indent=2,
    )
    if spf.root.record is None:
        found = spf.root.records
        for record in found:
            page.verbatim(record, indent=2)
        page.line(clean(spf.root.reason) or _absence(spf.root.lookup), indent=2)
        return
    page.line(("total  void  term", "mp.dim"), indent=2)
    for number, (prefix, cost, note) in enumerate(_tree(page, spf.root, "")):
        if number == _MOST_ROWS:
            page.line(("…  the tree goes on; see -f json", "mp.dim"), indent=2)
            break
        _term(page, prefix, cost, note)
    write_allowed(page, spf.allowed)


def _tree(page: Page, node: SpfNode, prefix: str) -> Iterator[tuple[str, SpfTermCost, Text]]:
    signs = page.signs
    for number, cost in enumerate(node.costs):
        last = number == len(node.costs) - 1
        child = cost.child
        note = Text()
        if child is not None and child.status == "unknown" and child.lookup is not None:
            note = Text(f"  {signs.unknown} {STATUS_SHORT[child.lookup.status]}", "mp.unknown")
        elif child is not None and child.status != "ok":
            note = Text(f"  {signs.fail} {clean(child.reason) or child.status}", "mp.fail")
        yield prefix + (signs.last if last else signs.branch), cost, note
        if child is not None:
            yield from _tree(page, child, prefix + ("   " if last else signs.bar))


def _term(page: Page, prefix: str, cost: SpfTermCost, note: Text) -> None:
    counted = cost.lookups_after != cost.lookups_before or cost.term.costs_lookup
    total = f"{cost.lookups_after:>5}" if counted else "     "
    over = "mp.fail" if cost.lookups_after > MAX_LOOKUPS else ""
    void = f"{cost.voids_after:>4}" if cost.voids_after else "    "
    networks = ""
    if cost.networks and cost.term.name in ("a", "mx"):
        listed = ", ".join(cost.networks[:3])
        networks = f"  {listed}" + (f" and {len(cost.networks) - 3} more" if len(cost.networks) > 3 else "")
    page.line(
        (total, over),
        "  ",
        (void, "mp.fail" if cost.voids_after > MAX_VOID_LOOKUPS else ""),
        "  ",
        (prefix, "mp.dim"),
        (clean(cost.term.text), "mp.record"),
        (networks, "mp.dim"),
        note,
        indent=2,
        hang=13 + len(prefix),
    )


def _dkim(page: Page, facts: DomainFacts) -> None:
    discovery = facts.dkim_discovery
    assert discovery is not None
    rows = [_key_row(page, key) for key in facts.dkim]
    page.table(("selector", "state", "key", "where from", "detail"), rows)
    if discovery.listed:
        page.line(f"the selectors are those of the zone given: {discovery.tried}", indent=2)
    elif discovery.tried:
        number = f"{discovery.tried} of {discovery.known}" if discovery.untried else f"{discovery.tried}"
        page.line(
            f"{number} known selectors tried (list of {discovery.list_date}), {discovery.found} found"
            + (f", {discovery.unknown} not answered" if discovery.unknown else "")
            + ("; --all-selectors tries the rest" if discovery.untried else ""),
            indent=2,
        )
    _providers(page, discovery.providers)
    if discovery.no_keys:
        page.line(f"{discovery.domainkey.name} does not exist: no key is published below it", indent=2)
    elif not facts.dkim:
        page.line(
            "None of the selectors tried has a key; that says nothing of others. "
            "Name yours with --selector (it stands after s= in the DKIM-Signature of any sent message).",
            indent=2,
        )


def _key_row(page: Page, key: DkimSelectorFacts) -> tuple[str | Text, ...]:
    record = key.record
    size = f"{record.key_type} {record.bits}" if record is not None and record.bits else ""
    detail = f"{page.signs.arrow} {key.target}" if key.target else ""
    if key.reason:
        detail = f"{detail} {key.reason}".strip()
    return key.selector, Text(key.status, _KEY_STYLE.get(key.status, "mp.unknown")), size, key.origin, detail


def _dmarc(page: Page, dmarc: DmarcFacts) -> None:
    if dmarc.record is not None:
        page.verbatim(dmarc.record.text, indent=2)
    if dmarc.policy is not None:
        at = f"found at _dmarc.{clean(dmarc.policy_domain)}"
        source = f" by {dmarc.source}=" if dmarc.source else ""
        style = {"none": "mp.warn", "quarantine": "mp.pass", "reject": "mp.pass"}[dmarc.policy]
        page.line("policy ", (dmarc.policy, style), f"{source}, {at}", indent=2)
    if dmarc.reason:
        page.line(clean(dmarc.reason), indent=2)
    for number, step in enumerate(dmarc.walk.steps, 1):
        what = "record found" if step.record is not None else _absence(step.lookup).partition(": ")[2]
        note = f" {page.signs.dot} {clean(step.note)}" if step.note else ""
        page.line((f"walk {number}  _dmarc.{clean(step.name)}: {what}{note}", "mp.dim"), indent=2)
    page.line(
        ("organizational domain ", "mp.dim"), clean(dmarc.walk.organizational_domain) or "unknown", indent=2
    )
    for destination in dmarc.destinations:
        state = {
            True: ("agreed", "mp.pass"),
            False: ("has not agreed", "mp.fail"),
            None: ("unknown", "mp.unknown"),
        }
        if destination.external:
            page.line(
                f"{destination.tag} {clean(destination.uri)}: external, ",
                state[destination.authorized],
                indent=2,
            )


def _mx(page: Page, facts: DomainFacts) -> None:
    if facts.mx:
        rows = [row for host in facts.mx for row in _mx_rows(host)]
        page.table(("pref", "host", "address", "PTR", "confirmed"), rows[:_MOST_ROWS], flexible=3)
    else:
        page.line(_absence(facts.mx_lookup), indent=2)
    for sending in facts.sending_hosts:
        ptr = sending.address.ptr
        # The description of a lookup begins with its type.
        names = f"PTR {', '.join(ptr.records)}" if ptr is not None and ptr.found else _absence(ptr)
        names = names if ptr is not None else "PTR not asked"
        page.line(
            f"sending {sending.address.address}: {clean(names)}, SPF ",
            (sending.spf_result or "unknown", ""),
            indent=2,
        )


def _mx_rows(host: MxHostFacts) -> Iterator[tuple[str | Text, ...]]:
    if host.host == ".":
        yield str(host.preference), ".", "null MX: takes no mail", "", ""
        return
    if not host.addresses:
        status = STATUS_SHORT[host.a.status] if host.a is not None else "not asked"
        yield str(host.preference), host.host, Text(f"none ({status})", "mp.fail"), "", ""
    for number, address in enumerate(host.addresses):
        ptr = address.ptr
        name = (
            ptr.records[0] if ptr is not None and ptr.records else (STATUS_SHORT[ptr.status] if ptr else "")
        )
        state = {True: ("yes", "mp.pass"), False: ("no", "mp.fail"), None: ("unknown", "mp.unknown")}
        yield (
            "" if number else str(host.preference),
            "" if number else host.host,
            address.address,
            name,
            Text(*state[address.confirmed]),
        )


def _providers(page: Page, providers: tuple[DkimProvider, ...]) -> None:
    """Write who carries the mail, how that is known, and what became of the selectors."""
    for provider in providers[:_MAX_PROVIDERS]:
        page.line(
            ("provider ", "mp.dim"),
            provider.name,
            (f" by {clean(provider.why[0])}: ", "mp.dim"),
            _provider_keys(provider),
            indent=2,
        )
    if len(providers) > _MAX_PROVIDERS:
        page.line(f"and {counted(len(providers) - _MAX_PROVIDERS, 'more provider')}", indent=2)


def _provider_keys(provider: DkimProvider) -> str:
    if provider.published:
        said = f"key at {', '.join(provider.published)}"
        return f"{said} (tenant {clean(provider.tenant)})" if provider.tenant else said
    if provider.dangling:
        where = f" in {clean(provider.tenant)}" if provider.tenant else ""
        return f"{', '.join(provider.dangling)} without a key{where}"
    if provider.unknown:
        return f"{', '.join(provider.unknown)} not answered"
    if provider.untried:
        return f"{', '.join(provider.untried)} not tried"
    if provider.form:
        return f"selectors cannot be guessed ({provider.form})"
    return "no key at its selectors" if provider.always else "no key at its usual selectors"
