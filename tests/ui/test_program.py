"""The page that begins the program names the parts that are needed first, and is Streamlit's own otherwise."""

import re
from pathlib import Path

import pytest

from driftlock.ui import program

SCRIPTS = program.FOLDER / "static" / "js"


@pytest.mark.parametrize("name", [*program.FRAME, *program.LARGE])
def test_the_pinned_streamlit_has_each_part_once(name: str) -> None:
    """Else it is no longer named in the page, and a first visit takes longer: look for its new name."""
    assert program.named(SCRIPTS, name) is not None


def test_pages_are_streamlits_own_with_hints_before_the_end_of_the_head() -> None:
    """Taken out again, what was put in leaves the page as it was; every file that is named is there."""
    plain = (program.FOLDER / "index.html").read_text()
    found = program.pages()
    assert set(found) == {"/", "/anomaly", "/tuning"}
    page = found["/"].decode()
    before, after = plain.split("</head>")
    assert page.startswith(before)
    assert page.endswith("</head>" + after)
    added = page.removeprefix(before).removesuffix("</head>" + after)
    named = re.findall(r"\./static/js/([^\"]+)", added)
    assert len(named) > len(program.FRAME)
    assert all((SCRIPTS / one).is_file() for one in named)
    assert not any(f"./static/js/{one}" in before for one in named)
    assert re.search(r'import\("\./static/js/PlotlyChart\.', added)


def test_what_a_part_imports_is_named_with_it_and_once(tmp_path: Path) -> None:
    """Imports of imports too; a part that is missing, or there twice, is left out."""
    for name, text in {
        "Chart.1.js": 'import{a as b}from"./base.2.js";import"./side.3.js";',
        "base.2.js": "import{c}from`./deep.4.js`;import{d}from'./held.5.js';",
        "side.3.js": 'import"./base.2.js";import"./gone.6.js";',
        "deep.4.js": 'export const later=()=>import("./never.7.js");',
        "never.7.js": "",
        "held.5.js": "",
        "Twice.1.js": "",
        "Twice.2.js": "",
    }.items():
        (tmp_path / name).write_text(text)
    found = program.parts(tmp_path, ("Chart", "Twice", "Missing"), {"held.5.js"})
    assert found == ["Chart.1.js", "base.2.js", "side.3.js", "deep.4.js"]


@pytest.mark.parametrize("page", [None, b"<html>no head</html>", b"</head></head>"])
def test_where_streamlits_page_is_not_as_expected_it_is_left_alone(
    tmp_path: Path, page: bytes | None
) -> None:
    """The dashboard then begins as Streamlit alone would begin it."""
    if page is not None:
        (tmp_path / "index.html").write_bytes(page)
    assert program.pages(tmp_path) == {}


def test_without_the_parts_nothing_is_begun(tmp_path: Path) -> None:
    """The page is Streamlit's, to the last byte."""
    (tmp_path / "index.html").write_bytes(b"<head></head>")
    assert set(program.pages(tmp_path).values()) == {b"<head></head>"}
