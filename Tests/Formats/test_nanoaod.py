"""Scripts/convert-nanoaod, on ROOT files that uproot writes here."""

import hashlib
import math
import sys
import time
from unittest import mock

import awkward as ak
import h5py
import numpy as np
import uproot

from nanoaod import ConverterCase, some_events, write
from support import CONVERTER, columns, run


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
        said = "181 events are in anew.h5, their missing momentum is MET\n"
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, said, ""))
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
        for event in self.events:
            event["Jet"] = [jet | {"pt": jet["pt"] * (1 - jet["rawFactor"])} for jet in event["Jet"]]
        self.assertRows(self.converted("a.root", "b.root", "--raw"))

    def test_slices(self):
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
