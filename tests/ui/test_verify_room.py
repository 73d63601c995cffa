"""Bundles of strangers are checked one at a time: a made-up one keeps a core busy for many seconds."""

from streamlit.testing.v1 import AppTest

from driftlock.ui import verify_bundle


def _check() -> None:
    import io

    import streamlit as st

    from driftlock.ui import verify_bundle as checked

    class Given(io.BytesIO):
        size = 10

    st.file_uploader = lambda *_, **__: Given(b"no zip at all")
    checked.show()


def test_a_second_bundle_waits_its_turn_and_is_told_so(monkeypatch):
    import streamlit as st

    monkeypatch.setattr(st, "file_uploader", st.file_uploader)
    monkeypatch.setattr(verify_bundle, "_PATIENCE_S", 0.01)
    page = AppTest.from_function(_check, default_timeout=60)
    assert verify_bundle._ROOM.acquire(blocking=False)
    try:
        page.run()
        assert [one.value for one in page.warning] == [
            "Other bundles are being checked. Try again in a moment."
        ]
    finally:
        verify_bundle._ROOM.release()
    page.run()
    assert not page.exception
    assert [one.value for one in page.error]  # this one was checked
    assert verify_bundle._ROOM.acquire(blocking=False)  # and the room is free again
    verify_bundle._ROOM.release()


def test_a_bundle_that_takes_long_is_told_where_to_check_it(monkeypatch):
    """Anybody may hand one in, so what it would cost is counted first."""
    import streamlit as st

    monkeypatch.setattr(st, "file_uploader", st.file_uploader)
    monkeypatch.setattr(verify_bundle, "seconds", lambda _: 17.2)
    page = AppTest.from_function(_check, default_timeout=60).run()
    (told,) = [one.value for one in page.error]
    assert "about 17 seconds" in told
    assert "driftlock verify" in told
