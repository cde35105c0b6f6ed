"""One message, from its octets to what its border said of it: all that needs no DNS. Pure.

``reader.read`` takes it apart, each header field of interest parsed once; ``border.find_border`` tells which
fields can be believed, ``envelope.find_envelope`` whom SPF is judged for. Then ``auth.authenticate`` asks the
DNS, ``forensics.explain_failures`` finds out what broke a signature, and ``comparison.compare`` holds the
results beside those of the border. ``facts.message.collect_message`` takes these steps in this order.
"""
