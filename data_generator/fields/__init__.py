"""Fourteen fields of industry: the ordinary traffic of each, and what goes wrong in it."""
