"""Small random baselines of records, for the tests of all views of records."""

from random import Random

import numpy as np

from driftlock_core.views.contract import Unit


def units(count: int, seed: int) -> list[Unit]:
    """Purchases: the amount depends on the kind, the city on the state; some fields are missing or odd."""
    random = Random(seed)
    made = []
    for _ in range(count):
        kind = random.choice(["fuel", "food", "food", "travel"])
        state = random.choice("AB")
        amount = random.choice([3, 30, 300]) * random.random() if random.random() < 0.97 else "none"
        fields = {
            "kind": kind,
            "amount": amount if isinstance(amount, str) else f"{amount * len(kind):.2f}",
            "state": state,
            "city": state + random.choice(["ton", "ville", f"burg {random.randrange(9)}"]),
        }
        if random.random() < 0.1:
            del fields[random.choice([*fields])]
        if random.random() < 0.1:
            fields[random.choice(["note", "tag"]) + str(random.randrange(3))] = "x" * random.randrange(4)
        made.append(record(**fields))
    return made


def record(**fields: str) -> Unit:
    body = " ".join(f"{name}={value}" for name, value in fields.items()).encode()
    return Unit((body,), (body,))


def groups(count: int, seed: int) -> np.ndarray:
    """Leave-out groups: most units alone, some two or three together; numbers neither small nor in order."""
    random = Random(seed)
    owners = [7 * number for number in range(count)]
    for _ in range(count // 6):
        owners[random.randrange(count)] = owners[random.randrange(count)]
    return np.array(owners, dtype=np.int64)
