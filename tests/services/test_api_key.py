"""The key that senders must know: from the environment or a file, never repeated in a message."""

import pytest

from driftlock.errors import InvalidSettings
from driftlock.settings import Settings, surroundings

KEY = "0123456789abcdef"


def test_it_is_read_from_the_environment():
    settings = Settings.from_environment({"DRIFTLOCK_API_KEY": KEY, "DRIFTLOCK_MAX_BATCH_MB": "2"})
    assert settings.api_key == KEY
    assert settings.max_batch_bytes == 2_000_000


def test_it_is_read_from_a_file_without_white_space(tmp_path):
    (tmp_path / "key").write_text(f" {KEY}\n")
    assert Settings.from_environment({"DRIFTLOCK_API_KEY_FILE": str(tmp_path / "key")}).api_key == KEY


def test_both_at_once_are_refused(tmp_path):
    (tmp_path / "key").write_text(KEY)
    given = {"DRIFTLOCK_API_KEY": KEY, "DRIFTLOCK_API_KEY_FILE": str(tmp_path / "key")}
    with pytest.raises(InvalidSettings, match="both set"):
        Settings.from_environment(given)


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), ("", "is empty"), (b"\xff\xfe", "no text")]
)
def test_a_file_that_holds_no_key_stops_the_start(tmp_path, content, said):
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidSettings, match=said):
        Settings.from_environment({"DRIFTLOCK_API_KEY_FILE": str(file)})


@pytest.mark.parametrize("wrong", ["short", "with blanks in it, yes", "ümläute-are-not-in-it"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(wrong):
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_environment({"DRIFTLOCK_API_KEY": wrong})
    assert "at least 16 visible ASCII characters" in str(raised.value)
    assert wrong not in str(raised.value)


def test_other_programs_are_not_told_our_settings(monkeypatch):
    """Those that we start get what they need and nothing else of ours."""
    monkeypatch.setenv("DRIFTLOCK_API_KEY", KEY)
    monkeypatch.setenv("SOME_OTHER", "1")
    given = surroundings(API_KEY="for-them")
    assert KEY not in given.values()
    assert (given["SOME_OTHER"], given["API_KEY"]) == ("1", "for-them")
