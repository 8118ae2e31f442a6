"""`python -m noc_tui` is `noc-tui`; `python -m noc_tui nocd …` is `nocd`."""

import sys

from noc_tui.cli import main, nocd

if sys.argv[1:2] == ["nocd"]:
    sys.exit(nocd(sys.argv[2:]))
sys.exit(main())
