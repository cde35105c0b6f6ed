"""The sections of a domain: DKIM keys, DMARC policy, MX hosts, and those of other modules, in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rich.text import Text

from mailproof.model import (
    STATUS_SHORT,
    DkimProvider,
    DkimSelectorFacts,
    DmarcFacts,
    DomainFacts,
    MxHostFacts,
    Report,
)
from mailproof.printable import first_of
from mailproof.render.scorecard import MarkStatus, seen_of, topic_status
from mailproof.render.text.health import write_health
from mailproof.render.text.page import Page
from mailproof.render.text.policy_hosts import write_policy_hosts
from mailproof.render.text.receivers import write_receivers
from mailproof.render.text.spf import absence, spf_in_short, write_spf
from mailproof.render.text.style import clean, counted
from mailproof.render.text.transport import write_transport

#: Providers that are shown on separate lines.
_MAX_PROVIDERS = 6

_KEY_STYLE = {"valid": "mp.pass", "revoked": "mp.warn", "invalid": "mp.fail", "absent": "mp.fail"}
_MOST_ROWS = 60


def write_domain(page: Page, facts: DomainFacts, report: Report) -> None:
    """All collected topics of a domain: healthy ones in a line each, others in full."""
    shown = clean(facts.domain)
    if facts.unicode_domain not in ("", facts.domain):
        shown = f"{clean(facts.unicode_domain)} ({shown})"
    seen = seen_of(report, (facts.domain,))

    def head(title: str, letters: tuple[str, ...], short: str) -> bool:
        status = topic_status(seen, letters) or "skipped"
        if status == "skipped" and report.selected and not page.verbose:
            return False
        about = "" if facts.domain == report.subject else shown
        return page.topic(title, status, status_text(page, status), short, about=about)

    if facts.profile != "sending":
        page.heading("Profile")
        page.line(facts.profile, f": {clean(facts.profile_reason)}" if facts.profile_reason else "", indent=2)
    if facts.spf is not None and head("SPF", ("SPF",), spf_in_short(facts.spf)):
        write_spf(page, facts.spf)
    if facts.dkim_discovery is not None and head("DKIM", ("DKIM",), _dkim_in_short(facts)):
        _dkim(page, facts)
    if facts.dmarc is not None and head("DMARC", ("DMARC",), _dmarc_in_short(facts.dmarc)):
        _dmarc(page, facts.dmarc)
    if facts.mx_lookup is not None and head("MX", ("MX",), _mx_in_short(facts)):
        _mx(page, facts)
    if facts.transport is not None or facts.dane is not None:
        write_transport(page, facts, head)
    write_policy_hosts(page, facts, head)
    write_health(page, facts, head)
    if facts.receivers:
        write_receivers(page, facts.receivers)
    if facts.second_opinions:
        page.heading("Second opinions")
        rows = (
            (
                opinion.tool,
                opinion.topic,
                Text("agrees", "mp.pass") if opinion.agrees else Text("differs", "mp.warn"),
                " ".join(filter(None, (clean(opinion.verdict), clean(opinion.note)))),
            )
            for opinion in facts.second_opinions
        )
        page.table(("tool", "topic", "", "what it says"), rows)


def status_text(page: Page, status: MarkStatus | Literal["skipped"]) -> Text:
    """A status as a coloured sign and word."""
    words = {"warn": "weak", "unknown": "not fully checked", "none": "not used"}
    return Text(f"{page.sign(status)} {words.get(status, status)}", style=f"mp.{status}")


def _dkim_in_short(facts: DomainFacts) -> str:
    keys = [
        f"{clean(each.selector, 40)} ({each.record.key_type} {each.record.bits})"
        for each in facts.dkim
        if each.status == "valid" and each.record is not None
    ]
    if keys:
        return f"{counted(len(keys), 'key')}: {first_of(keys, 3)}"
    found = facts.dkim_discovery
    return "no usable key" if found is not None and (found.no_keys or found.listed) else ""


def _dmarc_in_short(dmarc: DmarcFacts) -> str:
    if dmarc.record is None or dmarc.policy is None:
        return ""
    to = ", ".join(dict.fromkeys(each.uri for each in dmarc.destinations if each.tag == "rua"))
    return f"policy {dmarc.policy}{f', reports to {clean(to, 200)}' if to else ''}"


def _mx_in_short(facts: DomainFacts) -> str:
    if not facts.mx:
        return ""
    if facts.mx[0].host == ".":
        return "null MX: accepts no mail"
    return clean(first_of([each.host for each in facts.mx], 2))


def _dkim(page: Page, facts: DomainFacts) -> None:
    discovery = facts.dkim_discovery
    assert discovery is not None
    rows = [_key_row(page, key) for key in facts.dkim]
    page.table(("selector", "state", "key", "source", "detail"), rows)
    if discovery.listed:
        words = "its selectors, so none was guessed" if facts.dkim else "no selector, so none was tried"
        page.line(f"the zone lists {words}", indent=2)
    elif discovery.tried:
        number = f"{discovery.tried} of {discovery.known}" if discovery.untried else f"{discovery.tried}"
        page.line(
            f"{number} known selectors tried (list of {discovery.list_date}), {discovery.found} found"
            + (f", {discovery.unknown} unanswered" if discovery.unknown else "")
            + ("; --all-selectors tries the rest" if discovery.untried else ""),
            indent=2,
        )
        if discovery.untried and discovery.selectors:
            page.line(f"tried: {', '.join(discovery.selectors)}", indent=2)
    _providers(page, discovery.providers)
    if discovery.no_keys:
        page.line(f"{discovery.domainkey.name} does not exist: no key is published below it", indent=2)


def _key_row(page: Page, key: DkimSelectorFacts) -> tuple[str | Text, ...]:
    record = key.record
    size = f"{record.key_type} {record.bits}" if record is not None and record.bits else ""
    detail = f"{page.signs.arrow} {key.target}" if key.target and key.target not in key.reason else ""
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
        what = "record found" if step.record is not None else absence(step.lookup).partition(": ")[2]
        note = f" {page.signs.dot} {clean(step.note)}" if step.note else ""
        page.line((f"walk {number}  _dmarc.{clean(step.name)}: {what}{note}", "mp.dim"), indent=2)
    found = "" if dmarc.walk.unknown is not None else clean(dmarc.walk.organizational_domain)
    page.line(("organizational domain ", "mp.dim"), found or "unknown", indent=2)
    for destination in dmarc.destinations:
        state = {
            True: ("authorized", "mp.pass"),
            False: ("not authorized", "mp.fail"),
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
        page.line(absence(facts.mx_lookup), indent=2)
    for sending in facts.sending_hosts:
        ptr = sending.address.ptr
        # describe() begins with the record type.
        names = f"PTR {', '.join(ptr.records)}" if ptr is not None and ptr.found else absence(ptr)
        names = names if ptr is not None else "PTR not queried"
        page.line(
            f"sending {sending.address.address}: {clean(names)}, SPF ",
            (sending.spf_result or "unknown", ""),
            indent=2,
        )


def _mx_rows(host: MxHostFacts) -> Iterator[tuple[str | Text, ...]]:
    if host.host == ".":
        yield str(host.preference), ".", "null MX: accepts no mail", "", ""
        return
    if not host.addresses:
        failed = next((each for each in host.lookups if each.undetermined), None)
        shown = Text(f"unknown ({STATUS_SHORT[failed.status] if failed else 'not queried'})", "mp.unknown")
        if host.lookups and failed is None:
            shown = Text(f"none ({STATUS_SHORT[host.lookups[0].status]})", "mp.fail")
        yield str(host.preference), host.host, shown, "", ""
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
    """Write the mail providers, how they were recognized, and the state of their selectors."""
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
