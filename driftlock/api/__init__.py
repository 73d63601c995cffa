"""HTTP: validate, call one verb, answer."""

from driftlock.api.application import create_app

__all__ = ["create_app"]
