"""A message, from its octets to the results its receiver reported: everything that needs no DNS. Pure.

``reader.read`` parses it, each header field of interest once; ``border.find_border`` decides which fields can
be trusted, ``envelope.find_envelope`` which client SPF is evaluated for. Then ``auth.authenticate`` queries
the DNS, ``forensics.explain_failures`` finds out what broke a signature, and ``comparison.compare`` compares
the results with the receiver's. ``facts.message.collect_message`` takes these steps in this order.
"""
