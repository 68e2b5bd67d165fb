"""The detector in NumPy. Rows of an array are jets, its columns events; eta is that from the detector's centre."""

from types import SimpleNamespace

import numpy as np

from detector import LARGEST, LEAST, WIDTH_LARGEST, WIDTH_STEPS
from model import KEPT
from numpy_truth import TURN, F, ranked_indices, rows_of

MEASURED, LISTED = KEPT + 1, 3


def lerp(low, high, fraction):
    high -= low
    high *= fraction
    high += low
    return high


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

        # The soft term has what is seen and not listed, but not the jet of pile-up, which its own collision balances.
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
