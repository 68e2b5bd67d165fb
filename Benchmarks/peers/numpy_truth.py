"""Truth in NumPy: hard scatterings and their radiation. Rows of an array are legs, candidates or jets, its columns events."""

from types import SimpleNamespace

import numpy as np

import model
from model import CANDIDATES, CONE_RADIUS, FINAL, INITIAL, KEPT, LEGS, UNDERLYING
from scattering import BOTTOM, CATEGORIES, CATEGORY_BITS, CATEGORY_MASK, CHARM, GLUON, LIGHT, NODE_BITS, NODE_MASK, NODES

F = np.float32
TURN, LOG_100 = F(2 * np.pi), F(np.log(100))
QUARKS_IN, CLASS_3, CLASS_4 = np.array(CATEGORIES).T


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
