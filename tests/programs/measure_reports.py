"""Make a drift report on each log of the command line; print the peak of memory after each, in MB.

The first arguments, which start with --, are options of each report.
"""

import resource
import sys

from monitoring import drift_report

options = [argument for argument in sys.argv[1:] if argument.startswith("--")]
for log in sys.argv[1 + len(options) :]:
    sys.argv = ["drift_report.py", *options, f"--log={log}"]
    drift_report.main()
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB")
