"""How long mail hosts and name servers may delay a report: what is missing by then is unknown."""

from __future__ import annotations

#: Seconds to connect to a mail host: the system retransmits its first packet after one.
CONNECT_S = 3.0
#: Seconds that a mail host may be silent. Exchange and Sendmail delay some replies by five.
SILENCE_S = 5.5
#: Extra seconds for a greeting that has begun: Postfix (postscreen) sends its last line after six.
GREETING_S = 2.5
#: Seconds for one conversation with a mail host.
CONVERSATION_S = 9.0
#: Seconds for all conversations with a domain's mail hosts, including the lookups of their addresses.
HOSTS_S = 10.0
#: Seconds to fetch a policy, a logo or a certificate over HTTPS, including the lookups of its host.
FETCH_S = 8.0
#: Seconds for one query to one name server of the domain, which is retried once.
SERVER_S = 1.0
#: Seconds for all queries to the name servers of the domain and of the zone above.
SERVERS_S = 3.0
