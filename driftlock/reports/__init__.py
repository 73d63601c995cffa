"""
Documents to be handed out: what they say, and the same as one HTML file or as PDF.

Everything here is computed from what it is given; no clock, no store. The
same arguments give the same bytes.
"""
