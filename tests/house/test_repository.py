"""The repository stands alone and keeps its promises about files."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".cfg", ".ini", ".sh", ""}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


@pytest.mark.parametrize("name", ["app.py", "requirements.txt", "docker-compose.yml", "README.md", "LICENSE"])
def test_the_fixed_files_stand_at_the_top(name):
    assert (ROOT / name).is_file()


def test_no_machine_paths():
    """Nothing refers to the place where it happened to be written."""
    here = re.compile(r"/(?:work|home/\w+|root|Users/\w+)/")
    offenders = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in TEXT and path != Path(__file__) and here.search(path.read_text(errors="replace"))
    ]
    # Logs imitate real ones, which hold such paths.
    assert [
        name for name in offenders if not name.startswith(("tests/decode/golden", "data_generator"))
    ] == []


def test_links_in_documents_lead_somewhere():
    """Every relative link and picture of README and docs exists."""
    broken = []
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        prose = re.sub(r"`[^`]*`", "", path.read_text())
        pictures = re.findall(r'\bsrc(?:set)?="([^"]+)"', prose)
        for target in [*re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose), *pictures]:
            if not target.startswith(("http://", "https://")) and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_requirement_is_pinned():
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+(\[[\w,]+\])?==[\w.!]+", line)] == []


def test_modules_have_one_subject():
    """A module over 400 lines is two modules."""
    long = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix == ".py" and len(path.read_text().splitlines()) > 400
    ]
    assert long == []
