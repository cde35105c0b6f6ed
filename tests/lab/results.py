"""Parses the receiving server's Authentication-Results fields (RFC 8601)."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass

from tests.lab.world import AUTHSERV_ID

_COMMENT = re.compile(r"\([^()]*\)")
_PAIR = re.compile(r'([\w.-]+)\s*=\s*("[^"]*"|[^\s;]+)')


@dataclass(frozen=True, slots=True)
class Method:
    """One result, such as dkim=pass with header.d=healthy.test."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        """Value of a property, or an empty string."""
        return dict(self.properties).get(name, "")


def methods(message: str, authserv_id: str = AUTHSERV_ID) -> tuple[Method, ...]:
    """All results of one server in a message's header, without its `dkim-atps`."""
    found: list[Method] = []
    parsed = email.message_from_string(message, policy=email.policy.default)
    for field in parsed.get_all("Authentication-Results", ()):
        name, _, rest = _COMMENT.sub(" ", str(field)).partition(";")
        if name.strip() != authserv_id:
            continue
        for statement in rest.split(";"):
            pairs = [(key, value.strip('"')) for key, value in _PAIR.findall(statement)]
            if pairs and pairs[0][0] != "dkim-atps":
                found.append(Method(*pairs[0], tuple(pairs[1:])))
    return tuple(found)


def summary(message: str) -> dict[str, list[str]]:
    """The results by method, in the order of the header, such as {"dkim": ["pass", "pass"]}."""
    told: dict[str, list[str]] = {}
    for method in methods(message):
        told.setdefault(method.method, []).append(method.result)
    return told
