"""``mailproof trust``."""

from __future__ import annotations

from pathlib import Path

from mailproof.cli.groups import argument, option
from mailproof.cli.streams import note
from mailproof.errors import UsageError
from mailproof.files import working_folder


def command(
    file: Path | None = argument("[FILE]", "The configuration file (default: the nearest one).", None),
    forget: bool = option("--forget", "Stop trusting it.", False),
) -> None:
    """Trust a configuration file: it may run commands and send mail, until it changes.

    A file found in the working folder or above, and not named by --config, may do neither until then.
    """
    from mailproof.config import find_config
    from mailproof.config import trust as store
    from mailproof.config.load import check_owner, decoded, parse_config, read_raw
    from mailproof.config.permits import powers

    here = working_folder()
    path = file or (find_config(here) if here is not None else None)
    if path is None:
        raise UsageError("no mailproof.toml in this folder or above: name the file")
    if forget:
        note(f"{path} is no longer trusted" if store.forget(path) else f"{path} was not trusted")
        return
    raw = read_raw(path)
    config = parse_config(decoded(path, raw), path)
    check_owner(path)
    does = tuple(powers(config))
    store.trust(path, raw)
    note(f"{path} is trusted until it changes.")
    for power in does:
        note(f"  {power.key} {power.does}")
