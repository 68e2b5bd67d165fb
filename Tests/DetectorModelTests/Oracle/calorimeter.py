"""Response and resolution of a calorimeter by another road, for the tests of `Calorimeter`.

    python3 calorimeter.py CARD > calorimeter.json    needs NumPy, SciPy and PyYAML; CARD has a key `calorimeter`

What is computed is the same, how is not: a jet is laid out along eta on a fine grid and every sum over sub-calorimeters,
materials and profiles is an integral over that grid instead of a difference of error functions; moments of the
fragmentation function are integrals over it; where eta is absolute, the calorimeter is laid out on both sides.
With --table the numbers of a few places and the pull of eta, w^2 d ln R / d eta, are printed instead.
"""

import json
import sys

import numpy
import yaml
from scipy.integrate import quad


class Calorimeter:
    def __init__(self, keys):
        self.width = keys.get("jet_width", 0.1)
        self.photons = keys.get("photon_fraction", 0.27)
        self.power = keys.get("fragmentation", 4)
        self.absolute = keys["eta"] == "absolute"
        self.parts = keys["sub_calorimeters"]
        self.materials = keys.get("dead_material", [])
        weight = quad(lambda z: (1 - z) ** self.power, 0, 1)[0]
        self.mean_share = quad(lambda z: z * (1 - z) ** self.power, 0, 1)[0] / weight
        self.moments = {}
        for part in self.parts:
            m = part.get("m", 0.82)
            # The singularity at 0 goes with the substitution z = y^(1/m).
            self.moments[m] = quad(lambda y: (1 - y ** (1 / m)) ** self.power / m, 0, 1)[0] / weight

    @staticmethod
    def beyond(depth, energy):
        energy = max(energy, 1)
        peak, length, tail = 0.7 + 0.2 * numpy.log(energy), energy**0.13, 0.05 * numpy.exp(2.5)
        if depth < peak:
            return 1 - (1 - tail) * (depth / peak) ** (4 / 3)
        return tail * numpy.exp((peak - depth) / length)

    def place(self, eta, pt):
        """Sums over the jet's profile, in units of its energy, and the share that materials leave."""
        if self.absolute:
            eta = abs(eta)
        energy = pt * numpy.cosh(eta)
        # Midpoints of steps that end at multiples of 0.005, where the edges are.
        step = 0.0005
        grid = numpy.arange(round((eta - 10 * self.width) / step), round((eta + 10 * self.width) / step)) * step + step / 2
        jet = numpy.exp(-0.5 * ((grid - eta) / self.width) ** 2)
        jet *= step / (numpy.sqrt(2 * numpy.pi) * self.width)
        names = ("response", "square", "stochastic", "constant", "noise", "missing", "leakage")
        sums = dict.fromkeys(names, 0.0)
        for part in self.parts:
            low, high = part["eta"]
            position = abs(grid) if self.absolute else grid
            weight = jet[(position >= low) & (position < high)].sum()
            end = part.get("depth_end", part["depth"])
            depth = numpy.interp(eta, [low, high], [part["depth"], end])
            m = part.get("m", 0.82)
            deficit = min(1, self.moments[m] * (energy / part.get("e0", 1)) ** (m - 1))
            contained = 1 - (1 - part["h_over_e"]) * deficit
            leak = self.beyond(depth, energy * self.mean_share)
            seen, scale = contained * (1 - leak), part.get("em_scale", 1)
            whole = scale * (self.photons + (1 - self.photons) * seen)
            hadrons = weight * scale**2 * (1 - self.photons)
            sums["response"] += weight * whole
            sums["square"] += weight * whole**2
            sums["stochastic"] += hadrons * seen**2 * part["stochastic"] ** 2 / energy
            sums["constant"] += hadrons * seen**2 * part["constant"] ** 2 * self.mean_share
            sums["noise"] += weight * part["noise"] ** 2
            sums["missing"] += weight * scale * (1 - seen)
            sums["leakage"] += hadrons * contained**2 * 0.2 * leak * (1 - leak) * self.mean_share
        losses = []
        for material in self.materials:
            distance = abs(grid - material["eta"])
            if material.get("profile", "gaussian") == "box":
                shape = distance < material["width"]
            else:
                shape = numpy.exp(-0.5 * (distance / material["width"]) ** 2)
            if "fraction" in material:
                lost = min(1, material["fraction"] * (100 / pt) ** material.get("pt_exponent", 0))
            else:
                lost = 1 - self.beyond(material["interaction_lengths"], energy * self.mean_share)
            losses.append(lost * (jet * shape).sum())
        return sums, losses

    def response(self, eta, pt):
        sums, losses = self.place(eta, pt)
        return sums["response"] * numpy.prod([1 - lost for lost in losses])

    def resolution(self, eta, pt):
        sums, losses = self.place(eta, pt)
        photons = sums["missing"] ** 2 * self.photons * (1 - self.photons) * self.mean_share
        sharing = (sums["square"] - sums["response"] ** 2) * self.mean_share
        variance = sums["stochastic"] + sums["constant"] + photons + sums["leakage"] + sharing
        variance /= sums["response"] ** 2
        variance += sums["noise"] / (pt * self.response(eta, pt)) ** 2
        variance += sum(0.2 * self.mean_share * lost / (1 - lost) for lost in losses)
        return numpy.sqrt(variance)


def main():
    with open(sys.argv[1]) as file:
        keys = yaml.safe_load(file)["calorimeter"]
    calorimeter = Calorimeter(keys)
    if "--table" in sys.argv:
        momenta = (20, 30, 100, 300, 1000)
        for eta in (0.4, 0.9, 1.2, 1.45, 1.6, 2.0, 2.3, 2.85, 3.2, 3.5, 4.0, 4.5, 4.7, 4.9):
            response = " ".join(f"{calorimeter.response(eta, pt):.3f}" for pt in momenta)
            resolution = " ".join(f"{100 * calorimeter.resolution(eta, pt):5.1f}" for pt in momenta)
            print(f"{eta:5.2f}  R {response}   σ/pT [%] {resolution}")
        for pt in (30, 100, 300):
            pulls = []
            for eta in numpy.arange(0.05, 4.85, 0.05):
                sides = [numpy.log(calorimeter.response(eta + side, pt)) for side in (-0.01, 0.01)]
                pulls.append((calorimeter.width**2 * (sides[1] - sides[0]) / 0.02, eta))
            print(f"pull at {pt} GeV:", " ".join(f"{eta:.2f}:{pull:+.4f}" for pull, eta in pulls[1::2]))
            for low, high in ((0, 2.7), (2.7, 3.75), (3.75, 4.5)):
                pull, eta = max((p for p in pulls if low <= p[1] <= high), key=lambda p: abs(p[0]))
                print(f"    largest in {low} to {high}: {pull:+.4f} at {eta:.2f}")
        return
    points = []
    for eta in (0.0, 0.33, 0.8, 0.97, -1.03, 1.41, 1.9, 2.5, -2.9, 3.11, 3.2, 3.34, 4.1, 4.7, -4.85):
        for pt in (9.0, 30.0, 170.0, 1200.0):
            points.append([eta, pt, calorimeter.response(eta, pt), float(calorimeter.resolution(eta, pt))])
    print(json.dumps({"yaml": yaml.safe_dump(keys, sort_keys=False), "points": points}, indent=1))


if __name__ == "__main__":
    main()
