"""A shop's support assistant: prompts of customers and the answers of a language model."""

from dataclasses import dataclass
from typing import Final

from data_generator.dice import Dice, Quantiles, Weighted
from data_generator.people import Person
from data_generator.rhythm import SECOND_US
from data_generator.timeline import Emission

MODEL: Final = "support-assistant-2"

_PRODUCTS: Final = (
    "blue tent", "camping stove", "desk lamp", "garden chair", "oak table", "oak vase", "office chair",
    "rain jacket", "reading lamp", "tea kettle", "travel bag", "wool blanket",
)  # fmt: skip
_REASONS: Final = ("arrived damaged", "does not fit", "has the wrong colour", "is missing a part")
_OPENERS: Final = ("Hello, ", "Hi, ", "Good morning, ", "", "", "")
_CLOSERS: Final = ("", "", " Thank you.", " Thanks a lot!")
_OFFERS: Final = (
    "Is there anything else I can help you with?",
    "Please let me know if you have another question.",
    "Have a nice day!",
)


@dataclass(frozen=True, slots=True)
class Topic:
    """What customers ask, in the ways they ask it, and what the assistant answers."""

    questions: tuple[str, ...]
    answers: tuple[str, ...]


_TOPICS: Final = Weighted(
    {
        Topic(
            ("where is my order {order}?", "can you tell me when order {order} will arrive?"),
            (
                "Your order {order} has left our warehouse and should reach you within {days} working days.",
                "I have checked order {order}: the parcel is with the carrier and arrives in {days} days.",
            ),
        ): 20,
        Topic(
            (
                "I would like to return the {product}, it {reason}.",
                "the {product} {reason}, how do I send it back?",
            ),
            (
                "I am sorry that the {product} {reason}. I have sent a return slip to {email}; "
                "please use it within {days} days.",
                "You can return the {product} free of charge. The slip is on its way to {email}.",
            ),
        ): 16,
        Topic(
            ("is the {product} in stock?", "do you have the {product} available?"),
            (
                "Yes, the {product} is in stock and ships today.",
                "The {product} is sold out at the moment. We expect it again in {days} days.",
            ),
        ): 16,
        Topic(
            (
                "please change my delivery address to {street}.",
                "I have moved, my new address is {street}, {city}.",
            ),
            (
                "I have changed your delivery address to {street}. "
                "Orders already shipped still go to the old one.",
            ),
        ): 8,
        Topic(
            (
                "when do I get my money back for order {order}?",
                "the refund for order {order} has not arrived yet.",
            ),
            (
                "The refund for order {order} was approved. Banks need up to {days} days to book it.",
                "We received your parcel yesterday, and the refund for order {order} is on its way.",
            ),
        ): 12,
        Topic(
            ("how long is the warranty of the {product}?", "does the {product} come with a warranty?"),
            ("The {product} comes with a warranty of two years from the day of delivery.",),
        ): 8,
        Topic(
            ("I cannot sign in to my account.", "my password does not work any more."),
            ("I have sent a link to {email} that lets you choose a new password. It is valid for one hour.",),
        ): 9,
        Topic(
            ("can I still cancel order {order}?", "please cancel order {order}, I ordered it twice."),
            (
                "I have cancelled order {order}. You will not be charged.",
                "Order {order} has already been packed and cannot be cancelled; you can refuse the parcel.",
            ),
        ): 8,
        Topic(
            ("I want to talk to a person.", "can someone call me back at {phone}?"),
            ("Of course. A colleague from our service team will contact you within {days} hours.",),
        ): 3,
    }
)
_LATENCY_MS: Final = Quantiles((0, 310), (0.5, 940), (0.9, 2_100), (0.99, 5_400), (1, 11_800))


class SupportDesk:
    """Questions on nine topics, some followed by a second one of the same customer."""

    def __init__(self, dice: Dice, customers: tuple[Person, ...]) -> None:
        self.dice = dice
        self._customers = customers

    def arrival(self, at_us: int) -> list[Emission]:
        dice = self.dice
        customer, conversation = dice.pick(self._customers), dice.uuid()
        turns, at = [], at_us
        for turn in range(1, 1 + (2 if dice.chance(0.25) else 1)):
            topic = dice.draw(_TOPICS)
            values = {
                "order": dice.between(10_000, 99_999),
                "days": dice.between(2, 9),
                "product": dice.pick(_PRODUCTS),
                "reason": dice.pick(_REASONS),
                "email": customer.email,
                "phone": customer.phone,
                "street": customer.street,
                "city": customer.city,
            }
            question = f"{dice.pick(_OPENERS)}{dice.pick(topic.questions)}{dice.pick(_CLOSERS)}".format(
                **values
            )
            answer = f"{dice.pick(topic.answers)} {dice.pick(_OFFERS)}".format(**values)
            prompt = question[0].upper() + question[1:]
            turns.append(self.exchange(at, conversation, turn, customer.login, prompt, answer))
            at += dice.between(20, 90) * SECOND_US
        return turns

    def exchange(
        self,
        at_us: int,
        conversation: str,
        turn: int,
        user: str,
        prompt: str,
        response: str,
        finish: str = "stop",
    ) -> Emission:
        """One prompt with its response; tokens are counted as four characters each."""
        latency_ms = int(self.dice.along(_LATENCY_MS))
        record = {
            "service": "support-assistant",
            "model": MODEL,
            "conversation_id": conversation,
            "turn": turn,
            "user": user,
            "prompt": prompt,
            "response": response,
            "prompt_tokens": 180 + len(prompt) // 4,
            "completion_tokens": len(response) // 4,
            "latency_ms": latency_ms,
            "finish_reason": finish,
        }
        return Emission(at_us + latency_ms * 1_000, record)
