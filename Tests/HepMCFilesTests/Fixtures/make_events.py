"""Makes the events of these tests: dijets of Pythia 8 as HepMC3 ASCII, graphs as Pythia's own interface to HepMC3 builds them.

    make_events.py --pthat 60-120 --events 8 --seed 1 [--digits 10] [--bare] [--alone] -o FILE.hepmc[.gz]
    make_events.py --fixtures        dijets-0.hepmc.gz, dijets-1.hepmc.gz and jets.json beside this script

pp at 13 TeV, HardQCD:all, Monash 2013 (NNPDF2.3 LO), multiparton interactions, hadronisation, decays with c tau < 10 mm.
`--bare` leaves positions of vertices out, `--alone` multiparton interactions. jets.json is what Benchmarks/peers/cluster.py makes of the two files.
Needs pythia8mc and pyhepmc, jets.json fastjet and NumPy as well: pip install pythia8mc==8.317.0 pyhepmc==2.16.1
fastjet==3.5.2.0.
"""

import argparse
import gzip
import io
import json
import sys
from pathlib import Path

import pyhepmc
import pythia8mc
from pyhepmc.io import WriterAscii

MILLIBARN = 1e9  # in picobarn
HERE = Path(__file__).resolve().parent


def generator(low, high, seed, alone):
    pythia = pythia8mc.Pythia("", False)
    for line in (
        "Print:quiet = on", "Beams:eCM = 13000.", "Tune:pp = 14", "HardQCD:all = on", f"PhaseSpace:pTHatMin = {low}",
        f"PhaseSpace:pTHatMax = {high}", "ParticleDecays:limitTau0 = on", "ParticleDecays:tau0Max = 10.",
        "Random:setSeed = on", f"Random:seed = {seed}",
        f"PartonLevel:MPI = {'off' if alone else 'on'}",
    ):
        pythia.readString(line)
    if not pythia.init():
        sys.exit("Pythia cannot start")
    return pythia


def converted(pythia, number, bare):
    """The event as Pythia8ToHepMC3 builds it: one vertex for each set of mothers."""
    record = pythia.event
    event = pyhepmc.GenEvent(pyhepmc.Units.GEV, pyhepmc.Units.MM)
    event.event_number = number
    particles = [None]
    for index in range(1, record.size()):
        entry = record[index]
        particle = pyhepmc.GenParticle(
            (entry.px(), entry.py(), entry.pz(), entry.e()), entry.id(), entry.statusHepMC())
        particle.generated_mass = entry.m()
        particles.append(particle)
    ends = {}
    for index in range(1, record.size()):
        mothers = list(record[index].motherList())
        if not mothers or mothers == [0]:
            continue
        vertex = ends.get(mothers[0])
        if vertex is None:
            entry = record[index]
            position = (0, 0, 0, 0) if bare else (entry.xProd(), entry.yProd(), entry.zProd(), entry.tProd())
            vertex = pyhepmc.GenVertex(position)
            for mother in mothers:
                if mother not in ends:
                    ends[mother] = vertex
                    vertex.add_particle_in(particles[mother])
        vertex.add_particle_out(particles[index])
    # From the beams on, so that mothers come before their daughters.
    event.add_tree(particles[1:3] if len(particles) > 2 else [])
    event.weights = [pythia.infoPython().weight()]
    event.attributes["event_scale"] = record.scale()
    event.attributes["signal_process_id"] = pythia.infoPython().code()
    section = pyhepmc.GenCrossSection()
    event.cross_section = section
    info = pythia.infoPython()
    section.set_cross_section(
        info.sigmaGen() * MILLIBARN, info.sigmaErr() * MILLIBARN, info.nAccepted(), info.nTried())
    return event


def write(path, low, high, events, seed, digits, bare, alone):
    pythia = generator(low, high, seed, alone)
    run = pyhepmc.GenRunInfo()
    run.weight_names = ["0"]
    text = path.with_suffix("") if path.suffix == ".gz" else path
    with WriterAscii(str(text), run) as writer:
        writer.precision = digits
        for number in range(events):
            while not pythia.next():
                pass
            event = converted(pythia, number, bare)
            event.run_info = run
            writer.write_event(event)
    if path.suffix == ".gz":
        # Neither the time nor the name, so that the same events are the same bytes.
        path.write_bytes(gzip.compress(text.read_bytes(), 9, mtime=0))
        text.unlink()


def write_fixtures():
    sys.path.insert(0, str(HERE.parents[2] / "Benchmarks" / "peers"))
    import cluster

    names = ["dijets-0.hepmc.gz", "dijets-1.hepmc.gz"]
    for slice_, (low, high) in enumerate([(60, 120), (120, 250)]):
        write(HERE / names[slice_], low, high, 8, 11 + slice_, 6, True, True)
    rows = {label: cluster.rows([HERE / name for name in names], label) for label in ("cone", "ghost")}
    (HERE / "jets.json").write_text(json.dumps(rows, indent=0).replace("\n", "") + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fixtures", action="store_true", help="make the files of the tests")
    parser.add_argument("--pthat", default="60-120", help="GeV")
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--digits", type=int, default=16)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("-o", dest="output", type=Path)
    arguments = parser.parse_args()
    if arguments.fixtures:
        write_fixtures()
        return
    low, high = map(float, arguments.pthat.split("-"))
    write(
        arguments.output, low, high, arguments.events, arguments.seed, arguments.digits, arguments.bare,
        arguments.alone)


if __name__ == "__main__":
    main()
