"""A dashboard without a browser, on an application with an empty home."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.model import Anomaly
from driftlock.ui import session
from driftlock_core.profiles import BALANCED
from tests.ui.pages import run_sample

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest leaves its script behind as the main module, which processes started later would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The application the pages of this module open; closed and forgotten at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFTLOCK_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("DRIFTLOCK_DEMO_DATA", "off")
        st.cache_resource.clear()
        st.cache_data.clear()
        opened = session.app()
        yield opened
        opened.close()
        st.cache_resource.clear()


@pytest.fixture(scope="module")
def strongest(app: App) -> Anomaly:
    """The strongest anomaly of the web shop's log up to the end of its first fault."""
    anomaly_id = run_sample(app, session.tenant(), generate("web-logs", events=3_000).data)
    anomaly = app.queries.anomaly(session.tenant(), anomaly_id)
    assert anomaly is not None
    return anomaly


@pytest.fixture(scope="module")
def by_bytes(app: App) -> Anomaly:
    """The strongest anomaly of the same log where the bytes alone are looked at."""
    profile = replace(BALANCED, name="custom", views=("bytes",))
    anomaly_id = run_sample(app, session.tenant(), generate("web-logs", events=3_000).data, profile)
    anomaly = app.queries.anomaly(session.tenant(), anomaly_id)
    assert anomaly is not None
    return anomaly


@pytest.fixture
def dashboard(app: App) -> AppTest:
    """A fresh session on Analyze, not run yet."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page("pages/analyze.py")
