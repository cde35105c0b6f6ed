"""The dated table of what providers' APIs answer and what that comes from (``api_errors.toml``)."""

from __future__ import annotations

from msgspec import Struct

from mailproof.data.reading import bundled
from mailproof.model import ApiCause


class ApiError(Struct, frozen=True):
    """One kind of refusal. It fits where all that it names does: any of ``words`` (in lower case) is in the
    reply's own; an empty tuple fits everything. ``provider`` is a sender's kind, ``*`` all.
    """

    provider: str
    cause: ApiCause
    fix: str
    source: str
    statuses: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class ApiErrors(Struct, frozen=True):
    """The table. The first entry that fits counts."""

    date: str
    sources: dict[str, str]
    error: tuple[ApiError, ...]


#: The bundled table.
api_errors = bundled("api_errors.toml", ApiErrors)


def api_error(provider: str, status: int, code: str, words: str, recipient: str = "") -> ApiError | None:
    """What a refusal is, as far as the table knows; ``{recipient}`` in its words is the recipient."""
    named, said = code.lower(), words.lower()
    if recipient:
        said = said.replace(recipient.lower(), "{recipient}")
    for each in api_errors().error:
        if (
            each.provider in (provider, "*")
            and (not each.statuses or status in each.statuses)
            and (not each.codes or named in (known.lower() for known in each.codes))
            and (not each.words or any(word in said for word in each.words))
        ):
            return each
    return None
