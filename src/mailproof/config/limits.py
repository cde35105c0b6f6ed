"""The types of settings that have limits. Loaded only where a file is validated: it takes 20 ms."""

from typing import Annotated

from annotated_types import Ge, Le, MaxLen

Port = Annotated[int, Ge(0), Le(65535)]
Seconds = Annotated[float, Ge(0.05), Le(86_400.0)]
RetryTime = Annotated[float, Ge(0.0), Le(86_400.0)]
Octets = Annotated[int, Ge(1), Le(100_000_000)]
Strings = Annotated[tuple[str, ...], MaxLen(1000)]
