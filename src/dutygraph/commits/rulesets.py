"""The rules in force at a commit, kept so that its state can be judged by the rules of then.

An archive holds the data files of shapes, rules of inference, ontology and questions. Its name is a digest of
their names and contents, so that equal rules are kept once, whatever the packer.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from dutygraph.model import Text
from dutygraph.store.errors import StoreFolderError
from dutygraph.store.files import write_whole

_PACKAGES = ("ontology", "shapes", "rules", "queries")
_OWN = ("responsible.toml", "waivers.rq")
_ENDINGS = (".ttl", ".trig", ".rq", ".toml")
# The earliest date that a zip file can hold: no time of packing stands in an archive.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@cache
def current_digest() -> str:
    """Return the digest of the rules of this version of the product."""
    return digest_of(dict(_files()))


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the digest of a set of files, by their names and contents."""
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def keep_current(folder: Path) -> str:
    """See to it that an archive of the current rules stands in a folder, and return its digest.

    Raises:
        OSError: the disk does not take it.

    """
    digest = current_digest()
    archive = folder / f"{digest}.zip"
    if not archive.is_file():
        folder.mkdir(exist_ok=True)
        write_whole(archive, _packed(dict(_files())))
    return digest


def unpack(folder: Path, digest: str) -> Mapping[str, bytes]:
    """Return the files of an archive.

    Raises:
        StoreFolderError: there is none of this digest, or it was altered.

    """
    path = folder / f"{digest}.zip"
    try:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except (OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _not_usable(path, str(error)) from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise _not_usable(path, str(error)) from error
    if digest_of(files) != digest:
        raise _not_usable(path, "SHA-256")
    return files


def _files() -> Iterator[tuple[str, bytes]]:
    for package in _PACKAGES:
        yield from _below(resources.files(f"dutygraph.{package}"), f"{package}/")
    for name in _OWN:
        yield f"dutygraph/{name}", resources.files("dutygraph").joinpath(name).read_bytes()


def _below(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _below(item, f"{place}{item.name}/")
        elif item.name.endswith(_ENDINGS):
            yield f"{place}{item.name}", item.read_bytes()


def _packed(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _not_usable(path: Path, why: str) -> StoreFolderError:
    return StoreFolderError(
        Text(
            f"当时的规则存档“{path}”缺失或已被改动（{why}）。"
            "请用备份恢复，或按现行规则检查（--rules-of now）。",
            f"The archive of the rules of then, {path}, is missing or was altered ({why}). "
            "Restore a backup, or check by the rules of now (--rules-of now).",
        )
    )
