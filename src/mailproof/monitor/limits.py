"""The bounds of monitoring."""

KIB = 1024
MIB = 1024 * KIB

#: Domains and probes that are monitored at once.
MOST_TARGETS = 1_000
#: Checks that run at the same time.
AT_ONCE = 4
#: The longest time between readings of the clock, in seconds: it may be set, or the machine suspended.
LONGEST_SLEEP = 60.0
#: The saved state of one domain or probe, compressed, in octets.
MAX_KNOWN = 16 * MIB
#: The same before compression, in octets.
MAX_UNPACKED = 256 * MIB
#: Finished checks in the history; the oldest are deleted first.
MOST_RUNS = 500_000
#: Changes in the history; the oldest are deleted first, even if the webhook has not accepted them.
MOST_EVENTS = 100_000
#: Characters kept of the text of one change.
EVENT_TEXT = 1_000
#: How long another program may hold a lock on the state file, in seconds.
BUSY_S = 10.0
#: Folders, hosts, selectors and the like in the metrics of one target.
MOST_LABELS = 50
#: Characters of a label's value.
LABEL_TEXT = 200
#: Changes in one delivery to the webhook.
EVENTS_AT_ONCE = 50
#: Octets read of the webhook's response.
WEBHOOK_ANSWER = 4 * KIB
#: Characters of a webhook's URL.
WEBHOOK_URL = 4 * KIB
#: Addresses of the webhook's host that are considered.
WEBHOOK_ADDRESSES = 4
#: The delay after the first failed delivery, in seconds; it doubles each time.
RETRY_FIRST = 30.0
#: The longest delay between two deliveries, in seconds, even if the server asks for more.
RETRY_MOST = 3_600.0
#: The largest head of a request for metrics, in octets.
REQUEST_HEAD = 8 * KIB
#: How long a request for metrics may take, in seconds.
REQUEST_S = 5.0
#: Simultaneous connections for metrics; further ones are closed immediately.
CONNECTIONS = 32
