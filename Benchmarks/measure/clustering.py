"""Events of a generator, from HepMC3 text to the rows of a truth sample."""

import csv
import gzip
import json
import time

from programs import ETACAL, ROOT, alternate, peer, run
from report import Check, paired

FIXTURES = ROOT / "Tests" / "HepMCFilesTests" / "Fixtures"
# Of Pythia, eight each.
FILES = ["dijets-0.hepmc.gz", "dijets-1.hepmc.gz"]
END = b"HepMC::Asciiv3-END_EVENT_LISTING"


def sample(path, events):
    """A file with the events of the tests, again and again."""
    texts = [gzip.decompress((FIXTURES / name).read_bytes()).split(END)[0] for name in FILES]
    heads, bodies = zip(*(text.split(b"\nE ", 1) for text in texts))
    repeats = max(1, events // 16)
    with open(path, "wb") as output:
        output.write(heads[0])
        for _ in range(repeats):
            for body in bodies:
                output.write(b"\nE " + body.rstrip())
        output.write(b"\n" + END + b"\n\n")
    return 16 * repeats


def told(arguments):
    """What the peer prints in its last line; FastJet greets before."""
    return json.loads(run(peer("cluster.py") + arguments).stdout.splitlines()[-1])


def clustering(report, options, scratch):
    """The whole verb, start of the program and output included, against the loop of the peer."""
    path, table = scratch / "events.hepmc", scratch / "truth.csv"
    events = sample(path, 160 if options.quick else 1600)
    name = f"HepMC3 to jets, {path.stat().st_size / 1e6:.0f} MB"

    def ours(threads):
        begin = time.perf_counter()
        run([ETACAL, "cluster", path, "--pthat", "60-250", "--threads", threads, "--overwrite", "--quiet", "-o", table])
        return 1e6 * (time.perf_counter() - begin) / events

    def theirs():
        answer = told([path])
        return 1e6 * answer["seconds"] / answer["events"]

    one, two, other = alternate(options.rounds, lambda: ours(1), lambda: ours(2), theirs)
    report.rows.append(paired(f"{name}, pyhepmc and fastjet", "us/event", one, other, 5))
    report.rows.append(paired(f"{name}, 2 threads", "us/event", two, other))
    for label in ("cone", "ghost"):
        run([
            ETACAL, "cluster", path, "--pthat", "60-250", "--flavour-label", label, "--overwrite", "--quiet", "-o", table,
        ])
        says = agreement(table, told(["--rows", "--label", label, path]))
        report.checks.append(Check(
            f"jets of {events} events, {label}", says is None, says or "momenta within 1e-10, flavours the same"))


def agreement(table, rows):
    """What disagrees first; None for nothing."""
    with open(table, newline="") as lines:
        names, *made = csv.reader(lines)
    if len(made) != len(rows):
        return f"{len(made)} and {len(rows)} events"
    for own, other in zip(made, rows):
        for name, value, said in zip(names, own, other):
            value, said = float(value or "nan"), float("nan" if said is None else said)
            both_absent = value != value and said != said
            # Masses of thin jets are small differences of large numbers.
            tolerance = 1e-10 * abs(said) + (1e-6 if name[0] == "m" else 1e-9)
            if name.startswith(("slice", "event", "flavour")):
                tolerance = 0
            if not both_absent and not abs(value - said) <= tolerance:
                return f"event {own[1]}: {name} is {value} and {said}"
    return None
