"""Reads a table of events with pandas' C engine and prints one JSON object.

    read_csv.py TABLE [THREADS]        .csv or .csv.gz; threads: 1
"""

import json
import sys
import time

import pandas


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    # Left alone, it takes all processors for large tables of plain text.
    threads = int(sys.argv[2]) if len(sys.argv) == 3 else 1
    pandas.set_option("mode.max_threads", threads)
    start = time.perf_counter(), time.process_time()
    table = pandas.read_csv(sys.argv[1], engine="c")
    seconds, processor = time.perf_counter() - start[0], time.process_time() - start[1]
    print(json.dumps({
        "peer": "pandas", "events": len(table), "columns": len(table.columns), "threads": threads, "seconds": seconds,
        "cpu_seconds": processor, "versions": {"pandas": pandas.__version__},
    }))


if __name__ == "__main__":
    main()
