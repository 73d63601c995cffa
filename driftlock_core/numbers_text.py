"""Numbers as a reader meets them; the same on screen, in texts and in reports."""

import math
from typing import Final

THIN_SPACE: Final = "\u202f"  # narrow and no line break
MINUS: Final = "\u2212"
MISSING: Final = "—"

_MOST_DECIMALS: Final = 9


def ncd_decimals(ordinary_range: tuple[float, float]) -> int:
    """
    Decimals for an NCD on a stream: 4 where ordinary windows lie within 0.02 of each other, else 3.

    >>> ncd_decimals((0.918, 0.929)), ncd_decimals((-0.1, 0.19))
    (4, 3)
    """
    low, high = ordinary_range
    return 4 if high - low < 0.02 else 3


def ncd_text(value: float, decimals: int = 3, *, at_least: float | None = None) -> str:
    """
    An NCD, rounded.

    With the limit it is compared to (*at_least*), as many decimals more as it
    takes for the rounded number to lie on the side of the limit where the
    number lies.

    >>> ncd_text(-0.1017), ncd_text(0.29996), ncd_text(0.29996, at_least=0.3)
    ('−0.102', '0.300', '0.29996')
    """
    if not math.isfinite(value):
        return MISSING
    if at_least is not None:
        while decimals < _MOST_DECIMALS and (round(value, decimals) >= at_least) != (value >= at_least):
            decimals += 1
    return _signed(f"{value:.{decimals}f}")


def p_text(p: float, floor: float, *, at_most: float | None = None) -> str:
    """
    A p-value, three significant digits, never below the smallest value it could have had.

    Args:
        p: In (0, 1].
        floor: 1/(permutations + 1), 1/(references + 1), or the larger of both.
        at_most: The limit it is compared to; see :func:`ncd_text`.

    >>> p_text(1 / 201, 1 / 201), p_text(1 / 1001, 1 / 1001), p_text(0.050004, 0.001, at_most=0.05)
    ('0.00498', '0.001', '0.050004')
    """
    if not math.isfinite(p):
        return MISSING
    decimals = 2 - math.floor(math.log10(p))
    shown = round(p, decimals)
    if shown < floor:
        shown = math.ceil(floor * 10**decimals) / 10**decimals
    if at_most is not None:
        while decimals < 3 * _MOST_DECIMALS and (shown <= at_most) != (p <= at_most):
            decimals += 1
            shown = round(p, decimals)
    digits = f"{shown:.{decimals}f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def limit_text(value: float) -> str:
    """
    A limit as it was set, with at least two decimals.

    >>> limit_text(0.3), limit_text(0.0005), limit_text(0.936)
    ('0.30', '0.0005', '0.936')
    """
    whole, _, decimals = f"{value:.{_MOST_DECIMALS}f}".rstrip("0").partition(".")
    return f"{whole}.{decimals:0<2}"


def bits_text(bits: float) -> str:
    """
    Whole bits, thousands set apart.

    >>> bits_text(2310.4) == "2" + THIN_SPACE + "310"
    True
    """
    return _grouped(f"{round(bits):,}") if math.isfinite(bits) else MISSING


def count_text(count: int) -> str:
    """
    A count; thousands are set apart above 9,999.

    >>> count_text(8640), count_text(12430) == "12" + THIN_SPACE + "430"
    ('8640', True)
    """
    return _grouped(f"{count:,}") if abs(count) > 9_999 else _signed(str(count))


def value_text(value: float) -> str:
    """
    A number that an event names: whole as it is, else six significant digits.

    >>> value_text(480.0), value_text(-2.5), value_text(9100.0)
    ('480', '−2.5', '9100')
    """
    return count_text(int(value)) if value == int(value) else _grouped(f"{value:,.6g}")


def size_text(size: float) -> str:
    """
    Bytes that may end in a half, since a median can.

    >>> size_text(870.5), size_text(870.0)
    ('870.5', '870')
    """
    return count_text(int(size)) if size == int(size) else _grouped(f"{size:,.1f}")


def bytes_text(size: int) -> str:
    """
    A size in binary units.

    >>> bytes_text(780), bytes_text(65_536), bytes_text(5_872_025)
    ('780 B', '64 KiB', '5.6 MiB')
    """
    amount = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024 or unit == "GiB":
            break
        amount /= 1024
    digits = f"{amount:.1f}" if amount < 10 and unit != "B" else f"{amount:.0f}"
    return f"{digits.removesuffix('.0')} {unit}"


def percent_text(share: float) -> str:
    """
    A share as percent: one decimal under 10 %, two significant digits under 0.1 %.

    >>> percent_text(0.00498), percent_text(0.31), percent_text(0.0001)
    ('0.5 %', '31 %', '0.01 %')
    """
    percent = 100 * share
    if percent >= 9.95:
        return f"{percent:.0f} %"
    if percent >= 0.095 or percent == 0:
        return f"{percent:.1f} %"
    return f"{_two_digits(percent)} %"


def rate_text(per_day: float) -> str:
    """
    How many a day: whole from ten on, two significant digits below.

    >>> rate_text(8640.0), rate_text(4.32), rate_text(0.0431)
    ('8640', '4.3', '0.043')
    """
    return count_text(round(per_day)) if per_day >= 9.95 else _two_digits(per_day)


def duration_text(us: float) -> str:
    """
    A time span in its two largest units, or in one with a decimal below a minute.

    Args:
        us: Microseconds.

    >>> duration_text(400), duration_text(85_000), duration_text(2_400_000), duration_text(59_970_000)
    ('0.4 ms', '85 ms', '2.4 s', '1 min')
    >>> duration_text(90_000_000), duration_text(7_500_000_000), duration_text(270_000_000_000)
    ('1 min 30 s', '2 h 5 min', '3 d 3 h')
    """
    if us < 0:
        return MINUS + duration_text(-us)
    if us < 999_500:
        return f"{_one_decimal(us / 1_000)} ms"
    if us < 59_500_000:
        return f"{_one_decimal(us / 1_000_000)} s"
    if (seconds := round(us / 1_000_000)) < 3_600:
        return _two_units(seconds, 60, "min", "s")
    if (minutes := round(us / 60_000_000)) < 1_440:
        return _two_units(minutes, 60, "h", "min")
    return _two_units(round(us / 3_600_000_000), 24, "d", "h")


def _two_units(small: int, per_large: int, large_unit: str, small_unit: str) -> str:
    large, rest = divmod(small, per_large)
    return f"{count_text(large)} {large_unit}" + (f" {rest} {small_unit}" if rest else "")


def _one_decimal(value: float) -> str:
    """With a decimal below ten, unless it is 0."""
    return f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"


def _two_digits(value: float) -> str:
    """Of a number between 0 and 10; trailing zeros are dropped."""
    if value <= 0:
        return "0"
    text = f"{value:.{1 - math.floor(math.log10(value))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _grouped(text: str) -> str:
    return _signed(text.replace(",", THIN_SPACE))


def _signed(text: str) -> str:
    return text.replace("-", MINUS)
