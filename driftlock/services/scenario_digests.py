"""What the five scenarios give with seed 7 under the profile *balanced*, to tell when a build differs."""

from typing import Final

# python -c 'from driftlock.services.replay import replay; print(replay("error-storm", 7).digest)'
DIGESTS: Final[dict[str, str]] = {
    "normal-operations": "a724f964118bbef1f95eb824148e6d6317f19b0ba3ea78ba2dad7f9eea4d72b8",
    "anomaly-spike": "254ae067bd772ca8516142a6b7366fb035cd2a7d50bfdc4d73ebb8acd453556e",
    "error-storm": "112d03b689849e4e29ab23cdbed83f7f2d9d87b1917f66b7ec4666dafd6b4bdb",
    "geographic-anomaly": "9b413af724d76db9829b65f21660713e8aa3e80d970fd764bca1c36fe83ca768",
    "behavioural-anomaly": "ad62530a9ddab818db7627075c0568ec76035a978d1b74a7b059ae206fb26407",
}
