"""Clusters HepMC3 events with pyhepmc and fastjet, as `etacal cluster` does, from its description and not from its code.

    cluster.py FILE...                     times it; the last line is a JSON object (FastJet greets before)
    cluster.py --rows [--label ghost] FILE...    prints the rows of the truth sample as JSON, in the order of `columns()`

Jets: anti-kT of stable visible particles, the four leading ones. Flavours: see docs/cli.md.
"""

import argparse
import json
import math
import sys
import time
from importlib.metadata import version

import fastjet
import numpy
import pyhepmc

RADIUS = 0.4
PT_MIN = 8.0
ABS_ETA_MAX = 5.2
HADRON_PT = 5.0
HADRON_CONE = 0.3
JETS = 4
GHOST = 1e-18
INVISIBLE = numpy.array([12, 14, 16, 1000022, 1000039, 51, 52, 53])


def columns():
    jets = [f"{name}{jet}" for jet in range(1, JETS + 1) for name in ("pt", "eta", "phi", "m", "flavour")]
    return ["slice", "event", *jets, "soft_px", "soft_py", "soft_sumet", "inv_px", "inv_py"]


def heaviest_quark(pid):
    """Of hadrons, for each PDG number; 0 for whatever is none."""
    code = numpy.abs(pid)
    excited = (code > 9_000_000) & (code < 10_000_000)
    code = numpy.where(excited, code % 100_000, code)
    baryon, meson, last = code // 1000 % 10, code // 100 % 10, code // 10 % 10
    hadron = (code > 100) & (code < 1_000_000) & (meson > 0) & (last > 0)
    return numpy.where(hadron, numpy.where(baryon > 0, baryon, meson), 0)


def last_hadrons(event, pid, quark):
    """Places of hadrons with this quark none of whose daughters is one, too."""
    heavy = heaviest_quark(pid) == quark
    if not heavy.any():
        return []
    particles = event.particles
    kept = []
    for place in numpy.flatnonzero(heavy):
        end = particles[place].end_vertex
        if end is None or not any(heavy[daughter.id - 1] for daughter in end.particles_out):
            kept.append(place)
    return kept


def pseudorapidity(px, py, pz):
    with numpy.errstate(divide="ignore"):
        return numpy.arcsinh(pz / numpy.hypot(px, py))


def near(jet_eta, jet_phi, eta, phi, cone):
    turn = numpy.abs(phi - jet_phi)
    turn = numpy.minimum(turn, 2 * math.pi - turn)
    return (eta - jet_eta) ** 2 + turn**2 < cone**2


def row(event, slice_, number, definition, label):
    particles = event.numpy.particles
    scale = 1.0 if event.momentum_unit == pyhepmc.Units.GEV else 1e-3
    px, py, pz, energy = (scale * component for component in (particles.px, particles.py, particles.pz, particles.e))
    pid, status = particles.pid, particles.status
    pt = numpy.hypot(px, py)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        eta = numpy.where(pt > 0, numpy.arcsinh(pz / pt), numpy.inf)
    phi = numpy.arctan2(py, px)
    stable = status == 1
    invisible = numpy.isin(numpy.abs(pid), INVISIBLE)
    seen = numpy.flatnonzero(stable & ~invisible & (numpy.abs(eta) < ABS_ETA_MAX))
    unseen = stable & invisible
    hadrons = {quark: [p for p in last_hadrons(event, pid, quark) if pt[p] > HADRON_PT] for quark in (5, 4)}
    code = numpy.abs(pid)
    partons = numpy.flatnonzero((((code >= 1) & (code <= 3)) | (code == 21)) & (pt > 0))
    inputs = [
        fastjet.PseudoJet(*momentum) for momentum in zip(
            px[seen].tolist(), py[seen].tolist(), pz[seen].tolist(), energy[seen].tolist(), strict=True)
    ]
    ghosts = []
    if label == "ghost":
        ghosts = [*hadrons[5], *hadrons[4], *partons]
        inputs += [
            fastjet.PseudoJet(*(GHOST * component for component in (px[p], py[p], pz[p], energy[p]))) for p in ghosts
        ]
    for place, particle in enumerate(inputs):
        particle.set_user_index(place)
    sequence = fastjet.ClusterSequence(inputs, definition)
    jets = fastjet.sorted_by_pt(sequence.inclusive_jets(PT_MIN))[:JETS]
    owner = numpy.full(len(inputs), -1)
    for index, jet in enumerate(jets):
        owner[[particle.user_index() for particle in jet.constituents()]] = index
    of_ghost = dict(zip(ghosts, owner[len(seen):].tolist(), strict=True))
    values = [slice_, number]
    for index in range(JETS):
        if index >= len(jets):
            values += [None] * 5
            continue
        jet = jets[index]
        jet_eta, jet_phi = jet.eta(), jet.phi_std()

        def within(places, cone):
            places = numpy.array(places, dtype=int)
            if label == "ghost":
                return [p for p in places.tolist() if of_ghost[p] == index]
            return places[near(jet_eta, jet_phi, eta[places], phi[places], cone)].tolist()

        flavour = next((quark for quark in (5, 4) if within(hadrons[quark], HADRON_CONE)), 0)
        if flavour == 0:
            candidates = within(partons, RADIUS)
            if candidates:
                flavour = int(code[max(candidates, key=lambda p: (pt[p], -p))])
        values += [jet.pt(), jet_eta, jet_phi, max(0.0, jet.m()), flavour]
    rest = seen[owner[: len(seen)] < 0]
    values += [px[rest].sum(), py[rest].sum(), pt[rest].sum(), px[unseen].sum(), py[unseen].sum()]
    return [None if value is None else value.item() if hasattr(value, "item") else value for value in values]


def rows(paths, label="cone"):
    definition = fastjet.JetDefinition(fastjet.antikt_algorithm, RADIUS)
    made = []
    for slice_, path in enumerate(paths):
        with pyhepmc.open(str(path)) as events:
            made += [row(event, slice_, number, definition, label) for number, event in enumerate(events)]
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", action="store_true", help="print what was made")
    parser.add_argument("--label", choices=["cone", "ghost"], default="cone")
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    start = time.perf_counter(), time.process_time()
    made = rows(arguments.files, arguments.label)
    seconds, processor = time.perf_counter() - start[0], time.process_time() - start[1]
    if arguments.rows:
        print(json.dumps(made))
        return
    print(json.dumps({
        "peer": "pyhepmc and fastjet", "events": len(made), "seconds": seconds, "cpu_seconds": processor,
        "versions": {name: version(name) for name in ("pyhepmc", "fastjet", "numpy")},
    }))


if __name__ == "__main__":
    main()
