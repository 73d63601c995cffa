"""Scenarios: their stories, when their faults strike, and what comes out."""
