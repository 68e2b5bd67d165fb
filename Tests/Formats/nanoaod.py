"""NanoAOD files made here, and the converter as a module (Scripts/convert-nanoaod)."""

import importlib.machinery
import importlib.util
import math
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import awkward as ak
import numpy as np
import uproot

from support import CONVERTER, FolderCase, columns, forked, run


JETS = {"pt": "f4", "eta": "f4", "phi": "f4", "genJetIdx": "i2", "hadronFlavour": "u1", "partonFlavour": "i2",
        "jetId": "u1", "puId": "u1", "rawFactor": "f4"}
GENERATED = {"pt": "f4", "eta": "f4"}
SCALARS = {"run": "u4", "luminosityBlock": "u4", "event": "u8", "genWeight": "f4", "MET_pt": "f4", "MET_phi": "f4",
           "MET_sumEt": "f4", "RawMET_pt": "f4", "RawMET_phi": "f4", "Pileup_nTrueInt": "f4", "LHEWeight": "f8"}


def single(number):
    """A number that single precision holds."""
    return float(np.float32(number))


def some_events(count, seed):
    """Events as plain Python: 0 to 5 jets in any order, some of one pT, links that lead nowhere or behind the end."""
    rng, others = random.Random(seed), random.Random(seed + 1000)
    events = []
    for number in range(count):
        generated = [
            {"pt": single(rng.uniform(0.5, 400)), "eta": single(rng.uniform(-5, 5))} for _ in range(rng.randrange(5))]
        jets = [{
            "pt": single(rng.choice((rng.uniform(15, 400), 55.5))), "eta": single(rng.uniform(-5, 5)),
            "phi": single(rng.uniform(-math.pi, math.pi)), "genJetIdx": rng.randrange(-1, 6),
            "hadronFlavour": rng.choice((0, 0, 4, 5)), "partonFlavour": rng.choice((0, 1, -1, 2, -3, 4, -5, 21)),
            "jetId": rng.choice((0, 2, 6)), "puId": rng.choice((0, 4, 7)),
            "rawFactor": single(others.uniform(-0.3, 0.4)),
        } for _ in range(number % 6)]
        scalars = {name: single(rng.uniform(0.1, 90)) for name in SCALARS if name.endswith(("pt", "sumEt", "nTrueInt"))}
        scalars |= {name: single(rng.uniform(-math.pi, math.pi)) for name in SCALARS if name.endswith("phi")}
        scalars |= {"run": 362_000 + number // 7, "luminosityBlock": 3, "event": 2**40 + number,
                    "genWeight": single(rng.gauss(1, 2)), "LHEWeight": rng.uniform(1e-9, 1)}
        events.append({"Jet": jets, "GenJet": generated, **scalars})
    return events


def write(path, events, *, basket=17, without=(), types=None, jets="Jet"):
    """Writes a NanoAOD with a basket for each few events; `without` names branches that are not there."""
    kinds = {f"{jets}_{name}": kind for name, kind in JETS.items()}
    kinds |= {f"GenJet_{name}": kind for name, kind in GENERATED.items()} | SCALARS | (types or {})
    kinds = {name: kind for name, kind in kinds.items() if name not in without}

    def lists(part, branch, kind):
        collection, quantity = branch.split("_")
        rows = [[jet[quantity] for jet in event["Jet" if collection == jets else collection]] for event in part]
        flat = np.array([number for row in rows for number in row], dtype=kind)
        return ak.unflatten(flat, [len(row) for row in rows])

    def is_list(branch):
        return branch.split("_")[0] in (jets, "GenJet")

    with uproot.recreate(path) as file:
        tree = file.mktree("Events", {
            name: f"var * {np.dtype(kind).name}" if is_list(name) else np.dtype(kind) for name, kind in kinds.items()})
        for start in range(0, len(events), basket):
            part = events[start:start + basket]
            tree.extend({
                name: lists(part, name, kind) if is_list(name)
                else np.array([event[name] for event in part], dtype=kind) for name, kind in kinds.items()})


def loaded():
    """The converter as a module."""
    loader = importlib.machinery.SourceFileLoader("convert_nanoaod", str(CONVERTER))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("convert_nanoaod", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


class ConverterCase(FolderCase):
    converter = loaded()

    def task(self, name, *arguments):
        """A conversion in a process that has the modules already: importing them takes longer than small files do."""
        def body():
            os.chdir(self.folder)
            sys.argv = ["convert-nanoaod", *map(str, arguments)]
            return self.converter.main()

        return name, body, self.said / f"{name}.out", self.said / f"{name}.err"

    def convert(self, *arguments):
        status = forked([self.task("one", *arguments)])["one"]
        said = [(self.said / f"one.{stream}").read_text() for stream in ("out", "err")]
        return subprocess.CompletedProcess(arguments, status, *said)

    def setUp(self):
        super().setUp()
        said = tempfile.TemporaryDirectory()
        self.addCleanup(said.cleanup)
        self.said = Path(said.name)

    def convert_anew(self, *arguments, **others):
        return run(sys.executable, "-B", CONVERTER, *arguments, folder=self.folder, **others)

    def converted(self, *arguments):
        done = self.convert(*arguments, "-o", "out.h5", "--overwrite")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return columns(self.folder / "out.h5")

    def assertNothingLeft(self, *names):
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(names))
