"""The simulator is imported from its folder: its tests need no wheel."""

import sys

from academy import paths

if str(paths.SIMULATOR) not in sys.path:
    sys.path.insert(0, str(paths.SIMULATOR))
