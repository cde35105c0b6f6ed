"""Finding and reading the configuration file. Every fault is a ConfigError of one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mailproof.config.settings import Config
from mailproof.errors import ConfigError
from mailproof.structs import replace

MAX_CONFIG_BYTES = 1024 * 1024
#: Dots in one line outside of strings: tomllib takes quadratic time for a key of many parts.
MAX_DOTS = 200
FILE_NAME = "mailproof.toml"


def find_config(start: Path) -> Path | None:
    """The nearest mailproof.toml, or pyproject.toml with [tool.mailproof], from ``start`` up to ``.git``."""
    folder = start if start.is_dir() else start.parent
    for place in (folder, *folder.parents):
        own = place / FILE_NAME
        if own.is_file():
            return own
        project = place / "pyproject.toml"
        if project.is_file() and _mentions_tool_table(project):
            return project
        if (place / ".git").exists():
            return None
    return None


def load_config(path: Path | None = None, start: Path | None = None) -> Config:
    """Read the file at ``path``, else at MAILPROOF_CONFIG, else the nearest from ``start`` (here) upwards.

    Without any file: the defaults. Raises ConfigError with file, line and key.
    """
    import os

    if path is None and os.environ.get("MAILPROOF_CONFIG"):
        path = Path(os.environ["MAILPROOF_CONFIG"])
    found = path if path is not None else find_config((start or Path.cwd()).absolute())
    if found is None:
        return Config()
    text = _read(found)
    return parse_config(text, found)


def parse_config(text: str, path: Path) -> Config:
    """The configuration in ``text``; ``path`` names it, and relative paths start at its folder."""
    import tomllib

    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MAX_DOTS and _dots(line) > MAX_DOTS:
            raise ConfigError(f"{path}:{number}: a key of more than {MAX_DOTS} parts")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{_toml_error(path, text, error)}") from None
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


def _dots(line: str) -> int:
    import re

    return re.sub(r'"[^"]*"|\'[^\']*\'', "", line).count(".")


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
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise ConfigError(describe(faults[0], path, text, prefix, prepared.profile_names) + more)
    for keys, problem in problems(config):
        raise ConfigError(f"{place_of(path, text, prefix, keys)}: {problem}")
    return replace(config, path=path)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_CONFIG_BYTES // 1024} KiB: not a configuration file")
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8, as TOML must be") from None


def _mentions_tool_table(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return b"[tool.mailproof" in file.read(MAX_CONFIG_BYTES)
    except OSError:
        return False


def _toml_error(path: Path, text: str, error: Exception) -> str:
    """``file:line:column: words``, from tomllib's message, which has them at its end."""
    import re

    words = str(error)
    found = re.search(r" \(at line (\d+), column (\d+)\)$", words)
    if found:
        return f"{path}:{found[1]}:{found[2]}: {words[: found.start()]}"
    lines = text.splitlines() or [""]
    at = words.removesuffix(" (at end of document)")
    return f"{path}:{len(lines)}:{len(lines[-1]) + 1}: {at}"
