"""The URLs of servers that a configuration may name."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def server_problem(url: str, *, like: str, instead: str) -> str:
    """Why a URL cannot be a server's; "" if it can. ``instead`` says where a password belongs."""
    if not url.isascii() or len(url) > 2048 or any(char <= " " or char == "\x7f" for char in url):
        return "it contains a character that is not allowed in a URL, such as a space, or is too long"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"it cannot be read ({error})"
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or port == 0:
        return f"it must be like {like}"
    if parts.username is not None or parts.password is not None:
        return f"a password is not allowed in it: use {instead}"
    if parts.query or parts.fragment:
        return "it may have a path, but no ? or #"
    return ""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        address = ip_address(host.strip().strip("[]"))
    except ValueError:
        return host.strip().lower() == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
