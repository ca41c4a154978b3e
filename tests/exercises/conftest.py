"""The simulator is imported from its folder: replaying exercises needs no wheel."""

import sys

from academy import paths

if str(paths.SIMULATOR) not in sys.path:
    sys.path.insert(0, str(paths.SIMULATOR))
