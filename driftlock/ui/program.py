"""
What a browser runs to show the pages: Streamlit's own files, and which of them a page needs first.

Streamlit's program asks for the part that draws a chart or a table only when one is to be drawn, after the
server has read what it shows. The part for charts alone keeps a browser busier than all others together. Named
in the page that begins the program, these parts are fetched meanwhile; begun they are once the page shows its
first figures, so that nothing above the charts waits for them.

How the parts are named is Streamlit's own matter: one that is not found is asked for when it is needed, as ever.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

import streamlit

from driftlock.ui import links

FOLDER: Final = Path(streamlit.__file__).parent / "static"
# Parts of nearly every page, and those of charts and tables.
FRAME: Final = (
    *("ButtonGroup", "TextInput", "Multiselect", "Button", "PageLink", "Html", "Metric", "Checkbox"),
    *("Selectbox", "DownloadButton", "Pagination"),
)
LARGE: Final = ("PlotlyChart", "DataFrame")
FIRST_FIGURES: Final = "[data-testid=stMetric], [data-testid=stPlotlyChart], [data-testid=stDataFrame]"
WITH_CHARTS: Final = (links.OVERVIEW, links.ANOMALY, links.TUNING)
_HEAD: Final = 32_768  # bytes that hold all imports of a file: they come first, behind names at most
_IMPORTED: Final = re.compile(rb"""(?:\bfrom|\bimport)\s*["'`]\./([\w.~-]+\.js)["'`]""")
_NAMED: Final = re.compile(rb"""(?:href|src)="\./static/js/([\w.~-]+\.js)\"""")
_END: Final = b"</head>"


def pages(folder: Path = FOLDER) -> Mapping[str, bytes]:
    """Pages that begin the program, by the paths of their addresses; none where Streamlit's is not as expected."""
    try:
        plain = (folder / "index.html").read_bytes()
    except OSError:
        return {}
    if plain.count(_END) != 1:
        return {}
    scripts = folder / "static" / "js"
    held = {one.decode() for one in _NAMED.findall(plain)}
    hints = "".join(
        f'<link rel="modulepreload" crossorigin href="./static/js/{one}">\n'
        for one in parts(scripts, (*FRAME, *LARGE), held)
    )
    large = [one for name in LARGE if (one := named(scripts, name)) is not None]
    page = plain.replace(_END, (hints + _begin(large)).encode() + _END)
    return {f"/{links.path(one)}": page for one in WITH_CHARTS}


def parts(scripts: Path, names: Iterable[str], held: Collection[str] = ()) -> list[str]:
    """Files of these parts, and of what they import in turn, without those of *held*."""
    seen, found = set(held), []
    waiting = [one for name in names if (one := named(scripts, name)) is not None]
    while waiting:
        file = waiting.pop(0)
        if file in seen or not (scripts / file).is_file():
            continue
        seen.add(file)
        found.append(file)
        with (scripts / file).open("rb") as script:
            waiting += [one.decode() for one in _IMPORTED.findall(script.read(_HEAD))]
    return found


def named(scripts: Path, name: str) -> str | None:
    """The file of the part of that name, which goes on with a digest; None: there is not exactly one."""
    found = [one.name for one in scripts.glob(f"{name}.*.js")]
    return found[0] if len(found) == 1 else None


def _begin(files: Iterable[str]) -> str:
    calls = "".join(f'.then(() => import("./static/js/{one}"))' for one in files)
    if not calls:
        return ""
    return f"""<script type="module">
const seen = new MutationObserver(() => {{
  if (!document.querySelector("{FIRST_FIGURES}")) return;
  seen.disconnect();
  (window.requestIdleCallback ?? setTimeout)(() => Promise.resolve(){calls}.catch(() => {{}}));
}});
seen.observe(document, {{ childList: true, subtree: true }});
</script>
"""
