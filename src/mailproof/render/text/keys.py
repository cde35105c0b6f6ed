"""DKIM keys: a comparison, a new pair, the plan of a rotation."""

from __future__ import annotations

import shlex

from mailproof.model.findings import FixRecord
from mailproof.model.keys import KeyCheck, NewKey, PrivateKeyFacts, Rotation
from mailproof.render.look import SCREEN, Look
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean

#: RFC 8301 section 3.2: signers should use RSA keys of at least this length.
ADVISED_BITS = 2048
_STATES = {
    "match": ("pass", "the private key's other half"),
    "published": ("pass", "valid"),
    "differs": ("fail", ""),
    "missing": ("fail", ""),
    "revoked": ("fail", ""),
    "invalid": ("fail", ""),
    "unknown": ("unknown", "could not be looked up"),
}
_STEPS = {
    "done": ("pass", "done"),
    "due": ("warn", "do now"),
    "kept": ("pass", "so far"),
    "later": ("none", "not yet"),
    "wrong": ("fail", "wrong"),
    "unseen": ("skipped", "not seen"),
    "unknown": ("unknown", "unknown"),
}


def render_key_check(check: KeyCheck, look: Look = SCREEN) -> str:
    """Render the verdict, each selector, and the record to publish."""
    page = Page(look)
    status, words = _verdict(check)
    page.line((f"{page.sign(status)} {words}", f"mp.{status}"))
    if check.private is not None:
        weak = check.private.kind == "rsa" and check.private.bits < ADVISED_BITS
        words = f": too short, make one of {ADVISED_BITS} bits with mailproof key new" if weak else ""
        page.line(f"private key: {_kind(check.private)}{words}", indent=2)
    page.blank()
    for each in check.selectors:
        status, words = _STATES[each.state]
        record = each.facts.record
        kind = f"{record.key_type} {record.bits} bits" if record is not None and record.bits else ""
        said = "; ".join(filter(None, (kind, words, clean(each.reason))))
        page.line((page.sign(status), f"mp.{status}"), f" {clean(each.name)}  ", said, indent=2, hang=4)
    if check.failed is not None:
        page.line(f"{page.sign('unknown')} {clean(check.failed.describe())}", indent=2, hang=4)
    elif not check.selectors:
        page.line("Only the usual selectors were tried. Name yours: --selector S", indent=2)
    if check.publish is not None:
        page.blank()
        alias = next((each.facts.target for each in check.selectors if each.name == check.publish.name), "")
        page.line("Replace the CNAME record with:" if alias else "Publish:")
        _paste(page, check.publish)
    return page.value


def _verdict(check: KeyCheck) -> tuple[str, str]:
    if check.good and check.private is None:
        return "pass", f"The published keys of {clean(check.domain)} are valid"
    if check.good:
        found = next(each for each in check.selectors if each.state == "match")
        return "pass", f"The private key matches {clean(found.name)}"
    if not check.complete:
        return "unknown", "The DNS did not say what is published"
    if not check.selectors:
        return "fail", f"No DKIM key of {clean(check.domain)} was found"
    if check.private is None:
        return "fail", f"Not every published key of {clean(check.domain)} can be used"
    if len(check.selectors) == 1:
        only = check.selectors[0]
        words = {"missing": "There is no key at", "revoked": "The key is revoked at"}
        return "fail", f"{words.get(only.state, 'The private key does not match')} {clean(only.name)}"
    return "fail", f"The private key is published at none of these selectors of {clean(check.domain)}"


def render_new_key(new: NewKey, look: Look = SCREEN) -> str:
    """Render the path of the private key, the record, and what to do next."""
    page = Page(look)
    page.line((f"{page.sign('pass')} New key pair: {_kind(new.key)}", "mp.pass"))
    page.line(f"private key: {clean(new.file)} (mode 0600)", indent=2)
    page.blank()
    page.line("Publish first:")
    _paste(page, new.publish)
    page.blank()
    page.line(
        "Only then let the server sign with it: a day after publishing, or after the zone's negative TTL if "
        "that is longer. Check it with:",
        hang=0,
    )
    command = f"mailproof key check {new.domain} --selector {new.selector} --private {shlex.quote(new.file)}"
    page.paste(command, indent=2)
    return page.value


def render_rotation(plan: Rotation, look: Look = SCREEN) -> str:
    """Render what to do today in a line, then all steps by day."""
    page = Page(look)
    title = f"{clean(plan.domain)}: {clean(plan.old)} {page.signs.arrow} {clean(plan.new)}"
    states = [each.state for each in plan.steps]
    first = next((each for each in ("wrong", "due", "unknown", "unseen") if each in states), None)
    if first is not None:
        status, word = _STEPS[first]
        words = f"{word}: {clean(plan.steps[states.index(first)].title)}"
    elif set(states) == {"done"}:
        status, words = "pass", "finished"
    else:
        status, words = "none", f"nothing to do today ({plan.today.isoformat()})"
    page.line((f"{page.sign(status)} {title}: {words}", f"mp.{status}"))
    page.blank()
    for each in plan.steps:
        status, word = _STEPS[each.state]
        page.line(
            each.day.isoformat(),
            "  ",
            (f"{page.sign(status)} {word:<8}", f"mp.{status}"),
            f" {clean(each.title)}",
            indent=2,
            hang=23,
        )
        if each.detail:
            page.line((clean(each.detail), "mp.dim"), indent=25, hang=0)
        for record in each.records:
            _paste(page, record)
    return page.value


def _kind(key: PrivateKeyFacts) -> str:
    return f"rsa, {key.bits} bits" if key.kind == "rsa" else "ed25519"


def _paste(page: Page, record: FixRecord) -> None:
    page.paste(record.bind)  # not indented: in a zone file a leading blank means the previous owner name
