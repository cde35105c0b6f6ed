"""The bounds of monitoring."""

KIB = 1024
MIB = 1024 * KIB

#: Domains that are watched at once, and probes.
MOST_TARGETS = 1_000
#: Checks under way at the same time.
AT_ONCE = 4
#: The longest time without looking at the clock, in seconds: it may have been set, or the machine suspended.
LONGEST_SLEEP = 60.0
#: What is known of one domain or probe, compressed, in octets.
MAX_KNOWN = 16 * MIB
#: The same before compression, in octets.
MAX_UNPACKED = 256 * MIB
#: Finished checks in the history; the oldest go first.
MOST_RUNS = 500_000
#: Changes in the history; the oldest go first, also those that the webhook did not take.
MOST_EVENTS = 100_000
#: Characters of one change that are kept.
EVENT_TEXT = 1_000
#: How long another program may hold a lock on the state file, in seconds.
BUSY_S = 10.0
#: Folders, hosts, selectors and the like that one target has metrics for.
MOST_LABELS = 50
#: Characters of a label's value.
LABEL_TEXT = 200
#: Changes in one delivery to the webhook.
EVENTS_AT_ONCE = 50
#: Octets read of the webhook's answer.
WEBHOOK_ANSWER = 4 * KIB
#: Characters of a webhook's URL.
WEBHOOK_URL = 4 * KIB
#: Addresses of the webhook's host that are tried.
WEBHOOK_ADDRESSES = 4
#: The first wait after a delivery that failed, in seconds; it doubles each time.
RETRY_FIRST = 30.0
#: The longest wait between two deliveries, in seconds, also where the other side asks for more.
RETRY_MOST = 3_600.0
#: Octets of the head of a request for metrics.
REQUEST_HEAD = 8 * KIB
#: How long a request for metrics may take, in seconds.
REQUEST_S = 5.0
#: Connections for metrics at the same time; more are closed at once.
CONNECTIONS = 32
