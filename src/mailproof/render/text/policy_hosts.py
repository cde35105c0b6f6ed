"""The sections of MTA-STS, TLS reporting and BIMI."""

from __future__ import annotations

from mailproof.model import (
    BimiFacts,
    BimiSelectorFacts,
    DomainFacts,
    FetchFacts,
    Lookup,
    MtaStsFacts,
    TlsRptFacts,
)
from mailproof.render.text.page import Head, Page
from mailproof.render.text.style import clean, counted

_MODE_STYLE = {"enforce": "mp.pass", "testing": "mp.warn", "none": "mp.warn"}
_MOST = 10


def write_policy_hosts(page: Page, facts: DomainFacts, head: Head) -> None:
    """A section for each of the three that the domain uses."""
    sts, reports, bimi = facts.mta_sts, facts.tls_rpt, facts.bimi
    if (
        sts is not None
        and (_is_used(sts.records, sts.other_txt, "sts", sts.lookup) or (sts.policy and sts.policy.valid))
        and head("MTA-STS", ("STS",), _sts_in_short(sts))
    ):
        _sts(page, sts)
    if (
        reports is not None
        and _is_used(reports.records, reports.other_txt, "tlsrpt", reports.lookup)
        and head("TLS-RPT", ("TLSRPT",), clean(" ".join(reports.records[:1]), 200))
    ):
        _published(page, reports)
    if bimi is not None and any(
        _is_used(each.records, each.other_txt, "bimi", *each.lookups) for each in bimi.selectors
    ):
        records = [record for each in bimi.selectors for record in each.records]
        if head("BIMI", ("BIMI",), clean(" ".join(records[:1]), 200)):
            _bimi(page, bimi)


def _sts_in_short(sts: MtaStsFacts) -> str:
    policy = sts.policy
    if policy is None or not policy.valid:
        return ""
    return f"mode {policy.mode}, mx {', '.join(clean(pattern.text) for pattern in policy.mx[:_MOST])}"


def _is_used(records: tuple[str, ...], others: tuple[str, ...], word: str, *lookups: Lookup) -> bool:
    """Whether something was published for this purpose, ignoring answers of a wildcard."""
    dangling = any(lookup.chain and lookup.absent for lookup in lookups)
    return bool(records) or dangling or any(word in text.lower() for text in others)


def _texts(page: Page, texts: tuple[str, ...]) -> None:
    for text in texts[:_MOST]:
        page.verbatim(text, indent=2)


def _published(page: Page, found: MtaStsFacts | TlsRptFacts) -> None:
    texts = found.records or found.other_txt
    _texts(page, texts)
    if not texts:
        page.line(clean(found.lookup.describe()), indent=2)


def _sts(page: Page, sts: MtaStsFacts) -> None:
    _published(page, sts)
    policy = sts.policy
    if policy is not None:
        # In tenths of a day, rounded down: just short of a week must not read as a week.
        age = counted(policy.max_age // 8640 / 10, "day") if policy.max_age is not None else "missing"
        mode = policy.mode or "missing"
        names = ", ".join(clean(pattern.text) for pattern in policy.mx[:_MOST]) or "none"
        page.line("mode ", (mode, _MODE_STYLE.get(mode, "mp.fail")), f", kept {age}, mx {names}", indent=2)
    elif sts.fetch is not None:
        _fetched(page, "policy", sts.fetch)
    elif sts.records:
        page.line(f"policy not fetched: {clean(sts.not_fetched)}", indent=2)


def _bimi(page: Page, bimi: BimiFacts) -> None:
    for selector in bimi.selectors:
        if selector.found_at:
            page.line(clean(selector.found_at), indent=2)
        else:
            page.line(clean(selector.lookups[-1].describe()), indent=2)
        _texts(page, selector.records or selector.other_txt)
        _shown(page, selector)


def _shown(page: Page, selector: BimiSelectorFacts) -> None:
    record, logo, evidence = selector.record, selector.logo, selector.evidence
    if record is not None and record.declined:
        page.line("declines: no logo is to be shown", indent=2)
    if selector.not_fetched:
        page.line(f"logo and certificate not fetched: {clean(selector.not_fetched)}", indent=2)
    if logo is not None:
        if logo.fetch.ok:
            shape = f"{logo.width:g} by {logo.height:g}"
            page.line(f"logo {clean(logo.title) or 'without title'}, {shape}, {logo.size} octets", indent=2)
        else:
            _fetched(page, "logo", logo.fetch)
    if evidence is not None:
        if evidence.chain:
            leaf = evidence.chain[0]
            kind = clean(evidence.mark_type) or "certificate"
            page.line(
                f"{kind} for {clean(', '.join(evidence.names[:5])) or 'no name'}, "
                f"until {leaf.not_after:%Y-%m-%d} (mailproof does not check its root CA)",
                indent=2,
            )
        else:
            _fetched(page, "certificate", evidence.fetch)


def _fetched(page: Page, what: str, fetched: FetchFacts) -> None:
    style = "mp.unknown" if fetched.undetermined else "mp.fail"
    page.line(f"{what}: ", (clean(fetched.problem) or "not readable", style), indent=2)
