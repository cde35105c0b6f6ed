"""One message, from its octets to what its border said of it: all that needs no DNS. Pure.

``reader.read`` takes it apart, each header field of interest parsed once; ``border.find_border`` says which
fields can be trusted, ``envelope.find_envelope`` which client SPF is for. Then ``auth.authenticate`` asks the
DNS, ``forensics.explain_failures`` finds out what broke a signature, and ``comparison.compare`` holds the
results beside the receiver's. ``facts.message.collect_message`` takes these steps in this order.
"""
