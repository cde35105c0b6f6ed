"""Size limits of the configuration file, and the types of settings with a range and of their faults."""

from typing import Annotated

from msgspec import Meta

Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[float, Meta(ge=0.05, le=86_400)]
RetryTime = Annotated[float, Meta(ge=0, le=86_400)]
Octets = Annotated[int, Meta(ge=1, le=100_000_000)]
Strings = Annotated[tuple[str, ...], Meta(max_length=1000)]
#: A fault that the types cannot express: the key's path, and a message.
Problem = tuple[tuple[str, ...], str]

#: The largest configuration file that is read, in octets.
MAX_CONFIG_BYTES = 1024 * 1024
#: The largest logo that is embedded in a report, in octets.
MAX_LOGO_BYTES = 256 * 1024
#: The most characters in a report's title or contact.
MAX_BRAND_TEXT = 200
#: The most dots in one line, outside of strings: tomllib takes quadratic time for a key of many parts.
MAX_DOTS = 200
#: The most recipients of one profile.
MOST_RECIPIENTS = 50
