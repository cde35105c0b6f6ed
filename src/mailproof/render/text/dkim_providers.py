"""The mail providers that a domain seems to use, a line each."""

from __future__ import annotations

from mailproof.model import DkimProvider
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean

_MAX_LINES = 6


def write_providers(page: Page, providers: tuple[DkimProvider, ...]) -> None:
    """Write who carries the mail, how that is known, and what became of the selectors."""
    for provider in providers[:_MAX_LINES]:
        page.line(
            ("provider ", "mp.dim"),
            provider.name,
            (f" by {clean(provider.why[0])}: ", "mp.dim"),
            _keys(provider),
            indent=2,
        )
    if len(providers) > _MAX_LINES:
        page.line(f"and {len(providers) - _MAX_LINES} more providers", indent=2)


def _keys(provider: DkimProvider) -> str:
    if provider.published:
        said = f"key at {', '.join(provider.published)}"
        return f"{said} (tenant {clean(provider.tenant)})" if provider.tenant else said
    if provider.dangling:
        where = f" in {clean(provider.tenant)}" if provider.tenant else ""
        return f"{', '.join(provider.dangling)} without a key{where}"
    if provider.unknown:
        return f"{', '.join(provider.unknown)} not answered"
    if provider.untried:
        return f"{', '.join(provider.untried)} not tried"
    if provider.form:
        return f"selectors cannot be guessed ({provider.form})"
    return "no key at its selectors" if provider.always else "no key at its usual selectors"
