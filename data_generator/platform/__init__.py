"""A shop's platform: ten services seen in logs, metrics, traces and conversations."""
