"""Views: different readings of the same units, each in bits of its own code, one contract for all."""
