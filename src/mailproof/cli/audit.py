"""``mailproof audit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mailproof.choices import DomainUse
from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.baseline import NO_BASELINE, BaselineOptions
from mailproof.cli.groups import argument, grouped, option, panel
from mailproof.cli.streams import note
from mailproof.cli.transfers import TransferOptions
from mailproof.errors import UsageError
from mailproof.files import check_writable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailproof.cli.output import Output
    from mailproof.engine.fixes import ProposalWish
    from mailproof.model import FixKind
    from mailproof.model.fixes import FixProposal


@panel("What to check")
class AuditOptions(NamedTuple):
    """What to check besides the domain."""

    selectors: list[str] | None = option(
        "--selector -s S",
        "A DKIM selector in use (repeatable). Those of known providers are always tried.",
        None,
    )
    all_selectors: bool = option(
        "--all-selectors", "Try all known DKIM selectors, not just the most likely.", False
    )
    ips: list[str] | None = option("--ip ADDR", "An IP address that sends mail (repeatable).", None)
    no_connect: opt.NoConnect = False
    allowed: opt.Allowed = None
    blocklists: bool = option(
        "--blocklists", "Look up the domain and its addresses in the blocklists that are free to use.", False
    )
    blocklist: list[str] | None = option(
        "--blocklist NAME",
        "Query this blocklist, such as spamhaus-zen (repeatable). Mind its terms of use.",
        None,
        autocompletion=complete.blocklists,
    )
    second_opinion: bool = option(
        "--second-opinion",
        "Also run checkdmarc on the same answers, and say which is right when they differ.",
        False,
    )
    profile: DomainUse = option(
        "--profile PROFILE",
        "What the domain is used for: sending, receiving-only, parked, or auto (as its records suggest).",
        "auto",
    )
    subdomains: list[str] | None = option(
        "--subdomain NAME", "Also check SPF, DMARC and MX of this subdomain (repeatable).", None
    )
    receivers: list[str] | None = option(
        "--receiver NAME",
        "Compare with the requirements of this receiver: gmail, yahoo, microsoft, apple or all (repeatable).",
        None,
        autocompletion=complete.receivers,
    )
    assumed: list[str] | None = option(
        '--set "NAME TYPE VALUE"',
        'What if: assume this record, like "_dmarc TXT v=DMARC1; p=reject" (repeatable). Without '
        "VALUE: assume that there is none.",
        None,
    )


@panel("Fixes")
class FixOptions(NamedTuple):
    """The zone change to write."""

    fix_zone: Path | None = option(
        "--fix-zone FILE",
        "Write the records that fix the findings to a zone file fragment; preview them with "
        "another --zone FILE.",
        None,
    )
    fix_level: opt.Level = option("--fix-level", "Fix findings of this severity or worse.", "info")
    fix_kind: list[opt.Kind] | None = option(
        "--fix-kind KIND",
        "Write fixes of this kind (repeatable): repair, improvement, decision (changes a policy or "
        "permission). Default: repair and improvement.",
        None,
    )


@grouped
def command(
    domains: list[str] | None = argument(
        "[DOMAIN]...",
        "The domains to audit; @FILE or - reads a list. Default: those of the given zones.",
        None,
        complete=complete.configured_domains,
    ),
    wanted: AuditOptions = AuditOptions(),
    fix: FixOptions = FixOptions(),
    dns: opt.DnsOptions = opt.DNS,
    transfer: TransferOptions = TransferOptions(),
    timeout: opt.Timeout = None,
    output: opt.OutputOptions = opt.OUTPUT,
    rules: opt.RuleOptions = opt.RULES,
    known: BaselineOptions = NO_BASELINE,
) -> None:
    """Audit a domain: SPF, DKIM, DMARC, MX, TLS, DANE, MTA-STS, and the mail hosts themselves.

    [bold]mailproof audit acme.example --selector s1[/]

    Before publishing: [bold]mailproof audit --zone acme.zone --offline[/]

    What if: [bold]mailproof audit acme.example --set "_dmarc TXT v=DMARC1; p=reject"[/]

    Write the fixes: [bold]mailproof audit acme.example --fix-zone fix.zone[/]
    """
    from mailproof.cli.auditing import SharedOptions, audit_all
    from mailproof.cli.domains import listed_domains
    from mailproof.cli.what_if import assumed
    from mailproof.engine.arguments import checked_blocklists, checked_ips, checked_networks
    from mailproof.engine.audit import AuditOptions, audit
    from mailproof.facts.transport_options import TransportOptions

    if fix.fix_zone is None and (fix.fix_kind or fix.fix_level != "info"):
        raise UsageError("--fix-kind and --fix-level are about --fix-zone FILE: name the file to write")
    config = rules.load_config()
    listed = listed_domains(domains or ()) or dict.fromkeys(dns.given.domains())
    names = tuple(listed)
    options = AuditOptions(
        selectors=tuple(wanted.selectors or ()),
        ips=checked_ips(tuple(wanted.ips or ())),
        second_opinion=wanted.second_opinion,
        connect=dns.connect(wanted.no_connect, output.require),
        transport=TransportOptions(allowed=checked_networks(tuple(wanted.allowed or ()))),
        blocklists=checked_blocklists((*(("open",) if wanted.blocklists else ()), *(wanted.blocklist or ()))),
        profile=wanted.profile,
        subdomains=tuple(wanted.subdomains or ()),
        receivers=tuple(wanted.receivers or ()),
        all_selectors=wanted.all_selectors,
        proposal=_wish(fix) if fix.fix_zone else None,
    )
    if fix.fix_zone is not None:
        check_writable(f"--fix-zone {fix.fix_zone}", fix.fix_zone)
    out, proposals = audit_all(
        names,
        lambda session: audit(names, session, options),
        SharedOptions(dns, transfer, timeout, output, rules, known),
        config,
        doing="querying DNS for",
        listed=listed,
        changes=assumed(wanted.assumed or (), names),
        to_the_end=fix.fix_zone is not None,
    )
    if fix.fix_zone:
        _write_fix_zone(out, fix.fix_zone, proposals)
    out.finish()


def _wish(fix: FixOptions) -> ProposalWish:
    from mailproof.engine.fixes import SAFE, ProposalWish
    from mailproof.model import Severity

    kinds: tuple[FixKind, ...] = tuple(kind.value for kind in fix.fix_kind) if fix.fix_kind else SAFE
    return ProposalWish(kinds, Severity(fix.fix_level))


def _write_fix_zone(out: Output, path: Path, proposals: Sequence[FixProposal]) -> None:
    """Write the fragment, and summarize it on stderr."""
    from mailproof.render.fix_zone import render_fix_zone, summary

    proposals = sorted(proposals, key=lambda each: each.domain)
    if out.write(f"--fix-zone {path}", path, render_fix_zone(proposals)):
        note(summary(str(path), proposals))
