"""Do other compressors agree? A window's rank among its own past windows under each of them."""

import lzma
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from driftlock_core.baseline import dictionary
from driftlock_core.compressors import compressor_named
from driftlock_core.epoch import text_of

TOP: Final = 0.01  # the share that agreement is asked about, where so fine a rank exists
_LZMA_REACH: Final = 256 * 1024
# Preset 0 takes a small part of the usual preset's time, and ranks do not need the last percent of size.
_LZMA: Final = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": _LZMA_REACH}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A window and the events before it that are known when it is costed; canonical, in order."""

    window: tuple[bytes, ...]
    baseline: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Juror:
    """One compressor's opinion."""

    compressor: str
    cost: int  # bytes of the window, its baseline known
    median: float  # of the past windows, each with its own baseline known
    rank: int  # 1: no past window costs as much; ties are counted against the window
    of: int  # past windows and the window itself

    @property
    def share(self) -> float:
        """Rank as a share, in (0, 1]."""
        return self.rank / self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class Jury:
    """All opinions on one window; they hear its bytes, not its counts, order or timing."""

    jurors: tuple[Juror, ...]
    past: int  # windows it is ranked among
    top: float  # 1 %, or the finest share that so many past windows can give

    @property
    def agree(self) -> int:
        """How many rank it in the top share."""
        return sum(juror.share <= self.top for juror in self.jurors)


def _cost_by(name: str) -> Callable[[Known], int]:
    compressor = compressor_named(name)

    def cost(known: Known) -> int:
        digest = compressor.digest(dictionary(known.baseline, compressor.reach))
        return digest.cost(text_of(known.window))

    return cost


def _cost_by_lzma(known: Known) -> int:
    """LZMA takes no dictionary in Python: both together, less the baseline alone."""
    before = dictionary(known.baseline, _LZMA_REACH)
    return _lzma(before + text_of(known.window)) - _lzma(before)


def _lzma(text: bytes) -> int:
    return len(lzma.compress(text, format=lzma.FORMAT_RAW, filters=_LZMA))


JURORS: Final = ("zstd", "gzip", "lz4", "lzma")


def jury(judged: Known, past: Sequence[Known]) -> Jury:
    """
    Rank a window among past windows under every compressor of :data:`JURORS`.

    Ranks and not distances are compared: a compressor that shrinks more gives
    other numbers for all windows alike. Whole windows are costed at once, not
    chunk by chunk, so zstd's cost here is not the S of a verdict.

    Args:
        judged: The window.
        past: Windows before it that do not overlap it or each other, each
            with the events it was to be told from, as far back as the
            judged one's; their order does not matter.

    Raises:
        ValueError: No past windows.
    """
    if not past:
        raise ValueError("there are no past windows to rank among")
    jurors = []
    for name in JURORS:
        cost_of = _cost_by_lzma if name == "lzma" else _cost_by(name)
        cost = cost_of(judged)
        others = sorted(map(cost_of, past))
        middle = len(others) // 2
        jurors.append(
            Juror(
                compressor=name,
                cost=cost,
                median=(others[middle] + others[~middle]) / 2,
                rank=1 + sum(other >= cost for other in others),
                of=len(others) + 1,
            )
        )
    return Jury(jurors=tuple(jurors), past=len(past), top=max(TOP, 1 / (len(past) + 1)))
