"""Numbers of lines: remembered for speed, within a bound, the same with and without."""

from random import Random

from driftlock_core.window_views import line_cache
from driftlock_core.window_views.skeleton import skeleton_keys, skeleton_of


def test_the_cache_is_bounded_in_bytes_and_changes_no_key(monkeypatch):
    """Also where lines are long and all differ; seed 6."""
    random = Random(6)
    lines = [b"line " + random.randbytes(random.randrange(4_000)).hex().encode() for _ in range(300)]
    expected = skeleton_keys(lines).tolist()
    monkeypatch.setattr(line_cache, "_KNOWN_BYTES", 50_000)
    keys = line_cache.LineCache(skeleton_of)
    found = []
    for line in lines * 2:
        found.append(keys[line])
        assert sum(map(len, keys)) <= 50_000
    assert found == expected * 2
    assert len(keys) > 1
