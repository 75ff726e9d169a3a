"""What `ingress simulate` sends, and where."""

from pathlib import Path

import pytest

from ingress.operating.simulate import CLIENT_DATA, POST_CALL, SEARCH_DATA, endpoint_of, payload_files

_WEBHOOK = b'{"type": "post_call_transcription"}'


@pytest.mark.parametrize(
    ("body", "door"),
    [
        (_WEBHOOK, POST_CALL),
        (b'{"query": "name?", "caller_id": "+12025550143"}', SEARCH_DATA),
        (b'{"caller_id": "+12025550143"}', CLIENT_DATA),
        (b'{"call": "me back"}', None),
        (b'{"type": ', None),
        (b'{"type": "\xe9t\xe9"}', None),
        (b'{"type": ' + b"[" * 100_000, None),
    ],
    ids=["webhook", "search", "start of a call", "something else", "cut short", "not UTF-8", "nested without end"],
)
def test_file_goes_where_it_belongs(tmp_path: Path, body: bytes, door: str | None) -> None:
    """The content of a file decides its endpoint; a file that cannot be read has no endpoint, and is no error."""
    (tmp_path / "one.json").write_bytes(body)
    assert endpoint_of(tmp_path / "one.json") == door


def test_folder_is_played_without_what_else_it_holds(tmp_path: Path) -> None:
    """From a folder, webhooks and recordings are sent, by name; an editor's copies and notes are not."""
    for name in ("b.json", "a.json", "a.json.bak", "a.json~", "notes.txt"):
        (tmp_path / name).write_bytes(_WEBHOOK)
    (tmp_path / "c_audio.mp3").write_bytes(b"ID3")
    (tmp_path / "question.json").write_bytes(b'{"caller_id": "+12025550143"}')
    (tmp_path / "folder.json").mkdir()
    assert [path.name for path in payload_files([tmp_path])] == ["a.json", "b.json", "c_audio.mp3"]
