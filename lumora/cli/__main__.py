"""`python -m lumora.cli`."""

import sys

from lumora.cli import main

sys.exit(main())
