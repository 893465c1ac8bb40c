"""Which file a `source` means."""

from __future__ import annotations

from pathlib import Path

from mocha_core.errors import MissingFileError

from ...formats import CaffeFileError, Kind, sniff

LEVELDB = """{path} is a LevelDB, which Mocha does not read. Go on in one of these ways:
  - make an LMDB or HDF5 file of the images: mocha caffe convert-imageset LIST OUT
  - copy it, where the packages plyvel and lmdb can be installed:
      import lmdb, plyvel
      with lmdb.open("copy_lmdb", map_size=1 << 40) as new, new.begin(write=True) as out:
          for key, value in plyvel.DB({path!r}):
              out.put(key, value)"""


def find_database(source: str | Path) -> Path:
    """The file of the LMDB in a folder; what is no LMDB is named, with a way to go on."""
    path = Path(source)
    if not path.exists():
        raise MissingFileError(f"there is no database {str(source)!r} (looked in {Path.cwd()})")
    kind = sniff(path)
    if kind is Kind.LMDB:
        return path / "data.mdb"
    if kind is Kind.LMDB_FILE:
        return path
    if kind is Kind.LEVELDB:
        raise CaffeFileError(LEVELDB.format(path=str(source)))
    beside = "; an LMDB is a folder with the file data.mdb"
    raise CaffeFileError(f"{source} is {kind}, where an LMDB is wanted{beside}")
