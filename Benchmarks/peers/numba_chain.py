#!/usr/bin/env python3
"""The chain from hard scatterings to sums of asymmetries in Numba: machine code for one event after another, events shared among
threads. README.md says what it is for.

All numbers of the loop are single precision: a bare Python number would make them double, so that constants have names.
"""

import os
import sys

# Before numba is imported: how many threads there may be.
if "--threads" in sys.argv[:-1]:
    os.environ.setdefault("NUMBA_NUM_THREADS", sys.argv[sys.argv.index("--threads") + 1])

import math
import time
from collections import namedtuple

import numba
import numpy as np
from numba import njit, prange

import model
from detector import LARGEST, LEAST, WIDTH_LARGEST, WIDTH_STEPS
from model import CANDIDATES, CONE_RADIUS, FINAL, INITIAL, KEPT, LEGS, UNDERLYING
from scattering import BOTTOM, CATEGORIES, CATEGORY_BITS, CATEGORY_MASK, CHARM, GLUON, LIGHT, NODE_BITS, NODE_MASK, NODES

F, U = np.float32, np.uint64
ZERO, HALF, ONE, TWO, THREE, FOUR = (F(value) for value in (0, 0.5, 1, 2, 3, 4))
TURN, LOG_100, LOG_SQRT_S, HALF_SQRT_S = F(2 * np.pi), F(np.log(100)), F(np.log(model.SQRT_S)), F(model.SQRT_S / 2)
CONE2, LOWEST2, ETA_MAXIMUM = F(CONE_RADIUS**2), F(model.JET_THRESHOLD**2), F(model.ABS_ETA_MAXIMUM)
SLICE = np.array(CATEGORIES)
STAR_LAST, BOOST_LAST = F(NODES[1] - 1), F(NODES[2] - 1)
WIDTH_STEP, WIDTH_LAST = F(WIDTH_STEPS / WIDTH_LARGEST), F(WIDTH_LARGEST)
LEAST, LARGEST = F(LEAST), F(LARGEST)
ETA_EDGES, PT_EDGES = model.ETA_EDGES.astype(F), model.PT_EDGES.astype(F)
ETA_BINS, ALPHA_MAXIMUM = model.ETA_BINS, F(model.ALPHA_MAXIMUM)
COSINE_MAXIMUM = F(np.cos(model.DELTA_PHI_MINIMUM))
MEASURED = KEPT + 1
fast = njit(fastmath=True, error_model="numpy", forceinline=True)


def record(name, values):
    """A tuple with names whose numbers are single precision."""
    plain = {key: F(value) if isinstance(value, (int, float)) else value for key, value in values.items()}
    return namedtuple(name, plain)(**plain)


# ---- Random numbers: SplitMix64 (Steele, Lea and Flood 2014), one state a chunk of events


@fast
def word(state):
    state[0] += U(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> U(30))) * U(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> U(27))) * U(0x94D049BB133111EB)
    return z ^ (z >> U(31))


@fast
def uniforms(state):
    """Two numbers in (0, 1) of 24 bits each."""
    z = word(state)
    return (F(np.int64(z >> U(40))) + HALF) * F(2.0**-24), (F(np.int64(z >> U(8) & U(0xFFFFFF))) + HALF) * F(2.0**-24)


@fast
def uniform(state):
    return uniforms(state)[0]


@fast
def exponential(state):
    return -math.log(uniform(state))


@fast
def normals(state):
    """Two standard normal numbers, by the polar method."""
    while True:
        one, other = uniforms(state)
        one, other = TWO * one - ONE, TWO * other - ONE
        square = one * one + other * other
        if ZERO < square < ONE:
            scale = math.sqrt(-TWO * math.log(square) / square)
            return one * scale, other * scale


# ---- Hard scatterings


@fast
def scatter(state, table):
    """pT, ln(pT/100 GeV), (y3 - y4)/2, y3, y4, ln(1 - x) of both protons, number of quarks in, and both jets' partons."""
    z = word(state)
    place = np.float64(z >> U(11)) * 2.0**-53 * len(table.keep)
    slot = np.int64(place)
    code = table.codes[slot, 0 if F(place - slot) < table.keep[slot] else 1]
    category = code & CATEGORY_MASK
    # Hats at a border are folded back.
    a, b = uniforms(state)
    u = (table.last - abs(table.last - abs(F(code >> (CATEGORY_BITS + 2 * NODE_BITS)) + a - b))) / table.last
    a, b = uniforms(state)
    s = abs(F(code >> (CATEGORY_BITS + NODE_BITS) & NODE_MASK) + a - b) / STAR_LAST
    a, b = uniforms(state)
    t = abs(F(code >> CATEGORY_BITS & NODE_MASK) + a - b) / BOOST_LAST
    ell = table.log_low - math.log(ONE + u * table.reach) * table.inverse_power
    pt = F(100) * math.exp(ell)
    beam = HALF_SQRT_S / pt
    star = s * math.log(beam + math.sqrt(beam * beam - ONE))
    growth = math.exp(star)
    fraction = HALF * (growth + ONE / growth) / beam
    # Rounding may leave a little less than 0.
    boost = t * max(-math.log(fraction), ZERO)
    lift = math.exp(boost)
    x1, x2 = fraction * lift, fraction / lift
    # Both directions of the beam are alike.
    if z & U(1):
        star, boost, x1, x2 = -star, -boost, x2, x1
    free1, free2 = math.log(max(ONE - x1, F(1e-3))), math.log(max(ONE - x2, F(1e-3)))
    return (
        pt, ell, star, boost + star, boost - star, free1, free2, SLICE[category, 0], SLICE[category, 1], SLICE[category, 2])


# ---- Radiation


@fast
def line(ell, constant, growth, curve=ZERO):
    return max(constant + (growth + curve * ell) * ell, ZERO)


@fast
def label(tune, parton, ell, number):
    """What the jet of a parton is labelled as: a gluon may become a quark, a light quark c or a gluon."""
    if parton == GLUON:
        share = line(ell, tune.gluon_to_charm, tune.gluon_to_charm_growth)
        if number < share:
            return CHARM
        share += line(ell, tune.gluon_to_bottom, tune.gluon_to_bottom_growth, tune.gluon_to_bottom_curve)
        if number < share:
            return BOTTOM
        return LIGHT if number < share + line(ell, tune.gluon_to_light, tune.gluon_to_light_growth) else GLUON
    if parton == LIGHT:
        share = line(ell, tune.light_to_charm, tune.light_to_charm_growth)
        if number < share:
            return CHARM
        return GLUON if number < share + line(ell, tune.light_to_gluon, tune.light_to_gluon_growth) else LIGHT
    return parton


@fast
def radiate_leg(state, tune, leg, rate, pt, rapidity, x, y, eta):
    """Two emissions and the core, which recoils so that the parton's direction is kept; `pt` has the leg's sign along x.

    Returns the leg's mass squared in units of pT^2.
    """
    number, kept, shift_eta, shift_phi, mass2 = ZERO, ONE, ZERO, ZERO, ZERO
    for emission in range(FINAL + 2 * leg, FINAL + 2 * leg + 2):
        number += TWO * exponential(state) / rate
        share = tune.final_reach * math.exp(-number / (ONE + math.sqrt(ONE + TWO * tune.final_steepening * number)))
        a, b = uniforms(state)
        distance = tune.cone * math.exp(tune.log_distance * a)
        angle = TURN * b
        along, across = distance * math.cos(angle), distance * math.sin(angle)
        rest = ONE - share
        size, turned = pt * share * kept, rest * across
        x[emission], y[emission] = size * math.cos(turned), size * math.sin(turned)
        eta[emission] = rapidity + rest * along
        shift_eta -= share * along
        shift_phi -= share * across
        mass2 += share * rest * kept * distance * distance
        kept *= rest
    x[leg], y[leg] = pt * kept * math.cos(shift_phi), pt * kept * math.sin(shift_phi)
    eta[leg] = rapidity + shift_eta
    return mass2


@fast
def radiate_initial(state, tune, pt, ell, gap, free1, free2, quarks_in, x, y, eta):
    """Three emissions; returns their recoil."""
    log_hardest = ell + LOG_100 + tune.log_initial_reach
    room = TWO * (LOG_SQRT_S - log_hardest - tune.rapidity_margin) + free1 + free2
    wide = tune.gap_rate * math.exp(ell * tune.gap_growth) * gap * gap / (ONE + tune.gap_bend * gap)
    scale = tune.initial_rate * tune.incoming[quarks_in] * math.exp(-ell * tune.initial_rate_fall)
    linear = scale * (max(room, F(0.1)) + wide)
    square = FOUR * scale * tune.initial_steepening
    number, recoil_x, recoil_y = ZERO, ZERO, ZERO
    for emission in range(INITIAL, UNDERLYING):
        number += exponential(state)
        depth = TWO * number / (linear + math.sqrt(linear * linear + square * number))
        size = tune.initial_reach * pt * math.exp(-depth)
        a, b = uniforms(state)
        angle = TURN * a
        x[emission], y[emission] = size * math.cos(angle), size * math.sin(angle)
        # Uniform between the rapidities that the beams have energy for, with blurred ends.
        width = max(room + TWO * depth, F(0.5))
        eta[emission] = HALF * (free1 - free2) + (b - HALF) * width + (uniform(state) - HALF) * tune.rapidity_blur
        recoil_x -= x[emission]
        recoil_y -= y[emission]
    return recoil_x, recoil_y


@fast
def boost(pt, star, mass2, recoil_x, recoil_y, x, y, eta):
    """Shrinks the legs for their masses and gives them the recoil of the initial state."""
    growth = math.exp(star)
    inverse = ONE / growth
    sinh, four_cosh2 = HALF * (growth - inverse), (growth + inverse) * (growth + inverse)
    shrink = max(ONE - mass2 / four_cosh2, F(0.3))
    s = four_cosh2 * pt * pt
    gain = pt / (s * (math.sqrt(ONE + (recoil_x * recoil_x + recoil_y * recoil_y) / s) + ONE))
    lift_x, lift_y = gain * recoil_x * recoil_x, gain * recoil_x * recoil_y
    for leg in range(LEGS):
        sign = ONE if leg == 0 else -ONE
        along_x, along_y = HALF * recoil_x + sign * lift_x, HALF * recoil_y + sign * lift_y
        moved = sign * pt + along_x
        slope = sinh * pt / math.sqrt(moved * moved + along_y * along_y)
        size = abs(slope)
        inward = math.copysign(math.log(size + math.sqrt(size * size + ONE)), slope)
        along_x *= sign / pt
        along_y *= sign / pt
        # The leg's share of the momentum goes to each of its parts.
        for part in range(3):
            candidate = leg if part == 0 else FINAL + 2 * leg + part - 1
            own = x[candidate]
            x[candidate] = (shrink + along_x) * own
            y[candidate] = shrink * y[candidate] + along_y * own
            eta[candidate] += sign * (inward - star)


@fast
def neutrinos(state, flavour):
    """The share of a jet's momentum that they carry."""
    if flavour < CHARM:
        return ZERO
    a, b = uniforms(state)
    if flavour == BOTTOM:
        return F(0.3) * b if a < F(0.35) else ZERO
    return F(0.25) * b if a < F(0.2) else ZERO


@fast
def fragment(state, tune, leg, colour, rapidity, noise, ell, flavour, x, y):
    """Hadronisation and the underlying event change a core, neutrinos leave it. Returns the neutrinos' momentum."""
    parton = max(math.sqrt(x[leg] * x[leg] + y[leg] * y[leg]), F(0.1))
    change = tune.jet_offset + tune.jet_offset_growth * ell + colour * (
        (tune.jet_noise + tune.jet_noise_growth * parton) * noise - tune.jet_colour_loss)
    factor = max(ONE + change / parton - tune.jet_forward_loss * rapidity * rapidity, F(0.2))
    share = neutrinos(state, flavour)
    taken_x, taken_y = factor * share * x[leg], factor * share * y[leg]
    x[leg] = factor * x[leg] - taken_x
    y[leg] = factor * y[leg] - taken_y
    return taken_x, taken_y


@fast
def underlying_pair(state, tune, pt, ell, x, y, eta):
    """The hardest pair of jets of the other interactions, about balanced in itself."""
    number = math.log((exponential(state) + F(1e-6)) / tune.underlying_rate) - ell * tune.underlying_growth
    size = min(F(8) * math.exp(-number * tune.underlying_power), pt)
    a, b = uniforms(state)
    angle, other = TURN * a, TURN * a + F(0.8) * (b - HALF)
    a, b = uniforms(state)
    other_size = -size * (F(0.75) + HALF * a)
    x[UNDERLYING], y[UNDERLYING] = size * math.cos(angle), size * math.sin(angle)
    x[UNDERLYING + 1], y[UNDERLYING + 1] = other_size * math.cos(other), other_size * math.sin(other)
    eta[UNDERLYING] = (TWO * b - ONE) * tune.underlying_rapidity
    eta[UNDERLYING + 1] = (TWO * uniform(state) - ONE) * tune.underlying_rapidity


@fast
def merge(x, y, eta):
    """What lies within the cone of a leg is part of it, one candidate after another."""
    for candidate in range(LEGS, CANDIDATES):
        for leg in range(LEGS):
            gap = eta[candidate] - eta[leg]
            room = CONE2 - gap * gap
            dot = x[candidate] * x[leg] + y[candidate] * y[leg]
            if room > ZERO and dot > ZERO:
                cross = y[candidate] * x[leg] - x[candidate] * y[leg]
                # tan^2 of the azimuthal distance for its square: inside the cone they differ by a tenth at most.
                if cross * cross < room * dot * dot:
                    x[leg] += x[candidate]
                    y[leg] += y[candidate]
                    x[candidate] = y[candidate] = ZERO


@fast
def radiate(state, tune, table, x, y, eta, jets):
    """Makes an event; `jets` has rows of pT, eta, direction (two columns) and label, falling. Returns their number and the soft
    momentum.
    """
    pt, ell, star, y3, y4, free1, free2, quarks_in, parton3, parton4 = scatter(state, table)
    a, b = uniforms(state)
    label3, label4 = label(tune, parton3, ell, a), label(tune, parton4, ell, b)
    colour3, colour4 = ONE if parton3 == GLUON else tune.quark, ONE if parton4 == GLUON else tune.quark
    rate = tune.final_rate * math.exp(-ell * tune.final_rate_fall)
    mass2 = radiate_leg(state, tune, 0, rate * colour3, pt, y3, x, y, eta)
    mass2 += radiate_leg(state, tune, 1, rate * colour4, -pt, y4, x, y, eta)
    recoil_x, recoil_y = radiate_initial(state, tune, pt, ell, TWO * abs(star), free1, free2, quarks_in, x, y, eta)
    a, b = normals(state)
    kick = tune.soft_recoil + tune.soft_recoil_growth * pt
    boost(pt, star, mass2, recoil_x + kick * a, recoil_y + kick * b, x, y, eta)
    a, b = normals(state)
    soft_x, soft_y = fragment(state, tune, 0, colour3, y3, a, ell, label3, x, y)
    other_x, other_y = fragment(state, tune, 1, colour4, y4, b, ell, label4, x, y)
    soft_x += other_x
    soft_y += other_y
    underlying_pair(state, tune, pt, ell, x, y, eta)
    merge(x, y, eta)

    # The hardest, by insertion: `order` is a stack of their numbers.
    count = 0
    for candidate in range(CANDIDATES):
        square = x[candidate] * x[candidate] + y[candidate] * y[candidate]
        if square > LOWEST2 and abs(eta[candidate]) < ETA_MAXIMUM:
            place = min(count, KEPT)
            while place > 0 and jets.pt2[place - 1] < square:
                jets.pt2[place], jets.order[place] = jets.pt2[place - 1], jets.order[place - 1]
                place -= 1
            jets.pt2[place], jets.order[place] = square, candidate
            count += 1
    count = min(count, KEPT)
    if count > 0 and jets.pt2[0] >= table.largest_pt2:
        count = 0
    # All this was along x; now the event's own azimuth.
    turn = TURN * uniform(state)
    cosine, sine = math.cos(turn), math.sin(turn)
    for place in range(count):
        candidate = jets.order[place]
        own_x, own_y, size = x[candidate], y[candidate], math.sqrt(jets.pt2[place])
        soft_x += own_x
        soft_y += own_y
        jets.pt[place], jets.eta[place] = size, eta[candidate]
        jets.ux[place], jets.uy[place] = (own_x * cosine - own_y * sine) / size, (own_x * sine + own_y * cosine) / size
        if candidate < LEGS:
            jets.label[place] = label3 if candidate == 0 else label4
        else:
            number = uniform(state) / tune.emission_gluons
            jets.label[place] = label(tune, GLUON, math.log(size) - LOG_100, number) if number < ONE else LIGHT
    return count, soft_y * sine - soft_x * cosine, -(soft_x * sine + soft_y * cosine)


# ---- The detector


@fast
def pt_place(pt):
    """Nodes are eight an octave from 4 GeV on: the octave's number, the node and what is left of a step."""
    clamped = min(max(pt, FOUR), F(16383))
    mantissa, octave = math.frexp(clamped)
    place = (TWO * mantissa - ONE) * F(8)
    step = np.int64(place)
    return octave - 3, 8 * (octave - 3) + step, place - F(step)


@fast
def eta_place(tables, eta):
    place = min(max((eta + tables.acceptance) * tables.eta_scale, ZERO), tables.eta_last)
    row = np.int64(place)
    return row, place - F(row)


@fast
def grid_value(grid, row, node, column, across, along):
    """Linear between neighbours in eta and in pT."""
    near = grid[row, node, column] + (grid[row, node + 1, column] - grid[row, node, column]) * along
    far = grid[row + 1, node, column] + (grid[row + 1, node + 1, column] - grid[row + 1, node, column]) * along
    return near + (far - near) * across


@fast
def vertex_offset(tables, vertex, eta):
    """What the vertex adds to eta as seen from the centre: jets meet the barrel's cylinder or the endcap's plane."""
    growth = math.exp(eta)
    sinh = HALF * (growth - ONE / growth)
    slope = sinh + vertex * tables.inverse_radius
    if abs(slope) >= tables.corner:
        slope = sinh / (ONE - math.copysign(vertex, vertex * sinh) * tables.inverse_length)
    size = abs(slope)
    return math.copysign(math.log(size + math.sqrt(size * size + ONE)), slope) - eta


@fast
def fluctuation(state, tables, tails, eta, octave, node, along, width, normal):
    """Measured over expected pT: a double-sided Crystal Ball around 1, kept positive without a change of its mean."""
    region = 0
    for edge in tails.edges:
        region += abs(eta) >= edge
    a, b = uniforms(state)
    # Shapes between two powers of two are those of one or the other at random.
    row = region * tails.octaves + octave + (F(8) * a < F(node & 7) + along)
    z = normal
    if b < tails.extra[row] or z > tails.high_alpha[row] or z < -tails.low_alpha[row]:
        a, b = uniforms(state)
        is_low = a < tails.low_share[row]
        alpha, n = (tails.low_alpha[row], tails.low_n[row]) if is_low else (tails.high_alpha[row], tails.high_n[row])
        # The probability to be farther out is uniform.
        z = alpha + n / alpha * (math.exp(-math.log(b) / (n - ONE)) - ONE)
        z = -z if is_low else z
    place = width * WIDTH_STEP
    step = np.int64(place)
    deficit = tails.deficit[row, step] + (tails.deficit[row, step + 1] - tails.deficit[row, step]) * (place - F(step))
    return min(max(ONE + width * (z - tails.mean[row] - deficit), LEAST), LARGEST)


@fast
def measure(state, tables, tails, jets, place, vertex, mu, measured):
    """A true jet as measured: pT, eta from the detector's centre, and direction in the transverse plane."""
    pt, flavour = jets.pt[place], jets.label[place]
    eta = jets.eta[place] + vertex_offset(tables, vertex, jets.eta[place])
    octave, node, along = pt_place(pt)
    row, across = eta_place(tables, eta)
    response = grid_value(tables.grid, row, node, 0, across, along)
    width = grid_value(tables.grid, row, node, 1, across, along)
    pull = grid_value(tables.grid, row, node, 2, across, along)
    noise = grid_value(tables.grid, row, node, 3, across, along)
    response *= tables.flavours[flavour, node] + (tables.flavours[flavour, node + 1] - tables.flavours[flavour, node]) * along
    width2 = width * width
    width = math.sqrt(max(width2 + noise * noise * (mu - tables.reference_mu), F(0.04) * width2))
    a, b = normals(state)
    c, _ = normals(state)
    value = pt * response * fluctuation(state, tables, tails, eta, octave, node, along, min(width, WIDTH_LAST), a)
    inverse2 = ONE / (pt * pt)
    eta += pull + b * math.sqrt(tables.eta_noise2 * inverse2 + tables.eta_floor2)
    turn = c * math.sqrt(tables.phi_noise2 * inverse2 + tables.phi_floor2)
    cosine, sine = math.cos(turn), math.sin(turn)
    measured.pt[place], measured.eta[place] = value, eta
    measured.ux[place] = jets.ux[place] * cosine - jets.uy[place] * sine
    measured.uy[place] = jets.ux[place] * sine + jets.uy[place] * cosine


@fast
def pile_up_jet(state, tables, vertex, mu, measured, place):
    """The hardest jet of pile-up, measured at the mean response."""
    number = (exponential(state) + F(1e-9)) / (max(mu, F(1e-3)) * tables.pile_up_rate)
    pt = F(20) * math.exp(-math.log(number) * tables.pile_up_power)
    a, b = uniforms(state)
    side = TWO * a - ONE
    # Inside the tracker or outside, with what the rejection leaves there.
    if abs(side) < tables.pile_up_central:
        eta = b * tables.tracker
    else:
        eta = tables.tracker + b * (tables.pile_up_limit - tables.tracker)
    eta = math.copysign(eta, side)
    eta += vertex_offset(tables, vertex, eta)
    _, node, along = pt_place(pt)
    row, across = eta_place(tables, eta)
    angle = TURN * uniform(state)
    measured.pt[place] = pt * grid_value(tables.grid, row, node, 0, across, along)
    measured.eta[place], measured.ux[place], measured.uy[place] = eta, math.cos(angle), math.sin(angle)


@fast
def interactions(state, tables, normal):
    """Their number, and the weight that makes their profile that of data."""
    mu = tables.mu_mean + tables.mu_width * normal
    while mu < tables.mu_lowest or mu > tables.mu_highest:
        normal, _ = normals(state)
        mu = tables.mu_mean + tables.mu_width * normal
    data = (mu - tables.data_mean) / tables.data_width
    return mu, tables.mu_weight * math.exp(HALF * (normal * normal - data * data))


@fast
def reconstruct(state, tables, tails, jets, count, soft_x, soft_y, measured):
    """Measures the event and puts the numbers of up to three jets, by falling pT, first in `measured.order`. Returns how many
    there are, the event's weight and its missing momentum.
    """
    a, b = normals(state)
    vertex = tables.vertex_spread * a
    mu, weight = interactions(state, tables, b)
    for place in range(count):
        measure(state, tables, tails, jets, place, vertex, mu, measured)
    pile_up_jet(state, tables, vertex, mu, measured, count)

    listed, energy, all_x, all_y = 0, ZERO, ZERO, ZERO
    for jet in range(count + 1):
        pt, eta = measured.pt[jet], abs(measured.eta[jet])
        is_pile_up = jet == count
        # Below its threshold the jet of pile-up is one of many, all in the noise.
        if eta >= tables.acceptance or is_pile_up and pt < tables.pile_up_threshold:
            continue
        energy += pt
        # The rest of its own collision balances the jet of pile-up.
        if not is_pile_up:
            all_x += pt * measured.ux[jet]
            all_y += pt * measured.uy[jet]
            # Tracks lose some of the true jets.
            if eta < tables.tracker and pt < tables.hard_loss_limit and uniform(state) < tables.hard_loss:
                continue
        if pt < tables.threshold:
            continue
        place = listed
        while place > 0 and measured.pt[measured.order[place - 1]] < pt:
            measured.order[place] = measured.order[place - 1]
            place -= 1
        measured.order[place] = jet
        listed += 1
    listed = min(listed, 3)

    # The soft term has what is seen and not listed, but not the jet of pile-up, which the rest of its own collision balances.
    soft = math.sqrt(soft_x * soft_x + soft_y * soft_y)
    inverse = ONE / max(soft, F(1e-6))
    along_x, along_y = soft_x * inverse, soft_y * inverse
    energy += tables.energy + tables.energy_per_mu * mu
    noise = tables.soft_noise + tables.soft_noise_growth * math.sqrt(energy)
    a, b = normals(state)
    along = tables.soft_response * soft + a * math.sqrt(tables.soft_parallel2 * soft * soft + noise * noise)
    across = b * math.sqrt(tables.soft_perpendicular2 * soft * soft + noise * noise)
    met_x, met_y = across * along_y - along * along_x - all_x, -along * along_y - across * along_x - all_y
    soft_x, soft_y = -met_x, -met_y
    for place in range(listed):
        jet = measured.order[place]
        soft_x -= measured.pt[jet] * measured.ux[jet]
        soft_y -= measured.pt[jet] * measured.uy[jet]
    return listed, weight, soft_x, soft_y, met_x, met_y


# ---- Sums


@fast
def bin_of(edges, value):
    """-1 outside."""
    if not (edges[0] <= value < edges[-1]):
        return -1
    low, high = 0, len(edges) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if value >= edges[middle]:
            low = middle
        else:
            high = middle
    return low


@fast
def add(measured, listed, weight, sums):
    """Adds an event that passes the selection to its cell of `sums`."""
    if listed < 2:
        return
    one, other = measured.order[0], measured.order[1]
    average = HALF * (measured.pt[one] + measured.pt[other])
    if listed > 2 and measured.pt[measured.order[2]] > ALPHA_MAXIMUM * average:
        return
    if measured.ux[one] * measured.ux[other] + measured.uy[one] * measured.uy[other] >= COSINE_MAXIMUM:
        return
    if measured.eta[one] > measured.eta[other]:
        one, other = other, one
    pt_bin = bin_of(PT_EDGES, average)
    low, high = bin_of(ETA_EDGES, measured.eta[one]), bin_of(ETA_EDGES, measured.eta[other])
    if pt_bin < 0 or low < 0 or high < 0:
        return
    asymmetry = np.float64((measured.pt[one] - measured.pt[other]) / average)
    cell = sums[(pt_bin * ETA_BINS + low) * ETA_BINS + high]
    cell[0] += 1
    value = np.float64(weight)
    for power in range(3):
        cell[1 + power] += value
        value *= asymmetry
    value = np.float64(weight) * weight
    for power in range(5):
        cell[4 + power] += value
        value *= asymmetry


Jets = namedtuple("Jets", "pt2 order pt eta ux uy label")
Measured = namedtuple("Measured", "order pt eta ux uy")


@fast
def chunk(seed, first, last, tune, table, tables, tails, sums):
    """Makes the events of a chunk and adds those selected to `sums`. Returns the sums of soft and missing momentum's sizes."""
    state = np.empty(1, np.uint64)
    # Far apart: the states of SplitMix64 are steps of one sequence.
    state[0] = (U(seed) << U(40)) + U(first)
    state[0] = word(state)
    x, y, eta = np.empty(CANDIDATES, F), np.empty(CANDIDATES, F), np.empty(CANDIDATES, F)
    jets = Jets(
        np.empty(KEPT + 1, F), np.empty(KEPT + 1, np.int64), np.empty(KEPT, F), np.empty(KEPT, F), np.empty(KEPT, F),
        np.empty(KEPT, F), np.empty(KEPT, np.int64))
    measured = Measured(
        np.empty(MEASURED, np.int64), np.empty(MEASURED, F), np.empty(MEASURED, F), np.empty(MEASURED, F),
        np.empty(MEASURED, F))
    soft, missing = 0.0, 0.0
    for _ in range(first, last):
        count, soft_x, soft_y = radiate(state, tune, table, x, y, eta, jets)
        listed, weight, soft_x, soft_y, met_x, met_y = reconstruct(
            state, tables, tails, jets, count, soft_x, soft_y, measured)
        soft += math.sqrt(soft_x * soft_x + soft_y * soft_y)
        missing += math.sqrt(met_x * met_x + met_y * met_y)
        add(measured, listed, weight, sums)
    return soft, missing


CHUNK = 8192


@njit(parallel=True, fastmath=True, error_model="numpy")
def run_slice(seed, events, tune, table, tables, tails, sums, soft, missing):
    """One slice; `sums`, `soft` and `missing` have an entry a thread."""
    for index in prange((events + CHUNK - 1) // CHUNK):
        thread = numba.get_thread_id()
        a, b = chunk(
            seed, index * CHUNK, min(events, (index + 1) * CHUNK), tune, table, tables, tails, sums[thread])
        soft[thread] += a
        missing[thread] += b


def tables_of(made):
    """The model's numbers in the form that the loop takes."""
    tune = vars(made.radiation) | {
        "cone": CONE_RADIUS, "log_distance": math.log(made.radiation.final_distance / CONE_RADIUS),
        "log_initial_reach": math.log(made.radiation.initial_reach), "underlying_power": 1 / made.radiation.underlying_fall,
    }
    card = {key: value for key, value in vars(made.detector).items() if key != "tails"}
    card |= {key + "2": card[key] ** 2 for key in (
        "eta_noise", "eta_floor", "phi_noise", "phi_floor", "soft_parallel", "soft_perpendicular")}
    card |= {
        "eta_scale": (card["eta_nodes"] - 1) / (2 * card["acceptance"]), "eta_last": card["eta_nodes"] - 1,
        "inverse_radius": 1 / card["barrel_radius"], "inverse_length": 1 / card["endcap_distance"],
        "corner": card["endcap_distance"] / card["barrel_radius"], "pile_up_threshold": max(5.0, card["threshold"]),
    }
    tails = vars(made.detector.tails)
    octaves = tails["octaves"]
    slices = [
        record("Slice", {
            "keep": table.keep, "codes": table.codes, "last": table.pt_nodes - 1, "log_low": math.log(table.low / 100),
            "reach": (table.low / table.high) ** table.power - 1, "inverse_power": 1 / table.power,
            "largest_pt2": (model.LARGEST_EXCESS * table.high) ** 2,
        }) for table in made.slices]
    return record("Tune", tune), record("Card", card), record("Tails", tails)._replace(octaves=octaves), slices


def main():
    options = model.arguments(__doc__.split(":")[0], threads=True)
    start = time.perf_counter()
    made = model.make_model(options.events)
    tune, tables, tails, slices = tables_of(made)
    numba.set_num_threads(options.threads)
    sums = np.zeros((len(slices), options.threads, model.CELLS, len(model.COLUMNS)))
    soft, missing = np.zeros(options.threads), np.zeros(options.threads)
    run_slice(0, 1000, tune, slices[0], tables, tails, np.zeros_like(sums[0]), np.zeros_like(soft), np.zeros_like(missing))
    setup_seconds = time.perf_counter() - start

    begin, begin_cpu = time.perf_counter(), time.process_time()
    for number, (table, events) in enumerate(zip(slices, made.events)):
        run_slice(options.seed * len(slices) + number, events, tune, table, tables, tails, sums[number], soft, missing)
    by_slice = sums.sum(axis=1)
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - begin_cpu
    if options.sums:
        model.write_sums(options.sums, by_slice, made.weights)
    model.report(
        "numba", options, options.threads, seconds, setup_seconds, by_slice, {"numba": numba.__version__},
        cpu_seconds=cpu_seconds, mean_soft=soft.sum() / options.events, mean_met=missing.sum() / options.events)


if __name__ == "__main__":
    main()
