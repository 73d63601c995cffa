import numpy as np

from driftlock.services.complete import WIDE
from driftlock_core.detector import Detector
from driftlock_core.gate import Gate
from driftlock_core.profiles import BALANCED

TENANT = "demo"


def test_completing_fills_in_what_the_gate_left_out_and_changes_no_verdict(app, fill, burst):
    stream_id = fill(app, burst)
    app.advance(TENANT, stream_id)
    before = app.queries.scores(TENANT, stream_id)
    rows = app.queries.anomalies(TENANT, stream_id, limit=1000)
    records = [app.queries.anomaly(TENANT, row.id) for row in rows]
    reports = []
    filled = app.complete(TENANT, stream_id, progress=lambda *counts: reports.append(counts))
    after = app.queries.scores(TENANT, stream_id)

    gate = Gate(threshold=WIDE.threshold, alpha=WIDE.alpha, exact=0.0)
    wide = Detector(BALANCED, gate=gate).update(
        [event.payload for event in burst], [event.at_us for event in burst]
    )
    assert after.ncd.tolist() == wide.score.tolist()
    assert after.exact.tolist() == wide.exact.tolist()
    assert np.array_equal(after.p_perm, wide.p_perm, equal_nan=True)
    changed = (before.exact != after.exact) | (np.isnan(before.p_perm) & ~np.isnan(after.p_perm))
    assert filled == changed.sum() > 0
    assert after.flagged.tolist() == before.flagged.tolist()
    assert [app.queries.anomaly(TENANT, row.id) for row in rows] == records
    assert reports == [(len(burst), len(burst))]
    assert app.complete(TENANT, stream_id) == 0
