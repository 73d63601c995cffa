"""What the five scenarios give with seed 7 under the profile *balanced*, to tell when a build differs."""

from typing import Final

# python -c 'from driftlock.services.replay import replay; print(replay("error-storm", 7).digest)'
DIGESTS: Final[dict[str, str]] = {
    "normal-operations": "a724f964118bbef1f95eb824148e6d6317f19b0ba3ea78ba2dad7f9eea4d72b8",
    "anomaly-spike": "254ae067bd772ca8516142a6b7366fb035cd2a7d50bfdc4d73ebb8acd453556e",
    "error-storm": "18b22f2c135dab6da1d2a99e2803a0f96876a9898429e3be5a62bda61a613763",
    "geographic-anomaly": "9b413af724d76db9829b65f21660713e8aa3e80d970fd764bca1c36fe83ca768",
    "behavioural-anomaly": "ad62530a9ddab818db7627075c0568ec76035a978d1b74a7b059ae206fb26407",
}
