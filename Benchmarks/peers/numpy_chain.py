#!/usr/bin/env python3
"""The chain from hard scatterings to sums of asymmetries in NumPy, on one core: blocks of columns in single precision that stay
in the cache, no loop over events. README.md says what it is for.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import time
from types import SimpleNamespace

import numpy as np

import model
from detector import LARGEST, LEAST, WIDTH_LARGEST, WIDTH_STEPS
from model import CANDIDATES, CONE_RADIUS, FINAL, INITIAL, KEPT, LEGS, UNDERLYING
from scattering import BOTTOM, CATEGORIES, CATEGORY_BITS, CATEGORY_MASK, CHARM, GLUON, LIGHT, NODE_BITS, NODE_MASK, NODES

# Events worked on together: smaller blocks cost more calls, larger ones leave the cache.
BLOCK = 32768
F = np.float32
TURN = F(2 * np.pi)
LOG_100 = F(np.log(100))
QUARKS_IN, CLASS_3, CLASS_4 = np.array(CATEGORIES).T
MEASURED, LISTED = KEPT + 1, 3


def ranked_indices(values, keep):
    """The `keep` largest of each column of positive numbers, falling, and their rows; 0 stands for none.

    The lowest four bits of a number give way to its row, so that the numbers themselves carry it. Positive numbers are ordered
    like their bits.
    """
    bits = (values.view(np.int32) & np.int32(~15)) | np.arange(len(values), dtype=np.int32)[:, None]
    best = np.zeros((keep,) + values.shape[1:], np.int32)
    for row, rest in enumerate(bits):
        for place in range(min(keep, row + 1)):
            if place == row:
                best[place] = rest
                break
            larger = np.maximum(best[place], rest)
            rest = np.minimum(best[place], rest)
            best[place] = larger
    row = best & np.int32(15)
    best &= np.int32(~15)
    return best.view(F), row


def rows_of(values, flat):
    """Elements of two-dimensional `values` by their flat indices."""
    return values.ravel().take(flat)


def lerp(low, high, fraction):
    high -= low
    high *= fraction
    high += low
    return high


class Scatterings:
    """Draws hard scatterings of a slice: see scattering.py."""

    def __init__(self, table):
        self.table = table
        self.slots = len(table.keep)
        self.codes = np.ascontiguousarray(table.codes.T).ravel()

    def draw(self, rng, count):
        table = self.table
        place = rng.random(count) * self.slots
        slot = place.astype(np.int64)
        place -= slot
        slot += self.slots * (place >= table.keep.take(slot))
        code = self.codes.take(slot)
        category = (code & CATEGORY_MASK).astype(np.int64)
        code >>= CATEGORY_BITS
        offsets = rng.random((3, count), dtype=F)
        offsets -= rng.random((3, count), dtype=F)
        node = np.stack([code >> (2 * NODE_BITS), code >> NODE_BITS & NODE_MASK, code & NODE_MASK])
        # Hats at a border are folded back.
        cube = np.abs(node.astype(F) + offsets)
        last = F(table.pt_nodes - 1)
        u = (last - np.abs(cube[0] - last)) / last
        s, b = cube[1] / F(NODES[1] - 1), cube[2] / F(NODES[2] - 1)
        share = 1 + u * F((table.low / table.high) ** table.power - 1)
        log_ratio = np.log(share) * F(-1 / table.power)
        ell = log_ratio + F(np.log(table.low / 100))
        pt = F(100) * np.exp(ell)
        beam = F(model.SQRT_S / 2) / pt
        star = s * np.log(beam + np.sqrt(beam * beam - 1))
        growth = np.exp(star)
        fraction = F(0.5) * (growth + 1 / growth) / beam
        # Rounding may leave a little less than 0.
        boost = b * np.maximum(-np.log(fraction), 0)
        lift = np.exp(boost)
        # Both directions of the beam are alike.
        sign = np.where(rng.random(count, dtype=F) < F(0.5), F(-1), F(1))
        free = np.log(np.maximum(1 - np.stack([fraction * lift, fraction / lift]), F(1e-3)))
        return SimpleNamespace(
            pt=pt, ell=ell, y=np.stack([boost + star, boost - star]) * sign, star=star * sign, free=free, sign=sign,
            quarks_in=QUARKS_IN.take(category), partons=np.stack([CLASS_3.take(category), CLASS_4.take(category)]))


def line(ell, constant, growth, curve=0.0):
    slope = F(growth) + F(curve) * ell if curve else F(growth)
    return np.maximum(F(constant) + slope * ell, 0)


def labels(tune, parton, ell, number):
    """What jets of partons are labelled as: a gluon may become a quark, a light quark c or a gluon."""
    is_gluon = parton == GLUON
    charm = np.where(
        is_gluon, line(ell, tune.gluon_to_charm, tune.gluon_to_charm_growth),
        line(ell, tune.light_to_charm, tune.light_to_charm_growth))
    second = charm + np.where(
        is_gluon, line(ell, tune.gluon_to_bottom, tune.gluon_to_bottom_growth, tune.gluon_to_bottom_curve),
        line(ell, tune.light_to_gluon, tune.light_to_gluon_growth))
    last = second + line(ell, tune.gluon_to_light, tune.gluon_to_light_growth)
    label = np.where(is_gluon & (number < last), LIGHT, parton)
    label = np.where(number < second, np.where(is_gluon, BOTTOM, GLUON), label)
    label = np.where(number < charm, CHARM, label)
    return np.where((parton == CHARM) | (parton == BOTTOM), parton, label)


def final_state(tune, rng, hard, x, y, eta):
    """Two emissions of each leg and its core. Returns the sum of the legs' masses squared, in units of pT^2."""
    count = len(hard.pt)
    colour = np.where(hard.partons == GLUON, F(1), F(tune.quark))
    rate = F(tune.final_rate) * np.exp(hard.ell * F(-tune.final_rate_fall)) * colour
    number = rng.standard_exponential((2, LEGS, count), dtype=F)
    number[1] += number[0]
    number *= 2 / rate
    share = F(tune.final_reach) * np.exp(-number / (1 + np.sqrt(1 + F(2 * tune.final_steepening) * number)))
    distance = F(CONE_RADIUS) * np.exp(F(np.log(tune.final_distance / CONE_RADIUS)) * rng.random((2, LEGS, count), dtype=F))
    angle = TURN * rng.random((2, LEGS, count), dtype=F)
    along, across = distance * np.cos(angle), distance * np.sin(angle)
    rest = 1 - share
    kept = np.ones_like(rest)
    kept[1] = rest[0]
    lost = share * kept
    sides = hard.pt * np.array([[1], [-1]], F)
    pt = lost * sides
    turned = rest * across
    # Emission e of leg l is candidate 2 + 2 l + e.
    emissions = np.s_[FINAL:INITIAL]
    x[emissions].reshape(LEGS, 2, -1).swapaxes(0, 1)[:] = pt * np.cos(turned)
    y[emissions].reshape(LEGS, 2, -1).swapaxes(0, 1)[:] = pt * np.sin(turned)
    eta[emissions].reshape(LEGS, 2, -1).swapaxes(0, 1)[:] = hard.y + rest * along
    # The core recoils, so that the parton's direction is kept.
    core = rest[0] * rest[1] * sides
    turned = -(share * across).sum(axis=0)
    x[:LEGS] = core * np.cos(turned)
    y[:LEGS] = core * np.sin(turned)
    eta[:LEGS] = hard.y - (share * along).sum(axis=0)
    return colour, (lost * rest * distance * distance).sum(axis=(0, 1))


def initial_state(tune, rng, hard, x, y, eta):
    """Three emissions; returns their recoil."""
    count = len(hard.pt)
    free_1, free_2 = hard.free
    log_s = F(np.log(model.SQRT_S))
    log_hardest = hard.ell + (LOG_100 + F(np.log(tune.initial_reach)))
    room = 2 * (log_s - log_hardest) - F(2 * tune.rapidity_margin) + free_1 + free_2
    gap = 2 * np.abs(hard.star)
    wide = F(tune.gap_rate) * np.exp(hard.ell * F(tune.gap_growth)) * gap * gap / (1 + F(tune.gap_bend) * gap)
    scale = F(tune.initial_rate) * tune.incoming.take(hard.quarks_in) * np.exp(hard.ell * F(-tune.initial_rate_fall))
    linear = scale * (np.maximum(room, F(0.1)) + wide)
    square = scale * F(4 * tune.initial_steepening)
    number = rng.standard_exponential((3, count), dtype=F)
    number[1] += number[0]
    number[2] += number[1]
    depth = 2 * number / (linear + np.sqrt(linear * linear + square * number))
    log_pt = log_hardest - depth
    pt = np.exp(log_pt)
    angle = TURN * rng.random((3, count), dtype=F)
    emissions = np.s_[INITIAL:UNDERLYING]
    x[emissions] = pt * np.cos(angle)
    y[emissions] = pt * np.sin(angle)
    # Uniform between the rapidities that the beams have energy for, with blurred ends; reflected with the event.
    reach = log_s - F(tune.rapidity_margin) - log_pt
    width = np.maximum(free_1 + free_2 + 2 * reach, F(0.5))
    place = F(0.5) * (free_1 - free_2) + (rng.random((3, count), dtype=F) - F(0.5)) * width
    eta[emissions] = hard.sign * place + (rng.random((3, count), dtype=F) - F(0.5)) * F(tune.rapidity_blur)
    return -x[emissions].sum(axis=0), -y[emissions].sum(axis=0)


def boost(hard, mass2, recoil_x, recoil_y, x, y, eta):
    """Shrinks the legs for their masses and gives them the recoil of the initial state."""
    growth = np.exp(hard.star)
    inverse = 1 / growth
    sinh, four_cosh2 = F(0.5) * (growth - inverse), (growth + inverse) ** 2
    shrink = np.maximum(1 - mass2 / four_cosh2, F(0.3))
    s = four_cosh2 * hard.pt * hard.pt
    gain = hard.pt / (s * (np.sqrt(1 + (recoil_x * recoil_x + recoil_y * recoil_y) / s) + 1))
    lift_x, lift_y = gain * recoil_x * recoil_x, gain * recoil_x * recoil_y
    for leg, sign in enumerate((F(1), F(-1))):
        along_x, along_y = F(0.5) * recoil_x + sign * lift_x, F(0.5) * recoil_y + sign * lift_y
        moved = sign * hard.pt + along_x
        slope = sinh * hard.pt / np.sqrt(moved * moved + along_y * along_y)
        size = np.abs(slope)
        shift = sign * (np.copysign(np.log(size + np.sqrt(size * size + 1)), slope) - hard.star)
        # The leg's share of the momentum goes to each of its parts.
        along_x *= sign / hard.pt
        along_y *= sign / hard.pt
        for part in (np.s_[leg : leg + 1], np.s_[FINAL + 2 * leg : FINAL + 2 * leg + 2]):
            own = x[part].copy()
            x[part] = shrink * own + own * along_x
            y[part] = shrink * y[part] + own * along_y
            eta[part] += shift


def fragment(tune, rng, hard, colour, label, x, y):
    """Hadronisation and the underlying event change the cores, neutrinos leave them. Returns the neutrinos' momentum."""
    parton = np.maximum(np.sqrt(x[:LEGS] * x[:LEGS] + y[:LEGS] * y[:LEGS]), F(0.1))
    noise = rng.standard_normal(parton.shape, dtype=F)
    change = F(tune.jet_offset) + F(tune.jet_offset_growth) * hard.ell + colour * (
        (F(tune.jet_noise) + F(tune.jet_noise_growth) * parton) * noise - F(tune.jet_colour_loss))
    factor = np.maximum(1 + change / parton - F(tune.jet_forward_loss) * hard.y * hard.y, F(0.2))
    invisible = np.zeros((2,) + hard.pt.shape, F)
    heavy = np.flatnonzero(label >= CHARM)
    is_bottom = label.ravel().take(heavy) == BOTTOM
    decays = rng.random(len(heavy), dtype=F) < np.where(is_bottom, F(0.35), F(0.2))
    heavy, largest = heavy[decays], np.where(is_bottom, F(0.3), F(0.25))[decays]
    share = np.zeros_like(factor)
    share.ravel()[heavy] = largest * rng.random(len(heavy), dtype=F)
    for place, momentum in enumerate((x, y)):
        momentum[:LEGS] *= factor
        taken = share * momentum[:LEGS]
        invisible[place] = taken.sum(axis=0)
        momentum[:LEGS] -= taken
    return invisible


def underlying_pair(tune, rng, hard, x, y, eta):
    """The hardest pair of jets of the other interactions, about balanced in itself."""
    count = len(hard.pt)
    number = rng.standard_exponential(count, dtype=F) + F(1e-6)
    rate = np.log(number / F(tune.underlying_rate)) - hard.ell * F(tune.underlying_growth)
    pt = np.minimum(8 * np.exp(rate * F(-1 / tune.underlying_fall)), hard.pt)
    angle = TURN * rng.random(count, dtype=F)
    other = angle + F(0.8) * (rng.random(count, dtype=F) - F(0.5))
    other_pt = pt * (F(-0.75) - F(0.5) * rng.random(count, dtype=F))
    x[UNDERLYING], y[UNDERLYING] = pt * np.cos(angle), pt * np.sin(angle)
    x[UNDERLYING + 1], y[UNDERLYING + 1] = other_pt * np.cos(other), other_pt * np.sin(other)
    eta[UNDERLYING:] = (2 * rng.random((2, count), dtype=F) - 1) * F(tune.underlying_rapidity)


def merge(x, y, eta):
    """What lies within the cone of a leg is part of it, one candidate after another."""
    cone2 = F(CONE_RADIUS**2)
    room = [cone2 - np.square(eta[LEGS:] - eta[leg]) for leg in range(LEGS)]
    for candidate in range(LEGS, CANDIDATES):
        for leg in range(LEGS):
            gap2 = room[leg][candidate - LEGS]
            near = np.flatnonzero(gap2 > 0)
            own_x, own_y = x[candidate].take(near), y[candidate].take(near)
            leg_x, leg_y = x[leg].take(near), y[leg].take(near)
            dot = own_x * leg_x + own_y * leg_y
            cross = own_y * leg_x - own_x * leg_y
            # tan^2 of the azimuthal distance for its square: inside the cone they differ by a tenth at most.
            inside = (cross * cross < gap2.take(near) * dot * dot) & (dot > 0)
            rows = near[inside]
            x[leg, rows] += own_x[inside]
            y[leg, rows] += own_y[inside]
            x[candidate, rows] = 0
            y[candidate, rows] = 0


def radiate(tune, rng, hard, largest_pt):
    """The four hardest jets, absent ones with pT 0, and the soft momentum."""
    count = len(hard.pt)
    x, y, eta = (np.empty((CANDIDATES, count), F) for _ in range(3))
    label = labels(tune, hard.partons, hard.ell, rng.random((LEGS, count), dtype=F))
    colour, mass2 = final_state(tune, rng, hard, x, y, eta)
    recoil_x, recoil_y = initial_state(tune, rng, hard, x, y, eta)
    kick = (F(tune.soft_recoil) + F(tune.soft_recoil_growth) * hard.pt) * rng.standard_normal((2, count), dtype=F)
    boost(hard, mass2, recoil_x + kick[0], recoil_y + kick[1], x, y, eta)
    invisible = fragment(tune, rng, hard, colour, label, x, y)
    underlying_pair(tune, rng, hard, x, y, eta)
    merge(x, y, eta)

    pt2 = x * x + y * y
    pt2 *= np.abs(eta) < F(model.ABS_ETA_MAXIMUM)
    ranked, candidate = ranked_indices(pt2, KEPT)
    there = ranked > F(model.JET_THRESHOLD**2)
    there &= ranked[0] < F(largest_pt**2)
    flat = candidate.astype(np.int64) * count + np.arange(count)
    jet_x, jet_y = rows_of(x, flat) * there, rows_of(y, flat) * there
    pt = np.sqrt(jet_x * jet_x + jet_y * jet_y)
    jet_label = rows_of(label, np.where(candidate < LEGS, flat, 0))
    radiated = np.flatnonzero((candidate >= LEGS) & there)
    number = rng.random(len(radiated), dtype=F)
    ell = np.log(pt.ravel().take(radiated)) - LOG_100
    is_gluon = number < F(tune.emission_gluons)
    jet_label.ravel()[radiated] = np.where(
        is_gluon, labels(tune, np.int64(GLUON), ell, number / F(tune.emission_gluons)), LIGHT)
    # All this was along x; now the event's own azimuth. Directions are unit vectors, that of an absent jet is any.
    soft_x, soft_y = -jet_x.sum(axis=0) - invisible[0], -jet_y.sum(axis=0) - invisible[1]
    turn = TURN * rng.random(count, dtype=F)
    cosine, sine = np.cos(turn), np.sin(turn)
    inverse = 1 / np.maximum(pt, F(1e-3))
    jet_x *= inverse
    jet_y *= inverse
    return SimpleNamespace(
        pt=pt, eta=rows_of(eta, flat), label=jet_label, ux=jet_x * cosine - jet_y * sine, uy=jet_x * sine + jet_y * cosine,
        soft_x=soft_x * cosine - soft_y * sine, soft_y=soft_x * sine + soft_y * cosine)


class Detector:
    """The card's tables, each column for itself, and the loop's constants."""

    def __init__(self, tables):
        self.tables = tables
        self.pt_count = tables.grid.shape[1]
        self.columns = [np.ascontiguousarray(tables.grid[:, :, column]).ravel() for column in range(4)]
        self.flavours = tables.flavours.ravel()
        self.deficits = tables.tails.deficit.ravel()

    def pt_place(self, pt):
        """Nodes are eight an octave: the position is read off the bits of the number."""
        bits = np.clip(pt, F(4), F(16383)).view(np.int32)
        node = (bits >> 20) - np.int32((2 + 127) << 3)
        return node.astype(np.int64), (bits & np.int32(0xFFFFF)) * F(2.0**-20)

    def grid_values(self, eta, node, fraction, columns):
        """Bilinear in eta and pT."""
        tables = self.tables
        place = (eta + F(tables.acceptance)) * F((tables.eta_nodes - 1) / (2 * tables.acceptance))
        place = np.clip(place, F(0), F(tables.eta_nodes - 1))
        row = place.astype(np.int64)
        place -= row
        row *= self.pt_count
        row += node
        values = []
        for table in columns:
            near = lerp(table.take(row), table[1:].take(row), fraction)
            far = lerp(table[self.pt_count :].take(row), table[self.pt_count + 1 :].take(row), fraction)
            values.append(lerp(near, far, place))
        return values

    def vertex_offset(self, vertex, eta):
        """What the vertex adds to eta as seen from the centre: jets meet the barrel's cylinder or the endcap's plane."""
        tables = self.tables
        growth = np.exp(eta)
        sinh = F(0.5) * (growth - 1 / growth)
        barrel = sinh + vertex * F(1 / tables.barrel_radius)
        endcap = sinh / (1 - np.copysign(vertex * F(1 / tables.endcap_distance), sinh * vertex))
        slope = np.where(np.abs(barrel) < F(tables.endcap_distance / tables.barrel_radius), barrel, endcap)
        size = np.abs(slope)
        return np.copysign(np.log(size + np.sqrt(size * size + 1)), slope) - eta

    def fluctuation(self, rng, eta, node, fraction, width):
        """Measured over expected pT: a double-sided Crystal Ball around 1, kept positive without a change of its mean."""
        tails = self.tables.tails
        place = np.abs(eta)
        region = sum((place >= edge).astype(np.int64) for edge in tails.edges)
        # Shapes between two powers of two are those of one or the other at random.
        octave = node >> 3
        octave += rng.random(eta.shape, dtype=F) * 8 < (node & 7) + fraction
        row = region * tails.octaves + octave
        z = rng.standard_normal(eta.shape, dtype=F)
        is_tail = z > tails.high_alpha.take(row)
        is_tail |= z < -tails.low_alpha.take(row)
        is_tail |= rng.random(eta.shape, dtype=F) < tails.extra.take(row)
        jets = np.flatnonzero(is_tail)
        shapes = row.ravel().take(jets)
        is_low = rng.random(len(jets), dtype=F) < tails.low_share.take(shapes)
        alpha = np.where(is_low, tails.low_alpha.take(shapes), tails.high_alpha.take(shapes))
        n = np.where(is_low, tails.low_n.take(shapes), tails.high_n.take(shapes))
        # The probability to be farther out is 1/survival; -ln of it is exponential.
        distance = alpha + n / alpha * (np.exp(rng.standard_exponential(len(jets), dtype=F) / (n - 1)) - 1)
        z.ravel()[jets] = np.where(is_low, -distance, distance)
        z -= tails.mean.take(row)
        step = width * F(WIDTH_STEPS / WIDTH_LARGEST)
        node = step.astype(np.int64)
        step -= node
        node += row * (WIDTH_STEPS + 2)
        z -= lerp(self.deficits.take(node), self.deficits[1:].take(node), step)
        return np.clip(1 + width * z, F(LEAST), F(LARGEST))

    def interactions(self, rng, count):
        """Their number, and the weight that makes their profile that of data."""
        tables = self.tables
        mu = F(tables.mu_mean) + F(tables.mu_width) * rng.standard_normal(count, dtype=F)
        while True:
            outside = np.flatnonzero((mu < F(tables.mu_lowest)) | (mu > F(tables.mu_highest)))
            if len(outside) == 0:
                break
            mu[outside] = F(tables.mu_mean) + F(tables.mu_width) * rng.standard_normal(len(outside), dtype=F)
        own, data = (mu - F(tables.mu_mean)) / F(tables.mu_width), (mu - F(tables.data_mean)) / F(tables.data_width)
        weight = F(tables.mu_weight) * np.exp(F(0.5) * (own * own - data * data))
        return mu, weight

    def measure(self, rng, truth, vertex, mu):
        """The true jets as measured: pT, eta, eta from the detector's centre, and direction in the transverse plane."""
        tables = self.tables
        offset = self.vertex_offset(vertex, truth.eta)
        place = truth.eta + offset
        node, fraction = self.pt_place(truth.pt)
        response, width, pull, noise = self.grid_values(place, node, fraction, self.columns)
        flavour = truth.label * self.pt_count + node
        response *= lerp(self.flavours.take(flavour), self.flavours[1:].take(flavour), fraction)
        width *= width
        width = np.sqrt(np.maximum(width + noise * noise * (mu - F(tables.reference_mu)), F(0.04) * width))
        np.minimum(width, F(WIDTH_LARGEST), out=width)
        pt = truth.pt * response
        pt *= self.fluctuation(rng, place, node, fraction, width)
        inverse2 = 1 / np.maximum(truth.pt, 1) ** 2
        spread = np.sqrt(F(tables.eta_noise**2) * inverse2 + F(tables.eta_floor**2))
        place += pull
        place += spread * rng.standard_normal(pt.shape, dtype=F)
        turn = np.sqrt(F(tables.phi_noise**2) * inverse2 + F(tables.phi_floor**2)) * rng.standard_normal(pt.shape, dtype=F)
        cosine, sine = np.cos(turn), np.sin(turn)
        return pt, place, truth.ux * cosine - truth.uy * sine, truth.ux * sine + truth.uy * cosine

    def pile_up_jet(self, rng, vertex, mu):
        """The hardest jet of pile-up, measured at the mean response."""
        tables, count = self.tables, len(mu)
        number = rng.standard_exponential(count, dtype=F) + F(1e-9)
        pt = 20 * np.exp(np.log(np.maximum(mu, F(1e-3)) * F(tables.pile_up_rate) / number) * F(tables.pile_up_power))
        # Inside the tracker or outside, with what the rejection leaves there.
        side = rng.random(count, dtype=F) * 2 - 1
        share = np.abs(side)
        inside = share < F(tables.pile_up_central)
        low = np.where(inside, F(0), F(tables.tracker))
        width = np.where(inside, F(tables.tracker), F(tables.pile_up_limit - tables.tracker))
        eta = np.copysign(low + width * rng.random(count, dtype=F), side)
        place = eta + self.vertex_offset(vertex, eta)
        response, = self.grid_values(place, *self.pt_place(pt), self.columns[:1])
        angle = TURN * rng.random(count, dtype=F)
        return pt * response, place, np.cos(angle), np.sin(angle)

    def reconstruct(self, rng, truth):
        tables, count = self.tables, truth.pt.shape[1]
        vertex = F(tables.vertex_spread) * rng.standard_normal(count, dtype=F)
        mu, weight = self.interactions(rng, count)
        pt, eta, ux, uy = (np.empty((MEASURED, count), F) for _ in range(4))
        pt[:KEPT], eta[:KEPT], ux[:KEPT], uy[:KEPT] = self.measure(rng, truth, vertex, mu)
        pt[KEPT], eta[KEPT], ux[KEPT], uy[KEPT] = self.pile_up_jet(rng, vertex, mu)

        # What is seen, what is a candidate, and the three hardest.
        place = np.abs(eta)
        pt *= place < F(tables.acceptance)
        # Below its threshold the jet of pile-up is one of many, all in the noise.
        pt[KEPT] *= pt[KEPT] >= F(max(5.0, tables.threshold))
        hard = pt >= F(tables.threshold)
        lost = (place[:KEPT] < F(tables.tracker)) & (pt[:KEPT] < F(tables.hard_loss_limit))
        lost &= rng.random((KEPT, count), dtype=F) < F(tables.hard_loss)
        hard[:KEPT] &= ~lost
        ranked, jet = ranked_indices(pt * hard, LISTED)
        flat = jet.astype(np.int64) * count + np.arange(count)
        # Below the smallest normal number there are only numbers of rows.
        listed_pt = rows_of(pt, flat) * (ranked > F(1e-30))
        listed = SimpleNamespace(pt=listed_pt, eta=rows_of(eta, flat), ux=rows_of(ux, flat), uy=rows_of(uy, flat))
        true_x, true_y = (pt[:KEPT] * ux[:KEPT]).sum(axis=0), (pt[:KEPT] * uy[:KEPT]).sum(axis=0)
        listed_x, listed_y = (listed.pt * listed.ux).sum(axis=0), (listed.pt * listed.uy).sum(axis=0)

        # The soft term has what is seen and not listed, but not the jet of pile-up, which the rest of its own collision balances.
        soft = np.sqrt(truth.soft_x * truth.soft_x + truth.soft_y * truth.soft_y)
        inverse = 1 / np.maximum(soft, F(1e-6))
        along_x, along_y = truth.soft_x * inverse, truth.soft_y * inverse
        energy = pt.sum(axis=0) + F(tables.energy) + F(tables.energy_per_mu) * mu
        noise2 = np.square(F(tables.soft_noise) + F(tables.soft_noise_growth) * np.sqrt(energy))
        along, across = rng.standard_normal((2, count), dtype=F)
        soft2 = soft * soft
        along *= np.sqrt(F(tables.soft_parallel**2) * soft2 + noise2)
        along += F(tables.soft_response) * soft
        across *= np.sqrt(F(tables.soft_perpendicular**2) * soft2 + noise2)
        soft_x = along * along_x - across * along_y + true_x - listed_x
        soft_y = along * along_y + across * along_x + true_y - listed_y
        return SimpleNamespace(
            jets=listed, weight=weight, mu=mu, sum_et=energy, soft_x=soft_x, soft_y=soft_y,
            met_x=-listed_x - soft_x, met_y=-listed_y - soft_y)


def selected_dijets(events):
    """Cell, weight and asymmetry of the events that pass and lie in the bins."""
    jets = events.jets
    average = F(0.5) * (jets.pt[0] + jets.pt[1])
    cosine = jets.ux[0] * jets.ux[1] + jets.uy[0] * jets.uy[1]
    passes = (jets.pt[1] > 0) & (jets.pt[2] <= F(model.ALPHA_MAXIMUM) * average)
    passes &= cosine < F(np.cos(model.DELTA_PHI_MINIMUM))
    passes &= (average >= F(model.PT_EDGES[0])) & (average < F(model.PT_EDGES[-1]))
    for jet in range(2):
        passes &= (jets.eta[jet] >= F(model.ETA_EDGES[0])) & (jets.eta[jet] < F(model.ETA_EDGES[-1]))
    rows = np.flatnonzero(passes)
    pt1, pt2, eta1, eta2 = jets.pt[0].take(rows), jets.pt[1].take(rows), jets.eta[0].take(rows), jets.eta[1].take(rows)
    average = average.take(rows)
    bin1, bin2 = (np.searchsorted(model.ETA_EDGES.astype(F), eta, "right") - 1 for eta in (eta1, eta2))
    pt_bin = np.searchsorted(model.PT_EDGES.astype(F), average, "right") - 1
    cell = (pt_bin * model.ETA_BINS + np.minimum(bin1, bin2)) * model.ETA_BINS + np.maximum(bin1, bin2)
    asymmetry = np.where(eta1 < eta2, pt1 - pt2, pt2 - pt1) / average
    return cell, events.weight.take(rows), asymmetry


def slice_sums(parts):
    """`model.COLUMNS` by cell."""
    cell, weight, asymmetry = (np.concatenate(column) for column in zip(*parts))
    weight, asymmetry = weight.astype(float), asymmetry.astype(float)
    columns = [None] + [weight * asymmetry**power for power in range(3)]
    columns += [weight**2 * asymmetry**power for power in range(5)]
    return np.stack([np.bincount(cell, column, minlength=model.CELLS) for column in columns], axis=1)


def main():
    options = model.arguments(__doc__.split(":")[0])
    start = time.perf_counter()
    made = model.make_model(options.events)
    rng = np.random.Generator(np.random.SFC64(options.seed))
    tables = Detector(made.detector)
    setup_seconds = time.perf_counter() - start

    stages = dict.fromkeys(["scattering", "radiation", "detector", "selection"], 0.0)
    by_slice, soft, missing = [], 0.0, 0.0
    begin = mark = time.perf_counter()
    begin_cpu = time.process_time()

    def passed(stage):
        nonlocal mark
        now = time.perf_counter()
        stages[stage] += now - mark
        mark = now

    for table, events in zip(made.slices, made.events):
        scatterings, parts = Scatterings(table), []
        for first in range(0, events, BLOCK):
            hard = scatterings.draw(rng, min(BLOCK, events - first))
            passed("scattering")
            truth = radiate(made.radiation, rng, hard, model.LARGEST_EXCESS * table.high)
            passed("radiation")
            measured = tables.reconstruct(rng, truth)
            soft += float(np.hypot(measured.soft_x, measured.soft_y).sum(dtype=float))
            missing += float(np.hypot(measured.met_x, measured.met_y).sum(dtype=float))
            passed("detector")
            parts.append(selected_dijets(measured))
            passed("selection")
        by_slice.append(slice_sums(parts))
        passed("selection")
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - begin_cpu
    if options.sums:
        model.write_sums(options.sums, by_slice, made.weights)
    model.report(
        "numpy", options, 1, seconds, setup_seconds, by_slice, cpu_seconds=cpu_seconds, mean_soft=soft / options.events, mean_met=missing / options.events,
        stages={stage: spent / seconds for stage, spent in stages.items()})


if __name__ == "__main__":
    main()
