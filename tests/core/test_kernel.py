"""The compiled kernel against the Python paths that it stands in for: equal to the last byte."""

import gc
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from random import Random

import logs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_paths import both, in_python, needs_kernel

from driftlock_core import BALANCED, MASK_CLASSES, Detector, Masker, Profile, compressor_named, kernel
from driftlock_core.baseline import dictionary
from driftlock_core.epoch import borders_of, text_of
from driftlock_core.permutation import permutation_p
from driftlock_core.ranks import middle
from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.near_text import NearTextView
from driftlock_core.window_views.catalogue import ASPECTS, STATISTICS
from driftlock_core.window_views.conformal import ranked_among
from driftlock_core.window_views.content import content_of
from driftlock_core.window_views.values import ValueMemory

SMALL = Profile(name="custom", threshold=0.25, alpha=0.1, baseline=80, window=20, hop=5, references=40)
every_kind = pytest.mark.parametrize("kind", list(logs.KINDS))
events = st.lists(st.binary(max_size=40), max_size=30)
lines = st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=40)


def can_be_built() -> bool:
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    headers = Path(sysconfig.get_paths()["include"]) / "Python.h"
    return sys.platform == "linux" and shutil.which(compiler) is not None and headers.exists()


@pytest.mark.skipif(os.environ.get("DRIFTLOCK_KERNEL") == "off", reason="switched off")
@pytest.mark.skipif(not can_be_built(), reason="no C compiler or no Python headers")
def test_it_is_there_where_it_can_be_built():
    """An optional part that fails to build must not vanish unseen."""
    assert kernel.path_in_use() == "compiled"


@pytest.mark.parametrize(("wish", "path"), [("off", "Python"), ("", kernel.path_in_use())])
def test_the_environment_switches_it_off(wish, path):
    """DRIFTLOCK_KERNEL=off leaves the Python path."""
    asked = "from driftlock_core import kernel; print(kernel.path_in_use())"
    environment = {**os.environ, "DRIFTLOCK_KERNEL": wish}
    if not wish and os.environ.get("DRIFTLOCK_KERNEL") == "off":
        pytest.skip("switched off")
    ran = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
    )
    assert path == ran.stdout.strip()


@needs_kernel
@every_kind
def test_verdicts_are_equal(kind):
    """Every column and every verdict, over a log with a burst and a lasting change; in batches and one by one."""
    log = logs.changing((kind, "trace" if kind != "trace" else "csv"), 400, 7)

    def judged():
        windows = Detector(SMALL).update(log)
        columns = {name: getattr(windows, name) for name in windows.__dataclass_fields__}
        verdicts = columns.pop("verdicts")
        return {name: column.tobytes() for name, column in columns.items()}, verdicts

    columns, _ = both(judged)
    assert columns["size"]

    def one_by_one():
        detector = Detector(SMALL)
        return [verdict for event in log for verdict in detector.update([event]).verdicts]

    assert list(judged()[1]) == both(one_by_one)


@needs_kernel
@pytest.mark.parametrize("masks", [MASK_CLASSES, MASK_CLASSES - {"number"}, frozenset()], ids=len)
@given(events=events)
def test_canonical_bytes_are_equal(masks, events):
    """Newlines, zero bytes, invalid UTF-8, empty events, with digits masked or kept."""
    both(lambda: Masker(masks).canonical(events))


@needs_kernel
@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 200_000, 1_500_000])
def test_long_events_are_cut_alike(size):
    """The part that is read, and the digest of the rest; a second time from the cache or not."""
    random = Random(size)
    long = [bytes(random.choices(b"ab 19\n\xff", k=size)), b"7" * size, b"\n" * size, b"x"]
    masker = Masker()
    first = both(lambda: Masker().canonical(long))
    assert first == masker.canonical(long) == masker.canonical(long)


@needs_kernel
@every_kind
def test_a_full_cache_changes_nothing(kind):
    """Emptied at every new shape, or after some."""
    log = logs.log(kind, 300, 3)
    expected = in_python(lambda: Masker().canonical(log))
    for limit in (0, 1, 2000, 100_000):
        assert expected == Masker(cache_bytes=(limit, limit)).canonical(log)


@needs_kernel
def test_the_cache_stays_within_its_limit():
    """Each entry counts 200 bytes at least, so so many entries can there be at most."""
    masker = Masker(cache_bytes=(20_000, 20_000))
    masker.canonical([b"%s" % bytes([65 + i % 26]) * (i // 26 + 1) for i in range(2000)])
    assert 0 < len(masker.shapes) <= 100


@needs_kernel
def test_events_need_not_be_bytes():
    """What can lend its bytes is taken; what cannot is refused, and the masker works on."""
    masker = Masker()
    assert both(lambda: Masker().canonical([bytearray(b"a1"), memoryview(b"b22")])) == [b"a<N1>", b"b<N2>"]
    for wrong in ([b"a", 1], ["a"], [None]):
        with pytest.raises(TypeError):
            masker.canonical(wrong)
    assert masker.canonical([b"a2"]) == [b"a<N1>"]


@needs_kernel
def test_an_error_while_masking_comes_through():
    """It is not kept either: the next look-up computes anew."""
    shapes = kernel.Shapes(10_000, 100, True)
    with pytest.raises(ZeroDivisionError):
        shapes.canonical([b"a"], lambda shape: 1 / 0)
    with pytest.raises(TypeError, match="must be bytes"):
        shapes.canonical([b"a"], str)
    assert shapes.canonical([b"a"], bytes.upper) == [b"A"]


@needs_kernel
def test_a_list_that_changes_meanwhile_is_read_as_it_was():
    """Computing a canonical form may run anything."""
    given_events = [b"a", b"b", b"c"]

    def compute(shape):
        given_events.clear()
        return shapes.canonical([shape + b"!"], bytes.upper)[0]

    shapes = kernel.Shapes(10_000, 100, True)
    assert shapes.canonical(given_events, compute) == [b"A!", b"B!", b"C!"]


@needs_kernel
@given(known=st.binary(max_size=2000), text=st.binary(max_size=2000), cuts=st.lists(st.integers(0, 2000)))
def test_costs_are_equal(known, text, cuts):
    """Whole texts and their pieces, empty ones among them, known dictionary or none."""
    borders = sorted(min(cut, len(text)) for cut in cuts)

    def costs():
        zstd = compressor_named("zstd")
        digest = zstd.digest(known)
        return zstd.size(text), digest.cost(text), digest.costs(memoryview(text), borders)

    both(costs)


@needs_kernel
@pytest.mark.parametrize("known", [0, 1, 1000, 70_000, 256 * 1024])
def test_costs_of_long_texts_are_equal(known):
    """From a few bytes to several blocks, alike or unlike the dictionary."""
    random = Random(known)
    lines = b"\n".join(b"%d %x" % (i % 97, random.getrandbits(20)) for i in range(60_000))

    def costs():
        digest = compressor_named("zstd").digest(lines[:known])
        texts = [lines[-length:] for length in (1, 100, 9000, 65_535, 65_536, 131_072, 400_000)]
        return [digest.cost(text) for text in [*texts, random.randbytes(0), bytes(300_000)]]

    both(costs)


@needs_kernel
def test_borders_must_lie_in_order_within_the_text():
    digest = compressor_named("zstd").digest(b"known")
    for borders in ([0, 6], [3, 2], [-1, 2], [0, 2**80]):
        with pytest.raises((ValueError, OverflowError)):
            digest.costs(memoryview(b"hello"), borders)
    assert [] == digest.costs(memoryview(b"hello"), []) == digest.costs(memoryview(b"hello"), [2])


@needs_kernel
@given(
    known=st.binary(max_size=500),
    canonical=lines,
    ends=st.tuples(*[st.integers(0, 40)] * 2),
    step=st.integers(1, 9),
)
def test_costs_of_lines_are_equal(known, canonical, ends, step):
    """From any line to any other, the last piece whole or not: what the same lines joined cost."""
    start, stop = sorted(min(end, len(canonical)) for end in ends)
    pieces = [text_of(canonical[at : min(stop, at + step)]) for at in range(start, stop, step)]

    def costs():
        digest = compressor_named("zstd").digest(known)
        return digest.line_costs(canonical, start, stop, step), [digest.cost(piece) for piece in pieces]

    of_lines, of_pieces = both(costs)
    assert of_pieces == of_lines


@needs_kernel
@given(canonical=lines, reach=st.integers(0, 300), ends=st.tuples(*[st.integers(0, 40)] * 2))
def test_dictionaries_are_equal(canonical, reach, ends):
    """Distinct events by last occurrence, cut where the reach ends, of all events or of some."""
    both(lambda: dictionary(canonical, reach))
    start, stop = sorted(min(end, len(canonical)) for end in ends)
    assert dictionary(canonical[start:stop], reach) == both(lambda: dictionary(canonical, reach, start, stop))


@needs_kernel
@given(canonical=lines, step=st.integers(1, 12))
def test_borders_are_equal(canonical, step):
    """Where pieces begin, the last of them whole or not."""
    both(lambda: borders_of(text_of(canonical), step))


@needs_kernel
@given(
    pool=st.lists(st.integers(0, 60) | st.integers(0, 2**42), min_size=1, max_size=40),
    k=st.integers(1, 10),
    seed=st.integers(0, 2**64 - 1),
)
def test_permutation_p_values_are_equal(pool, k, seed):
    """Ties, single chunks, and costs beyond what the kernel takes."""
    both(lambda: permutation_p(pool, min(k, len(pool)), 199, seed))


@needs_kernel
def test_wrong_shapes_are_refused():
    """No buffer is read or written that does not fit."""
    rows = np.zeros((3, 4), dtype=np.int32)
    limits, counts = np.zeros(3, dtype=np.int32), np.zeros(3, dtype=np.int64)
    for wrong in (
        (rows[0], limits, counts),
        (rows, limits[:2], counts),
        (rows, limits, counts[:2]),
        (rows, limits.astype(np.int64), counts),
        (rows.astype(np.float32), limits, counts),
        (rows[:, ::2], limits, counts),
        (rows, limits, counts.astype(np.int32)),
    ):
        with pytest.raises(ValueError, match="do not fit"):
            kernel.count_at_least(*wrong)
    chosen = np.zeros((5, 2), dtype=np.uint16)
    for keys, pool, k in (
        (bytes(8), (1, 2), 2),
        (bytes(16), (1, 2), 3),
        (bytes(16), (1, 2), 0),
        (b"", (), 2),
    ):
        with pytest.raises(ValueError, match="do not fit"):
            kernel.permuted_at_least(keys, pool, chosen, k)
    with pytest.raises(ValueError, match="outside"):
        kernel.permuted_at_least(bytes(16), (1, 2), chosen + 2, 2)
    with pytest.raises(ValueError, match="summed exactly"):
        kernel.permuted_at_least(bytes(16), (1, -2), chosen, 2)
    for numbers in (counts[:0], rows, limits):
        with pytest.raises(ValueError, match="64 bits"):
            kernel.median(numbers)
    digest = compressor_named("zstd").digest(b"")
    for start, stop, step in ((-1, 1, 1), (1, 0, 1), (0, 2, 1), (0, 1, 0)):
        with pytest.raises(ValueError, match="outside"):
            digest.line_costs([b"a"], start, stop, step)
    with pytest.raises(ValueError, match="outside"):
        kernel.dictionary([b"a"], 9, 0, 2)


@needs_kernel
def test_nothing_leaks():
    """Of 600 rounds of everything, errors too, less than one block of memory a round stays."""
    log = logs.log("syslog", 120, 5)

    def round_of_everything():
        Masker(cache_bytes=(5000, 5000)).canonical(log)
        digest = compressor_named("zstd").digest(b"\n".join(log[:50]))
        digest.costs(memoryview(log[60]), [0, 5, 9])
        digest.line_costs(log, 50, 70, 7)
        middle(np.array([3, 1, 2]))
        row = np.ones(len(STATISTICS), dtype=np.int64)
        ranked_among(np.array([row, 2 * row, 4 * row]), np.array([2]), 2, np.array([[2]]), ASPECTS)
        memory = ValueMemory()
        memory.take(log, np.arange(len(log)) % 40)
        ValueMemory().restore(memory.state())
        content_of([np.array([0, 1, 0])], np.array([0]), np.array([0, 1]), hop=1, window=2)
        near = NearTextView([Unit((b"a b",), (b"a b",)), Unit((b"b c",), (b"b c",))], own_groups(2))
        near.outside([Unit((b"b d",), (b"b d",))])
        dictionary(log, 500)
        permutation_p((3, 1, 2, 9), 2, 99, 5)
        for wrong in (lambda: digest.costs(log[0], [5, 1]), lambda: Masker().canonical([b"a", 1])):
            with pytest.raises((TypeError, ValueError)):
                wrong()

    for _ in range(20):
        round_of_everything()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(600):
        round_of_everything()
    gc.collect()
    assert sys.getallocatedblocks() - before < 600


@pytest.mark.data
@needs_kernel
@pytest.mark.parametrize("path", logs.real_files(), ids=lambda path: path.name.split(".")[0])
def test_real_logs_are_judged_alike(path):
    """Canonical bytes and verdicts of real logs."""
    log = logs.real(path)

    def judged():
        masker = Masker()
        windows = Detector(BALANCED, masker=masker).update(log)
        return masker.canonical(log), windows.verdicts, windows.score.tobytes(), windows.p_stream.tobytes()

    both(judged)
