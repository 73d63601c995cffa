"""What the five scenarios give with seed 7 under the profile *balanced*, to tell when a build differs."""

from typing import Final

# python -c 'from driftlock.services.replay import replay; print(replay("error-storm", 7).digest)'
DIGESTS: Final[dict[str, str]] = {
    "normal-operations": "f0e6657058db37ffeaed39857540cee6d8dacdf1512af8ed519911d98b829296",
    "anomaly-spike": "275b89c084088cf2d04887762d414af10f797eaefa4364e60da2b68f4b930922",
    "error-storm": "5d947b384982c729a073453e7eb24346530db89bea8ab3ec86a13b02c869ec7a",
    "geographic-anomaly": "9ea9535f5077df473e63021f9a62ba4c6a701247119e6f1a36d59081e22f2509",
    "behavioural-anomaly": "827cf77902a63c4da988611ff94ca0ec65eba9f570647bad4e5b2fceef0462c3",
}
