"""The decision on a window: flagged or not, by which rule, from the numbers of its record."""

import math
from collections.abc import Mapping
from typing import Any, Final

from driftlock.evidence.verifier.chance import READY_REFERENCES
from driftlock.evidence.verifier.findings import Findings
from driftlock.evidence.verifier.views import standing_out

# Fields of the record that repeat the configuration.
_REPEATED: Final = {
    "profile": "name",
    "threshold": "threshold",
    "alpha": "alpha",
    "permutations": "permutations",
}
VIEWS: Final = ("bytes", "templates", "counts", "symbols", "timing", "values")
# What stands in the record beside the verdict and is no number that this program makes again.
BESIDE: Final = "words, severity, entropy, bits of single events, pattern and incident"


def check_configuration(found: Findings, record: Mapping[str, Any]) -> None:
    """What the record repeats of its configuration, and the window's place in the stream."""
    config, evidence = record["configuration"], record["evidence"]
    for name, origin in _REPEATED.items():
        found.equal("decision", f"{name} as configured", record[name], config[origin])
    known_sets = (VIEWS[:1], VIEWS[:4], VIEWS[:5], (*VIEWS[:4], "values"), VIEWS)
    found.add(
        "decision", "views as configured", tuple(config["views"]) in known_sets, "known", "no set there is"
    )
    begin = record["window"] * config["hop"] + (0 if evidence["baseline_given"] else config["baseline"])
    place = [begin + 1, begin + config["window"]]
    found.equal("decision", "first and last seq", [record["first_seq"], record["last_seq"]], place)
    known = config["baseline"] // config["hop"] - config["window"] // config["hop"] + 1
    most = min(config["references"], known + record["window"])
    found.add(
        "decision",
        "references",
        record["m"] <= most,
        f"{record['m']} of at most {most}",
        f"{record['m']}, most {most}",
    )


def check_decision(found: Findings, record: Mapping[str, Any]) -> None:
    """The factor, what decided, p, flagged, views that stand out, status."""
    config, views = record["configuration"], record["evidence"].get("views")
    alpha, threshold, m = config["alpha"], config["threshold"], record["m"]
    alone = m < _needed(1, alpha) or config["p_mode"] == "permutation"
    factor = _factor(record)
    found.equal("decision", "factor of the rank", record["factor"], factor)
    by_views = factor > 1 and views is not None
    found.equal(
        "decision", "decided by", record["decided_by"], "views" if by_views else "p_perm" if alone else "max"
    )
    if views is not None:
        hits = [
            name
            for name, (rank, distance) in views["aspects"].items()
            if factor * rank <= alpha and distance >= threshold
        ]
        p = min((factor * views["aspects"][name][0] for name in hits), default=1.0)
        flagged = bool(hits)
        found.equal(
            "decision", "views that stand out", record["views"], standing_out(record, hits) if hits else []
        )
    else:
        p = record["p_perm"] if alone else max(record["p_perm"], record["p_stream"])
        flagged = record["ncd"] >= threshold and p <= alpha
        found.equal("decision", "views that stand out", record["views"], ["bytes"])
    found.equal("decision", "p", record["p"], p)
    found.equal("decision", "flagged", record["flagged"], flagged)
    ready = max(_needed(1, alpha), READY_REFERENCES)
    found.equal("decision", "status", record["status"], "ready" if m >= ready else "calibrating")
    found.unchecked("decision", "what stands beside the verdict", f"taken as recorded: {BESIDE}")


def _factor(record: Mapping[str, Any]) -> int:
    """Views looked at; 1 where the window's place in the stream leaves too few references for them."""
    config, views = record["configuration"], record["evidence"].get("views")
    if views is None:
        return 1
    looked_at = len(set(config["views"]) - {"values"}) - ("timing" in config["views"] and not views["times"])
    k = config["window"] // config["hop"]
    known = config["baseline"] // config["hop"] - k + 1 + max(0, (record["window"] // k - 1) * k + 1)
    enough = min(known, config["references"]) >= _needed(looked_at, config["alpha"])
    return looked_at if enough and config["p_mode"] == "max" and len(config["views"]) > 1 else 1


def _needed(looked_at: int, alpha: float) -> int:
    """References before the smallest rank, times its factor, can reach alpha."""
    return math.ceil(looked_at / alpha) - 1
