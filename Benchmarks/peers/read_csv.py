"""Reads a table of events with pandas' C engine, on one thread, and prints one JSON object.

    read_csv.py TABLE        .csv or .csv.gz
"""

import json
import sys
import time

import pandas


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    start = time.perf_counter(), time.process_time()
    table = pandas.read_csv(sys.argv[1], engine="c")
    seconds, processor = time.perf_counter() - start[0], time.process_time() - start[1]
    print(json.dumps({
        "peer": "pandas", "events": len(table), "columns": len(table.columns), "seconds": seconds, "cpu_seconds": processor,
        "versions": {"pandas": pandas.__version__},
    }))


if __name__ == "__main__":
    main()
