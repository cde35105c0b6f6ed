"""Reshape the tables of the file to match the types: named tables become arrays, paths are resolved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from mailproof.config.reading import Names
from mailproof.credentials import Credential

_AUDIT_KEYS = ("nameservers", "selectors", "timeout", "fail_on", "select", "ignore")
_RENAMED = {"from": "from_address", "to": "to_address"}
_PATHS = ("ca_file", "template", "path", "logo", "state", "textfile")
_CREDENTIALS = ("password", "token", "key", "refresh_token")


class ShapeError(Exception):
    """A fault in the structure of the file, at ``keys``."""

    def __init__(self, keys: tuple[str, ...], message: str) -> None:
        self.keys = keys
        super().__init__(message)


class Prepared(Struct, frozen=True):
    """A table that fits ``Config``.

    ``names`` holds the names of tables that became arrays, so that messages can show them.
    """

    table: dict[str, Any]
    names: Names


def prepare(source: dict[str, Any], folder: Path) -> Prepared:
    """Reshape the file's table. Raises ShapeError."""
    table = {key: value for key, value in source.items() if key not in ("audit", "profiles")}
    names: Names = {}
    for key in ("path", "trust", "places"):
        if key in table:
            raise ShapeError((key,), f"unknown key '{key}'")
    table |= _audit(source.get("audit", {}), table)
    if "selectors" in table:
        selectors = _table(table["selectors"], ("selectors",))
        table["selectors"] = [
            {"domain": name, "selectors": [each] if isinstance(each, str) else each}
            for name, each in selectors.items()
        ]
        names["selectors",] = tuple(selectors)
    if "filters" in table:
        table["filters"] = {
            name: _section(value, ("filters", name), folder)
            for name, value in _table(table["filters"], ("filters",)).items()
        }
    if "report" in table:
        table["report"] = _section(table["report"], ("report",), folder)
    if "monitor" in table:
        table["monitor"] = _monitor(table["monitor"], folder)
    profiles = _table(source.get("profiles", {}), ("profiles",))
    table["profiles"] = [_profile(name, value, folder) for name, value in profiles.items()]
    names["profiles",] = tuple(profiles)
    if "severities" in table:
        severities = _table(table["severities"], ("severities",))
        table["severities"] = [{"rule": rule, "severity": value} for rule, value in severities.items()]
        names["severities",] = tuple(severities)
    if "zones" in table:
        table["zones"] = _paths(table["zones"], ("zones",), folder)
    environments = _table(table.get("environments", {}), ("environments",))
    table["environments"] = [_environment(name, each, folder) for name, each in environments.items()]
    names["environments",] = tuple(environments)
    if isinstance(table.get("domains"), list):
        table["domains"] = [_domain(each, number, names) for number, each in enumerate(table["domains"])]
    return Prepared(table, names)


def _audit(value: Any, table: dict[str, Any]) -> dict[str, Any]:
    """The keys of [audit], which may be at the top of the file as well, but not in both places."""
    audit = _table(value, ("audit",))
    for key in audit:
        if key not in _AUDIT_KEYS:
            from mailproof.config.wording import unknown_key

            raise ShapeError(("audit", key), unknown_key(f"audit.{key}", key, _AUDIT_KEYS))
        if key in table:
            raise ShapeError(("audit", key), f"'{key}' is given twice: at the top and in [audit]")
    return audit


def _environment(name: str, value: Any, folder: Path) -> dict[str, Any]:
    keys = ("environments", name)
    found = dict(_table(value, keys))
    if "name" in found:
        raise ShapeError((*keys, "name"), "unknown key 'name': the table's own name is the environment's")
    if "zones" in found:
        found["zones"] = _paths(found["zones"], (*keys, "zones"), folder)
    return {**found, "name": name}


def _domain(value: Any, number: int, names: Names) -> Any:
    """Convert ``expect.dkim.selectors`` to an array, as the types need; anything invalid is left as it is."""
    expect = value.get("expect") if isinstance(value, dict) else None
    dkim = expect.get("dkim") if isinstance(expect, dict) else None
    selectors = dkim.get("selectors") if isinstance(dkim, dict) else None
    if not isinstance(value, dict) or not isinstance(expect, dict) or not isinstance(dkim, dict):
        return value
    if isinstance(selectors, list) and all(isinstance(each, str) for each in selectors):
        selectors = {each: {} for each in selectors}
    if not isinstance(selectors, dict):
        return value
    keys = ("domains", number, "expect", "dkim", "selectors")
    shown = ("domains", str(number), "expect", "dkim", "selectors")
    found = [{**_table(each, (*shown, name)), "selector": name} for name, each in selectors.items()]
    names[keys] = tuple(selectors)
    return {**value, "expect": {**expect, "dkim": {**dkim, "selectors": found}}}


def _paths(value: Any, keys: tuple[str, ...], folder: Path) -> Any:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list):
        return value
    return [_path(each, keys, folder) if isinstance(each, str) else each for each in values]


def _profile(name: str, value: Any, folder: Path) -> dict[str, Any]:
    keys = ("profiles", name)
    profile = dict(_table(value, keys))
    if "name" in profile:
        raise ShapeError((*keys, "name"), "unknown key 'name': a profile's name is the name of its table")
    for section in ("submit", "retrieve", "message", "inbound"):
        if section in profile:
            profile[section] = _section(profile[section], (*keys, section), folder)
    if "retrieve" in profile:
        profile["retrieve"] = _preset(profile["retrieve"])
    if isinstance(profile.get("to"), list):
        profile["to"] = [
            _recipient(each, (*keys, "to", str(number)), folder) for number, each in enumerate(profile["to"])
        ]
    profile["name"] = name
    return profile


def _monitor(value: Any, folder: Path) -> dict[str, Any]:
    found = _section(value, ("monitor",), folder)
    if "webhook" in found:
        keys = ("monitor", "webhook")
        webhook = _section(found["webhook"], keys, folder)
        if "url" in webhook:
            webhook["url"] = _credential(webhook["url"], (*keys, "url"))
        found["webhook"] = webhook
    return found


def _recipient(value: Any, keys: tuple[str, ...], folder: Path) -> dict[str, Any]:
    recipient = dict(_table(value, keys))
    if "retrieve" in recipient:
        recipient["retrieve"] = _preset(_section(recipient["retrieve"], (*keys, "retrieve"), folder))
    return recipient


def _preset(table: dict[str, Any]) -> dict[str, Any]:
    """Fill in a mailbox provider's known settings where the file has none."""
    name = table.get("preset")
    if not isinstance(name, str) or table.get("kind", "imap") != "imap":
        return table
    from mailproof.data.mailboxes import provider_named

    provider = provider_named(name)
    if provider is None:
        return table
    known = {"host": provider.host, "port": provider.port, "security": provider.security}
    if "host" in table:  # another server of this provider, with the default ports
        known = {}
    return {**known, **table}


def _section(table: Any, keys: tuple[str, ...], folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in _table(table, keys).items():
        if key in _RENAMED.values():
            raise ShapeError((*keys, key), f"unknown key '{'.'.join((*keys, key))}'")
        target = _RENAMED.get(key, key) if keys[-1] == "message" else key
        if key in _CREDENTIALS:
            result[target] = _credential(value, (*keys, key))
        elif key in _PATHS and isinstance(value, str):
            result[target] = _path(value, (*keys, key), folder)
        elif key == "attachments" and isinstance(value, list):
            result[target] = _paths(value, (*keys, key), folder)
        elif key == "program" and isinstance(value, str):
            result[target] = _command_words(value, (*keys, key))
        elif key in ("folders", "silence", "blocklists") and isinstance(value, str):
            result[target] = [value]
        else:
            result[target] = value
    return result


def _path(text: str, keys: tuple[str, ...], folder: Path) -> Path:
    try:
        path = folder / Path(text).expanduser()
    except RuntimeError:
        raise ShapeError(keys, f"'{keys[-1]}': no such user, or no home folder") from None
    if "\0" in text:
        raise ShapeError(keys, f"'{keys[-1]}': a path can't contain NUL")
    return path


def _credential(value: Any, keys: tuple[str, ...]) -> Credential:
    """A table with one key. A literal secret is refused, without repeating it in the message."""
    name = keys[-1]
    ways = f'{name} = {{ env = "VARIABLE" }}, {{ command = "…" }} or {{ keyring = "service" }}'
    if not isinstance(value, dict):
        raise ShapeError(keys, f"{name}s aren't allowed in this file: write {ways}")
    if len(value) != 1 or next(iter(value)) not in ("env", "command", "keyring"):
        raise ShapeError(keys, f"a {name} needs exactly one source: write {ways}")
    kind, source = next(iter(value.items()))
    words = _words(source) if kind == "command" else ((source,) if isinstance(source, str) else ())
    if not words or not all(words):
        raise ShapeError(keys, f"{name}.{kind} must be a string that is not empty")
    return Credential(kind, words)


def _words(source: Any) -> tuple[str, ...]:
    import shlex

    if isinstance(source, str):
        try:
            return tuple(shlex.split(source))
        except ValueError:
            return ()
    if isinstance(source, list) and all(isinstance(word, str) for word in source):
        return tuple(source)
    return ()


def _command_words(value: str, keys: tuple[str, ...]) -> list[str]:
    words = list(_words(value))
    if not words:
        raise ShapeError(keys, "'program' is not a command: a quote is not closed, or it is empty")
    return words


def _table(value: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ShapeError(keys, f"'{'.'.join(keys)}' must be a table")
    return value
