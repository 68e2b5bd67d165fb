"""What is wrong with ROOT files and options is told, and mutants of them (Scripts/convert-nanoaod)."""

import math
import os
import random
import resource
import signal
import subprocess
import sys
import time

import awkward as ak
import numpy as np
import uproot

from nanoaod import ConverterCase, some_events, write
from support import CONVERTER, LONGEST, columns, forked, mutated, run


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

    def test_a_full_standard_output(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [sys.executable, "-B", str(CONVERTER), "a.root", "-o", "out.h5"], cwd=self.folder, stdout=full,
                stderr=subprocess.PIPE, text=True, check=False)
        self.assertRefused(done, 74, "standard output", "the table is complete")
        self.assertEqual(len(columns(self.folder / "out.h5")["pt1"]), 30)

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

    COUNT = int(os.environ.get("ETACAL_MUTANTS", "1000"))

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
