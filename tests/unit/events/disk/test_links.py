"""Where a path leads is the same on every release of Python."""

from pathlib import Path

import pytest

from events.disk.links import real_path


def test_links_are_followed(tmp_path: Path) -> None:
    """Links of the path, and of the folders that it lies in, are followed, also where nothing is at their end."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    (tmp_path / "folder" / "broken").symlink_to(tmp_path / "folder" / "absent")
    assert real_path(tmp_path / "link" / "broken") == (tmp_path / "folder" / "absent").resolve()
    assert real_path(tmp_path / "link" / ".." / "new") == (tmp_path / "new").resolve()


@pytest.mark.parametrize("path", ["one", "two", "one/inner", "one/inner/file"])
def test_circle_is_an_error(tmp_path: Path, path: str) -> None:
    """A circle is an error that names the path, wherever in it the circle is."""
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    with pytest.raises(OSError, match="circle") as error:
        real_path(tmp_path / path)
    assert error.value.filename == str(tmp_path / path)
