"""Clusters: what containers use, and what becomes of them."""

from typing import Any, Final

from data_generator.dice import Dice, Quantiles
from data_generator.fields.parts import said
from data_generator.scenarios.event import Event, Fault

RECOMMENDER: Final = "recommender"
_APPS: Final = ("frontend", "cart", "recommender", "imager", "ledger")
_CPU_M: Final = Quantiles((0, 35), (0.5, 120), (0.9, 310), (0.99, 640), (1, 900))


class Cluster:
    """Containers report what they use; now and then one is moved, scaled, or replaced by a release."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self._pods = {app: tuple(f"{app}-{dice.hexadecimal(5)}" for _ in range(3)) for app in _APPS}

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        app = dice.pick(_APPS)
        pod = dice.pick(self._pods[app])
        if dice.chance(0.02):
            message, reason = dice.pick(
                (
                    ("Scaled up replica set", "ScalingReplicaSet"),
                    ("Successfully assigned to a node", "Scheduled"),
                    ("Container image already present", "Pulled"),
                    ("Readiness probe failed once", "Unhealthy"),
                )
            )
            return [said(at_us, app, message, pod=pod, reason=reason, node=f"node-{dice.between(1, 6)}")]
        return [
            said(
                at_us,
                app,
                "usage",
                pod=pod,
                cpu_m=int(dice.along(_CPU_M)),
                memory_mb=dice.between(180, 420),
                restarts=0 if dice.chance(0.97) else 1,
                egress_mb=round(dice.along(_CPU_M) / 40, 1),
                ready=True,
            )
        ]

    def pod(self, app: str) -> str:
        """One of an app's containers."""
        return self.dice.pick(self._pods[app])


def _crash(cluster: Cluster, at_us: int) -> list[Event]:
    dice = cluster.dice
    pod, restarts = cluster.pod(RECOMMENDER), dice.between(12, 60)
    use: dict[str, Any] = {
        "cpu_m": dice.between(3_600, 4_000),
        "memory_mb": dice.between(1_900, 2_048),
        "restarts": restarts,
        "egress_mb": round(300 + 900 * dice.uniform(), 1),
        "ready": False,
    }
    return [
        said(at_us, RECOMMENDER, "usage", pod=pod, changed=True, **use),
        said(
            at_us + dice.between(100, 900) * 1_000,
            RECOMMENDER,
            "Back-off restarting failed container",
            level="WARN",
            pod=pod,
            reason="BackOff",
            exit_code=137,
            restarts=restarts,
            changed=True,
        ),
    ]


POD_CRASHES: Final[Fault[Cluster]] = Fault(
    name="containers_in_back_off",
    kind="collective",
    affected=(RECOMMENDER,),
    changed="All containers of one app use thirty times the processor, send gigabytes, are killed for want of "
    "memory and restarted again and again.",
    strike=_crash,
    begins="The recommender's containers run hot, send gigabytes out, and are killed over and over.",
    ends="The image is rolled back; the containers are ready again.",
    share=0.5,
)
