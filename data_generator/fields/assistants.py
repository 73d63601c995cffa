"""A support assistant's conversations, and prompts that press it to give its instructions away."""

from typing import Final

from data_generator.dice import Dice
from data_generator.faults.support import PROMPT_INJECTION
from data_generator.people import cast
from data_generator.scenarios.event import Event, Fault
from data_generator.sources.support import SupportDesk

DESK: Final = "support-assistant"


class Desk:
    """The support desk's exchanges as events of the signal llm."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.desk = SupportDesk(dice, cast(seed, 60))

    def arrival(self, at_us: int) -> list[Event]:
        return [Event(said.at_us, "llm", said.record) for said in self.desk.arrival(at_us)]


def _inject(desk: Desk, at_us: int) -> list[Event]:
    return [Event(said.at_us, "llm", said.record, True) for said in PROMPT_INJECTION.strike(desk.desk, at_us)]


INSTRUCTIONS_LEAK: Final[Fault[Desk]] = Fault(
    name="instructions_leak",
    kind="behavioural",
    affected=(DESK,),
    changed=PROMPT_INJECTION.changed,
    strike=_inject,
    begins="Visitors tell the assistant to forget its rules, and it gives them away.",
    ends="The prompt filter is on; customers ask about their orders.",
    share=0.85,
    speed=3,
    shows_in=("llm",),
)
