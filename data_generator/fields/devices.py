"""Devices: ventilators of a ward, sensors of a vehicle."""

from typing import Final

from data_generator.dice import Dice
from data_generator.fields.parts import near, said
from data_generator.scenarios.event import Event, Fault

BEDS: Final = tuple(f"ventilator-bed-{number}" for number in range(1, 7))


class Ward:
    """Six ventilators, each breath one record; alarms for coughs, and suction by the nurses."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self._rate = {bed: dice.between(12, 19) for bed in BEDS}

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        bed = dice.pick(BEDS)
        rare = dice.uniform()
        if rare < 0.01:
            message = dice.pick(("high pressure: cough", "alarm silenced for 120 s", "suction started"))
            return [said(at_us, bed, message, level="WARN", peak_cmh2o=near(dice, 31, 7, 1))]
        return [
            self.breath(
                at_us,
                bed,
                oxygen=near(dice, 4.2, 0.4),
                peak=near(dice, 18, 3, 1),
                tidal=dice.between(390, 510),
                rate=self._rate[bed] + dice.between(-1, 1),
                state="connected",
            )
        ]

    def breath(
        self,
        at_us: int,
        bed: str,
        *,
        oxygen: float,
        peak: float,
        tidal: int,
        rate: int,
        state: str,
        changed: bool = False,
    ) -> Event:
        """What a ventilator writes at the end of a breath."""
        return said(
            at_us,
            bed,
            "breath",
            o2_l_min=oxygen,
            peak_cmh2o=peak,
            tidal_ml=tidal,
            rate_min=rate,
            circuit=state,
            changed=changed,
        )


def _disconnect(ward: Ward, at_us: int) -> list[Event]:
    dice, bed = ward.dice, BEDS[3]
    breath = ward.breath(at_us, bed, oxygen=0.0, peak=0.0, tidal=0, rate=0, state="open", changed=True)
    alarm = said(
        at_us + dice.between(50, 300) * 1_000,
        bed,
        dice.pick(("low pressure: circuit open", "apnoea: no breath seen", "minute volume too low")),
        level="ERROR",
        alarm_s=dice.between(4, 90),
        changed=True,
    )
    return [breath, alarm]


VENTILATOR_OPEN: Final[Fault[Ward]] = Fault(
    name="circuit_open",
    kind="statistical",
    affected=(BEDS[3],),
    changed="One bed's breathing circuit is open: no pressure, no volume, no oxygen flow, and alarms that go on.",
    strike=_disconnect,
    begins="The hose at bed 4 comes off: no pressure, no breath, alarms.",
    ends="The hose is back; bed 4 breathes.",
    share=0.45,
)

LIDAR: Final = "perception-lidar"
RADAR: Final = "perception-radar"
PLACE: Final = "localization"


class Vehicle:
    """Frames of lidar, radar and localization of a delivery vehicle in a town."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        frame = at_us // 50_000 % 1_000_000
        return self.frames(
            at_us,
            frame,
            points=dice.between(112_000, 131_000) if dice.chance(0.98) else dice.between(60_000, 90_000),
            lidar_objects=dice.between(3, 24),
            radar_objects=dice.between(3, 21),
            quality=near(dice, 97.5, 2.2, 1) if dice.chance(0.97) else near(dice, 80, 9, 1),
            error_m=near(dice, 0.09, 0.07),
        )

    def frames(
        self,
        at_us: int,
        frame: int,
        *,
        points: int,
        lidar_objects: int,
        radar_objects: int,
        quality: float,
        error_m: float,
        changed: bool = False,
    ) -> list[Event]:
        """One frame of each sensor."""
        dice = self.dice
        return [
            said(
                at_us,
                LIDAR,
                "frame",
                frame=frame,
                points=points,
                objects=lidar_objects,
                took_ms=dice.between(18, 34),
                changed=changed,
            ),
            said(
                at_us + 4_000,
                RADAR,
                "frame",
                frame=frame,
                objects=radar_objects,
                took_ms=dice.between(6, 14),
                changed=changed,
            ),
            said(
                at_us + 7_000,
                PLACE,
                "pose",
                frame=frame,
                gps_quality_pct=quality,
                error_m=error_m,
                satellites=dice.between(11, 19) if not changed else dice.between(2, 6),
                speed_m_s=near(dice, 8, 5, 1),
                changed=changed,
            ),
        ]


def _blind(vehicle: Vehicle, at_us: int) -> list[Event]:
    dice = vehicle.dice
    return vehicle.frames(
        at_us,
        at_us // 50_000 % 1_000_000,
        points=0,
        lidar_objects=0,
        radar_objects=dice.between(240, 410),
        quality=near(dice, 45, 8, 1),
        error_m=near(dice, 6.8, 3.1),
        changed=True,
    )


SENSORS_BLIND: Final[Fault[Vehicle]] = Fault(
    name="sensors_disagree",
    kind="statistical",
    affected=(LIDAR, RADAR, PLACE),
    changed="The lidar sees no point at all, the radar hundreds of objects, and the position is off by metres.",
    strike=_blind,
    begins="Spray blinds the lidar; the radar sees ghosts, and the position drifts.",
    ends="The cover is clean; the three sensors agree.",
    share=0.9,
)
