"""The options of zone transfers, and the zones that they bring."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from mailproof.cli.groups import panel
from mailproof.errors import UsageError

if TYPE_CHECKING:
    from mailproof.dns import ZoneFile
    from mailproof.dns.inputs.axfr import TransferKey
    from mailproof.facts.stop import Stop


@panel("DNS")
class TransferOptions(NamedTuple):
    """The server that hands over the zones, and the key it wants."""

    axfr: Annotated[
        str | None,
        typer.Option(
            "--axfr",
            metavar="ADDR[:PORT]",
            help="Transfer the domains' zones from this name server, and take their records from there.",
        ),
    ] = None
    axfr_key: Annotated[
        str | None,
        typer.Option(
            "--axfr-key",
            metavar="env:NAME|keyring:SERVICE",
            help="The key of the transfer (TSIG): where [ALGORITHM:]NAME:SECRET is kept.",
        ),
    ] = None


async def transfer_zones(
    options: TransferOptions, domains: Sequence[str], stop: Stop
) -> tuple[ZoneFile, ...]:
    """The zones that the domains are in, each once. Raises UsageError, ZoneFileError and CredentialError."""
    if options.axfr is None:
        if options.axfr_key is not None:
            raise UsageError("--axfr-key is the key of a transfer: give --axfr ADDR")
        return ()
    from mailproof.dns.inputs.axfr import transferred
    from mailproof.dns.live.nameserver import parse_nameserver

    server = parse_nameserver(options.axfr)
    if server.transport != "udp":
        raise UsageError(
            f"--axfr {options.axfr}: zones are transferred over plain TCP: give ADDR or ADDR:PORT"
        )
    key = await _key(options.axfr_key)
    zones: list[ZoneFile] = []
    for domain in domains:
        if any(domain == zone.origin or domain.endswith(f".{zone.origin}") for zone in zones):
            continue
        task = asyncio.ensure_future(transferred(server, domain, key))
        if await stop.wait_for((task,)):
            raise KeyboardInterrupt
        zones.append(task.result())
    return tuple(zones)


async def _key(given: str | None) -> TransferKey | None:
    if given is None:
        return None
    from mailproof.credentials import Credential, resolve_secret
    from mailproof.dns.inputs.axfr import TransferKey

    kind, _, name = given.partition(":")
    if not name:
        raise UsageError("--axfr-key: name where the key is kept, as env:NAME or keyring:SERVICE")
    if kind == "env":
        credential = Credential("env", (name,))
    elif kind == "keyring":
        credential = Credential("keyring", (name,))
    else:
        raise UsageError("--axfr-key: name where the key is kept, as env:NAME or keyring:SERVICE")
    # Its name may be a part of the domain's, which reports are to show.
    return TransferKey.of(await resolve_secret(credential, "axfr", lambda text: text.rpartition(":")[2]))
