"""Invented users: a small cast drawn once per stream."""

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Person:
    """One invented user with the personal data that applications tend to log."""

    name: str
    login: str
    email: str
    phone: str
    street: str
    city: str


@lru_cache(maxsize=32)
def cast(seed: int, size: int) -> tuple[Person, ...]:
    """
    So many different invented users, the same for the same seed.

    Drawn once and kept because Faker needs about 0.1 ms a field, and because real services see
    the same users again and again.
    """
    # Imported here: it takes a tenth of a second, and a server that plays nothing needs no users.
    from faker import Faker

    faker = Faker("en_US")
    faker.seed_instance(seed)
    people: dict[str, Person] = {}
    while len(people) < size:
        first, last = faker.first_name(), faker.last_name()
        login = f"{first[0]}{last}".lower()
        people.setdefault(
            login,
            Person(
                name=f"{first} {last}",
                login=login,
                email=f"{first}.{last}@{faker.safe_domain_name()}".lower(),
                phone=faker.numerify("+1-###-555-01##"),  # numbers reserved for fiction
                street=faker.street_address(),
                city=faker.city(),
            ),
        )
    return tuple(people.values())
