"""The bounds of the redactor."""

from __future__ import annotations

#: Secrets that one run remembers to hide, in number; the oldest are forgotten first.
MOST_SECRETS = 256
#: Sensitive values that plans may have: more could not be hidden beside the passwords.
MOST_SENSITIVE = 100
