"""DKIM keys: compare a private key with the DNS, make a pair, replace one.

Private keys are read for their public half alone: nothing of them is shown or sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from mailproof.choices import KeyKind
from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.groups import Without, argument, grouped, option
from mailproof.cli.streams import complain, standard_input
from mailproof.errors import MessageError, UsageError
from mailproof.files import failing_as, read_given

if TYPE_CHECKING:
    from mailproof.config import Config
    from mailproof.dns import Resolver
    from mailproof.facts.stop import Stop
    from mailproof.model.keys import KeyCheck, PrivateKeyFacts, Rotation


T = TypeVar("T")


Dns = Annotated[opt.DnsOptions, Without("validate", "trust_anchors")]
Domain = Annotated[
    str, argument("DOMAIN", "The domain that signs (d=).", complete=complete.configured_domains)
]
Private = Annotated[str | None, option("--private FILE|-", "The private key that the server signs with.")]


@grouped
def check(
    domain: Domain,
    private: Private = None,
    selectors: list[str] | None = option(
        "--selector -s S",
        "The selector that the key signs under (repeatable). Default: the usual ones.",
        None,
    ),
    all_selectors: bool = option("--all-selectors", "Without --selector: try every known selector.", False),
    dns: Dns = opt.DNS,
    form: opt.OtherForm = "text",
    color: opt.Colors = "auto",
) -> None:
    """Compare the private key on the server with the key in the DNS.

    Exit code 0 if they match (without --private: if the published keys are valid), 1 if not, 3 if the DNS
    gave no answer.

    [bold]mailproof key check acme.example --selector s1 --private /etc/dkim/s1.pem[/]
    """
    from mailproof.engine.arguments import checked_domain, checked_selectors
    from mailproof.engine.keys.check import check_key
    from mailproof.render.text.keys import render_key_check

    name = checked_domain(domain)
    facts = _private(private)
    chosen = checked_selectors(selectors or (), name)

    async def look(resolver: Resolver, _today: date) -> KeyCheck:
        return await check_key(name, resolver, facts, chosen, all_selectors=all_selectors)

    found = _looked_up(dns, look)
    _show(form, color, found, render_key_check)
    raise typer.Exit(0 if found.good else 1 if found.complete else 3)


@grouped
def new(
    domain: Domain,
    selector: str = option("--selector -s S", "The new selector: one that was never used."),
    kind: KeyKind = option("--type", "The kind of key.", "rsa2048"),
    file: Path | None = option(
        "--private FILE", "Where to write the private key. Default: S.DOMAIN.pem.", None
    ),
    dns: Dns = opt.DNS,
    form: opt.OtherForm = "text",
    color: opt.Colors = "auto",
) -> None:
    """Make a key pair: the private key in a file of mode 0600, and the record to publish.

    A selector that is in use is refused: mail signed with its key would fail. With --offline and no --zone
    this is not looked up.

    [bold]mailproof key new acme.example --selector s2026[/]
    """
    from mailproof.engine.arguments import checked_domain, checked_selectors
    from mailproof.engine.keys.pair import make_key
    from mailproof.names import key_name
    from mailproof.render.text.keys import render_new_key

    name = checked_domain(domain)
    (label,) = checked_selectors([selector], name)
    path = file or Path(f"{label}.{name}.pem")
    if str(path) == "-":
        raise UsageError("--private -: a new key is never shown: name a file")
    if not dns.offline or dns.zones or dns.replay:
        place = key_name(label, name)
        taken = _taken(place, dns)
        if taken is None:
            complain(f"the DNS did not say whether {place} is in use: check before publishing")
        elif taken:
            raise UsageError(f"{place} is in use: choose a selector that was never used")
    made = make_key(name, label, kind, path)
    _show(form, color, made, render_new_key)


@grouped
def rotate(
    domain: Domain,
    new_selector: str = option("--new S", "The selector of the key to change to."),
    old_selector: str | None = option(
        "--old S", "The selector in use. Default: the one that mailproof.toml names for the domain.", None
    ),
    private: Private = None,
    start: str = option("--start DATE", "The day of the first step (2026-11-30). Default: today.", ""),
    message: str | None = option(
        "--message FILE|-", "A message received lately: shows which key the server signs with.", None
    ),
    config_file: opt.ConfigFile = None,
    dns: Dns = opt.DNS,
    form: opt.OtherForm = "text",
    color: opt.Colors = "auto",
) -> None:
    """Show the dated plan of a key rotation, and which of its steps are done.

    Run it again on each of the days with the same --start. Exit code 1 if a step was taken too early or
    wrongly, 3 if the DNS gave no answer, otherwise 0.

    [bold]mailproof key rotate acme.example --old s1 --new s2 --start 2026-11-30[/]
    """
    from mailproof.config import load_config
    from mailproof.engine.arguments import checked_domain, checked_selectors
    from mailproof.engine.keys.rotation import Evidence, plan_rotation
    from mailproof.render.text.keys import render_rotation

    name = checked_domain(domain)
    config = load_config(config_file)
    configured = frozenset(checked_selectors(config.selectors_of(name), name)) or None
    (fresh,), old = checked_selectors([new_selector], name), old_selector
    if old is None:
        known = sorted((configured or frozenset()) - {fresh})
        if len(known) != 1:
            raise UsageError("--old: name the selector in use: mailproof.toml does not name exactly one")
        old = known[0]
    (old,) = checked_selectors([old], name)
    if old == fresh:
        raise UsageError(f"--new {fresh}: a new key needs a selector of its own, never the old one again")
    if private == "-" and message == "-":
        raise UsageError("--private and --message cannot both be standard input")
    evidence = Evidence(_private(private), _signed_with(message, name), configured)
    first = _day(start)

    async def plan(resolver: Resolver, today: date) -> Rotation:
        return await plan_rotation(
            name, old, fresh, resolver, start=first or today, today=today, evidence=evidence
        )

    found = _looked_up(dns, plan, config)
    _show(form, color, found, render_rotation)
    states = {each.state for each in found.steps}
    raise typer.Exit(1 if "wrong" in states else 3 if "unknown" in states else 0)


COMMANDS: dict[str, Callable[..., None]] = {"check": check, "new": new, "rotate": rotate}


def _looked_up(
    dns: opt.DnsOptions, look: Callable[[Resolver, date], Awaitable[T]], config: Config | None = None
) -> T:
    """Run ``look`` on the DNS that the options select, and its date."""
    from mailproof.cli.running import run_whole
    from mailproof.cli.session import check_dns, open_session
    from mailproof.config import load_config

    check_dns(dns)
    settings = config if config is not None else load_config(None)

    async def main(stop: Stop) -> T:
        async with open_session(dns, settings, stop) as session, session.work(to_the_end=True) as work:
            return await look(work.resolver, work.started.date())

    return run_whole(main)


def _show(form: opt.Form, color: opt.Color, value: object, page: Callable[..., str]) -> None:
    from mailproof.cli.output import show

    show(form, color, value, lambda look: page(value, look))


def _private(file: str | None) -> PrivateKeyFacts | None:
    """The public half of the key in a file. Raises UsageError, whose message contains nothing of the key."""
    if file is None:
        return None
    from mailproof.records.dkim_private import MOST_OCTETS, PrivateKeyError, read_private_key

    shown = "standard input" if file == "-" else file
    with failing_as(UsageError, f"--private {shown}: cannot be read"):
        if file == "-":
            given = standard_input(UsageError("--private -: standard input is closed: name a file"))
            raw = given.read(MOST_OCTETS + 1)
        else:
            raw = read_given(Path(file), MOST_OCTETS)
    try:
        return read_private_key(raw)
    except PrivateKeyError as error:
        raise UsageError(f"--private {shown}: {error}") from None


def _taken(place: str, dns: opt.DnsOptions) -> bool | None:
    """Whether anything is published at the selector; None if the DNS gave no answer."""

    async def look(resolver: Resolver, _today: date) -> bool | None:
        answer = await resolver.query(place, "TXT")
        return None if answer.undetermined else answer.found or bool(answer.chain)

    return _looked_up(dns, look)


def _signed_with(file: str | None, domain: str) -> frozenset[str] | None:
    """The selectors whose signatures a message has for the domain; None without a message."""
    if file is None:
        return None
    from mailproof.cli.verify import read_message
    from mailproof.message.reader import read

    raw = read_message(file)
    try:
        signatures = read(raw).signatures
    except MessageError as error:
        raise MessageError(f"--message {file}: {error}") from None
    return frozenset(each.selector for each in signatures.values() if each.domain == domain)


def _day(text: str) -> date | None:
    if not text:
        return None
    with suppress(ValueError):
        found = date.fromisoformat(text)
        if found.year < date.max.year:  # the plan ends some weeks later
            return found
    raise UsageError(f"--start {text[:40]!r} is not a date: write it as 2026-11-30")
