"""The program's files are the same bytes packed, kept for good, and given to whoever may have them."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import pytest

from driftlock.api.static_files import StaticFiles
from tests.api.asking import Answer, Client
from tests.api.browsing import pages

SCRIPT = b"export const answer = 42;\n" * 200
PACKED = {"Accept-Encoding": "gzip, deflate"}


@pytest.fixture
def client(tmp_path: Path) -> Client:
    for name, held in (("js/a.1.js", SCRIPT), ("js/b.2.js", b"1;"), ("secret.txt", b"x")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(held)
    return Client(StaticFiles(pages, tmp_path))


def asked(client: Client, path: str, headers: Mapping[str, str] = PACKED) -> Answer:
    return client.get(path, headers=dict(headers))


def test_a_file_is_packed_and_kept_for_good(client: Client) -> None:
    """Unpacked it is the file, byte for byte; the second answer is the first."""
    first, second = asked(client, "/static/js/a.1.js"), asked(client, "/static/js/a.1.js")
    assert first.content == second.content
    assert gzip.decompress(first.content) == SCRIPT
    assert len(first.content) < len(SCRIPT) / 4
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["cache-control"] == "public, immutable, max-age=31536000"
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"


def test_a_small_file_is_sent_as_it_is(client: Client) -> None:
    """Packing it would gain nothing."""
    answer = asked(client, "/static/js/b.2.js")
    assert answer.content == b"1;"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/static/secret.txt", "/static/js/none.js", "/static/../secret.txt", "/static/js/", "/anomaly"]
)
def test_what_is_none_of_the_files_is_asked_of_the_dashboard(client: Client, path: str) -> None:
    """Other kinds, files that are not there, and ways out of the folder."""
    assert asked(client, path).content == b"the dashboard"


@pytest.mark.parametrize("headers", [{}, PACKED | {"Range": "bytes=0-3"}], ids=["unpacked", "a part"])
def test_who_cannot_unpack_or_asks_for_a_part_is_answered_by_the_dashboard(
    client: Client, headers: dict[str, str]
) -> None:
    """It reads the file itself."""
    assert asked(client, "/static/js/a.1.js", headers).content == b"the dashboard"


def test_who_holds_a_file_is_told_that_it_is_the_same(client: Client) -> None:
    """By the digest of what it holds."""
    held = asked(client, "/static/js/a.1.js").headers["etag"]
    again = asked(client, "/static/js/a.1.js", PACKED | {"If-None-Match": held})
    assert (again.status_code, again.content) == (304, b"")
    assert asked(client, "/static/js/a.1.js", PACKED | {"If-None-Match": '"another"'}).status_code == 200


def test_nothing_is_written_there(client: Client) -> None:
    """A form that is sent to a file goes to the dashboard."""
    assert client.post("/static/js/a.1.js", content=b"", headers=PACKED).content == b"the dashboard"
