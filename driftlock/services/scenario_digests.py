"""What the five scenarios give with seed 7 under the profile *balanced*, to tell when a build differs."""

from typing import Final

# python -c 'from driftlock.services.replay import replay; print(replay("error-storm", 7).digest)'
DIGESTS: Final[dict[str, str]] = {
    "normal-operations": "eb7b8d288ca248942443344e64108cd72999e6e90aa64cd77f75e4dca4f7906f",
    "anomaly-spike": "113f3febf258da08dd3f51b194759a49ab7cc0ffaae01facc32f67ffc54db470",
    "error-storm": "28ba8aac0a926bd58ead441d06204525a25cfc23175197e95f8ea6cd5fae5707",
    "geographic-anomaly": "8e1b456fdde69164faa319f0338eb74bf6e94508fff624b2e4e0e421c0be7dcd",
    "behavioural-anomaly": "8203683119ad40fa16bc78e84678e74257b65dffa4e6c851460cc3d1d3246d46",
}
