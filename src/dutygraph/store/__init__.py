"""Where the triples live: the ``Store`` protocol and its embedded implementation.

Only this package knows pyoxigraph's storage. A bureau is a partition of named graphs
(domain section 9, "graph of each kind"); ``graphs.py`` names them.
"""

from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.errors import DamagedStoreError, NoRoomError, StoreError, StoreFolderError, not_written
from dutygraph.store.folder import StoreFolder, is_store_folder, is_unused
from dutygraph.store.graphs import DEFAULT_BASE, DERIVED_KINDS, BureauGraphs
from dutygraph.store.protocol import Selecting, Store

__all__ = [
    "DEFAULT_BASE",
    "DERIVED_KINDS",
    "BureauGraphs",
    "DamagedStoreError",
    "EmbeddedStore",
    "NoRoomError",
    "Selecting",
    "Store",
    "StoreError",
    "StoreFolder",
    "StoreFolderError",
    "is_store_folder",
    "is_unused",
    "not_written",
]
