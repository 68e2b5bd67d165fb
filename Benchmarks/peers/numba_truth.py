"""Truth in Numba: hard scatterings and their radiation, for N events at a time.

Columns are stretches of N numbers of one buffer `w` (integers: `k`), and their offsets are constants: so the compiler sees that
columns do not overlap, and makes the loops over events vector code. What reads tables stands in loops of its own, which stay
scalar.
`counter` numbers the random words of a block.
"""

import numpy as np

import model
from model import CANDIDATES, CONE_RADIUS, FINAL, INITIAL, KEPT, LEGS, UNDERLYING
from numba_math import HALF, ONE, TURN, TWO, F, I, U, asinh, direction, exp, fast, log, normals, rotation, uniforms, word
from scattering import BOTTOM, CATEGORIES, CATEGORY_BITS, CATEGORY_MASK, CHARM, GLUON, LIGHT, NODE_BITS, NODE_MASK, NODES

N = 256
ZERO, FOUR = F(0), F(4)
LOG_100, LOG_SQRT_S, HALF_SQRT_S = F(np.log(100)), F(np.log(model.SQRT_S)), F(model.SQRT_S / 2)
CONE2, LOWEST2, ETA_MAXIMUM = F(CONE_RADIUS**2), F(model.JET_THRESHOLD**2), F(model.ABS_ETA_MAXIMUM)
STAR_LAST, BOOST_LAST = F(NODES[1] - 1), F(NODES[2] - 1)
QUARKS_IN, PARTON_3, PARTON_4 = (np.array(column, np.int32) for column in zip(*CATEGORIES))

# Columns of a scattering: Y3 and Y4 follow each other, as do FREE1 and FREE2, and PARTON3 and PARTON4.
REST, INCOMING, PT, ELL, STAR, Y3, Y4, FREE1, FREE2 = (N * column for column in range(9))
# Of candidates: momenta in the frame where the hard scattering is along x, and eta; of the legs' factors.
X, Y, ETA = (N * (9 + CANDIDATES * column) for column in range(3))
MASS2, RECOIL_X, RECOIL_Y, COLOUR = (N * (9 + 3 * CANDIDATES + column) for column in range(4))
# Of jets, the four of each kind one after another: pT, eta and direction; and the soft momentum.
JET_PT, JET_ETA, JET_X, JET_Y = (N * (14 + 3 * CANDIDATES + KEPT * column) for column in range(4))
SOFT_X, SOFT_Y = (N * (14 + 3 * CANDIDATES + 4 * KEPT + column) for column in range(2))
TRUTH_COLUMNS = 16 + 3 * CANDIDATES + 4 * KEPT
# Integers: places in the tables, categories' partons, and labels of legs and of jets.
SLOT, CODE, PARTON, LABEL, JET_LABEL, RANKED = (N * column for column in (0, 1, 2, 4, 6, 6 + KEPT))
TRUTH_INTEGERS = 6 + 2 * KEPT


@fast
def scatter(counter, table, incoming, w, k):
    slots = U(len(table.keep))
    for i in range(N):
        place = (word(counter + U(i)) >> U(32)) * slots
        k[SLOT + i] = I(place >> U(32))
        w[REST + i] = F(I(place >> U(8) & U(0xFFFFFF))) * F(2.0**-24)
    for i in range(N):
        slot = k[SLOT + i]
        code = table.codes[slot, 0 if w[REST + i] < table.keep[slot] else 1]
        k[CODE + i] = code
        category = code & CATEGORY_MASK
        w[INCOMING + i] = incoming[QUARKS_IN[category]]
        k[PARTON + i], k[PARTON + N + i] = PARTON_3[category], PARTON_4[category]
    counter += U(N)
    last, reach, log_low, inverse_power = table.last, table.reach, table.log_low, table.inverse_power
    for i in range(N):
        code = k[CODE + i]
        # Hats at a border are folded back.
        a, b = uniforms(counter + U(i))
        u = last - abs(last - abs(F(code >> I(CATEGORY_BITS + 2 * NODE_BITS)) + a - b))
        a, b = uniforms(counter + U(N + i))
        s = abs(F(code >> I(CATEGORY_BITS + NODE_BITS) & I(NODE_MASK)) + a - b) / STAR_LAST
        a, b = uniforms(counter + U(2 * N + i))
        t = abs(F(code >> I(CATEGORY_BITS) & I(NODE_MASK)) + a - b) / BOOST_LAST
        # Both directions of the beam are alike.
        sign = ONE if (word(counter + U(3 * N + i)) & U(1)) == U(0) else -ONE
        ell = log_low - log(ONE + u / last * reach) * inverse_power
        pt = F(100) * exp(ell)
        beam = HALF_SQRT_S / pt
        star = s * log(beam + np.sqrt(beam * beam - ONE))
        growth = exp(star)
        fraction = HALF * (growth + ONE / growth) / beam
        # Rounding may leave a little less than 0.
        boost = sign * t * max(-log(fraction), ZERO)
        star *= sign
        lift = exp(boost)
        w[PT + i], w[ELL + i], w[STAR + i] = pt, ell, star
        w[Y3 + i], w[Y4 + i] = boost + star, boost - star
        w[FREE1 + i] = log(max(ONE - fraction * lift, F(1e-3)))
        w[FREE2 + i] = log(max(ONE - fraction / lift, F(1e-3)))


@fast
def line(ell, constant, growth, curve=ZERO):
    return max(constant + (growth + curve * ell) * ell, ZERO)


@fast
def label(tune, parton, ell, number):
    """What the jet of a parton is labelled as: a gluon may become a quark, a light quark c or a gluon."""
    is_gluon = parton == I(GLUON)
    charm = line(ell, tune.gluon_to_charm, tune.gluon_to_charm_growth)
    bottom = charm + line(ell, tune.gluon_to_bottom, tune.gluon_to_bottom_growth, tune.gluon_to_bottom_curve)
    light = bottom + line(ell, tune.gluon_to_light, tune.gluon_to_light_growth)
    of_gluon = I(LIGHT) if number < light else I(GLUON)
    of_gluon = I(BOTTOM) if number < bottom else of_gluon
    of_gluon = I(CHARM) if number < charm else of_gluon
    charm = line(ell, tune.light_to_charm, tune.light_to_charm_growth)
    gluon = charm + line(ell, tune.light_to_gluon, tune.light_to_gluon_growth)
    of_light = I(GLUON) if number < gluon else I(LIGHT)
    of_light = I(CHARM) if number < charm else of_light
    heavy = parton if parton > I(LIGHT) else of_light
    return of_gluon if is_gluon else heavy


@fast
def radiate_legs(counter, tune, w, k):
    """Two emissions of each leg and its core, which recoils so that the parton's direction is kept."""
    for leg in range(LEGS):
        for i in range(N):
            ell = w[ELL + i]
            a, _ = uniforms(counter + U(i))
            parton = k[PARTON + leg * N + i]
            k[LABEL + leg * N + i] = label(tune, parton, ell, a)
            colour = ONE if parton == I(GLUON) else tune.quark
            w[COLOUR + leg * N + i] = colour
            rate = tune.final_rate * exp(-ell * tune.final_rate_fall) * colour
            pt = w[PT + i] if leg == 0 else -w[PT + i]
            rapidity = w[Y3 + leg * N + i]
            number, kept, shift_eta, shift_phi, mass2 = ZERO, ONE, ZERO, ZERO, ZERO
            sizes = uniforms(counter + U(N + i))
            for emission in range(2):
                number -= TWO * log(sizes[emission]) / rate
                share = tune.final_reach * exp(-number / (ONE + np.sqrt(ONE + TWO * tune.final_steepening * number)))
                a, b = uniforms(counter + U((2 + emission) * N + i))
                distance = tune.cone * exp(tune.log_distance * a)
                cosine, sine = direction(b)
                along, across = distance * cosine, distance * sine
                rest = ONE - share
                cosine, sine = rotation(rest * across)
                size = pt * share * kept
                place = (FINAL + 2 * leg + emission) * N + i
                w[X + place], w[Y + place], w[ETA + place] = size * cosine, size * sine, rapidity + rest * along
                shift_eta -= share * along
                shift_phi -= share * across
                mass2 += share * rest * kept * distance * distance
                kept *= rest
            cosine, sine = rotation(shift_phi)
            place = leg * N + i
            w[X + place], w[Y + place], w[ETA + place] = pt * kept * cosine, pt * kept * sine, rapidity + shift_eta
            w[MASS2 + i] = mass2 if leg == 0 else w[MASS2 + i] + mass2
        counter += U(4 * N)


@fast
def radiate_initial(counter, tune, w):
    """Three emissions; their recoil, with that of what is too soft for jets."""
    for i in range(N):
        pt, ell, free1, free2 = w[PT + i], w[ELL + i], w[FREE1 + i], w[FREE2 + i]
        gap = TWO * abs(w[STAR + i])
        log_hardest = ell + LOG_100 + tune.log_initial_reach
        room = TWO * (LOG_SQRT_S - log_hardest - tune.rapidity_margin) + free1 + free2
        wide = tune.gap_rate * exp(ell * tune.gap_growth) * gap * gap / (ONE + tune.gap_bend * gap)
        scale = tune.initial_rate * w[INCOMING + i] * exp(-ell * tune.initial_rate_fall)
        linear = scale * (max(room, F(0.1)) + wide)
        square = FOUR * scale * tune.initial_steepening
        number = ZERO
        a, b = normals(counter + U(6 * N + i))
        kick = tune.soft_recoil + tune.soft_recoil_growth * pt
        recoil_x, recoil_y = kick * a, kick * b
        for emission in range(UNDERLYING - INITIAL):
            a, b = uniforms(counter + U(2 * emission * N + i))
            number -= log(a)
            depth = TWO * number / (linear + np.sqrt(linear * linear + square * number))
            size = tune.initial_reach * pt * exp(-depth)
            blur = (b - HALF) * tune.rapidity_blur
            a, b = uniforms(counter + U((2 * emission + 1) * N + i))
            cosine, sine = direction(a)
            place = (INITIAL + emission) * N + i
            w[X + place], w[Y + place] = size * cosine, size * sine
            # Uniform between the rapidities that the beams have energy for, with blurred ends.
            width = max(room + TWO * depth, HALF)
            w[ETA + place] = HALF * (free1 - free2) + (b - HALF) * width + blur
            recoil_x -= size * cosine
            recoil_y -= size * sine
        w[RECOIL_X + i], w[RECOIL_Y + i] = recoil_x, recoil_y


@fast
def boost(w):
    """Shrinks the legs for their masses and gives them the recoil of the initial state."""
    for i in range(N):
        pt, star, recoil_x, recoil_y = w[PT + i], w[STAR + i], w[RECOIL_X + i], w[RECOIL_Y + i]
        growth = exp(star)
        inverse = ONE / growth
        sinh, four_cosh2 = HALF * (growth - inverse), (growth + inverse) * (growth + inverse)
        shrink = max(ONE - w[MASS2 + i] / four_cosh2, F(0.3))
        s = four_cosh2 * pt * pt
        gain = pt / (s * (np.sqrt(ONE + (recoil_x * recoil_x + recoil_y * recoil_y) / s) + ONE))
        lift_x, lift_y = gain * recoil_x * recoil_x, gain * recoil_x * recoil_y
        for leg in range(LEGS):
            sign = ONE if leg == 0 else -ONE
            along_x, along_y = HALF * recoil_x + sign * lift_x, HALF * recoil_y + sign * lift_y
            moved = sign * pt + along_x
            shift = sign * (asinh(sinh * pt / np.sqrt(moved * moved + along_y * along_y)) - star)
            along_x *= sign / pt
            along_y *= sign / pt
            # The leg's share of the momentum goes to each of its parts.
            for part in range(3):
                place = (leg if part == 0 else FINAL + 2 * leg + part - 1) * N + i
                own = w[X + place]
                w[X + place] = (shrink + along_x) * own
                w[Y + place] = shrink * w[Y + place] + along_y * own
                w[ETA + place] += shift


@fast
def fragment(counter, tune, w, k):
    """Hadronisation and the underlying event change the cores, neutrinos leave them: the soft momentum begins with theirs."""
    for i in range(N):
        noises = normals(counter + U(i))
        invisible_x, invisible_y = ZERO, ZERO
        for leg in range(LEGS):
            place = leg * N + i
            x, y, rapidity, colour, flavour = w[X + place], w[Y + place], w[Y3 + place], w[COLOUR + place], k[LABEL + place]
            parton = max(np.sqrt(x * x + y * y), F(0.1))
            change = tune.jet_offset + tune.jet_offset_growth * w[ELL + i] + colour * (
                (tune.jet_noise + tune.jet_noise_growth * parton) * noises[leg] - tune.jet_colour_loss)
            factor = max(ONE + change / parton - tune.jet_forward_loss * rapidity * rapidity, F(0.2))
            a, b = uniforms(counter + U((1 + leg) * N + i))
            decays = F(0.35) if flavour == I(BOTTOM) else (F(0.2) if flavour == I(CHARM) else ZERO)
            largest = F(0.3) if flavour == I(BOTTOM) else F(0.25)
            share = b * largest if a < decays else ZERO
            w[X + place], w[Y + place] = factor * (ONE - share) * x, factor * (ONE - share) * y
            invisible_x += factor * share * x
            invisible_y += factor * share * y
        w[SOFT_X + i], w[SOFT_Y + i] = -invisible_x, -invisible_y


@fast
def underlying_pair(counter, tune, w):
    """The hardest pair of jets of the other interactions, about balanced in itself."""
    first, second = UNDERLYING * N, (UNDERLYING + 1) * N
    for i in range(N):
        a, b = uniforms(counter + U(i))
        number = log((F(1e-6) - log(a)) / tune.underlying_rate) - w[ELL + i] * tune.underlying_growth
        size = min(F(8) * exp(-number * tune.underlying_power), w[PT + i])
        cosine, sine = direction(b)
        w[X + first + i], w[Y + first + i] = size * cosine, size * sine
        c, d = uniforms(counter + U(N + i))
        cosine, sine = direction(b + F(0.8) / TURN * (c - HALF))
        size *= -F(0.75) - HALF * d
        w[X + second + i], w[Y + second + i] = size * cosine, size * sine
        a, b = uniforms(counter + U(2 * N + i))
        w[ETA + first + i] = (TWO * a - ONE) * tune.underlying_rapidity
        w[ETA + second + i] = (TWO * b - ONE) * tune.underlying_rapidity


@fast
def merge(w):
    """What lies within the cone of a leg is part of it, one candidate after another."""
    for i in range(N):
        for candidate in range(LEGS, CANDIDATES):
            place = candidate * N + i
            for leg in range(LEGS):
                x, y, leg_x, leg_y = w[X + place], w[Y + place], w[X + leg * N + i], w[Y + leg * N + i]
                gap = w[ETA + place] - w[ETA + leg * N + i]
                dot, cross = x * leg_x + y * leg_y, y * leg_x - x * leg_y
                # tan^2 of the azimuthal distance for its square: inside the cone they differ by a tenth at most.
                share = ONE if (cross * cross < (CONE2 - gap * gap) * dot * dot) & (dot > ZERO) else ZERO
                w[X + leg * N + i] = leg_x + share * x
                w[Y + leg * N + i] = leg_y + share * y
                w[X + place] = x - share * x
                w[Y + place] = y - share * y


@fast
def rank(w, k):
    """The bits of pT^2 of the hardest four, falling; the lowest four bits of each are the candidate's number."""
    for i in range(N):
        one, two, three, four = I(0), I(0), I(0), I(0)
        for candidate in range(CANDIDATES):
            place = candidate * N + i
            x, y = w[X + place], w[Y + place]
            square = F(x * x + y * y) if abs(w[ETA + place]) < ETA_MAXIMUM else ZERO
            bits = I((F(square).view(I) & I(~15)) | I(candidate))
            one, bits = max(one, bits), min(one, bits)
            two, bits = max(two, bits), min(two, bits)
            three, bits = max(three, bits), min(three, bits)
            four = max(four, bits)
        k[RANKED + i], k[RANKED + N + i], k[RANKED + 2 * N + i], k[RANKED + 3 * N + i] = one, two, three, four


@fast
def list_jets(counter, tune, largest_pt2, w, k):
    """The four hardest jets, absent ones with pT 0, at the event's own azimuth, and what balances them."""
    for jet in range(KEPT):
        for i in range(N):
            bits = k[RANKED + jet * N + i]
            place = (bits & I(15)) * N + i
            w[JET_X + jet * N + i], w[JET_Y + jet * N + i] = w[X + place], w[Y + place]
            w[JET_ETA + jet * N + i] = w[ETA + place]
    for i in range(N):
        a, _ = uniforms(counter + U(i))
        cosine, sine = direction(a)
        soft_x, soft_y = w[SOFT_X + i], w[SOFT_Y + i]
        hardest = I(k[RANKED + i] & I(~15)).view(F)
        for jet in range(KEPT):
            bits = k[RANKED + jet * N + i]
            candidate = bits & I(15)
            square = I(bits & I(~15)).view(F)
            is_there = (square > LOWEST2) & (hardest < largest_pt2)
            x, y = w[JET_X + jet * N + i], w[JET_Y + jet * N + i]
            x, y = (x if is_there else ZERO), (y if is_there else ZERO)
            soft_x -= x
            soft_y -= y
            pt = np.sqrt(x * x + y * y)
            inverse = ONE / max(pt, F(1e-3))
            w[JET_PT + jet * N + i] = pt
            w[JET_X + jet * N + i] = (x * cosine - y * sine) * inverse
            w[JET_Y + jet * N + i] = (x * sine + y * cosine) * inverse
            a, _ = uniforms(counter + U((1 + jet) * N + i))
            number = a / tune.emission_gluons
            radiated = label(tune, I(GLUON), log(max(pt, ONE)) - LOG_100, number)
            radiated = radiated if number < ONE else I(LIGHT)
            of_leg = k[LABEL + i] if candidate == I(0) else k[LABEL + N + i]
            k[JET_LABEL + jet * N + i] = of_leg if candidate < I(LEGS) else radiated
        w[SOFT_X + i] = soft_x * cosine - soft_y * sine
        w[SOFT_Y + i] = soft_x * sine + soft_y * cosine


@fast
def make_truth(counter, tune, table, w, k):
    """Fills the columns with N events; takes 40 N random words."""
    scatter(counter, table, tune.incoming, w, k)
    radiate_legs(counter + U(5 * N), tune, w, k)
    radiate_initial(counter + U(13 * N), tune, w)
    boost(w)
    fragment(counter + U(20 * N), tune, w, k)
    underlying_pair(counter + U(23 * N), tune, w)
    merge(w)
    rank(w, k)
    list_jets(counter + U(26 * N), tune, table.largest_pt2, w, k)
