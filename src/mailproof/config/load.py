"""Find and read the configuration file. Every fault is a ConfigError with a one-line message."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from mailproof.config.limits import MAX_CONFIG_BYTES, MAX_DOTS
from mailproof.config.ownership import foreign_writer
from mailproof.config.settings import Config, Trust
from mailproof.config.trust import in_ci, is_trusted
from mailproof.errors import ConfigError
from mailproof.files import read_given, read_whole, working_folder
from mailproof.structs import replace

FILE_NAME = "mailproof.toml"

#: Strings, in which dots don't count.
_STRING = r'"[^"]*"|\'[^\']*\''


def find_config(start: Path) -> Path | None:
    """The nearest mailproof.toml, or pyproject.toml with [tool.mailproof], from ``start`` up to ``.git``."""
    folder = start if start.is_dir() else start.parent
    for place in (folder, *folder.parents):
        own = place / FILE_NAME
        if os.path.exists(own) and not os.path.isdir(own):  # a pipe too: refused when it is read
            return own
        project = place / "pyproject.toml"
        if os.path.isfile(project) and _mentions_tool_table(project):
            return project
        if os.path.exists(place / ".git"):
            return None
    return None


def load_config(path: Path | None = None, start: Path | None = None, *, commands: bool = False) -> Config:
    """Read the file at ``path``, else at MAILPROOF_CONFIG, else the nearest from ``start`` (here) upwards.

    Without any file: the defaults. A file that was found rather than named must belong to the user
    (config.ownership), and may do less (config.permits); ``commands`` lets a named file run commands in CI
    too. Raises ConfigError with file, line and key.
    """
    if path is None and os.environ.get("MAILPROOF_CONFIG"):
        path = Path(os.environ["MAILPROOF_CONFIG"])
    most: Trust = "all" if commands or not in_ci() else "no commands"
    if path is not None:
        return replace(parse_config(decoded(path, read_raw(path)), path), trust=most)
    where = start or working_folder()
    found = find_config(where.absolute()) if where is not None else None
    if found is None:
        return Config()
    check_owner(found)
    raw = read_raw(found)
    return replace(parse_config(decoded(found, raw), found), trust=most if is_trusted(found, raw) else "none")


def check_owner(path: Path) -> None:
    """Raises ConfigError if another user could have written the file."""
    try:
        problem = foreign_writer(path)
    except OSError as error:
        problem = f"{error.filename or path} cannot be examined ({error.strerror})"
    if problem:
        raise ConfigError(f"{path}: not used: {problem}. Pass it with --config to use it anyway")


def parse_config(text: str, path: Path) -> Config:
    """Parse a configuration; ``path`` is for messages, and relative paths are resolved against its folder."""
    import tomllib

    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MAX_DOTS and re.sub(_STRING, "", line).count(".") > MAX_DOTS:
            raise ConfigError(f"{path}:{number}: a key with more than {MAX_DOTS} parts")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{_toml_error(path, text, error)}") from None
    except ValueError:  # Python refuses a number this long, without giving its position
        raise ConfigError(f"{_place_of_digits(path, text)}: a number with too many digits") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deeply") from None
    prefix: tuple[str, ...] = ()
    if path.name == "pyproject.toml":
        tool = table.get("tool", {})
        table = tool.get("mailproof", {}) if isinstance(tool, dict) else {}
        prefix = ("tool", "mailproof")
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: [tool.mailproof] must be a table")
    return _validated(table, text, path, prefix)


def _validated(table: dict[str, Any], text: str, path: Path, prefix: tuple[str, ...]) -> Config:
    from mailproof.config.reading import read
    from mailproof.config.sense import problems
    from mailproof.config.shape import ShapeError, prepare
    from mailproof.config.wording import describe, place_of

    try:
        prepared = prepare(table, path.absolute().parent)
    except ShapeError as error:
        raise ConfigError(f"{place_of(path, text, prefix, error.keys)}: {error}") from None
    config, faults = read(Config, prepared.table)
    if config is None:
        raise ConfigError(describe(faults, path, text, prefix, prepared.names))
    for keys, problem in problems(config):
        raise ConfigError(f"{place_of(path, text, prefix, keys)}: {problem}")
    places = tuple(
        place_of(path, text, prefix, ("domains", str(number))) for number in range(len(config.domains))
    )
    return replace(config, path=path, places=places)


def locate(config: Config, *keys: str) -> str:
    """``file:line:column`` of a key, for faults that only a command can detect."""
    from mailproof.config.wording import place_of

    if config.path is None:
        return "mailproof.toml"
    prefix = ("tool", "mailproof") if config.path.name == "pyproject.toml" else ()
    return place_of(config.path, decoded(config.path, read_raw(config.path)), prefix, keys)


def read_raw(path: Path) -> bytes:
    """Read a configuration file. Raises ConfigError."""
    too_large = f"larger than {MAX_CONFIG_BYTES // 1024} KiB: not a configuration file"
    return read_whole(path, MAX_CONFIG_BYTES, ConfigError, too_large)


def decoded(path: Path, raw: bytes) -> str:
    """Decode a configuration file. Raises ConfigError."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8, as TOML must be") from None


def _mentions_tool_table(path: Path) -> bool:
    try:
        return b"[tool.mailproof" in read_given(path, MAX_CONFIG_BYTES)
    except OSError:
        return False


def _toml_error(path: Path, text: str, error: Exception) -> str:
    """``file:line:column: message``, from tomllib's error, which ends with the position."""
    words = str(error)
    found = re.search(r" \(at line (\d+), column (\d+)\)$", words)
    if found:
        return f"{path}:{found[1]}:{found[2]}: {words[: found.start()]}"
    lines = text.splitlines() or [""]
    at = words.removesuffix(" (at end of document)")
    return f"{path}:{len(lines)}:{len(lines[-1]) + 1}: {at}"


def _place_of_digits(path: Path, text: str) -> str:
    """``file:line`` of the first number too long for Python to parse."""
    found = re.search(r"\d(?:_?\d){4000}", text)
    return f"{path}:{text.count(chr(10), 0, found.start()) + 1}" if found else str(path)
