"""What the tests of file formats share. The environment variable ETACAL gives the path of the program.

    ETACAL=.build/release/etacal python3 -m unittest discover -s Tests/Formats
"""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
import unittest
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
CONVERTER = ROOT / "Scripts" / "convert-nanoaod"
# Seconds that any program may take for a small file: of the processor, and by the clock of a busy machine.
PATIENCE, LONGEST = 10, 60


def etacal():
    path = os.environ.get("ETACAL")
    if not path:
        raise RuntimeError("set ETACAL to the path of the program, such as .build/release/etacal")
    return os.path.abspath(path)


def run(*command, folder, **others):
    """A completed process with its output as text."""
    return subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, errors="replace", check=False,
        **others)


class FolderCase(unittest.TestCase):
    """Tests in a folder of their own, which is gone afterwards."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def etacal(self, *arguments, status=0):
        done = run(etacal(), *arguments, folder=self.folder)
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stderr}")
        return done

    def constants(self, data, *arguments):
        """What `fit` makes of a table, but for what it says of its origin."""
        done = run(etacal(), "fit", data, "--binning", "coarse", "-o", "c.json", "--overwrite", *arguments,
                   folder=self.folder)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return without_origin((self.folder / "c.json").read_bytes())

    def assertRefused(self, done, status, *parts):
        """A message of one line that has these parts: problem, place and remedy."""
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        said = done.stderr.strip()
        self.assertEqual(said.count("\n"), 0, said)
        for part in parts:
            self.assertIn(part, said)

    def assertSame(self, found, expected, name=""):
        """Bit for bit, whatever the byte order; one NaN is as good as another."""
        found, expected = np.asarray(found), np.asarray(expected)
        self.assertEqual(found.shape, expected.shape, name)
        if expected.dtype.kind == "f":
            same = (found == expected) & (np.signbit(found) == np.signbit(expected))
            same |= np.isnan(found) & np.isnan(expected)
        else:
            same = found == expected
        self.assertTrue(same.all(), f"{name}: {np.flatnonzero(~same)[:5]} differ")


def columns(path):
    """The columns of a table by name."""
    with h5py.File(path) as file:
        return {name: dataset[:] for name, dataset in file["events"].items()}


def without_origin(calibration):
    """The bytes of a calibration but for the names and sums of its inputs, which stand last."""
    return calibration[:calibration.rindex(b'"inputs"')]


def mutated(data, rng, most=3):
    """Bytes with damage as disks and transfers do it: flipped bits, other bytes, blocks zeroed or moved, a lost end."""
    data = bytearray(data)
    for _ in range(rng.randint(1, most)):
        place = rng.randrange(len(data))
        kind = rng.randrange(6)
        if kind == 0:
            data[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[place] = rng.choice((0, 0xFF, 0x7F, 0x80, rng.randrange(256)))
        elif kind == 2:
            data[place:place + 4] = rng.randbytes(len(data[place:place + 4]))
        elif kind == 3:
            size = len(data[place:place + rng.randint(1, 512)])
            data[place:place + size] = bytes(size)
        elif kind == 4:
            other = rng.randrange(len(data))
            size = min(rng.randint(1, 64), len(data) - place, len(data) - other)
            data[place:place + size] = data[other:other + size]
        elif len(data) > 1:
            del data[rng.choice((place, len(data) - 1 - place // 100, len(data) - 1)):]
        if not data:
            data = bytearray(1)
    return bytes(data)


def forked(tasks, most=2):
    """Runs functions in processes of their own, a few at once.

    `tasks` are names, functions and the files that standard output and error go to. Returns the status of each name, or
    minus the signal that ended it; -SIGXCPU, -SIGKILL and -SIGALRM are what took too long."""
    running, statuses = {}, {}

    def wait():
        process, status = os.wait()
        statuses[running.pop(process)] = os.waitstatus_to_exitcode(status)

    for name, body, *streams in tasks:
        if len(running) == most:
            wait()
        process = os.fork()
        if process == 0:
            _become(body, streams)
        running[process] = name
    while running:
        wait()
    return statuses


def _become(body, streams):
    status = 70
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(LONGEST)
        resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for number, path in enumerate(streams, 1):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
        sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))
        status = body()
    except SystemExit as leaving:
        status = leaving.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status or 0)
