"""Branding of reports: the configured title, contact and logo."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from mailproof.config import Config
from mailproof.config.limits import MAX_LOGO_BYTES
from mailproof.config.permits import permitted_logo
from mailproof.errors import ConfigError
from mailproof.files import read_whole
from mailproof.render.look import Brand

#: A browser shows an SVG as an image without running scripts or loading anything.
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*+<svg[\s>]", re.DOTALL
)


def brand_of(config: Config) -> Brand:
    """The branding from ``[report]``. Raises ConfigError for an unusable logo."""
    logo = permitted_logo(config)
    report = config.report
    return Brand(
        report.title.strip(), report.contact.strip(), "" if logo is None else _logo(logo, config.path)
    )


def _logo(path: Path, named_in: Path | None) -> str:
    where = f"{named_in or 'mailproof.toml'}: report.logo: {path}"
    too_large = f"larger than {MAX_LOGO_BYTES // 1024} KiB: make the picture smaller"
    raw = read_whole(path, MAX_LOGO_BYTES, ConfigError, too_large, shown=where)
    kind = _kind(raw)
    if not kind:
        raise ConfigError(f"{where}: not a PNG, JPEG or SVG picture")
    return f"data:{kind};base64,{base64.b64encode(raw).decode()}"


def _kind(raw: bytes) -> str:
    """The media type of an image by its first octets; "" if it is not supported."""
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if raw.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/svg+xml" if _SVG.match(raw) else ""
