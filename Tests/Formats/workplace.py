"""What the tests of formats share: the program under test, and a calibration of its own making."""

import functools
import json
import math
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["ETACAL"]
MALFORMED = 65


def run(*arguments, folder, patience=60):
    """Runs the program; a run that does not end in `patience` seconds is an error."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], cwd=folder, capture_output=True, text=True, errors="replace", timeout=patience,
        check=False,
    )


class Workplace(unittest.TestCase):
    """Tests in a directory of their own."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def succeed(self, *arguments, statuses=(0,)):
        outcome = run(*arguments, folder=self.folder)
        self.assertIn(outcome.returncode, statuses, f"{arguments}\n{outcome.stderr}")
        return outcome.stdout

    def assertNearlyEqual(self, one, other, message=None):
        """To the last digit: readers of JSON and sums of squares may miss it by one."""
        self.assertLessEqual(abs(one - other), 4e-16 * abs(other), message)

    def write_calibration(self, name="calibration.json", change=None):
        """A calibration of the built-in detector, with bins that nothing determines."""
        calibration = json.loads(fitted_text())
        punch_holes(calibration)
        if change:
            change(calibration)
        (self.folder / name).write_text(json.dumps(calibration))
        return calibration


@functools.cache
def fitted_text():
    """calibration.json and closure.json of a small closure, run once."""
    return fitted_run()[0]


@functools.cache
def fitted_run():
    with tempfile.TemporaryDirectory() as folder:
        outcome = run("closure", "--events", "2M", "--quiet", "-o", "run", folder=folder, patience=300)
        if outcome.returncode not in (0, 1):
            raise RuntimeError(outcome.stderr)
        place = pathlib.Path(folder) / "run"
        return (place / "calibration.json").read_text(), (place / "closure.json").read_text()


def punch_holes(calibration):
    """Takes the constants of a whole bin of eta, and of bins at low, middle and high pT of others."""
    pt_bins = len(calibration["pt_edges"]) - 1
    holes = [(2, pt) for pt in range(pt_bins)] + [(15, 0), (15, 1), (17, pt_bins // 2), (19, pt_bins - 1)]
    for eta, pt in holes:
        for key in ("correction", "uncertainty", "pt_mean"):
            calibration[key][eta][pt] = None
        calibration["status"][eta][pt] = "too-few-events"
        for row in calibration["covariance"]["blocks"][pt]:
            row[eta] = None
        calibration["covariance"]["blocks"][pt][eta] = [None] * len(calibration["eta_edges"][:-1])


def below(value):
    return math.nextafter(value, -math.inf)


def above(value):
    return math.nextafter(value, math.inf)


def places(edges, beyond):
    """Where readers may differ: at centres, on and one ulp beside edges, and outside."""
    found = [0.5 * (low + high) for low, high in zip(edges, edges[1:])]
    for edge in edges:
        found += [below(edge), edge, above(edge)]
    return found + beyond


def mutated(data, random):
    """The bytes with something done to them: flipped, cut, doubled, swapped, zeroed, words exchanged."""
    data = bytearray(data)
    kind = random.randrange(7)
    at = random.randrange(len(data))
    if kind == 0:
        data[at] ^= 1 << random.randrange(8)
    elif kind == 1:
        del data[at:]
    elif kind == 2:
        del data[at : at + random.randrange(1, 40)]
    elif kind == 3:
        data[at:at] = data[at : at + random.randrange(1, 40)]
    elif kind == 4:
        data[at : at + 8] = bytes(random.randrange(256) for _ in data[at : at + 8])
    elif kind == 5:
        data[at : at + 16] = bytes(len(data[at : at + 16]))
    else:
        lines = bytes(data).split(b"\n")
        one, other = random.randrange(len(lines)), random.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
        data = bytearray(b"\n".join(lines))
    return bytes(data)


def generator(seed):
    return random.Random(seed)
