"""Hard scatterings of lowest-order QCD as tables to draw from.

A slice of pT is mapped on the unit cube (u, s, b): pT = low (1 + u ((low/high)^n - 1))^(-1/n), y* = s acosh(E/pT) and
Y = b ln(E/(pT cosh y*)) with E = sqrt(s)/2, so that the borders of phase space are faces of the cube and the density is smooth.
Both signs of Y and both orders of the jets are counted together. On a lattice in the cube stands the rate of each category
(who scattered into whom, as far as anything later depends on it), linear between the nodes. Such a function is a sum of hats
around the nodes: a node and a category by their common weight (alias table), and along each axis an offset that is the
difference of two uniform numbers, draw from it without any rejection.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.interpolate import RectBivariateSpline

PICOBARN = 0.3893794e9  # 1/GeV^2 in pb
Z_MASS, ALPHA_Z = 91.188, 0.130
MASSES = {4: 1.5, 5: 4.8, 6: 171.0}
QUARKS = [1, 2, 3, 4, 5, -1, -2, -3, -4, -5]
GLUON, LIGHT, CHARM, BOTTOM = range(4)
# Lattice: nodes in u, s and b. The outermost of s and b have no weight.
NODES = (9, 65, 49)
# Of a slice's events: what the rarest entries may have together to be left out.
NEGLECTED = 1e-6
# A code is ((u node << 7 | s node) << 7 | b node) << 5 | category.
CATEGORY_BITS, NODE_BITS = 5, 7
CATEGORY_MASK, NODE_MASK = (1 << CATEGORY_BITS) - 1, (1 << NODE_BITS) - 1


def class_of(quark):
    return max(LIGHT, abs(quark) - 2)


# Number of incoming quarks, and classes of the jets at y3 and at y4.
CATEGORIES = (
    [(0, GLUON, GLUON)]
    + [(0, kind, kind) for kind in (LIGHT, CHARM, BOTTOM)]
    + [(1, kind, GLUON) for kind in (LIGHT, CHARM, BOTTOM)]
    + [(1, GLUON, kind) for kind in (LIGHT, CHARM, BOTTOM)]
    + [(2, one, other) for one in (LIGHT, CHARM, BOTTOM) for other in (LIGHT, CHARM, BOTTOM)]
    + [(2, GLUON, GLUON)]
)


class PartonDensities:
    """x f(x, Q) of the gluon and of five flavours, by bicubic splines in ln x and ln Q; none below 0."""

    def __init__(self, path: Path):
        head, *lines = path.read_text().split("---")[1].strip().splitlines()
        self.x, self.q = (np.array(line.split(), float) for line in (head, lines[0]))
        partons = [int(word) for word in lines[1].split()]
        table = np.array([line.split() for line in lines[2:]], float).reshape(len(self.x), len(self.q), -1)
        self.splines = {
            parton: RectBivariateSpline(np.log(self.x), np.log(self.q), table[:, :, column])
            for column, parton in enumerate(partons)
        }

    def __call__(self, x, q):
        """By parton (21: gluon), at arrays of x < 1 and Q in GeV."""
        place = np.log(np.maximum(x, self.x[0])), np.log(np.clip(q, self.q[0], self.q[-1]))
        return {parton: np.maximum(0, spline.ev(*place)) for parton, spline in self.splines.items()}


def strong_coupling(q):
    """At first order, with the number of flavours that are lighter than Q (GeV), from 4.8 GeV on."""

    def slope(flavours):
        return (33 - 2 * flavours) / (6 * np.pi)

    inverse = 1 / ALPHA_Z + slope(5) * np.log(np.minimum(q, MASSES[6]) / Z_MASS)
    return 1 / (inverse + slope(6) * np.log(np.maximum(q, MASSES[6]) / MASSES[6]))


def category_rates(first, second, t):
    """Products of densities and squared amplitudes (over g^4) by category, the jet at y3 at t and at u = -1 - t.

    The amplitudes are those of R. K. Ellis, W. J. Stirling, B. R. Webber, QCD and Collider Physics, table 7.1, with s = 1.
    """
    u = -1 - t
    rates = np.zeros((len(CATEGORIES),) + np.shape(t))

    def add(quarks, a, b, direct, exchanged):
        """Two partons of classes a and b: a at y3, and the other way round."""
        rates[CATEGORIES.index((quarks, a, b))] += direct
        rates[CATEGORIES.index((quarks, b, a))] += exchanged

    def gluons_to_quarks(t, u):
        return (t**2 + u**2) * (1 / (6 * t * u) - 3 / 8)

    def quark_gluon(t, u):
        return (1 + u**2) * (1 / t**2 - 4 / (9 * u))

    def exchange(t, u):
        return 4 / 9 * (1 + u**2) / t**2

    def same_quarks(t, u):
        return exchange(t, u) + 4 / 9 * (t**2 + u**2) - 8 / 27 * u**2 / t

    gluons = first[21] * second[21]
    # Two identical partons: the half for them, times the two orders.
    add(0, GLUON, GLUON, gluons * 4.5 * (3 - t * u - u / t**2 - t / u**2), 0)
    to_gluons = (t**2 + u**2) * (32 / (27 * t * u) - 8 / 3)
    alike = exchange(t, u) + exchange(u, t) - 8 / (27 * t * u)
    annihilated = 4 / 9 * (t**2 + u**2)
    for quark in QUARKS:
        kind = class_of(quark)
        if quark > 0:
            add(0, kind, kind, gluons * gluons_to_quarks(t, u), gluons * gluons_to_quarks(u, t))
        # The quark is that of the first proton, and of the second one.
        add(1, kind, GLUON, first[quark] * second[21] * quark_gluon(t, u), first[quark] * second[21] * quark_gluon(u, t))
        add(1, GLUON, kind, first[21] * second[quark] * quark_gluon(t, u), first[21] * second[quark] * quark_gluon(u, t))
        for other in QUARKS:
            pair = first[quark] * second[other]
            if other == quark:
                add(2, kind, kind, pair * alike, 0)
            elif other != -quark:
                add(2, kind, class_of(other), pair * exchange(t, u), pair * exchange(u, t))
            else:
                add(2, kind, kind, pair * same_quarks(t, u), pair * same_quarks(u, t))
                add(2, GLUON, GLUON, pair * to_gluons, 0)
                for final in range(1, 6):
                    if final != abs(quark):
                        add(2, class_of(final), class_of(final), pair * annihilated, pair * annihilated)
    return rates


@dataclass
class SliceTable:
    """What a slice's events are drawn from: `keep` of a slot is the probability of its first code, else it is the second."""

    low: float
    high: float
    power: float
    pt_nodes: int
    cross_section: float
    keep: np.ndarray  # float32, one a slot
    codes: np.ndarray  # int32, two columns


def slice_point(low, high, power, beam, u, s, b):
    """pT, y*, Y and the volume of (pT, y3, y4) that belongs to that of the cube, all four places of a point together."""
    share = 1 + u * ((low / high) ** power - 1)
    pt = low * share ** (-1 / power)
    pt_width = (1 - (low / high) ** power) * pt / (power * share)
    star_limit = np.arccosh(beam / pt)
    star = s * star_limit
    boost_limit = np.log(np.maximum(1, beam / (pt * np.cosh(star))))
    # dy3 dy4 = 2 dy* dY, at both signs of both.
    return pt, star, b * boost_limit, pt_width * 8 * star_limit * boost_limit


def rates_at(densities, low, high, power, sqrt_s, u, s, b):
    """d sigma / d(cube) in pb by category."""
    pt, star, boost, volume = slice_point(low, high, power, sqrt_s / 2, u, s, b)
    fraction = 2 * pt / sqrt_s * np.cosh(star)
    x1, x2 = (np.minimum(fraction * np.exp(sign * boost), 1) for sign in (1, -1))
    t = -1 / (1 + np.exp(2 * star))
    # Both orders of the jets are in the rates, both signs of y* in the volume.
    strength = np.pi * (strong_coupling(pt) / (fraction**2 * sqrt_s**2)) ** 2 * pt * PICOBARN
    return volume * strength * category_rates(densities(x1, pt), densities(x2, pt), t)


def alias_table(weights):
    """Vose's: the probability of each slot's own entry, and the entry that has the rest."""
    scaled = (weights * (len(weights) / weights.sum())).tolist()
    alias = list(range(len(scaled)))
    small = [entry for entry, weight in enumerate(scaled) if weight < 1]
    large = [entry for entry, weight in enumerate(scaled) if weight >= 1]
    while small and large:
        less, more = small.pop(), large[-1]
        alias[less] = more
        scaled[more] -= 1 - scaled[less]
        if scaled[more] < 1:
            small.append(large.pop())
    for entry in small + large:
        scaled[entry] = 1.0
    return np.array(scaled), np.array(alias)


def slice_table(densities, low, high, sqrt_s):
    nodes = (NODES[0] if high / low < 1.4 else 2 * NODES[0] - 1,) + NODES[1:]
    axes = [np.linspace(0, 1, count) for count in nodes]
    cube = np.meshgrid(*axes, indexing="ij")
    # Half the power that would make the slice flat in u, between that and u linear in ln pT: the spectrum gets steeper.
    trial = 5.0
    ends = rates_at(densities, low, high, trial, sqrt_s, *np.meshgrid([0.0, 1.0], *axes[1:], indexing="ij"))
    power = 0.5 * (trial + np.log(ends[:, 0].sum() / ends[:, 1].sum()) / np.log(high / low))
    rates = rates_at(densities, low, high, power, sqrt_s, *cube)
    # A hat at a border is half a hat.
    for axis, count in enumerate(nodes, start=1):
        half = np.ones(count)
        half[[0, -1]] = 0.5
        rates *= half.reshape([-1 if place == axis else 1 for place in range(4)])
    volume = np.prod([1 / (count - 1) for count in nodes])
    u, s, b = (index.astype(np.int64) for index in np.indices(nodes))
    node = ((u << NODE_BITS | s) << NODE_BITS | b) << CATEGORY_BITS
    codes = node + np.arange(len(CATEGORIES)).reshape(-1, 1, 1, 1)
    rising = np.sort(rates, axis=None)
    there = rates > rising[np.searchsorted(np.cumsum(rising), NEGLECTED * rising.sum())]
    keep, alias = alias_table(rates[there])
    own = codes[there]
    both = np.stack([own, own[alias]], axis=1)
    return SliceTable(
        low, high, power, nodes[0], rates.sum() * volume, keep.astype(np.float32), both.astype(np.int32))
