"""Looking after a store folder: backups, restoring them, saying what is wrong with one.

Nothing here serves requests. A running service is asked through its control socket (``reaching``).
"""

from dutygraph.upkeep.archives import open_archive, write_archive
from dutygraph.upkeep.manifest import Manifest
from dutygraph.upkeep.restoring import Restored, restore
from dutygraph.upkeep.staging import Stage, staged

__all__ = ["Manifest", "Restored", "Stage", "open_archive", "restore", "staged", "write_archive"]
