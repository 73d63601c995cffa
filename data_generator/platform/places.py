"""Where people are: cities, their networks, and how far they are from the shop's own region."""

from dataclasses import dataclass
from typing import Final

from data_generator.dice import Dice, Weighted


@dataclass(frozen=True, slots=True)
class Place:
    """A city and the network that its people come from."""

    country: str
    city: str
    network: str
    prefix: str  # of addresses, all from the ranges reserved for documentation
    away_ms: int  # round trip to the shop's region, milliseconds


OFFICE: Final = Place("DE", "Hamburg", "shop-office", "198.51.100.", 2)

HOME: Final = Weighted(
    {
        Place("DE", "Berlin", "spreenet", "203.0.113.", 9): 22,
        Place("DE", "Munich", "isarcom", "2001:db8:49:8::", 12): 16,
        Place("DE", "Cologne", "rheinlink", "2001:db8:49:22::", 10): 12,
        Place("AT", "Vienna", "donaunet", "2001:db8:43:1::", 19): 10,
        Place("CH", "Zurich", "limmatnet", "2001:db8:41:4::", 15): 9,
        Place("NL", "Utrecht", "polderglas", "192.0.2.", 13): 10,
        Place("FR", "Lyon", "rhonefibre", "2001:db8:33:4::", 21): 8,
        Place("DK", "Aarhus", "fjordnet", "2001:db8:45:8::", 17): 6,
        Place("PL", "Wroclaw", "odralink", "2001:db8:48:7::", 20): 7,
    }
)

# Where customers are when they travel: rare, and nevertheless ordinary.
TRAVEL: Final = Weighted(
    {
        Place("ES", "Palma", "hotel-wifi", "2001:db8:34:97::", 38): 5,
        Place("IT", "Verona", "hotel-wifi", "2001:db8:39:45::", 26): 4,
        Place("US", "Boston", "campus-guest", "2001:db8:1:617::", 98): 2,
        Place("SG", "Singapore", "airport-lounge", "2001:db8:65:1::", 182): 1,
        Place("BR", "Recife", "hotel-wifi", "2001:db8:55:81::", 166): 1,
        Place("VN", "Da Nang", "hotel-wifi", "2001:db8:84:236::", 211): 1,
    }
)

# Hosting networks of cities where hardly a customer has ever been.
FAR: Final = Weighted(
    {
        Place("VN", "Hanoi", "vps-east", "2001:db8:84:24::", 236): 5,
        Place("BR", "Manaus", "nuvem-norte", "2001:db8:55:92::", 197): 4,
        Place("ID", "Surabaya", "kapalhost", "2001:db8:62:31::", 224): 4,
        Place("ZA", "Durban", "coastline-dc", "2001:db8:27:31::", 188): 3,
        Place("CL", "Antofagasta", "desertcloud", "2001:db8:56:55::", 231): 2,
    }
)


def address(dice: Dice, place: Place) -> str:
    """An address of the place's network."""
    if ":" in place.prefix:
        return f"{place.prefix}{dice.below(1 << 16):x}:{dice.below(1 << 16):x}"
    return f"{place.prefix}{dice.between(1, 254)}"
