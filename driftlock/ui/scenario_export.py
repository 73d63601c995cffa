"""A walkthrough as one HTML file: captions and drawings, nothing fetched, no script, fit to be printed."""

from html import escape

import numpy as np

from driftlock.services.replay import digest
from driftlock.ui import scenario_truth, words
from driftlock.ui.scenario_results import Flag, Results, until
from driftlock.ui.scenario_script import Script, Step
from driftlock.ui.scenario_svg import scores_svg
from driftlock.ui.theme import LIGHT
from driftlock_core.numbers_text import count_text

_STYLE = f"""
:root {{ color-scheme: light; }}
body {{ font: 17px/1.5 system-ui, sans-serif; color: {LIGHT.text}; background: {LIGHT.background};
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.9rem; margin: 0 0 .3rem; }} h2 {{ font-size: 1.15rem; margin: 0 0 .3rem; }}
p {{ margin: .35rem 0; }} .muted {{ color: {LIGHT.muted}; font-size: .92rem; }}
section {{ border-top: 1px solid {LIGHT.hairline}; padding: 1.1rem 0; break-inside: avoid; }}
svg {{ width: 100%; height: auto; display: block; margin: .5rem 0; }}
svg text {{ font: 12px system-ui, sans-serif; fill: {LIGHT.muted}; }}
.flag {{ border-left: 4px solid {LIGHT.flagged}; padding: .2rem .8rem; background: {LIGHT.surface}; }}
table {{ border-collapse: collapse; }} td, th {{ padding: .2rem 1.2rem .2rem 0; text-align: left; }}
code {{ word-break: break-all; }}
@media print {{ body {{ margin: 0; max-width: none; font-size: 11pt; }} }}
"""


def walkthrough(play: Script, said: tuple[Step, ...], results: Results) -> str:
    """All steps of a play, what was hidden in it and how the detector did; the same for the same play."""
    title = f"{play.scenario.title}, seed {play.seed}"
    configuration = results.stream.configuration
    limits = (
        words.limits(configuration["name"], float(configuration["threshold"]), float(configuration["alpha"]))
        if results.columns is not None
        else "Numbers, judged one by one"
    )
    body = [
        f"<h1>{escape(play.scenario.title)}</h1>",
        f"<p>{escape(play.scenario.story)}</p>",
        f'<p class="muted">Made-up data, seed {play.seed}, {count_text(len(play.at_us))} events. {escape(limits)}. '
        "The detector saw the lines and nothing of what is told here.</p>",
    ]
    body += [_step(play, said, results, number) for number in range(1, len(said) + 1)]
    body.append(_truth(play, results))
    if results.columns is not None:
        body.append(
            f'<p class="muted">Result digest, SHA-256 over the flagged windows: <code>{digest(results.columns)}'
            "</code>. The same seed gives the same digest on any machine.</p>"
        )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _step(play: Script, said: tuple[Step, ...], results: Results, number: int) -> str:
    step = said[number - 1]
    events = play.events_until(step.at_us)
    counts = results.counts(events).sentence()
    flag = results.latest(events)
    parts = [
        f"<section><h2>Step {number} of {len(said)}</h2><p>{escape(step.text)}</p>",
        f'<p class="muted">{escape(counts[0].upper() + counts[1:])}.</p>',
        _drawing(play, results, step.at_us, f"Scores until step {number}: {counts}."),
    ]
    if flag is not None:
        parts.append(f'<p class="flag">Flagged last: {_sentence(flag)}</p>')
    return "".join(parts) + "</section>"


def _truth(play: Script, results: Results) -> str:
    found, missed, false, expected = scenario_truth.card(play, results)
    rows = (("Found", found), ("Missed", missed), ("False", false), ("False, expected by chance", expected))
    table = "".join(f"<tr><th>{label}</th><td>{value}</td></tr>" for label, value in rows)
    told = "".join(f"<p>{escape(episode.changed)}</p>" for episode in play.episodes)
    shaded = tuple((episode.start_us, episode.stop_us) for episode in play.episodes)
    drawing = _drawing(
        play, results, play.ends_us, "Scores of the whole play, what was hidden shaded.", shaded
    )
    return (
        f"<section><h2>What was hidden</h2><p>{escape(play.scenario.hidden)}</p>{told}{drawing}"
        f"<table>{table}</table></section>"
    )


def _drawing(
    play: Script, results: Results, now_us: int, title: str, hidden: tuple[tuple[int, int], ...] = ()
) -> str:
    if results.columns is None or not len(results.columns.window):
        return ""
    ncd = np.asarray(results.columns.ncd, dtype=np.float64)
    threshold = float(results.stream.configuration["threshold"])
    return scores_svg(
        until(results.columns, play.events_until(now_us)),
        begins_us=play.begins_us,
        ends_us=play.ends_us,
        now_us=now_us,
        scale=(float(min(ncd.min(), 0.0)), float(max(ncd.max(), threshold))),
        threshold=threshold,
        ink=LIGHT,
        title=title,
        hidden=hidden,
    )


def _sentence(flag: Flag) -> str:
    return escape(words.plain(flag.sentence))
