"""The detector in Numba, for the N events of numba_truth.py, in further columns of the same buffers."""

import numpy as np

import model
from detector import LARGEST, LEAST, WIDTH_LARGEST, WIDTH_STEPS
from model import KEPT
from numba_math import HALF, ONE, TWO, F, I, U, asinh, direction, exp, fast, log, normals, rotation, uniforms
from numba_truth import (
    JET_ETA, JET_LABEL, JET_PT, JET_X, JET_Y, SOFT_X, SOFT_Y, TRUTH_COLUMNS, TRUTH_INTEGERS, ZERO, N)

MEASURED, LISTED = KEPT + 1, 3
WIDTH_STEP, WIDTH_LAST = F(WIDTH_STEPS / WIDTH_LARGEST), F(WIDTH_LARGEST)
ALPHA_MAXIMUM, ETA_LAST = F(model.ALPHA_MAXIMUM), F(model.ETA_EDGES[-1])
COSINE_MAXIMUM = F(np.cos(model.DELTA_PHI_MINIMUM))
PT_FIRST, PT_LAST = F(model.PT_EDGES[0]), F(model.PT_EDGES[-1])

# Of events.
VERTEX, MU, WEIGHT, AVERAGE, MET_X, MET_Y, TERM_X, TERM_Y = (N * (TRUTH_COLUMNS + column) for column in range(8))
# Of the four true jets and that of pile-up, one after another: as measured, and places and values of the tables.
M_PT, M_ETA, M_X, M_Y, HARD, ALONG, ACROSS, RESPONSE, WIDTH, PULL, NOISE, FLUCTUATION = (
    N * (TRUTH_COLUMNS + 8 + MEASURED * column) for column in range(12))
# Of the three hardest.
L_PT, L_ETA, L_X, L_Y = (N * (TRUTH_COLUMNS + 8 + 12 * MEASURED + LISTED * column) for column in range(4))
COLUMNS = TRUTH_COLUMNS + 8 + 12 * MEASURED + 4 * LISTED
ROW, NODE, LIST, PASSES = (N * (TRUTH_INTEGERS + column) for column in (0, MEASURED, 2 * MEASURED, 2 * MEASURED + LISTED))
INTEGERS = TRUTH_INTEGERS + 2 * MEASURED + LISTED + 1


@fast
def surroundings(counter, card, w):
    """Vertex, number of interactions, and the weight that makes its profile that of data."""
    for i in range(N):
        a, b = normals(counter + U(i))
        w[VERTEX + i] = card.vertex_spread * a
        other, last = normals(counter + U(N + i))
        # Outside of the profile once in 4000 times: another number then, and once more.
        lowest, highest = (card.mu_lowest - card.mu_mean) / card.mu_width, (card.mu_highest - card.mu_mean) / card.mu_width
        b = b if (b > lowest) & (b < highest) else other
        b = b if (b > lowest) & (b < highest) else last
        mu = card.mu_mean + card.mu_width * b
        data = (mu - card.data_mean) / card.data_width
        w[MU + i], w[WEIGHT + i] = mu, card.mu_weight * exp(HALF * (b * b - data * data))


@fast
def vertex_offset(card, vertex, eta):
    """What the vertex adds to eta as seen from the centre: jets meet the barrel's cylinder or the endcap's plane."""
    growth = exp(eta)
    sinh = HALF * (growth - ONE / growth)
    barrel = sinh + vertex * card.inverse_radius
    along = vertex if sinh > ZERO else -vertex
    endcap = sinh / (ONE - along * card.inverse_length)
    return asinh(barrel if abs(barrel) < card.corner else endcap) - eta


@fast
def find_places(card, place, pt, eta, w, k):
    """Nodes in pT are eight an octave from 4 GeV on, so that the position is read off the bits of the number."""
    bits = F(min(max(pt, F(4)), F(16383))).view(I)
    k[NODE + place] = I(bits >> I(20)) - I((2 + 127) << 3)
    w[ALONG + place] = F(I(bits & I(0xFFFFF))) * F(2.0**-20)
    position = min(max((eta + card.acceptance) * card.eta_scale, ZERO), card.eta_last)
    row = I(position)
    k[ROW + place] = row
    w[ACROSS + place] = position - F(row)


@fast
def place_jets(counter, card, w, k):
    """The true jets' eta as seen from the centre, and the hardest jet of pile-up."""
    for jet in range(KEPT):
        for i in range(N):
            place = jet * N + i
            eta = w[JET_ETA + place]
            eta += vertex_offset(card, w[VERTEX + i], eta)
            w[M_ETA + place] = eta
            find_places(card, place, w[JET_PT + place], eta, w, k)
    for i in range(N):
        place = KEPT * N + i
        a, b = uniforms(counter + U(i))
        number = (F(1e-9) - log(a)) / (max(w[MU + i], F(1e-3)) * card.pile_up_rate)
        pt = F(20) * exp(-log(number) * card.pile_up_power)
        side = TWO * b - ONE
        a, b = uniforms(counter + U(N + i))
        # Inside the tracker or outside, with what the rejection leaves there.
        inside, outside = a * card.tracker, card.tracker + a * (card.pile_up_limit - card.tracker)
        eta = inside if abs(side) < card.pile_up_central else outside
        eta = eta if side > ZERO else -eta
        eta += vertex_offset(card, w[VERTEX + i], eta)
        w[M_PT + place], w[M_ETA + place] = pt, eta
        w[M_X + place], w[M_Y + place] = direction(b)
        find_places(card, place, pt, eta, w, k)


@fast
def bilinear(grid, row, node, column, along, across):
    near = grid[row, node, column] + (grid[row, node + 1, column] - grid[row, node, column]) * along
    far = grid[row + 1, node, column] + (grid[row + 1, node + 1, column] - grid[row + 1, node, column]) * along
    return near + (far - near) * across


@fast
def look_up(grid, flavours, w, k):
    for place in range(KEPT * N):
        if w[JET_PT + place] > ZERO:
            row, node, along, across = k[ROW + place], k[NODE + place], w[ALONG + place], w[ACROSS + place]
            flavour = flavours[k[JET_LABEL + place]]
            w[RESPONSE + place] = bilinear(grid, row, node, 0, along, across) * (
                flavour[node] + (flavour[node + 1] - flavour[node]) * along)
            w[WIDTH + place] = bilinear(grid, row, node, 1, along, across)
            w[PULL + place] = bilinear(grid, row, node, 2, along, across)
            w[NOISE + place] = bilinear(grid, row, node, 3, along, across)
    for place in range(KEPT * N, MEASURED * N):
        w[RESPONSE + place] = bilinear(grid, k[ROW + place], k[NODE + place], 0, w[ALONG + place], w[ACROSS + place])


@fast
def fluctuate(counter, tails, w, k):
    """Measured over expected pT of jets: a double-sided Crystal Ball around 1, kept positive without a change of its mean."""
    for place in range(KEPT * N):
        if w[JET_PT + place] > ZERO:
            eta, node, width, z = abs(w[M_ETA + place]), k[NODE + place], w[WIDTH + place], w[FLUCTUATION + place]
            region = 0
            for edge in tails.edges:
                region += eta >= edge
            a, b = uniforms(counter + U(place))
            # Shapes between two powers of two are those of one or the other at random.
            row = region * tails.octaves + (node >> 3) + (F(8) * a < F(node & 7) + w[ALONG + place])
            if b < tails.extra[row] or z > tails.high_alpha[row] or z < -tails.low_alpha[row]:
                a, b = uniforms(counter + U(KEPT * N + place))
                is_low = a < tails.low_share[row]
                alpha, n = (tails.low_alpha[row], tails.low_n[row]) if is_low else (tails.high_alpha[row], tails.high_n[row])
                # The probability to be farther out is uniform.
                z = alpha + n / alpha * (exp(-log(b) / (n - ONE)) - ONE)
                z = -z if is_low else z
            steps = width * WIDTH_STEP
            step = int(steps)
            deficit = tails.deficit[row]
            z -= tails.mean[row] + deficit[step] + (deficit[step + 1] - deficit[step]) * (steps - F(step))
            w[FLUCTUATION + place] = min(max(ONE + width * z, F(LEAST)), F(LARGEST))


@fast
def measure(counter, card, grid, flavours, tails, w, k):
    look_up(grid, flavours, w, k)
    for jet in range(KEPT):
        for i in range(N):
            place = jet * N + i
            width2, noise = w[WIDTH + place] * w[WIDTH + place], w[NOISE + place]
            width2 = max(width2 + noise * noise * (w[MU + i] - card.reference_mu), F(0.04) * width2)
            w[WIDTH + place] = min(np.sqrt(width2), WIDTH_LAST)
            inverse = ONE / max(w[JET_PT + place], ONE)
            z, a = normals(counter + U(place))
            w[FLUCTUATION + place] = z
            w[NOISE + place] = a * np.sqrt(card.eta_noise2 * inverse * inverse + card.eta_floor2)
            b, _ = normals(counter + U(KEPT * N + place))
            cosine, sine = rotation(b * np.sqrt(card.phi_noise2 * inverse * inverse + card.phi_floor2))
            x, y = w[JET_X + place], w[JET_Y + place]
            w[M_X + place], w[M_Y + place] = x * cosine - y * sine, x * sine + y * cosine
    fluctuate(counter + U(2 * KEPT * N), tails, w, k)
    for place in range(KEPT * N):
        # Of what is absent nothing was looked up.
        pt = w[JET_PT + place]
        w[M_PT + place] = pt * w[RESPONSE + place] * w[FLUCTUATION + place] if pt > ZERO else ZERO
        w[M_ETA + place] += w[PULL + place] + w[NOISE + place] if pt > ZERO else ZERO
    for place in range(KEPT * N, MEASURED * N):
        w[M_PT + place] *= w[RESPONSE + place]


@fast
def list_jets(counter, card, w, k):
    """What is seen and what is hard; the three hardest, by the bits of pT whose lowest three are the jet's number."""
    for i in range(N):
        for jet in range(MEASURED):
            place = jet * N + i
            pt, eta = w[M_PT + place], abs(w[M_ETA + place])
            # Below its threshold the jet of pile-up is one of many, all in the noise.
            least = card.pile_up_threshold if jet == KEPT else ZERO
            pt = pt if (eta < card.acceptance) & (pt >= least) else ZERO
            w[M_PT + place] = pt
            # Tracks lose some of the true jets.
            a, _ = uniforms(counter + U(place))
            probability = card.hard_loss if jet < KEPT else ZERO
            is_lost = (a < probability) & (eta < card.tracker) & (pt < card.hard_loss_limit)
            w[HARD + place] = pt if (pt >= card.threshold) & (not is_lost) else ZERO
    for i in range(N):
        one, two, three = I(0), I(0), I(0)
        for jet in range(MEASURED):
            bits = I((F(w[HARD + jet * N + i]).view(I) & I(~7)) | I(jet))
            one, bits = max(one, bits), min(one, bits)
            two, bits = max(two, bits), min(two, bits)
            three = max(three, bits)
        k[LIST + i], k[LIST + N + i], k[LIST + 2 * N + i] = one, two, three
    for position in range(LISTED):
        for i in range(N):
            bits = k[LIST + position * N + i]
            place = (bits & 7) * N + i
            w[L_PT + position * N + i] = w[M_PT + place] if bits > 7 else ZERO
            w[L_ETA + position * N + i] = w[M_ETA + place]
            w[L_X + position * N + i], w[L_Y + position * N + i] = w[M_X + place], w[M_Y + place]


@fast
def soft_term(counter, card, w):
    """What is seen and not listed, but not the jet of pile-up, which the rest of its own collision balances."""
    for i in range(N):
        all_x, all_y, listed_x, listed_y, energy = ZERO, ZERO, ZERO, ZERO, w[M_PT + KEPT * N + i]
        for jet in range(KEPT):
            pt = w[M_PT + jet * N + i]
            energy += pt
            all_x += pt * w[M_X + jet * N + i]
            all_y += pt * w[M_Y + jet * N + i]
        for position in range(LISTED):
            pt = w[L_PT + position * N + i]
            listed_x += pt * w[L_X + position * N + i]
            listed_y += pt * w[L_Y + position * N + i]
        x, y = w[SOFT_X + i], w[SOFT_Y + i]
        soft = np.sqrt(x * x + y * y)
        inverse = ONE / max(soft, F(1e-6))
        energy += card.energy + card.energy_per_mu * w[MU + i]
        noise = card.soft_noise + card.soft_noise_growth * np.sqrt(energy)
        a, b = normals(counter + U(i))
        along = card.soft_response * soft + a * np.sqrt(card.soft_parallel2 * soft * soft + noise * noise)
        across = b * np.sqrt(card.soft_perpendicular2 * soft * soft + noise * noise)
        met_x, met_y = -all_x - (along * x - across * y) * inverse, -all_y - (along * y + across * x) * inverse
        w[MET_X + i], w[MET_Y + i] = met_x, met_y
        w[TERM_X + i], w[TERM_Y + i] = -met_x - listed_x, -met_y - listed_y


@fast
def select(w, k):
    for i in range(N):
        pt1, pt2, pt3 = w[L_PT + i], w[L_PT + N + i], w[L_PT + 2 * N + i]
        average = HALF * (pt1 + pt2)
        cosine = w[L_X + i] * w[L_X + N + i] + w[L_Y + i] * w[L_Y + N + i]
        passes = (pt2 > ZERO) & (pt3 <= ALPHA_MAXIMUM * average) & (cosine < COSINE_MAXIMUM)
        passes &= (average >= PT_FIRST) & (average < PT_LAST)
        passes &= (abs(w[L_ETA + i]) < ETA_LAST) & (abs(w[L_ETA + N + i]) < ETA_LAST)
        w[AVERAGE + i] = average
        k[PASSES + i] = I(1) if passes else I(0)


@fast
def reconstruct(counter, card, grid, flavours, tails, w, k):
    """Fills the columns from those of truth; takes 30 N random words."""
    surroundings(counter, card, w)
    place_jets(counter + U(2 * N), card, w, k)
    measure(counter + U(4 * N), card, grid, flavours, tails, w, k)
    list_jets(counter + U(20 * N), card, w, k)
    soft_term(counter + U(25 * N), card, w)
    select(w, k)
