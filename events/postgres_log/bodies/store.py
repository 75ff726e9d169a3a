"""The object store in which long bodies may lie, S3 or a folder: objects are put, read and removed by their names."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import obstore
from msgspec import Struct
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from events.disk.durable import fsync_file, fsync_folder, make_folder
from events.disk.gate import released
from events.postgres_log.bodies.owned import StoreAwayError

# The least that S3 takes as a part; two of them are on their way at a time.
_UPLOAD_BYTES = 5 * 1024 * 1024
_UPLOADS = 2
_READ_BYTES = 1024 * 1024

# A server that says nothing is given up after `read_timeout`; who asked tries again for as long as it may wait. A long
# object may take as long as it takes, as long as some of it comes.
_CLIENT = {"connect_timeout": "5s", "read_timeout": "20s", "timeout": "6h"}
_RETRIES = {"max_retries": 3, "retry_timeout": timedelta(seconds=5)}

# A look gives up soon, but not at the first hiccup of the server.
_BRIEF_RETRIES = {"max_retries": 2, "retry_timeout": timedelta(seconds=1)}

_OPTIONS = frozenset(
    {"endpoint", "region", "access_key_id", "secret_access_key", "session_token", "virtual_hosted_style_request"}
)

# No object's name begins like this.
_NOTHING = "nothing"

# The version of an object in a bucket that no longer keeps versions.
_NO_VERSION = "null"


class UnusableStoreError(OSError):
    """The location of an object store cannot be read. A retry helps once its operator has changed that."""


class BodyStore:
    """
    One object store; threads may share it.

    Every method may raise `StoreAwayError`, and `FileNotFoundError` where an object is missing.

    Args:
        url: `s3://BUCKET/PREFIX?endpoint=...&region=...&access_key_id=...&secret_access_key=...`, or `file:///FOLDER`.
            What an `s3://` URL leaves out comes from the variables of AWS's own tools, such as `AWS_ACCESS_KEY_ID`.
        answer_s: how long a server may take to answer, in seconds; for who only looks. None is for bodies.

    Raises:
        UnusableStoreError: it is neither.
    """

    def __init__(self, url: str, *, answer_s: int | None = None) -> None:
        self.url = url
        place = _read(url)
        self._name = place.name
        self._folder = place.folder
        self._store = _bucket_of(place, answer_s=answer_s) if place.folder is None else None

    def __str__(self) -> str:
        """Return where the store is, without any secret."""
        return self._name

    def brief(self, answer_s: int) -> "BodyStore":
        """Return the same store, for who only looks, and waits no longer than this for an answer."""
        return BodyStore(self.url, answer_s=answer_s)

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """
        Put an object there, in constant memory; it is durable once this returns, and not there before.

        Another object of this name is replaced in one step.
        """
        with self._asked():
            if self._folder is not None:
                make_folder((self._folder / name).parent, is_durable=True)
        with self._asked(is_putting=True):
            writer = obstore.open_writer(self._opened(), name, buffer_size=_UPLOAD_BYTES, max_concurrency=_UPLOADS)
        for piece in pieces:
            with self._asked(is_putting=True):
                writer.write(piece)
        with self._asked(is_putting=True):
            writer.close()  # only now is there an object
        self.settle(name)

    def settle(self, name: str) -> None:
        """
        Make an object durable that is there: its writer may have died before it did that.

        The library renames a file in a folder, and leaves it to the system when that reaches the disk. A bucket has
        nothing to do.
        """
        if self._folder is None:
            return
        path = self._folder / name
        with self._asked(is_putting=True):
            fsync_file(path)
            for folder in path.parents:
                fsync_folder(folder)
                if folder == self._folder:
                    return

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield an object piece by piece: one version of it, whoever replaces it meanwhile."""
        with self._asked():
            pieces = iter(obstore.get(self._opened(), name).stream(min_chunk_size=_READ_BYTES))
        while True:
            with self._asked():
                piece = next(pieces, None)
            if piece is None:
                return
            yield bytes(piece)

    def has(self, name: str) -> bool:
        """Return whether there is an object."""
        try:
            self.version(name)
        except FileNotFoundError:
            return False
        return True

    def check_bucket(self) -> None:
        """
        Check that the bucket is there: of an object in a missing one, a server says no more than that it is missing.

        It lists what no log has, so the answer is short. A folder that is missing is made with its first object.
        """
        if self._folder is None:
            with self._asked(is_putting=True):
                next(iter(obstore.list(self._opened(), _NOTHING, chunk_size=1)), None)

    def version(self, name: str) -> str:
        """Return the version of an object, in a bucket that keeps older ones; empty where it keeps none."""
        with self._asked():
            version = obstore.head(self._opened(), name)["version"]
        return version if version and version != _NO_VERSION else ""

    def has_version(self, name: str, version: str) -> bool:
        """Return whether a bucket still keeps a version, also where the object was removed since."""
        try:
            with self._asked():
                obstore.get(self._opened(), name, options={"version": version, "head": True})
        except FileNotFoundError:
            return False
        return True

    def remove(self, names: Sequence[str]) -> None:
        """Remove objects, those that are missing excepted; a bucket that keeps versions only hides them."""
        for name in names:
            with self._asked():
                with suppress(FileNotFoundError):
                    obstore.delete(self._opened(), name)
                if self._folder is not None:
                    _remove_parts(self._folder / name)

    def _opened(self) -> ObjectStore:
        if self._store is None:
            assert self._folder is not None
            if not self._folder.is_dir():
                raise FileNotFoundError(f"{self._name} is not there")
            self._store = LocalStore(self._folder)
        return self._store

    @contextmanager
    def _asked(self, *, is_putting: bool = False) -> Iterator[None]:
        """
        Ask the store outside of the gate, and give errors one name.

        Args:
            is_putting: whether what is missing then is no object, but the bucket, or the folder.
        """
        try:
            with released:
                yield
        except StoreAwayError:
            raise
        except (BaseError, OSError) as error:
            if isinstance(error, FileNotFoundError) and not is_putting:
                raise
            first = str(error).strip().partition("\n")[0]
            raise StoreAwayError(f"the body store {self._name}: {first}") from None


class _Place(Struct, frozen=True):
    """Where a store is: a bucket with its options, or a folder."""

    name: str
    bucket: str = ""
    prefix: str = ""
    options: dict[str, str] = {}
    folder: Path | None = None


def _read(url: str) -> _Place:
    """
    Return what a URL says.

    Raises:
        UnusableStoreError: it is none of ours; the words do not repeat it.
    """
    try:
        parts = urlsplit(url)
        # A plus is itself: secrets of AWS hold some, and no value here holds a space.
        query = parts.query.replace("+", "%2B")
        options = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
        is_endpoint = "endpoint" not in options or _is_endpoint(options["endpoint"])
    except ValueError:  # whose words hold what is wrong, which may be a piece of a secret
        raise UnusableStoreError(_WORDS) from None
    path, bucket = unquote(parts.path), parts.netloc
    if "#" in url or "\0" in path:
        raise UnusableStoreError(_WORDS)
    if parts.scheme == "file" and not bucket and not query and path.strip("/"):
        return _Place(f"file://{path}", folder=Path(path))
    if parts.scheme != "s3" or not bucket or set("@:") & set(bucket) or not is_endpoint:
        raise UnusableStoreError(_WORDS)
    if options.keys() - _OPTIONS:
        # Which ones is not said: after an & in a secret, its end looks like one.
        raise UnusableStoreError(f"BODY_STORE_URL has an option other than {', '.join(sorted(_OPTIONS))}. {_WORDS}")
    prefix = path.strip("/")
    return _Place("/".join(each for each in (f"s3://{bucket}", prefix) if each), bucket, prefix, options)


def _is_endpoint(text: str) -> bool:
    parts = urlsplit(text)
    is_bare = not parts.query and "@" not in parts.netloc
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and is_bare


_WORDS = (
    "BODY_STORE_URL is s3://BUCKET/PREFIX?endpoint=https://HOST&region=...&access_key_id=...&secret_access_key=...,"
    " with each special character of a value written as %XX, or file:///FOLDER"
)


def _bucket_of(place: _Place, *, answer_s: int | None) -> ObjectStore:
    config: dict[str, Any] = dict(place.options)
    waits = _CLIENT if answer_s is None else {"connect_timeout": f"{answer_s}s", "timeout": f"{answer_s}s"}
    client: dict[str, Any] = waits | {"allow_http": config.get("endpoint", "").startswith("http://")}
    try:
        return S3Store(
            place.bucket,
            prefix=place.prefix or None,
            config=config,  # type: ignore[arg-type]
            client_options=client,  # type: ignore[arg-type]
            retry_config=_RETRIES if answer_s is None else _BRIEF_RETRIES,  # type: ignore[arg-type]
        )
    except (BaseError, ValueError):  # whose words may hold a secret
        raise UnusableStoreError(_WORDS) from None


def _remove_parts(path: Path) -> None:
    """Remove what a writer that died has left beside an object in a folder, and make it durable that all is gone."""
    if path.parent.is_dir():
        for part in path.parent.glob(f"{path.name}#*"):
            part.unlink(missing_ok=True)
        fsync_folder(path.parent)
