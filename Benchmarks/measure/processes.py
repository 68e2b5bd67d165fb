"""What a user meets: tables, the start of the program, the demo."""

import re
import time
from statistics import median

from programs import ETACAL, ROOT, Failed, alternate, built, measured, peer, run
from report import Check, Row, paired


def reading(report, options, scratch):
    """A table in memory, or handed on in blocks; on one thread."""
    for ending in ("csv", "csv.gz"):
        table = scratch / f"events.{ending}"
        pandas = peer("read_csv.py") + [table]
        run([ETACAL, "simulate", "--detector", "cms-like", "--events", options.events // 20, "-o", table, "--quiet"])
        ours, theirs, parallel = alternate(
            options.rounds, lambda: measured(built("readcsv") + [table]), lambda: measured(pandas),
            lambda: measured(pandas + [2]))
        name = f"reading .{ending}, {table.stat().st_size / 1e6:.0f} MB"

        def cost(answers, clock):
            return [1e9 * answer[clock] / answer["events"] for answer in answers]

        clock = "cpu_seconds" if options.cpu else "seconds"
        report.rows.append(paired(f"{name}, pandas", "ns/event", cost(ours, clock), cost(theirs, clock), 1))
        report.rows.append(
            paired(f"{name}, first look alone", "ns/event", cost(ours, f"open_{clock}"), cost(theirs, clock)))
        report.rows.append(
            paired(f"{name}, pandas with 2 threads", "ns/event", cost(ours, "seconds"), cost(parallel, "seconds")))


def storing(report, options, scratch):
    """Columns of HDF5 written and read, deflated at level 1 by both; on one thread."""
    table, copy = scratch / "events.h5", scratch / "copy.h5"
    ours, theirs = [], []
    for _ in range(options.rounds):
        ours.append(measured(built("hdf5rate") + [table, "--events", options.events // 20]))
        theirs.append(measured(peer("hdf5_rate.py") + [table, copy] + ours[-1]["read_columns"]))
    bytes_read, bytes_written = ([answer[f"{action}_bytes"] for answer in (ours[-1], theirs[-1])]
                                 for action in ("read", "write"))
    report.checks.append(Check(
        "bytes of columns, read and written", len(set(bytes_read)) == len(set(bytes_written)) == 1,
        f"{bytes_read[0]} and {bytes_written[0]}"))
    clock = "cpu_seconds" if options.cpu else "seconds"
    for name, action, timed in (
        ("writing .h5", "write", "write"), ("reading .h5", "read", "read"),
        ("reading .h5, first look alone", "read", "open"),
    ):
        megabytes = ours[0][f"{action}_bytes"] / 1e6

        def cost(answers, what):
            return [1e3 * answer[f"{what}_{clock}"] / megabytes for answer in answers]

        report.rows.append(paired(
            f"{name}, {megabytes:.0f} MB of columns, h5py", "ms/MB", cost(ours, timed), cost(theirs, action),
            None if timed == "read" else 0.7))


def start(report, options, _):
    def once():
        begin = time.perf_counter()
        run([ETACAL, "--help"])
        return 1e3 * (time.perf_counter() - begin)

    once()
    times = [once() for _ in range(20)]
    report.rows.append(Row("etacal --help, median of 20", "ms", median(times), asked_at_most=50))


def demo(report, options, scratch):
    arguments = ["--events", "2M", "--tolerance", "0.05"] if options.quick else ["--events", "10M"]
    # The verdict is for the tests to judge.
    said = run([ROOT / "Scripts/demo", *arguments, "-o", scratch / "demo"], accepted=(0, 1)).stderr
    found = re.search(r"etacal ran for ([\d.]+) s", said)
    if not found:
        raise Failed("Scripts/demo did not say how long etacal ran")
    name = f"Scripts/demo, {arguments[1]} events a sample"
    report.rows.append(Row(name, "s", float(found[1]), asked_at_most=None if options.quick else 30))
