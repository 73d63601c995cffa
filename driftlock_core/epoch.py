"""One epoch: a baseline made ready, the calibration taken from it, and the split for the permutation test."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from driftlock_core import kernel
from driftlock_core.baseline import dictionary
from driftlock_core.compressors import Compressor, Digest
from driftlock_core.digests import canonical_digest, raw_digest
from driftlock_core.profiles import Profile

_NEWLINE = 10


def text_of(canonical: Sequence[bytes]) -> bytes:
    """The events as one text, each followed by a newline."""
    return b"\n".join(canonical) + b"\n" if canonical else b""


def borders_of(text: bytes, step: int) -> list[int]:
    """Offsets in *text*, lines that all end in a newline, at which pieces of *step* lines begin; last the end."""
    if kernel.borders is not None:
        return kernel.borders(text, step)
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == _NEWLINE)[step - 1 :: step] + 1
    borders: list[int] = ends.tolist()
    return [0, *borders]


class Baseline:
    """
    A run of events that later ones are measured against. Costly parts are made when first asked for.

    Args:
        canonical: The events' canonical lines, ``profile.baseline`` of them.
        raw: The same events as received.
        first_seq: Number of the first one in its own stream.
        known_sizes: C of windows by their first seq, from an earlier baseline
            that shares them: a rolling baseline keeps half of its windows.
        part: Where in both sequences it begins and ends, if it is not the
            whole of them; then they must not change before :meth:`settle`.
    """

    def __init__(
        self,
        canonical: Sequence[bytes],
        raw: Sequence[bytes],
        first_seq: int,
        profile: Profile,
        compressor: Compressor,
        known_sizes: dict[int, int] | None = None,
        part: tuple[int, int] | None = None,
    ) -> None:
        self._lines, self._received = canonical, raw
        self._start, self._stop = part or (0, len(canonical))
        self.first_seq = first_seq
        self.last_seq = first_seq + self._stop - self._start - 1
        self._profile = profile
        self._compressor = compressor
        self._digest: Digest | None = None
        self._split: Digest | None = None
        self._reference_costs: tuple[int, ...] = ()
        self._window_sizes: tuple[int, ...] = ()
        self._cbar: float | None = None
        self._known_sizes = known_sizes or {}
        self._sizes: dict[int, int] | None = None
        self._digests: tuple[str, str] | None = None
        self._split_costs: dict[int, int] = {}

    @property
    def canonical(self) -> Sequence[bytes]:
        """Its events' canonical lines."""
        return self._lines[self._start : self._stop]

    @property
    def raw(self) -> Sequence[bytes]:
        """Its events as received."""
        return self._received[self._start : self._stop]

    def settle(self) -> None:
        """Keep events of its own: those it was made from may change from now on."""
        if self._stop - self._start == len(self._lines):
            return
        self._lines, self._received = self.canonical, self.raw
        self._start, self._stop = 0, len(self._lines)

    @property
    def digest(self) -> Digest:
        """The dictionary of its distinct events, made ready."""
        if self._digest is None:
            compressor = self._compressor
            self._digest = compressor.digest(
                dictionary(self._lines, compressor.reach, self._start, self._stop)
            )
        return self._digest

    def release(self) -> None:
        """Give the digests' memory back, to be taken by the next one while it is still in the cache."""
        self._digest = self._split = None

    @property
    def window_sizes(self) -> tuple[int, ...]:
        """
        C of every second of its disjoint windows, no dictionary; bytes.

        Half of them save half a compressor pass over the stream and flag the
        same windows, see docs/decisions/0005.
        """
        if not self._window_sizes:
            self._window_sizes = tuple(self.sizes_by_seq().values())
        return self._window_sizes

    def sizes_by_seq(self) -> dict[int, int]:
        """:attr:`window_sizes` by the first seq of each window."""
        if self._sizes is not None:
            return self._sizes
        known, window, before = self._known_sizes, self._profile.window, self.first_seq - self._start
        alone = self._compressor.alone.line_costs
        self._sizes = {
            before + start: known.get(before + start) or alone(self._lines, start, start + window, window)[0]
            for start in range(self._start, self._stop, 2 * window)
        }
        self._known_sizes = {}
        return self._sizes

    @property
    def cbar(self) -> float:
        """Median of :attr:`window_sizes`."""
        if self._cbar is None:
            ordered = sorted(self.window_sizes)
            half = len(ordered) // 2
            self._cbar = (ordered[half] + ordered[~half]) / 2
        return self._cbar

    @property
    def split(self) -> Digest:
        """The dictionary of the chunks at even positions alone."""
        if self._split is None:
            even = self._every_second_chunk(0)
            self._split = self._compressor.digest(dictionary(even, self._compressor.reach))
        return self._split

    @property
    def reference_costs(self) -> tuple[int, ...]:
        """Costs of the chunks at odd positions given :attr:`split`."""
        if not self._reference_costs:
            odd = self._every_second_chunk(1)
            self._reference_costs = tuple(self.split.line_costs(odd, 0, len(odd), self._profile.hop))
        return self._reference_costs

    def _every_second_chunk(self, first: int) -> list[bytes]:
        """The events of chunks *first*, *first* + 2 and so on."""
        hop = self._profile.hop
        starts = range(self._start + first * hop, self._stop, 2 * hop)
        found: list[bytes] = []
        for start in starts:
            found += self._lines[start : start + hop]
        return found

    def split_costs(self, first_chunk: int, window: Sequence[bytes]) -> tuple[int, ...]:
        """Costs of the chunks of a *window*, canonical lines, given :attr:`split`; overlapping ones share theirs."""
        known, hop = self._split_costs, self._profile.hop
        chunks = range(first_chunk, first_chunk + len(window) // hop)
        new = next((at for at, chunk in enumerate(chunks) if chunk not in known), None)
        if new is not None:
            known.update(
                zip(chunks[new:], self.split.line_costs(window, new * hop, len(window), hop), strict=True)
            )
        return tuple([known[chunk] for chunk in chunks])

    def forget_before(self, chunk: int) -> None:
        """Drop the costs of chunks that no later window holds: a given baseline lives as long as its stream."""
        for known in [known for known in self._split_costs if known < chunk]:
            del self._split_costs[known]

    def digests(self) -> tuple[str, str]:
        """Digests of the raw and of the canonical events."""
        if self._digests is None:
            self._digests = raw_digest(self.raw), canonical_digest(self.canonical)
        return self._digests


def cold_sizes(baseline: Baseline, profile: Profile, compressor: Compressor) -> list[int]:
    """
    Window sizes inside the first baseline, each block measured against the others.

    They are the first references, so that a stream has a p_stream from its
    first window on.

    Returns:
        n_B − k + 1 sizes in bytes, oldest first.
    """
    events, window = baseline.canonical, profile.window
    costs: list[int] = []
    for start in range(0, len(events), window):
        block = events[start : start + window]
        others = [*events[:start], *events[start + window :]]
        digest = compressor.digest(dictionary(others, compressor.reach))
        costs += digest.line_costs(block, 0, len(block), profile.hop)
    return sliding_sums(costs, profile.chunks_per_window)


def sliding_sums(costs: Sequence[int], k: int) -> list[int]:
    """Sums of *k* neighbours."""
    totals = list(accumulate(costs, initial=0))
    return [after - before for before, after in zip(totals, totals[k:], strict=False)]


class Epoch:
    """A stretch of four windows' length that shares one baseline and one calibration."""

    __slots__ = ("baseline", "index", "mu", "mu_span", "start")

    def __init__(
        self, index: int, start: int, baseline: Baseline, mu: float = 0.0, mu_span: tuple[int, int] = (0, 0)
    ) -> None:
        self.index = index
        self.start = start  # first chunk
        self.baseline = baseline
        self.mu = mu
        self.mu_span = mu_span  # positions in the stream's history of sizes; (0, 0) before calibration
