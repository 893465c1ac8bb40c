"""LMDB databases: read here, page by page, and written through the package `lmdb`.

Reading needs no package, no lock and no writable folder, and looks at every number in the file before it is used: the
library itself trusts the file, and a damaged one can end the process.
"""

from .places import find_database as find_database
from .reader import Reader as Reader
