"""Scripts/convert-nanoaod, on ROOT files that uproot writes here."""

import hashlib
import importlib.machinery
import importlib.util
import math
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import awkward as ak
import h5py
import numpy as np
import uproot

from support import CONVERTER, LONGEST, FolderCase, columns, forked, mutated, run

JETS = {"pt": "f4", "eta": "f4", "phi": "f4", "genJetIdx": "i2", "hadronFlavour": "u1", "partonFlavour": "i2",
        "jetId": "u1", "puId": "u1"}
GENERATED = {"pt": "f4", "eta": "f4"}
SCALARS = {"run": "u4", "luminosityBlock": "u4", "event": "u8", "genWeight": "f4", "MET_pt": "f4", "MET_phi": "f4",
           "MET_sumEt": "f4", "RawMET_pt": "f4", "RawMET_phi": "f4", "Pileup_nTrueInt": "f4", "LHEWeight": "f8"}


def single(number):
    """A number that single precision holds."""
    return float(np.float32(number))


def some_events(count, seed):
    """Events as plain Python: 0 to 5 jets in any order, some of one pT, links that lead nowhere or behind the end."""
    rng = random.Random(seed)
    events = []
    for number in range(count):
        generated = [
            {"pt": single(rng.uniform(0.5, 400)), "eta": single(rng.uniform(-5, 5))} for _ in range(rng.randrange(5))]
        jets = [{
            "pt": single(rng.choice((rng.uniform(15, 400), 55.5))), "eta": single(rng.uniform(-5, 5)),
            "phi": single(rng.uniform(-math.pi, math.pi)), "genJetIdx": rng.randrange(-1, 6),
            "hadronFlavour": rng.choice((0, 0, 4, 5)), "partonFlavour": rng.choice((0, 1, -1, 2, -3, 4, -5, 21)),
            "jetId": rng.choice((0, 2, 6)), "puId": rng.choice((0, 4, 7)),
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


def expected_row(event, *, jet_id=0, pileup_id=0, met="MET", weight="genWeight"):
    """The row of the table by the words of the documentation, jet by jet."""
    row = {"event": event["event"], "run": event["run"], "weight": event[weight] if weight else 1.0,
           "mu": event["Pileup_nTrueInt"]}
    # As the library of vectors has them, which may differ from C in the last digit.
    phi = np.float64(event[f"{met}_phi"])
    row["met_x"], row["met_y"] = event[f"{met}_pt"] * np.cos(phi), event[f"{met}_pt"] * np.sin(phi)
    row["sum_et"] = event.get(f"{met}_sumEt")
    jets = [jet for jet in event["Jet"]
            if jet["jetId"] & jet_id == jet_id and (jet["pt"] >= 50 or jet["puId"] & pileup_id == pileup_id)]
    jets = sorted(jets, key=lambda jet: -jet["pt"])[:3]
    for number in (1, 2, 3):
        values = dict.fromkeys(("pt", "eta", "phi", "true_pt", "true_eta"), math.nan) | {"flavour": 0}
        if number <= len(jets):
            jet = jets[number - 1]
            values |= {name: jet[name] for name in ("pt", "eta", "phi")}
            index = jet["genJetIdx"]
            if 0 <= index < len(event["GenJet"]) and jet["pt"] <= 100 * event["GenJet"][index]["pt"]:
                truth = event["GenJet"][index]
                values["true_pt"], values["true_eta"] = truth["pt"], truth["eta"]
                parton = abs(jet["partonFlavour"])
                light = 0 if parton in (4, 5) else parton
                values["flavour"] = jet["hadronFlavour"] if jet["hadronFlavour"] in (4, 5) else light
        row |= {f"{name}{number}": value for name, value in values.items()}
    return row


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


class ValueTests(ConverterCase):
    def setUp(self):
        super().setUp()
        self.events = some_events(120, seed=1) + some_events(61, seed=2)
        write(self.folder / "a.root", self.events[:120])
        write(self.folder / "b.root", self.events[120:], basket=1000)

    def assertRows(self, found, absent=(), **rules):
        expected = [expected_row(event, **rules) for event in self.events]
        names = [name for name in expected[0] if expected[0][name] is not None and name not in absent]
        self.assertEqual(sorted(found), sorted(names))
        for name in names:
            self.assertSame(found[name], [row[name] for row in expected], name)

    def test_rows_are_those_of_a_plain_loop(self):
        found = self.converted("a.root", "b.root")
        self.assertRows(found)
        done = self.convert_anew("a.root", "b.root", "-o", "anew.h5")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "181 events are in anew.h5\n", ""))
        self.assertEqual(*((self.folder / name).read_bytes() for name in ("anew.h5", "out.h5")))
        # The sample has what it is made for.
        self.assertTrue(np.isnan(found["pt1"]).any() and np.isfinite(found["true_pt3"]).any())
        self.assertTrue((np.isfinite(found["pt1"]) & np.isnan(found["true_pt1"])).any())
        self.assertEqual(set(found["flavour1"]), {0, 1, 2, 3, 4, 5, 21})
        self.assertTrue((found["pt1"] == found["pt2"]).any() and (found["weight"] < 0).any())

    def test_options_choose_branches_and_jets(self):
        found = self.converted(
            "a.root", "b.root", "--jet-id", "2", "--pileup-id", "4", "--met", "RawMET", "--weight", "LHEWeight")
        self.assertRows(found, jet_id=2, pileup_id=4, met="RawMET", weight="LHEWeight")
        found = self.converted("a.root", "b.root", "--jet-id", "6", "--slice", "3")
        self.assertSame(found.pop("slice"), np.full(len(self.events), 3))
        self.assertRows(found, jet_id=6)

    def test_other_names_are_the_same_jets(self):
        write(self.folder / "a.root", self.events, jets="FatJet")
        self.assertRows(self.converted("a.root", "--jets", "FatJet"))

    def test_columns_follow_the_branches(self):
        met = ("met_x", "met_y", "sum_et")
        truth = [f"{name}{jet}" for name in ("true_pt", "true_eta") for jet in (1, 2, 3)]
        flavours = [f"flavour{jet}" for jet in (1, 2, 3)]
        found = self.converted("a.root", "b.root", "--gen-jets", "none", "--met", "none", "--weight", "none")
        self.assertRows(found, absent=[*met, *truth, *flavours], weight=None)
        for file, events in (("a.root", self.events[:120]), ("b.root", self.events[120:])):
            write(self.folder / file, events, without=(
                "Jet_genJetIdx", "GenJet_pt", "GenJet_eta", "genWeight", "Pileup_nTrueInt", "MET_pt", "run", "event"))
        found = self.converted("a.root", "b.root")
        self.assertRows(found, absent=[*met, *truth, *flavours, "mu", "run", "event"], weight=None)

    def test_half_of_the_flavours(self):
        for missing, known in (("hadronFlavour", "partonFlavour"), ("partonFlavour", "hadronFlavour")):
            write(self.folder / "a.root", self.events, without=[f"Jet_{missing}"])
            found = self.converted("a.root")
            matched = 0
            for event, row in zip(self.events, zip(found["flavour1"], found["true_pt1"])):
                jets = sorted(event["Jet"], key=lambda jet: -jet["pt"])
                said = abs(jets[0][known]) if jets and math.isfinite(row[1]) else 0
                self.assertEqual(row[0], said)
                matched += said > 0
            self.assertGreater(matched, 10)

    def test_no_jets_at_all(self):
        write(self.folder / "a.root", [event | {"Jet": [], "GenJet": []} for event in self.events])
        found = self.converted("a.root")
        self.assertTrue(np.isnan(found["pt1"]).all() and np.isnan(found["true_pt1"]).all())

    def test_more_entries_than_are_in_memory_at_once(self):
        whole = self.converted("a.root", "b.root")
        for step in (1, 50, 61):
            with mock.patch.object(self.converter, "STEP", step):
                found = self.converted("a.root", "b.root")
            for name, values in whole.items():
                self.assertSame(found[name], values, name)

    def test_storage_and_attributes_are_those_of_etacal(self):
        self.etacal("simulate", "--detector", "cms-like", "--events", "50k", "-o", "own.h5")
        self.converted("a.root", "b.root", "--slice", "2")
        with h5py.File(self.folder / "own.h5") as own, h5py.File(self.folder / "out.h5") as made:
            own, made = own["events"], made["events"]
            for name, dataset in made.items():
                for quality in ("dtype", "chunks", "compression", "compression_opts", "shuffle", "maxshape"):
                    self.assertEqual(getattr(dataset, quality), getattr(own[name], quality), (name, quality))
                self.assertEqual(dict(dataset.attrs), dict(own[name].attrs), name)
            order = [name for name in own.attrs["columns"] if name.decode() in made]
            self.assertEqual(list(made.attrs["columns"]), order)
            self.assertEqual(len(order), len(made))
            self.assertEqual(made.attrs["schema"], own.attrs["schema"])
            for name in ("schema", "converter", "columns", "inputs", "inputs_sha256", "options"):
                kind = made.attrs.get_id(name).get_type()
                self.assertEqual((kind.get_cset(), kind.is_variable_str()), (h5py.h5t.CSET_UTF8, False), name)
            self.assertSame(made.attrs["slice_weights"], [1.0, 1.0, 1.0])
            self.assertEqual(made.attrs["events"], 181)
            self.assertEqual(made.attrs["converter"], b"convert-nanoaod/1")
            self.assertEqual(list(made.attrs["inputs"]), [b"a.root", b"b.root"])
            sums = [hashlib.sha256((self.folder / name).read_bytes()).hexdigest() for name in ("a.root", "b.root")]
            self.assertEqual([one.decode() for one in made.attrs["inputs_sha256"]], sums)
            options = made.attrs["options"].decode().splitlines()
            for line in ("jets: Jet", "met: MET", "weight: genWeight", "slice: 2", "jet_id: none"):
                self.assertIn(line, options)

    def test_the_same_inputs_are_the_same_bytes_anywhere_and_any_time(self):
        self.converted("a.root", "b.root")
        time.sleep(1.1)
        done = run(sys.executable, "-B", CONVERTER, self.folder / "a.root", self.folder / "b.root", "-o",
                   self.folder / "again.h5", folder="/")
        self.assertEqual(done.returncode, 0, done.stderr)
        whole = (self.folder / "again.h5").read_bytes()
        self.assertEqual((self.folder / "out.h5").read_bytes(), whole)
        self.assertNotIn(str(self.folder).encode(), whole)

    def test_apply_keeps_the_table(self):
        self.etacal("simulate", "--detector", "cms-like", "--events", "200k", "-o", "own.h5")
        self.etacal("fit", "own.h5", "--binning", "coarse", "-o", "c.json")
        before = self.converted("a.root", "b.root")
        self.etacal("apply", "c.json", "out.h5", "-o", "calibrated.h5")
        after = columns(self.folder / "calibrated.h5")
        self.assertEqual(set(after), set(before))
        for name in ("event", "run", "weight", "mu", "sum_et"):
            self.assertSame(after[name], before[name], name)


class FitTests(ConverterCase):
    """Simulated events as a NanoAOD and back: the same columns, and constants of the same bytes."""

    def nanoaod(self, table, path):
        """Writes the events of a table in double precision, their jets and true jets in any order."""
        rng = np.random.default_rng(5)
        data = columns(self.folder / table)
        rows = len(data["pt1"])
        jets = {name: np.stack([data[f"{name}{jet}"] for jet in (1, 2, 3)], 1)
                for name in ("pt", "eta", "phi", "true_pt", "true_eta", "flavour")}
        order = np.argsort(rng.random((rows, 3)), 1)
        jets = {name: np.take_along_axis(values, order, 1) for name, values in jets.items()}
        there, true = np.isfinite(jets["pt"]), np.isfinite(jets["true_pt"])
        # True jets stand in the opposite order.
        index = np.where(true, np.cumsum(true[:, ::-1], 1)[:, ::-1] - 1, -1)
        jagged = {f"Jet_{name}": ak.unflatten(values[there], there.sum(1)) for name, values in (
            ("pt", jets["pt"]), ("eta", jets["eta"]), ("phi", jets["phi"]), ("genJetIdx", index),
            ("partonFlavour", jets["flavour"]), ("hadronFlavour", jets["flavour"]))}
        backwards = true[:, ::-1]
        jagged |= {f"GenJet_{name}": ak.unflatten(jets[f"true_{name}"][:, ::-1][backwards], true.sum(1))
                   for name in ("pt", "eta")}
        branches = {"event": "event", "run": "run", "weight": "genWeight", "mu": "Pileup_nTrueInt"}
        scalars = {branch: data[column] for column, branch in branches.items()}
        with uproot.recreate(self.folder / path) as file:
            tree = file.mktree("Events", {name: values.type.content for name, values in jagged.items()}
                               | {name: values.dtype for name, values in scalars.items()})
            for start in range(0, rows, 20_011):
                part = slice(start, start + 20_011)
                tree.extend({name: values[part] for name, values in (jagged | scalars).items()})
        return data

    def test_constants_are_those_of_the_original(self):
        for name, arguments in (("mc", ()), ("data", ("--pseudo-data",))):
            self.etacal("simulate", "--detector", "cms-like", "--events", "150k", "-o", f"{name}-own.h5", *arguments)
            data = self.nanoaod(f"{name}-own.h5", f"{name}.root")
            done = self.convert(f"{name}.root", "-o", f"{name}.h5")
            self.assertEqual((done.returncode, done.stdout), (0, f"{len(data['pt1'])} events are in {name}.h5\n"))
            found = columns(self.folder / f"{name}.h5")
            left_out = {"slice", "met_x", "met_y", "soft_x", "soft_y", "sum_et", "det_eta1", "det_eta2", "det_eta3"}
            self.assertEqual(set(found), set(data) - left_out)
            for column, values in found.items():
                self.assertSame(values, data[column], column)
            with h5py.File(self.folder / f"{name}-same.h5", "w") as file:
                for column in found:
                    file[f"events/{column}"] = data[column]
        fits = [
            self.etacal("fit", f"data{kind}.h5", "--mc", f"mc{kind}.h5", "--binning", "coarse", "-o", f"c{kind}.json")
            for kind in ("", "-same")]
        self.assertEqual(fits[0].stdout.replace("c.json", ""), fits[1].stdout.replace("c-same.json", ""))
        self.assertIn("valid", fits[0].stdout)
        one, other = (
            (self.folder / f"c{kind}.json").read_text().split('"inputs"')[0] for kind in ("", "-same"))
        self.assertEqual(one, other)


class ErrorTests(ConverterCase):
    def setUp(self):
        super().setUp()
        self.events = some_events(30, seed=4)
        write(self.folder / "a.root", self.events)

    def refused(self, status, arguments, *parts):
        self.assertRefused(self.convert(*arguments), status, "convert-nanoaod: ", *parts)
        self.assertFalse([name for name in os.listdir(self.folder) if "partial" in name or name == "out.h5"])

    def test_usage(self):
        for arguments, part in (
            ((), "required"), (("a.root",), "-o"), (("a.root", "-o", "out.csv"), ".h5"),
            (("a.root", "-o", "out.h5", "--slice", "-1"), "whole number"),
            (("a.root", "-o", "out.h5", "--slice", "4096"), "4095"),
            (("a.root", "-o", "out.h5", "--jet-id", "x"), "whole number"),
            (("a.root", "-o", "out.h5", "--nonsense"), "--nonsense"),
        ):
            self.refused(64, arguments, part, "--help")
        (self.folder / "in.h5").write_bytes((self.folder / "a.root").read_bytes())
        self.refused(64, ("in.h5", "-o", "in.h5", "--overwrite"), "in.h5", "output", "another name")
        self.assertEqual((self.folder / "in.h5").read_bytes(), (self.folder / "a.root").read_bytes())

    def test_help_needs_nothing(self):
        done = run(sys.executable, "-I", "-S", CONVERTER, "--help", folder=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Exit status", done.stdout)

    def test_missing_modules(self):
        done = run(sys.executable, "-I", "-S", CONVERTER, "a.root", "-o", "out.h5", folder=self.folder)
        self.assertRefused(done, 69, "uproot", "python3 -m pip install uproot awkward numpy h5py")

    def test_missing_inputs(self):
        self.refused(66, ("no.root", "-o", "out.h5"), "no.root", "No such file", "check the path")
        self.refused(66, ("a.root", "no.root", "-o", "out.h5"), "no.root")
        self.refused(66, (".", "-o", "out.h5"), "regular file")

    def test_outputs(self):
        (self.folder / "there.h5").write_text("precious")
        (self.folder / "folder.h5").mkdir()
        self.refused(73, ("a.root", "-o", "there.h5"), "there.h5", "exists", "--overwrite")
        self.assertEqual((self.folder / "there.h5").read_text(), "precious")
        self.refused(73, ("a.root", "-o", "folder.h5", "--overwrite"), "not a regular file")
        self.refused(73, ("a.root", "-o", "nowhere/out.h5"), "nowhere/out.h5", "No such file")
        done = self.convert("a.root", "-o", "there.h5", "--overwrite", "--quiet")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual(len(columns(self.folder / "there.h5")["pt1"]), 30)
        self.assertNothingLeft("a.root", "folder.h5", "there.h5")

    def test_full_disks(self):
        write(self.folder / "a.root", some_events(4000, seed=5), basket=4000)
        limit = 60_000
        done = self.convert_anew(
            "a.root", "-o", "out.h5", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        self.assertRefused(done, 74, "out.h5", "writing failed", "check the disk")
        self.assertNothingLeft("a.root")

    def test_interruption_leaves_nothing(self):
        write(self.folder / "a.root", some_events(60, seed=5) * 50, basket=3000)
        command = [sys.executable, "-B", str(CONVERTER), *["a.root"] * 200, "-o", "out.h5"]
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE, text=True) as process:
                while process.poll() is None and not list(self.folder.glob(".out.h5.partial-*")):
                    time.sleep(0.01)
                process.send_signal(number)
                try:
                    self.assertEqual(process.communicate(timeout=LONGEST)[1], "")
                finally:
                    process.kill()
            self.assertEqual(process.returncode, 128 + number)
            self.assertNothingLeft("a.root")

    def test_what_is_no_ntuple(self):
        whole = (self.folder / "a.root").read_bytes()
        for name, data in (
            ("empty", b""), ("text", b"pt1,eta1\n1,2\n"), ("magic", b"root"), ("cut", whole[:len(whole) // 2]),
            ("zeros", bytes(5000)),
        ):
            (self.folder / f"{name}.root").write_bytes(data)
            self.refused(65, (f"{name}.root", "-o", "out.h5"), f"{name}.root", "get it anew")
        self.refused(65, ("a.root", "text.root", "-o", "out.h5"), "text.root", "get it anew")
        self.refused(65, ("a.root", "--tree", "Runs", "-o", "out.h5"), "no tree 'Runs'", "--tree", "Events (TTree)")
        with uproot.recreate(self.folder / "other.root") as file:
            file.mkrntuple("Events", {"Jet_pt": np.arange(3.0)})
        self.refused(65, ("other.root", "-o", "out.h5"), "no tree 'Events'", "TTree", "RNTuple")

    def test_missing_branches(self):
        for branch, arguments in (
            ("Jet_pt", ()), ("Jet_eta", ()), ("Jet_phi", ()), ("Jet_jetId", ("--jet-id", "2")),
            ("Jet_puId", ("--pileup-id", "4")), ("MET_phi", ("--met", "MET")), ("GenJet_pt", ("--gen-jets", "GenJet")),
            ("Jet_genJetIdx", ("--gen-jets", "GenJet")), ("LHEWeight", ("--weight", "LHEWeight")),
            ("Pileup_nTrueInt", ("--mu", "Pileup_nTrueInt")),
        ):
            write(self.folder / "b.root", self.events, without=[branch])
            self.refused(65, ("b.root", "-o", "out.h5", *arguments), "b.root: Events", f"'{branch}'", "--help")
        for branch in ("genWeight", "event", "GenJet_eta", "MET_sumEt"):
            write(self.folder / "b.root", self.events, without=[branch])
            self.refused(65, ("a.root", "b.root", "-o", "out.h5"), "b.root: Events", f"'{branch}'")

    def test_branches_of_another_kind(self):
        self.refused(
            65, ("a.root", "--weight", "Jet_pt", "-o", "out.h5"), "a.root: Events/Jet_pt", "is a list", "one number")
        with uproot.recreate(self.folder / "b.root") as file:
            tree = file.mktree("Events", dict.fromkeys(("Jet_pt", "Jet_eta", "Jet_phi"), np.dtype("f4")))
            tree.extend(dict.fromkeys(("Jet_pt", "Jet_eta", "Jet_phi"), np.ones(3, "f4")))
        self.refused(65, ("b.root", "-o", "out.h5"), "b.root: Events/Jet_pt", "not one list", "collection")

    def test_lists_of_different_lengths(self):
        with uproot.recreate(self.folder / "b.root") as file:
            tree = file.mktree("Events", dict.fromkeys(("Jet_pt", "Jet_eta", "Jet_phi"), "var * float32"))
            tree.extend({"Jet_pt": ak.Array([[50.0], [60.0]]), "Jet_eta": ak.Array([[1.0], [1.0, 2.0]]),
                         "Jet_phi": ak.Array([[1.0], [1.0, 2.0]])})
        self.refused(65, ("b.root", "-o", "out.h5"), "b.root: Events[1]", "length of Jet_eta is 2")

    def test_no_events(self):
        write(self.folder / "b.root", [])
        self.refused(65, ("b.root", "-o", "out.h5"), "b.root", "no events")
        done = self.convert("b.root", "a.root", "b.root", "-o", "out.h5")
        self.assertEqual((done.returncode, len(columns(self.folder / "out.h5")["pt1"])), (0, 30), done.stderr)

    def test_impossible_numbers(self):
        def changed(place, **values):
            events = some_events(30, seed=4)
            (events[17] if place is None else events[17][place][1]).update(values)
            return events

        self.assertGreater(len(self.events[17]["GenJet"]), 1)
        types = {"event": "u8", "run": "i8"}
        linked = changed("GenJet", pt=math.nan)
        for jet in linked[17]["Jet"]:
            jet["genJetIdx"] = 1
        for events, branch in (
            (changed("Jet", pt=math.nan), "Jet_pt"), (changed("Jet", pt=math.inf), "Jet_pt"),
            (changed("Jet", pt=0), "Jet_pt"), (changed("Jet", pt=2e6), "Jet_pt"), (changed("Jet", eta=-20), "Jet_eta"),
            (changed("Jet", phi=180), "Jet_phi"),
            (linked, "GenJet_pt"), (changed(None, genWeight=math.inf), "genWeight"),
            (changed(None, MET_pt=math.nan), "MET_pt"), (changed(None, Pileup_nTrueInt=math.nan), "Pileup_nTrueInt"),
            (changed(None, event=2**53), "event"), (changed(None, run=2**31), "run"), (changed(None, run=-1), "run"),
        ):
            write(self.folder / "b.root", events, types=types)
            self.refused(65, ("a.root", "b.root", "-o", "out.h5"), f"b.root: Events[17]: {branch} is ", "; ")
        write(self.folder / "b.root", changed(None, LHEWeight=1e-200))
        self.refused(
            65, ("b.root", "--weight", "LHEWeight", "-o", "out.h5"), "Events[17]: LHEWeight is 1e-200", "ratios")


class MutationTests(ConverterCase):
    """Whatever is done to a ROOT file: it is refused in a line, or makes a table that can be read."""

    COUNT = 200

    def test_mutants(self):
        write(self.folder / "whole.root", some_events(40, seed=6), basket=13)
        whole = (self.folder / "whole.root").read_bytes()

        def tasks():
            for number in range(self.COUNT):
                (self.folder / f"{number}.root").write_bytes(mutated(whole, random.Random(number)))
                yield self.task(number, f"{number}.root", "-o", f"{number}.h5")

        statuses = forked(tasks())
        for number, status in statuses.items():
            said = (self.said / f"{number}.err").read_text(errors="replace")
            self.assertIn(status, (0, 65), f"mutant {number}: {said}")
            self.assertNotIn("Traceback", said)
            self.assertEqual(os.path.exists(self.folder / f"{number}.h5"), status == 0)
            if status == 65:
                self.assertEqual((said.count("\n"), said.count("convert-nanoaod: ")), (1, 1), said)
            else:
                found = columns(self.folder / f"{number}.h5")
                self.assertEqual({len(values) for values in found.values()}, {len(found["pt1"])})
        tried = list(statuses.values())
        self.assertGreater(tried.count(65), self.COUNT // 4)
        self.assertGreater(tried.count(0), self.COUNT // 10)
        self.assertFalse(list(self.folder.glob(".*partial*")))
