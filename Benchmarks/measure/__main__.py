"""Measures EtaCal beside its peers; Benchmarks/run prepares all that this needs."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import chain
import clustering
import fits
import processes
from programs import HERE, ROOT, Failed
from report import Report

# In the order of the table.
PARTS = {
    "numpy": chain.numpy, "numba": chain.numba, "c": chain.by_hand, "threads": chain.threads, "stages": chain.stages,
    "fits": fits.fits, "csv": processes.reading, "hdf5": processes.storing, "cluster": clustering.clustering,
    "start": processes.start, "demo": processes.demo,
}


class Help(argparse.HelpFormatter):
    def __init__(self, prog):
        super().__init__(prog, width=100, max_help_position=24)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(64, f"error: {message}\nSee Benchmarks/run --help.\n")


def parsed():
    parser = Parser(prog="Benchmarks/run", formatter_class=Help, description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small samples, one round: whether everything works")
    parser.add_argument("--only", metavar="PARTS", default=",".join(PARTS), help=(
        f"parts to measure, with commas between (default: {','.join(PARTS)})"))
    parser.add_argument("--rounds", type=int, help="rounds that alternate (default: 5, quick 1)")
    parser.add_argument("--cpu", action="store_true", help=(
        "processor time instead of the clock where one thread is compared and both sides tell: for a machine that has other "
        "work"))
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, default=HERE / "results.json", help=(
        "where to write the results (default: Benchmarks/results.json)"))
    parser.add_argument("--compare", metavar="OLD.json", type=Path, help=(
        "results of another time: adds a column of our costs relative to then (default: none)"))
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.parts = options.only.split(",")
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"--only: there is no part '{unknown[0]}'; known are {', '.join(PARTS)}")
    if options.rounds is None:
        options.rounds = 1 if options.quick else 5
    if options.rounds < 1:
        parser.error("--rounds takes a number from 1 on")
    options.old = None
    if options.compare:
        try:
            options.old = json.loads(options.compare.read_text())
        except (OSError, ValueError) as error:
            parser.error(f"--compare {options.compare}: {error}")
        if options.old.get("schema") != Report.SCHEMA:
            parser.error(f"--compare {options.compare}: not results of Benchmarks/run ({Report.SCHEMA})")
    options.events = 2_000_000 if options.quick else 10_000_000
    return options


def machine():
    name = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        lines = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        name = lines[0].split(":")[1].strip() if lines else name
    return {"processor": name, "cores": os.cpu_count(), "system": platform.system(), "load_before": os.getloadavg()[0]}


def versions():
    found = {"python": platform.python_version()}
    for name in ("numpy", "numba", "iminuit", "scipy", "pandas", "h5py", "pyhepmc", "fastjet"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            pass
    answers = {"swift": ["swift", "--version"], "commit": ["git", "-C", str(ROOT), "rev-parse", "HEAD"]}
    for name, command in answers.items():
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip().splitlines()
        found[name] = said[0] if said else None
    return found


def main():
    options = parsed()
    if options.check:
        return 0
    report, begun = Report(), time.time()
    about = {
        "machine": machine(), "versions": versions(), "quick": options.quick, "rounds": options.rounds,
        "processor_time": options.cpu,
    }
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.parts:
            print(f"run: measuring {name} ({time.time() - begun:.0f} s so far)", file=sys.stderr)
            try:
                PARTS[name](report, options, Path(scratch))
            except Failed as failure:
                report.missing.append((name, str(failure)))
    options.output.write_text(json.dumps(report.json(**about), indent=1) + "\n")
    where = about["machine"]
    print(f"{where['processor']}, {where['cores']} cores, load {where['load_before']:.1f} before"
          + (", small samples" if options.quick else "") + (", processor time" if options.cpu else "") + "\n")
    print(report.text(options.old))
    print(f"\nResults are in {options.output}")
    return 0 if all(check.holds for check in report.checks) and not report.missing else 1


if __name__ == "__main__":
    sys.exit(main())
