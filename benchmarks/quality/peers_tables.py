"""Tables of the comparison with peers, made of its results."""

from collections.abc import Mapping

from benchmarks.markdown import table
from benchmarks.quality.results import Results


def _sets(results: Results) -> list[str]:
    return sorted({id.split("/")[1] for id in results if id.startswith("peers/")} - {"mean"})


def _of_set(results: Results, name: str) -> dict[str, float]:
    """ROC-AUC by detector, Driftlock among them."""
    return {
        id.split("/")[2]: one.value
        for id, one in results.items()
        if id.startswith(f"peers/{name}/") and id.endswith("/roc_auc")
    }


def ahead(results: Results, name: str) -> list[str]:
    """Ids of the peers whose whole interval lies above Driftlock, best first."""
    aucs = _of_set(results, name)
    found = [
        id for id in aucs if id != "driftlock" and results[f"peers/{name}/{id}/less_driftlock_low"].value > 0
    ]
    return sorted(found, key=lambda id: (-aucs[id], id))


def verdicts(results: Results) -> str:
    """Driftlock and the best peer of each set."""
    rows, bests = [], []
    for name in _sets(results):
        aucs = _of_set(results, name)
        own = aucs.pop("driftlock")
        best = min(aucs, key=lambda id: (-aucs[id], id))
        bests.append(aucs[best])
        low, high = (results[f"peers/{name}/{best}/less_driftlock_{end}"].value for end in ("low", "high"))
        before = ahead(results, name)
        rows.append(
            [
                name,
                f"{own:.3f}",
                f"`{best}` {aucs[best]:.3f}",
                f"{aucs[best] - own:+.3f} [{low:+.3f}, {high:+.3f}]",
                (", ".join(before) if len(before) <= 3 else f"{len(before)} of them") or "none",
                f"{results[f'peers/{name}/flag_everything/f1'].value:.3f}",
                f"{results[f'peers/{name}/driftlock/f1'].value:.3f}",
            ]
        )
    own = results["peers/mean/driftlock/roc_auc"].value
    means = [
        f"{sum(results[f'peers/{name}/{id}/f1'].value for name in _sets(results)) / len(rows):.3f}"
        for id in ("flag_everything", "driftlock")
    ]
    best_mean = sum(bests) / len(bests)
    rows.append(
        [
            "**mean**",
            f"**{own:.3f}**",
            f"**{best_mean:.3f}** (the best on each set)",
            "",
            "",
            *(f"**{m}**" for m in means),
        ]
    )
    return table(
        [
            "set",
            "driftlock",
            "best peer",
            "peer less driftlock",
            "peers ahead",
            "F1 flag everything",
            "F1 driftlock",
        ],
        rows,
    )


def detectors(results: Results, titles: Mapping[str, str]) -> str:
    """Mean ROC-AUC of every detector, best first."""
    means = _of_set(results, "mean")
    rows = [[titles.get(id, id), f"{means[id]:.3f}"] for id in sorted(means, key=lambda id: (-means[id], id))]
    return table(["detector", "mean ROC-AUC"], rows)


def summary(results: Results, titles: Mapping[str, str]) -> str:
    """One sentence for those who read no table."""
    means = _of_set(results, "mean")
    own = means.pop("driftlock")
    best = min(means, key=lambda id: (-means[id], id))
    lost = [name for name in _sets(results) if ahead(results, name)]
    where = f" ({', '.join(lost)})" if lost else ""
    return (
        f"In one run beside {len(means)} peers Driftlock's mean ROC-AUC is {own:.3f}, the best mean of a peer "
        f"{means[best]:.3f} ({titles.get(best, best)}). On {len(lost)} of the {len(_sets(results))} sets{where} "
        "at least one peer is significantly ahead."
    )
