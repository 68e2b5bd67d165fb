"""Tables of events in HDF5, beside readers and writers that EtaCal has no part in: h5py, pandas and PyTables."""

import gzip
import json
import os
import random
import signal
import subprocess
import unittest
import warnings
from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pandas as pd

from support import LONGEST, FolderCase, columns, etacal, mutated, run, without_origin

JETS = [f"{name}{jet}" for jet in (1, 2, 3) for name in ("pt", "eta", "phi")]
TRUTH = [f"{name}{jet}" for jet in (1, 2, 3) for name in ("true_pt", "true_eta")]
DETECTOR = [f"det_eta{jet}" for jet in (1, 2, 3)]
# What `fit` reads of a table.
READ = ["event", "slice", "weight", *JETS, *TRUTH, *DETECTOR]
INTEGERS = {"event": "u8", "slice": "i4", "run": "i4", **{f"flavour{jet}": "i4" for jet in (1, 2, 3)}}


def write_csv(path, table):
    """Numbers by their shortest texts that read back bit for bit, nothing for NaN."""
    with open(path, "w") as file:
        file.write(",".join(table) + "\n")
        lists = [[repr(value) if value == value else "" for value in values.tolist()] for values in table.values()]
        file.writelines(",".join(row) + "\n" for row in zip(*lists))


class ReaderTests(FolderCase):
    """What `simulate` writes, read by others."""

    def setUp(self):
        super().setUp()
        # Of pseudo-data all events of a slice count alike.
        command = ("simulate", "--detector", "cms-like", "--pseudo-data", "--events", "40k", "--seed", "3")
        self.etacal(*command, "-o", "x.h5")
        self.etacal(*command, "-o", "x.csv")

    def test_columns_are_those_of_the_text(self):
        # What float_precision="round_trip" was for is the default of pandas 3.
        text = pd.read_csv(self.folder / "x.csv")
        with h5py.File(self.folder / "x.h5") as file:
            frame = pd.DataFrame({name: dataset[:] for name, dataset in file["events"].items()})
        self.assertEqual(sorted(frame), sorted(text))
        self.assertGreaterEqual(len(frame), 40_000)
        for name in frame:
            kind = INTEGERS.get(name, "f8")
            self.assertEqual(frame[name].dtype, np.dtype(kind), name)
            # Text says nothing of the flavour of a jet that is not there or has no truth.
            expected = text[name].fillna(0).astype(kind) if name in INTEGERS else text[name].astype(kind)
            self.assertSame(frame[name], expected, name)
        self.assertTrue(frame["pt3"].isna().any() and frame["pt3"].notna().any())

    def test_attributes_say_what_it_is(self):
        with h5py.File(self.folder / "x.h5") as file:
            self.assertEqual(list(file), ["events"])
            events = file["events"]
            self.assertEqual(events.attrs["schema"], b"etacal.events/1")
            self.assertEqual(sorted(name.decode() for name in events.attrs["columns"]), sorted(events))
            version = run(etacal(), "--version", folder=self.folder).stdout.split()[-1]
            self.assertEqual(events.attrs["version"].decode(), version)
            said = events.attrs["configuration"]
            self.assertIn(b"seed: 3\n", said)
            self.assertIn(b'name: "cms-like"', said)
            (self.folder / "said").write_bytes(said)
            done = subprocess.run(["sha256sum", "said"], cwd=self.folder, capture_output=True, text=True, check=True)
            self.assertEqual(events.attrs["configuration_sha256"].decode(), done.stdout.split()[0])
            weights = events.attrs["slice_weights"]
            self.assertSame(events["weight"][:], weights[events["slice"][:]])
            for name, dataset in events.items():
                unit = {"p": "rad"}.get(name[0]) if name.startswith("phi") else None
                if name.startswith(("pt", "true_pt", "met", "soft", "sum")):
                    unit = "GeV"
                found = dataset.attrs.get("unit")
                self.assertEqual(found.decode() if found is not None else None, unit, name)
                self.assertEqual((dataset.chunks, dataset.shuffle, dataset.compression_opts), ((16384,), True, 1))

    def test_the_tools_of_hdf5_find_nothing_wrong(self):
        done = run("h5dump", "-H", "x.h5", folder=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class WriterTests(FolderCase):
    """Tables of others: `fit` makes of them what it makes of the same values as text."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scratch = cls("setUp")
        scratch.setUp()
        try:
            scratch.etacal("simulate", "--detector", "cms-like", "--events", "30k", "-o", "x.h5")
            cls.table = columns(scratch.folder / "x.h5")
        finally:
            scratch.doCleanups()

    def write(self, name, table, **storage):
        with h5py.File(self.folder / name, "w") as file:
            for column, values in table.items():
                file.create_dataset(f"events/{column}", data=values, **storage)

    def expected(self, table):
        write_csv(self.folder / "same.csv", table)
        return self.constants("same.csv")

    def assertTaken(self, table, name="other.h5"):
        """What is there is taken at its word."""
        self.assertEqual(self.constants(name), self.expected(table))

    def test_layouts(self):
        expected = self.expected(self.table)
        # Constants are found, and other numbers would change them.
        self.assertNotEqual(self.expected(self.table | {"pt1": self.table["pt1"] * (1 + 1e-6)}), expected)
        made = json.loads((self.folder / "c.json").read_text())
        self.assertTrue(any(number for row in made["correction"] for number in row))
        for storage in (
            {}, {"chunks": (1000,)}, {"chunks": (7,)}, {"compression": "gzip", "compression_opts": 9},
            {"compression": "gzip", "shuffle": True, "chunks": (4096,)}, {"shuffle": True}, {"fletcher32": True},
            {"chunks": (len(self.table["pt1"]),)}, {"maxshape": (None,)},
        ):
            with self.subTest(storage=storage):
                self.write("other.h5", self.table, **storage)
                self.assertEqual(self.constants("other.h5"), expected)

    def test_versions_of_the_format(self):
        expected = self.expected(self.table)
        for version in ("earliest", "v108", "v110"):
            versions = (version, "v110" if version == "earliest" else version)
            # HDF5 may begin behind a block of something else.
            block = 512 if version == "v108" else 0
            with h5py.File(self.folder / "other.h5", "w", libver=versions, userblock_size=block) as file:
                for column, values in self.table.items():
                    file[f"events/{column}"] = values
            self.assertEqual(self.constants("other.h5"), expected, version)

    def test_types_that_lose_nothing(self):
        items = self.table.items()
        big = {name: values.astype(values.dtype.newbyteorder(">")) for name, values in items}
        wide = {name: values.astype("i8") if values.dtype.kind in "iu" else values for name, values in items}
        small = {name: values.astype("u2") if name == "slice" else values for name, values in items}
        for table in (big, wide, small):
            self.write("other.h5", table)
            self.assertTaken(self.table)

    def test_numbers_of_less_precision(self):
        table = {
            name: values.astype("f4") if values.dtype.kind == "f" else values for name, values in self.table.items()}
        self.write("other.h5", table, compression="gzip")
        # As doubles, which the text says in full.
        self.assertTaken(table)

    def test_whole_numbers_as_momenta(self):
        table = {name: self.table[name][np.isfinite(self.table["pt3"])] for name in ("event", *JETS)}
        for jet in (1, 2, 3):
            table[f"pt{jet}"] = table[f"pt{jet}"].round().astype("u4")
        self.write("other.h5", table)
        self.assertTaken(table)

    def test_offsets_and_scales_are_taken_as_they_stand(self):
        """Filters that round are the writer's decision: h5py and EtaCal read the same."""
        self.write("other.h5", self.table, scaleoffset=8)
        read = columns(self.folder / "other.h5")
        self.assertFalse((read["eta1"] == self.table["eta1"]).all())
        self.assertTaken(read)

    def test_subsets_of_columns(self):
        for absent in (
            ("pt3", "eta3", "phi3", "det_eta3", "true_pt3", "true_eta3"), TRUTH, ("weight",), ("slice",), ("event",),
            DETECTOR, [name for name in self.table if name not in JETS[:6]],
        ):
            table = {name: values for name, values in self.table.items() if name not in absent}
            with self.subTest(absent=absent):
                self.write("other.h5", table)
                self.assertTaken(table)

    def test_lzf_is_refused(self):
        self.write("other.h5", self.table, compression="lzf")
        self.refused("other.h5", "other.h5: /events/event", "filter 'lzf'", "not known", "gzip")

    def test_types_that_cannot_be_are_refused(self):
        """Bits of numbers outside of them, in files without checksums: HDF5 1.10 does not look."""
        with h5py.File(self.folder / "old.h5", "w", libver=("earliest", "v110")) as file:
            for column in READ:
                file[f"events/{column}"] = self.table[column]
        whole = (self.folder / "old.h5").read_bytes()
        # Class and version, bit fields, size; offset, precision; places and sizes of exponent and mantissa; bias.
        real = bytes.fromhex("11203f00 08000000 0000 4000 34 0b 00 34 ff030000")
        integer = bytes.fromhex("10080000 04000000 0000 2000")
        for type_, place, value in (
            (real, 8, 1), (real, 9, 1), (real, 10, 0), (real, 10, 0x80), (real, 12, 0x7F), (real, 13, 0xFF),
            (real, 14, 0x80), (real, 15, 0xFF), (real, 2, 0x80), (integer, 8, 1), (integer, 10, 0), (integer, 10, 0x40),
        ):
            with self.subTest(place=place, value=value):
                data, start = bytearray(whole), whole.index(type_)
                data[start + place] = value
                (self.folder / "other.h5").write_bytes(data)
                self.refused("other.h5", "other.h5: /events/")

    def refused(self, name, *parts):
        (self.folder / "c.json").unlink(missing_ok=True)
        done = run(etacal(), "fit", name, "-o", "c.json", folder=self.folder)
        self.assertRefused(done, 65, "etacal: ", *parts)
        self.assertNotIn("c.json", os.listdir(self.folder))

    def test_tables_of_pandas_are_refused(self):
        frame = pd.DataFrame(self.table)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for form in ("fixed", "table"):
                frame.to_hdf(self.folder / f"{form}.h5", key="events", format=form)
                self.refused(f"{form}.h5", f"{form}.h5: /events", "'pt1'", "dataset")
                frame.to_hdf(self.folder / f"{form}-else.h5", key="frame", format=form)
                self.refused(f"{form}-else.h5", f"{form}-else.h5: /events", "group")

    def test_columns_that_are_none(self):
        rows = len(self.table["pt1"])
        for column, values, problem in (
            ("eta2", self.table["eta2"][:-1], "rows"), ("true_pt1", self.table["true_pt1"][:0], "rows"),
            ("phi1", self.table["phi1"].reshape(-1, 1), "2 dimensions"), ("weight", np.float64(1), "dimensions"),
            ("pt2", np.array([b"80"] * rows), "no numbers"), ("eta1", self.table["eta1"].astype("c16"), "no numbers"),
            ("event", self.table["event"].astype(f"S{20}"), "no numbers"),
            ("pt1", np.where(np.arange(rows) == 5, np.inf, self.table["pt1"]), "[5]"),
            ("eta1", np.where(np.arange(rows) == 7, 1e3, self.table["eta1"]), "[7]"),
            ("slice", np.where(np.arange(rows) == 9, -1, self.table["slice"]), "[9]"),
        ):
            with self.subTest(column=column, problem=problem):
                self.write("other.h5", self.table | {column: values})
                # Of columns of two lengths, either may be the wrong one.
                exact = problem not in ("rows",) and not problem.startswith("[")
                self.refused("other.h5", f"other.h5: /events{'/' + column if exact else ''}", problem, "; ")
        self.write("other.h5", {name: values for name, values in self.table.items() if name != "phi2"})
        self.refused("other.h5", "other.h5: /events", "'phi2' is missing", "found: ")
        self.write("other.h5", {name: values[:0] for name, values in self.table.items()})
        self.refused("other.h5", "other.h5", "no events")
        with h5py.File(self.folder / "other.h5", "w") as file:
            file["events"] = np.arange(3.0)
        self.refused("other.h5", "other.h5: /events", "group")
        with h5py.File(self.folder / "other.h5", "w") as file:
            file["Events/pt1"] = np.arange(3.0)
        self.refused("other.h5", "other.h5: /events", "group")

    def test_unknown_columns_are_kept(self):
        rows = len(self.table["pt1"])
        rng = np.random.default_rng(2)
        unknown = {
            "charge1": rng.integers(-3, 3, rows).astype("i1"), "charge2": rng.integers(-3, 3, rows).astype("i1"),
            "charge3": rng.integers(-3, 3, rows).astype("i1"), "era": rng.choice([b"A", b"Bc"], rows),
            "good": rng.random(rows) < 0.5, "vertex": rng.normal(size=rows).astype(">f4"),
        }
        self.write("other.h5", self.table | unknown, compression="gzip")
        self.etacal("simulate", "--detector", "cms-like", "--events", "300k", "-o", "mc.h5")
        self.etacal("fit", "mc.h5", "--binning", "coarse", "-o", "c.json")
        self.etacal("apply", "c.json", "other.h5", "-o", "applied.h5")
        found = columns(self.folder / "applied.h5")
        self.assertEqual(set(found), set(self.table | unknown))
        for name in ("era", "good", "vertex"):
            self.assertSame(found[name], unknown[name], name)
            self.assertEqual(found[name].dtype, unknown[name].dtype)
        # What ends in a jet's number moves with the jet, which its true η tells.
        for jet in (1, 2, 3):
            before = [np.stack([table[f"{name}{number}"] for number in (1, 2, 3)], 1)
                      for name, table in (("true_eta", self.table), ("charge", unknown))]
            place = before[0] == found[f"true_eta{jet}"][:, None]
            known = place.sum(1) == 1
            self.assertGreater(known.sum(), rows // 2)
            self.assertSame(found[f"charge{jet}"][known], before[1][place & known[:, None]], f"charge{jet}")
        self.assertTrue((found["true_eta1"] != self.table["true_eta1"]).any())


class MutationCase(FolderCase):
    """Whatever is done to a table: it is refused with its place, or taken as it stands there."""

    ROWS = 150
    MUTANTS = int(os.environ.get("ETACAL_MUTANTS", "1000"))

    def setUp(self):
        super().setUp()
        self.etacal("simulate", "--detector", "cms-like", "--events", "2k", "-o", "x.h5")
        table = columns(self.folder / "x.h5")
        step = len(table["pt1"]) // self.ROWS
        self.table = {name: table[name][::step][:self.ROWS] for name in READ}

    def fit(self, path):
        """Status and bytes of the constants of a table, or what was said. A signal or a hang is a failure."""
        output = f"{path}.json"
        try:
            done = run(etacal(), "fit", path, "--binning", "coarse", "--passes", "1", "--threads", "1", "-o", output,
                       "--quiet", folder=self.folder, timeout=LONGEST)
        except subprocess.TimeoutExpired:
            return -signal.SIGALRM, b""
        if done.returncode not in (0, 1):
            return done.returncode, done.stderr
        made = without_origin((self.folder / output).read_bytes())
        os.unlink(self.folder / output)
        return 0, made

    def examine(self, wholes, read):
        """Fits mutants of tables, and texts of what `read` finds in those that are taken."""
        made = {}

        def attempt(number):
            name, whole = wholes[number % len(wholes)]
            path = self.folder / f"{number}-{name}"
            path.write_bytes(mutated(whole, random.Random(number)))
            status, said = self.fit(path.name)
            if status == 0:
                table = read(path)
                if table is None:
                    return status, said, None
                key = tuple(sorted((column, values.tobytes()) for column, values in table.items()))
                if key not in made:
                    write_csv(self.folder / f"{number}-same.csv", table)
                    made[key] = self.fit(f"{number}-same.csv")
                said = said == made[key][1]
            path.unlink()
            return status, said, len(made)

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(attempt, range(self.MUTANTS)))
        for number, (status, said, read_by_others) in enumerate(results):
            name = wholes[number % len(wholes)][0]
            self.assertIn(status, (0, 65), f"mutant {number} of {name}: {said}")
            if status == 65:
                self.assertIn(f"{number}-{name}", said)
                self.assertEqual((said.count("; ") > 0, said.strip().count("\n")), (True, 0), said)
            else:
                self.assertIsNotNone(read_by_others, f"mutant {number} of {name} is taken, and others cannot read it")
                self.assertTrue(said, f"mutant {number} of {name} is not taken as others read it")
        refused = sum(status == 65 for status, _, _ in results)
        self.assertGreater(refused, self.MUTANTS // 10)
        self.assertGreater(self.MUTANTS - refused, self.MUTANTS // 20)
        # Some say something else than the whole tables.
        self.assertGreater(len(made), len(wholes))


class HDF5MutationTests(MutationCase):
    def test_mutants(self):
        wholes = []
        for name, versions, storage in (
            ("own.h5", ("v110", "v110"), {"shuffle": True, "compression": "gzip", "compression_opts": 1}),
            ("old.h5", ("earliest", "v110"), {}), ("chunks.h5", ("earliest", "v110"), {"chunks": (64,)}),
            ("new.h5", ("v110", "v110"), {"chunks": (64,), "fletcher32": True}),
        ):
            with h5py.File(self.folder / name, "w", libver=versions) as file:
                for column, values in self.table.items():
                    file.create_dataset(f"events/{column}", data=values, **storage)
            wholes.append((name, (self.folder / name).read_bytes()))
        self.examine(wholes, self.read)

    def read(self, path):
        """The columns that `fit` reads, by h5py or, where its newer library is stricter, h5dump; None if both fail."""
        try:
            with h5py.File(path) as file:
                events = file["events"]
                return {name: events[name][:].astype("f8") for name in READ if name in events}
        except (OSError, RuntimeError, KeyError, TypeError, ValueError):
            dumped = {name: self.dumped(path, name) for name in READ}
            there = {name: values for name, values in dumped.items() if values is not None}
            return there if there.keys() >= {"pt1", "eta1", "phi1", "pt2", "eta2", "phi2"} else None

    def dumped(self, path, name):
        done = run("h5dump", "-y", "-w", "1", "-m", "%.17g", "-d", f"/events/{name}", path, folder=self.folder)
        if done.returncode or "DATA {" not in done.stdout:
            return None
        text = done.stdout.split("DATA {")[1].split("}")[0]
        return np.array([float(number) for number in text.replace(",", " ").split()])


class TextMutationTests(MutationCase):
    """The same of text, whose numbers Tests/EventFilesTests examine in many more mutants: here the whole program."""

    def test_mutants(self):
        write_csv(self.folder / "x.csv", self.table)
        text = (self.folder / "x.csv").read_bytes()
        wholes = [("e.csv", text), ("e.csv.gz", gzip.compress(text)), ("stored.csv.gz", gzip.compress(text, 0))]

        def attempt(number):
            name, whole = wholes[number % len(wholes)]
            path = self.folder / f"{number}-{name}"
            path.write_bytes(mutated(whole, random.Random(number)))
            status, said = self.fit(path.name)
            if status == 0 and name.endswith(".gz"):
                # What is taken is what Python unpacks.
                (self.folder / f"{number}-same.csv").write_bytes(gzip.decompress(path.read_bytes()))
                self.assertEqual(self.fit(f"{number}-same.csv"), (0, said), path.name)
            return number, name, status, said

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(attempt, range(self.MUTANTS)))
        for number, name, status, said in results:
            self.assertIn(status, (0, 65), f"mutant {number} of {name}: {said}")
            if status == 65:
                self.assertRegex(said, rf"^etacal: {number}-{name}(:\d+)?: [^\n]+; [^\n]+\n$")
        taken = [name for _, name, status, _ in results if status == 0]
        self.assertTrue(0 < len(taken) < self.MUTANTS and "e.csv" in taken)

