"""
The swimlane in a browser: how its cells look, and what hand and keys do with them.

A part of its own, and not a chart of Plotly's: the library for those takes a browser longer than all the rest
of the first screen, and its charts cannot be reached by keys.
"""

from typing import Final

import streamlit as st

# Sizes in pixels are those of `swimlane`; colours and the room for labels come with each drawing.
_STYLE: Final = """
.dl-lanes { position: relative; isolation: isolate; font-size: 12px; line-height: 1.3; container-type: inline-size; }
.dl-lanes .dl-drawn { position: relative; height: var(--high); color: var(--text); }
.dl-lanes .dl-grid { position: absolute; left: 0; right: 12px; top: 0; height: var(--tall); }
.dl-lanes .dl-plot { position: absolute; left: var(--room); right: 12px; top: 0; height: var(--tall); pointer-events: none; }
.dl-lanes .dl-lane { position: absolute; left: 0; right: 0; height: 28px; display: flex; }
.dl-lanes .dl-label { width: var(--room); padding-right: 10px; text-align: right; line-height: 28px; white-space: nowrap; }
.dl-lanes .dl-cells { flex: 1; display: flex; padding: 4px 0; min-width: 0; }
.dl-lanes .dl-cell { flex: 1; min-width: 0; position: relative; box-shadow: inset 0 0 0 .6px var(--border); cursor: pointer; }
.dl-lanes .dl-boxes .dl-grid { cursor: crosshair; touch-action: none; user-select: none; }
.dl-lanes .dl-boxes .dl-cell { cursor: inherit; }
.dl-lanes .dl-untested { box-shadow: none;
  background: repeating-linear-gradient(135deg, var(--hairline) 0 1.2px, transparent 1.2px 5px); }
.dl-lanes .dl-unknown { box-shadow: none; background: var(--hairline); }
.dl-lanes .dl-s0 { background: var(--s0); }
.dl-lanes .dl-s1 { background: var(--s1); }
.dl-lanes .dl-s2 { background: var(--s2); }
.dl-lanes .dl-s3 { background: var(--s3); }
.dl-lanes .dl-s4 { background: var(--s4); }
.dl-lanes .dl-flag { position: absolute; z-index: 1; left: calc(50% - 6px); top: calc(50% - 6px); width: 12px; height: 11px;
  background: var(--background); clip-path: polygon(50% 0, 100% 100%, 0 100%); pointer-events: none; }
.dl-lanes .dl-flag::after { content: ""; position: absolute; inset: 2.2px 1.9px 1.2px; background: var(--flagged);
  clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.dl-lanes .dl-cell:focus-visible, .dl-lanes .dl-note:focus-visible { outline: 2px solid var(--text); outline-offset: 1px; z-index: 3; }
.dl-lanes .dl-chosen, .dl-lanes .dl-box { position: absolute; z-index: 2; }
.dl-lanes .dl-chosen { border: 2.5px solid var(--text); }
.dl-lanes .dl-box { border: 1px dashed var(--text); background: var(--band); }
.dl-lanes .dl-said { position: absolute; left: 6px; line-height: 20px; padding: 0 2px; color: var(--muted);
  background: var(--background); white-space: nowrap; max-width: calc(100% - 10px); overflow: hidden; text-overflow: ellipsis; }
.dl-lanes .dl-note { position: absolute; top: 0; width: 14px; margin-left: -7px; text-align: center; font-size: 14px;
  line-height: 18px; cursor: default; pointer-events: auto; z-index: 2; }
.dl-lanes .dl-note::after { content: ""; position: absolute; left: 50%; top: 18px; height: calc(var(--tall) - 18px);
  border-left: 1px dotted var(--muted); pointer-events: none; }
.dl-lanes .dl-axis { position: absolute; left: var(--room); right: 12px; top: var(--tall); border-top: 1px solid var(--border); }
.dl-lanes .dl-tick { position: absolute; top: 0; height: 4px; border-left: 1px solid var(--border); }
.dl-lanes .dl-tick > span { position: absolute; top: 6px; white-space: pre; text-align: center; transform: translateX(-50%); }
.dl-lanes .dl-tick.dl-first > span { transform: none; text-align: left; }
.dl-lanes .dl-tick.dl-last > span { transform: translateX(-100%); text-align: right; }
.dl-lanes .dl-narrow { display: none; }
@container (max-width: 620px) {
  .dl-lanes .dl-wide { display: none; }
  .dl-lanes .dl-narrow { display: block; }
  .dl-lanes .dl-cell:not(.dl-untested, .dl-unknown) {
    box-shadow: inset .6px .6px var(--border), inset 0 -.6px var(--border); }
}
.dl-lanes .dl-tip { position: absolute; z-index: 4; padding: 3px 7px; font-size: 11.25px; white-space: pre-line;
  width: max-content; max-width: min(300px, 92%); pointer-events: none;
  color: var(--text); background: var(--surface); border: 1px solid var(--border); }
.dl-lanes .dl-tip.dl-named::first-line { font-weight: 700; }
"""

# What it tells the server is a cell as an address names it, or nothing: no cell.
_SCRIPT: Final = """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".dl-lanes");
  const lanes = () => [...root.querySelectorAll(".dl-lane")];
  const cellsOf = (lane) => [...lane.querySelectorAll(".dl-cell")];
  const placeOf = (cell) => {
    const lane = cell.closest(".dl-lane");
    return [lanes().indexOf(lane), cellsOf(lane).indexOf(cell)];
  };
  const held = root.contains(document.activeElement) ? document.activeElement.closest(".dl-cell") : null;
  const before = held && placeOf(held);

  // What listens goes with what it listens to: this is called anew for every drawing, on the same root.
  const view = document.createElement("div");
  view.innerHTML = data.html;
  root.replaceChildren(view);
  const plot = view.querySelector(".dl-plot");
  const [tip, box] = ["dl-tip", "dl-box"].map((name) => {
    const one = document.createElement("div");
    Object.assign(one, { className: name, hidden: true }).setAttribute("aria-hidden", "true");
    return one;
  });
  view.firstElementChild.append(tip);
  plot.append(box);

  const tell = (one) => {
    tip.hidden = !one;
    if (!one) return;
    tip.textContent = one.getAttribute("aria-label");
    tip.classList.toggle("dl-named", one.matches(".dl-cell"));
    const [all, here] = [root.getBoundingClientRect(), one.getBoundingClientRect()];
    const right = here.right - all.left + 8;
    const left = right + tip.offsetWidth <= all.width ? right : here.left - all.left - tip.offsetWidth - 8;
    const top = (here.top + here.bottom) / 2 - all.top - tip.offsetHeight / 2;
    tip.style.left = `${Math.max(0, Math.min(left, all.width - tip.offsetWidth))}px`;
    tip.style.top = `${Math.max(0, Math.min(top, all.height - tip.offsetHeight))}px`;
  };
  const choose = (cells) => {
    const places = cells.map(placeOf);
    const keys = [...new Set(places.map(([lane]) => lanes()[lane].dataset.lane))];
    const [first, last] = [Math.min(...places.map(([, at]) => at)), Math.max(...places.map(([, at]) => at))];
    const named = cells.length ? `${keys.join(",")}~${data.edges[first]}-${data.edges[last + 1]}` : "";
    setTriggerValue("chosen", named);
  };
  const goTo = (lane, at, preventScroll) => {
    const within = (number, list) => list[Math.max(0, Math.min(number, list.length - 1))];
    const to = within(at, cellsOf(within(lane, lanes())));
    for (const one of view.querySelectorAll(".dl-cell[tabindex]")) one.removeAttribute("tabindex");
    to.tabIndex = 0;
    to.focus({ preventScroll });
  };
  const told = (event) => event.target.closest(".dl-cell, .dl-note");

  view.addEventListener("pointerover", (event) => tell(told(event)));
  view.addEventListener("pointerleave", () => tell(null));
  view.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && tell(told(event)));
  view.addEventListener("focusout", () => tell(null));
  view.addEventListener("keydown", (event) => {
    const cell = event.target.closest(".dl-cell");
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const [lane, at] = placeOf(cell);
    const ways = {
      ArrowLeft: [lane, at - 1], ArrowRight: [lane, at + 1], ArrowUp: [lane - 1, at], ArrowDown: [lane + 1, at],
      Home: [lane, 0], End: [lane, Infinity],
    };
    if (event.key === "Enter" || event.key === " ") choose([cell]);
    else if (event.key in ways) goTo(...ways[event.key], false);
    else return;
    event.preventDefault();
  });
  if (before) goTo(...before, true);

  const ofThePlot = (event) => event.target.closest(".dl-grid") && !event.target.closest(".dl-label");
  if (!data.boxes) {
    view.addEventListener("click", (event) => {
      const cell = event.target.closest(".dl-cell");
      if (cell) choose([cell]);
      else if (ofThePlot(event) && plot.querySelector(".dl-chosen")) choose([]);
    });
    return;
  }
  let from = null;
  const drawnTo = (event) => {
    const all = plot.getBoundingClientRect();
    const within = (at, most) => Math.max(0, Math.min(at, most));
    const [x, y] = [within(event.clientX - all.left, all.width), within(event.clientY - all.top, all.height)];
    from ??= { x, y };
    const [left, right, top, bottom] = [Math.min(x, from.x), Math.max(x, from.x), Math.min(y, from.y), Math.max(y, from.y)];
    const holds = (cell) => {
      const one = cell.getBoundingClientRect();
      const [across, down] = [(one.left + one.right) / 2 - all.left, (one.top + one.bottom) / 2 - all.top];
      return left <= across && across <= right && top <= down && down <= bottom;
    };
    return { left, top, width: right - left, height: bottom - top, holds };
  };
  const letGo = () => { from = null; box.hidden = true; };
  view.addEventListener("pointerdown", (event) => {
    if (event.button || !ofThePlot(event)) return;
    drawnTo(event);
    view.setPointerCapture(event.pointerId);
  });
  view.addEventListener("pointermove", (event) => {
    if (!from) return;
    const drawn = drawnTo(event);
    tell(null);
    box.hidden = false;
    for (const side of ["left", "top", "width", "height"]) box.style[side] = `${drawn[side]}px`;
  });
  view.addEventListener("pointercancel", letGo);
  view.addEventListener("pointerup", (event) => {
    if (!from) return;
    const inside = [...view.querySelectorAll(".dl-cell")].filter(drawnTo(event).holds);
    letGo();
    if (inside.length) choose(inside);
  });
}
"""

lanes_grid: Final = st.components.v2.component(
    "driftlock_lanes", html='<div class="dl-lanes"></div>', css=_STYLE, js=_SCRIPT, isolate_styles=False
)
