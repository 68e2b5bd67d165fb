"""The simulated detector of a card as tables: Geometry/README.md has the card's keys, docs/physics.md the model.

Only what the card cms-like has is known here; a card with more is refused.
"""

from types import SimpleNamespace

import numpy as np
from scipy.special import ndtr

from scattering import BOTTOM, CHARM, GLUON, LIGHT

ETA_STEP = 0.02
# Nodes in pT stand at 2^e (1 + m/8) from 4 GeV to 16 TeV, and the tables are linear between.
PT_OCTAVES, PT_LOWEST = 12, 4.0
# Shapes of the fluctuations stand at powers of two, and what the lower bound adds to the mean at steps of the width.
WIDTH_STEPS, WIDTH_LARGEST = 64, 2.0
LEAST, LARGEST = 0.02, 50.0
KNOWN = {
    "acceptance", "directions", "envelope", "flavours", "jets", "name", "pile_up", "pseudo_data", "resolution", "response",
    "schema", "soft_terms", "summary", "tails",
}


def pt_nodes(step=8):
    return np.array([PT_LOWEST * 2.0 ** (node // step) * (1 + node % step / step) for node in range(PT_OCTAVES * step + 1)])


def in_log_pt(pt, nodes, values, reach):
    """Linear in ln pT between nodes; the outermost slopes go on for `reach` in ln pT, and the value is frozen then."""
    place = np.clip(np.log(pt), np.log(nodes[0]) - reach, np.log(nodes[-1]) + reach)
    log_nodes = np.log(nodes)
    upper = np.clip(np.searchsorted(log_nodes, place), 1, len(nodes) - 1)
    fraction = (place - log_nodes[upper - 1]) / (log_nodes[upper] - log_nodes[upper - 1])
    values = np.asarray(values)
    return values[upper - 1] + fraction * (values[upper] - values[upper - 1])


def region_of(eta, regions):
    return np.clip(np.searchsorted([region["eta"][1] for region in regions], np.abs(eta), "right"), 0, len(regions) - 1)


def response_map(card, eta, pt):
    """By eta and pT: regions in |eta|, blended linearly over `transition` to both sides of their common edges."""
    regions, width = card["regions"], card["transition"]
    by_region = np.array([in_log_pt(pt, region["pt"], region["values"], 1.0) for region in regions])
    table = by_region[region_of(eta, regions)]
    for index, edge in enumerate(region["eta"][1] for region in regions[:-1]):
        near = np.abs(np.abs(eta) - edge) < width
        share = (0.5 + 0.5 * (np.abs(eta[near]) - edge) / width)[:, None]
        table[near] = (1 - share) * by_region[index] + share * by_region[index + 1]
    return table


def resolution(card, eta, pt):
    """By eta and pT: frozen below 8 GeV and above 8 TeV."""
    pt = np.clip(pt, 8, 8000)
    rows = [
        np.sqrt(r["n"] * abs(r["n"]) / pt**2 + r["s"] ** 2 * pt ** r["d"] + r["c"] ** 2) for r in card["regions"]
    ]
    return np.array(rows)[region_of(eta, card["regions"])]


def detector_grid(card):
    """Columns response, core width, pull of eta and noise for the root of an interaction over pT, by eta and pT."""
    limit = card["acceptance"]["abs_eta_max"]
    eta = np.linspace(-limit, limit, round(2 * limit / ETA_STEP) + 1)
    pt = pt_nodes()
    response = response_map(card["response"], eta, pt)
    # The axis moves to the side that responds more, by width^2 d ln R / d eta.
    pull = card["directions"]["jet_width"] ** 2 * np.gradient(np.log(response), eta, axis=0)
    steps = card["pile_up"]["noise"]["regions"]
    noise = np.array([step["value"] for step in steps])[region_of(eta, steps)][:, None] / pt
    grid = np.stack([response, resolution(card["resolution"], eta, pt), pull, noise], axis=-1)
    # One more row, so that the last node has a neighbour.
    return np.concatenate([grid, grid[-1:]]).astype(np.float32)


def shape(side_pt, region, octave_pt):
    """alpha and n of both sides at pT: linear in ln pT, constant outside."""
    return [in_log_pt(octave_pt, side_pt, region[key], 0.0) for key in ("low_alpha", "low_n", "high_alpha", "high_n")]


def fluctuations(card):
    """Double-sided Crystal Balls by region of eta and octave of pT.

    A normal number is kept when it lies between -low_alpha and high_alpha and a uniform one is not below `extra`; all others go
    to the tails, to the low one with the probability `low_share`.
    """
    octaves, regions = pt_nodes(step=1), card["tails"]["regions"]
    low_alpha, low_n, high_alpha, high_n = np.array(
        [shape(region["pt"], region, octaves) for region in regions]
    ).swapaxes(0, 1).reshape(4, -1)

    def tail(alpha, n):
        return np.exp(-0.5 * alpha**2) * n / (alpha * (n - 1))

    def moment(alpha, n):
        """Integral of |z| over a side."""
        return 1 - np.exp(-0.5 * alpha**2) + tail(alpha, n) * (alpha + n / (alpha * (n - 2)))

    low_tail, high_tail = tail(low_alpha, low_n), tail(high_alpha, high_n)
    core = np.sqrt(2 * np.pi) * (ndtr(high_alpha) - ndtr(-low_alpha))
    mass = core + low_tail + high_tail
    mean = (moment(high_alpha, high_n) - moment(low_alpha, low_n)) / mass
    table = SimpleNamespace(
        low_alpha=low_alpha, low_n=low_n, high_alpha=high_alpha, high_n=high_n, mean=mean,
        extra=1 - np.sqrt(2 * np.pi) / mass, low_share=low_tail / (low_tail + high_tail))
    table.deficit = np.array([deficits(*sides) for sides in zip(low_alpha, low_n, high_alpha, high_n, mass, mean)])
    for key, values in vars(table).items():
        setattr(table, key, values.astype(np.float32))
    table.edges = np.array([region["eta"][1] for region in regions[:-1]], np.float32)
    table.octaves = len(octaves)
    return table


def deficits(low_alpha, low_n, high_alpha, high_n, mass, mean):
    """d by width w such that the mean of max(1 + w (z - <z> - d), LEAST) is 1, by steps of the width, and one beyond."""
    z = np.linspace(-120, 60, 180001)

    def side(alpha, n, distance):
        tail = np.exp(-0.5 * alpha**2) * (1 + np.maximum(distance - alpha, 0) * alpha / n) ** -n
        return np.where(distance > alpha, tail, np.exp(-0.5 * z**2))

    density = np.where(z < 0, side(low_alpha, low_n, -z), side(high_alpha, high_n, z))
    step = z[1] - z[0]
    below = np.cumsum(density / mass) * step
    shortfall = np.cumsum(below) * step  # mean of (limit - z) where z is below the limit
    width = WIDTH_LARGEST * np.arange(1, WIDTH_STEPS + 2) / WIDTH_STEPS
    low, high = np.zeros_like(width), np.ones_like(width)
    for _ in range(50):
        middle = 0.5 * (low + high)
        is_small = np.interp(mean + middle + (LEAST - 1) / width, z, shortfall) > middle
        low, high = np.where(is_small, middle, low), np.where(is_small, high, middle)
    return np.concatenate([[0], low])


def detector(card):
    """All tables and numbers of a card's simulation, weighted to the interactions of its data."""
    unknown = set(card) - KNOWN
    if unknown:
        raise SystemExit(f"{card['name']}: {', '.join(sorted(unknown))} not known to the peers; take cms-like")
    pile_up, jets, soft = card["pile_up"], card["pile_up"]["jets"], card["soft_terms"][0]
    own, data = pile_up["mu"], card["pseudo_data"]["mu"]
    inside = jets["tracker_abs_eta_max"] / jets["abs_eta_max"] * (1 - jets["rejection"])
    remaining = inside + 1 - jets["tracker_abs_eta_max"] / jets["abs_eta_max"]
    flavours = np.ones((4, len(pt_nodes())))
    for kind, name in ((GLUON, "gluon"), (LIGHT, "light"), (CHARM, "charm"), (BOTTOM, "bottom")):
        flavours[kind] = in_log_pt(pt_nodes(), card["flavours"][name]["pt"], card["flavours"][name]["values"], 1.0)
    lowest = [max(0, profile["mean"] - 4 * profile["width"]) for profile in (own, data)]
    norms = [ndtr(4) - ndtr((least - mu["mean"]) / mu["width"]) for mu, least in zip((own, data), lowest)]
    grid = detector_grid(card)
    return SimpleNamespace(
        grid=grid, eta_nodes=len(grid) - 1, flavours=flavours.astype(np.float32), tails=fluctuations(card),
        acceptance=card["acceptance"]["abs_eta_max"], threshold=card["acceptance"]["pt_min"],
        eta_noise=card["directions"]["eta"]["noise"], eta_floor=card["directions"]["eta"]["floor"],
        phi_noise=card["directions"]["phi"]["noise"], phi_floor=card["directions"]["phi"]["floor"],
        vertex_spread=card["envelope"]["vertex_spread"], barrel_radius=card["envelope"]["barrel_radius"],
        endcap_distance=card["envelope"]["endcap_distance"],
        mu_mean=own["mean"], mu_width=own["width"], mu_lowest=lowest[0], mu_highest=own["mean"] + 4 * own["width"],
        data_mean=data["mean"], data_width=data["width"], data_lowest=lowest[1],
        # Density of the data's interactions over that of simulation's, without the exponentials.
        mu_weight=own["width"] * norms[0] / (data["width"] * norms[1]),
        reference_mu=pile_up.get("resolution_mu", own["mean"]),
        pile_up_rate=jets["rate"] * remaining, pile_up_power=1 / jets["power"], pile_up_central=inside / remaining,
        tracker=jets["tracker_abs_eta_max"], pile_up_limit=jets["abs_eta_max"], hard_loss=jets["hard_loss"],
        hard_loss_limit=jets["pt_max"],
        soft_response=soft["response"], soft_parallel=soft["parallel"], soft_perpendicular=soft["perpendicular"],
        soft_noise=soft["noise"], soft_noise_growth=soft["noise_growth"], energy=soft["energy"],
        energy_per_mu=soft["energy_per_mu"])
