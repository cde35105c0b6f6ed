"""The dated list of services where a name that is free can be taken by anybody (``takeover.toml``)."""

from __future__ import annotations

from msgspec import Struct, field

from mailproof.data.reading import bundled


class Service(Struct, frozen=True):
    """A service, and the suffixes of the host names that it hands out."""

    name: str
    suffixes: tuple[str, ...]


class TakeoverServices(Struct, frozen=True):
    """The services, and the day that this was written."""

    date: str
    services: tuple[Service, ...] = field(name="service")

    def service_of(self, name: str) -> str:
        """The service that hands out the name; empty where none is known."""
        return next(
            (each.name for each in self.services if any(name.endswith(f".{end}") for end in each.suffixes)),
            "",
        )


#: The bundled list.
takeover_services = bundled("takeover.toml", TakeoverServices)
