"""How long mail hosts and name servers may hold up a report: what is missing by then is unknown."""

from __future__ import annotations

#: Seconds to connect to a mail host: the system sends its first packet again after one.
CONNECT_S = 3.0
#: Seconds that a mail host may say nothing. Exchange and Sendmail hold some replies back for five.
SILENCE_S = 5.5
#: Seconds more for a greeting that has begun: Postfix (postscreen) sends its last line after six.
GREETING_S = 2.5
#: Seconds for one conversation with a mail host.
CONVERSATION_S = 9.0
#: Seconds for all conversations with a domain's mail hosts, the lookups of their addresses included.
HOSTS_S = 10.0
#: Seconds for a policy, a logo or a certificate from the web, the lookups of its host included.
FETCH_S = 8.0
#: Seconds for one question to one name server of the domain; without an answer it is asked once more.
SERVER_S = 1.0
#: Seconds for all questions to the name servers of the domain and of the zone above.
SERVERS_S = 3.0
