"""What the tests of formats of constants share: a calibration, places to look at it, and damage to texts."""

import functools
import json
import math
import tempfile
from pathlib import Path

from support import FolderCase, etacal, mutated, run

MALFORMED = 65


class Workplace(FolderCase):
    """Tests in a folder of their own, with a calibration."""

    def succeed(self, *arguments, statuses=(0,)):
        """What the program prints."""
        done = run(etacal(), *arguments, folder=self.folder)
        self.assertIn(done.returncode, statuses, f"{arguments}: {done.stderr}")
        return done.stdout

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
        done = run(etacal(), "closure", "--events", "2M", "--quiet", "-o", "run", folder=folder)
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr)
        place = Path(folder) / "run"
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


def damaged(data, random):
    """Bytes as disks and transfers damage them, or as editors do: lines exchanged, a part twice or missing."""
    kind = random.randrange(6)
    if kind == 0:
        lines = data.split(b"\n")
        one, other = random.randrange(len(lines)), random.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
        return b"\n".join(lines)
    if kind > 2:
        return mutated(data, random, most=1)
    place, size = random.randrange(len(data)), random.randrange(1, 40)
    return data[:place] + (data[place : place + size] * 2 if kind == 1 else b"") + data[place + size :]
