// A jet in the detector: tables by direction and pT, fluctuations, and what it is measured as.

enum {
    true_jet_count = 4,
    // The true jets and the hardest of pile-up.
    measured_count = 5,
    listed_count = 3,
    pt_node_count = EtaCalPtNodeCount,
    // Parts of the random numbers of jets.
    response_part = 0,
    direction_part = 1,
    choice_part = 2
};

static const float full_turn = 6.2831853f;
// GeV: no jet of pile-up is softer.
static const float least_pile_up = 5.0f;

/// What is the same for all jets of an event.
struct Surroundings {
    // Position of the vertex along the beam, mm; number of interactions.
    F vertex, mu;
    // Where the grid of its period begins.
    I grid;
};

struct Place { I node; F fraction; };

/// The jets of the events: true ones become measured ones, step by step for all of them, so that a processor finds
/// independent work to do beside each other. GeV, pseudorapidity from the vertex, azimuth.
struct Jets {
    F pt[measured_count], eta[measured_count], phi[measured_count];
    // What the vertex adds to η as seen from the detector's centre.
    F offset[measured_count];
    I flavour[true_jet_count];
    struct Place node[measured_count];
    // Response, pull of η, and resolution with pile-up.
    F scale[measured_count], pull[true_jet_count], width[true_jet_count];
};

// ---- Tables

/// Where pT stands on nodes of eight an octave from 4 GeV on.
INLINE struct Place pt_place(F pt) {
    F clamped = at_least(pt, all(4.0f));
    clamped = select(clamped < 16383.0f, clamped, all(16383.0f));
    W bits = (W)clamped;
    I node = (I)(bits >> 20) - ((2 + 127) << 3);
    F fraction = __builtin_convertvector((I)(bits & 0xFFFFFu), F) * 0x1p-20f;
    return (struct Place){node, fraction};
}

INLINE struct Place eta_place(const struct EtaCalDetector *detector, F eta) {
    F place = at_least((eta + detector->eta_limit) * detector->eta_scale, all(0.0f));
    float last = (float)(detector->eta_nodes - 1);
    place = select(place < last, place, all(last));
    I node = __builtin_convertvector(place, I);
    return (struct Place){node, place - __builtin_convertvector(node, F)};
}

struct GridValues { F response, resolution, pull, noise; };

/// Linear between the nodes of each lane's own grid.
INLINE struct GridValues grid_values(
    const struct EtaCalDetector *detector, const struct Surroundings *event, F eta, struct Place pt) {
    struct Place place = eta_place(detector, eta);
    I index = event->grid + (place.node * pt_node_count + pt.node) * 4;
    int32_t indices[lane_count];
    float fractions[lane_count];
    memcpy(indices, &index, sizeof index);
    memcpy(fractions, &place.fraction, sizeof fractions);
    F rows[8];
    UNROLL for (int lane = 0; lane < 8; lane++) {
        // Neighbours in pT stand side by side.
        F near = eight_of(detector->grid, indices, lane), far = eight_of(detector->grid + 4 * pt_node_count, indices, lane);
        rows[lane] = between(near, far, eight_times(fractions, lane));
    }
    transpose(rows);
    return (struct GridValues){
        between(rows[0], rows[4], pt.fraction), between(rows[1], rows[5], pt.fraction),
        between(rows[2], rows[6], pt.fraction), between(rows[3], rows[7], pt.fraction)};
}

/// Of no known flavour, light quarks, c, b, gluons: rows of the table of flavours.
INLINE I flavour_class(I flavour) {
    I known = choose((flavour >= 1) & (flavour <= 3), (I)1, (I)0);
    known = choose((flavour == 4) | (flavour == 5), flavour - 2, known);
    return choose(flavour == 21, (I)4, known);
}

/// How much of a jet of width 1 / sharpness lies within `half` of a window's centre; where the jet is the wider one never all.
INLINE F share_along(F distance, float half, float sharpness) {
    float most = 2.0f * half * sharpness;
    most = most < 0.0f ? 0.0f : most < 1.0f ? most : 1.0f;
    F share = at_least(fused(half - __builtin_elementwise_abs(distance), sharpness, 0.5f), all(0.0f));
    return select(share > most, all(most), share);
}

/// How much of a window (1 inside, 0 outside, half at the edges) a jet is in.
INLINE F share_inside(const struct EtaCalWindow *window, F eta, F phi) {
    F distance = eta - window->eta, turn = phi - window->phi;
    turn = select(turn > 0.5f * full_turn, turn - full_turn, turn);
    turn = select(turn < -0.5f * full_turn, turn + full_turn, turn);
    F inside = share_along(turn, window->phi_half, window->sharpness);
    // Of more than half a turn the gap is looked at, whose two edges may both be felt; a ring has none.
    if (window->phi_half > 0.25f * full_turn) {
        F gap = 0.5f * full_turn - __builtin_elementwise_abs(turn);
        inside = 1.0f - share_along(gap, 0.5f * full_turn - window->phi_half, window->sharpness);
    }
    return share_along(distance, window->eta_half, window->sharpness) * inside;
}

INLINE I is_inside_any(const struct EtaCalWindow *windows, int32_t count, F eta, F phi) {
    I inside = (I)0;
    for (int32_t index = 0; index < count; index++) inside |= share_inside(&windows[index], eta, phi) > 0.5f;
    return inside;
}

// ---- Fluctuations

/// √2 times the inverse error function of 1 − rest, to 10⁻⁶ relative up to 5.5 and 4 × 10⁻⁴ at 6.2, where words end, and to
/// 10⁻⁷ near 0: M. Giles, "Approximating the erfinv function", GPU Computing Gems 2 (2011).
INLINE F normal_deviate(F rest) {
    F x = 1.0f - rest;
    F w = -logarithm(rest * (1.0f + x));
    F near = w - 2.5f;
    F p = fused(near, 2.81022636e-08f, 3.43273939e-07f);
    p = fused(near, p, -3.5233877e-06f);
    p = fused(near, p, -4.39150654e-06f);
    p = fused(near, p, 0.00021858087f);
    p = fused(near, p, -0.00125372503f);
    p = fused(near, p, -0.00417768164f);
    p = fused(near, p, 0.246640727f);
    p = fused(near, p, 1.50140941f);
    I is_far = w >= 5.0f;
    // Beyond 2.9, where few vectors have a lane.
    if (any(is_far)) {
        F far = root(at_least(w, all(0.0f))) - 3.0f;
        F q = fused(far, -0.000200214257f, 0.000100950558f);
        q = fused(far, q, 0.00134934322f);
        q = fused(far, q, -0.00367342844f);
        q = fused(far, q, 0.00573950773f);
        q = fused(far, q, -0.0076224613f);
        q = fused(far, q, 0.00943887047f);
        q = fused(far, q, 1.00167406f);
        q = fused(far, q, 2.83297682f);
        p = select(is_far, q, p);
    }
    return p * x * 1.41421356f;
}

/// The numbers of a side, of which a share p of draws is farther out: below the tail's share z is offset + length · p^power; in
/// the core the normal density beyond z grows with p from `core_rest` on. One over the side's words, and the mean of both sides.
enum { tail_share, tail_offset, tail_length, tail_power, core_growth, core_rest, per_word, shape_mean };

/// A draw from a shape of the table: its row, on which side of it, the probability within the side to be farther out, and the
/// eight numbers of the side.
struct Draw { I row, is_right; F survival, shape[8]; };

/// A word's order in its range decides the side, how far it is from its end the distance.
INLINE struct Draw draw(const struct EtaCalDetector *detector, F eta, struct Place pt, W word, F choice) {
    F place = detector->tails_signed ? eta : __builtin_elementwise_abs(eta);
    I region = (I)0;
    for (int32_t edge = 0; edge < detector->tail_count - 1; edge++) region -= place >= detector->tail_edges[edge];
    // Tails between two powers of two are those of one or the other, in proportion to the distance.
    F in_octave = (__builtin_convertvector(pt.node & 7, F) + pt.fraction) * 0.125f;
    struct Draw result;
    result.row = region * EtaCalOctaveCount + (pt.node >> 3) - (choice < in_octave);
    result.is_right = word >= entry(detector->left_shares, result.row);
    W place_in_side = word ^ (W)result.is_right;
    I side = (2 * result.row - result.is_right) * 8;
    int32_t rows[lane_count];
    memcpy(rows, &side, sizeof side);
    UNROLL for (int lane = 0; lane < 8; lane++) result.shape[lane] = eight_of(detector->shapes, rows, lane);
    transpose(result.shape);
    // Words that are farther out, to one.
    result.survival = fused(etacal_number(place_in_side >> 1), 2.0f, 1.0f) * result.shape[per_word];
    return result;
}

/// The measured over the expected pT: of mean 1 and positive, with a double-sided Crystal Ball of core width `width` around
/// it.
INLINE F fluctuation(const struct EtaCalDetector *detector, const struct Draw *draw, F width) {
    const F *shape = draw->shape;
    F survival = draw->survival;
    F near = normal_deviate(fused(survival - shape[tail_share], shape[core_growth], shape[core_rest]));
    F far = fused(shape[tail_length], exponential(shape[tail_power] * logarithm(survival)), shape[tail_offset]);
    F sign = select(draw->is_right, all(1.0f), all(-1.0f));
    F z = fused(sign, select(survival < shape[tail_share], far, near), -shape[shape_mean]);
    // What keeping it positive would add to the mean is taken off. In units of the width it is nearly linear in it.
    F steps = width * (float)EtaCalDeficitSteps * 0.5f;
    I step = __builtin_convertvector(steps, I);
    F deficit = table_value(
        detector->deficits, draw->row * (EtaCalDeficitSteps + 2) + step, steps - __builtin_convertvector(step, F));
    F ratio = at_least(fused(width, z - deficit, 1.0f), all(EtaCalLeastFluctuation));
    return select(ratio > EtaCalLargestFluctuation, all(EtaCalLargestFluctuation), ratio);
}

// ---- Jets

/// What the vertex adds to a pseudorapidity seen from the detector's centre: a jet meets the barrel's cylinder or the
/// endcap's plane where its line from the vertex does.
INLINE F vertex_offset(const struct EtaCalDetector *detector, F vertex, F eta) {
    Pair growth = exponentials(eta);
    F sinh = 0.5f * (growth.first - growth.second);
    F along = fused(vertex, detector->inverse_radius, sinh);
    F length = select(sinh < 0.0f, -vertex, vertex) * detector->inverse_length;
    F endcap = sinh / (1.0f - length);
    F slope = select(__builtin_elementwise_abs(along) < detector->corner, along, endcap);
    F size = __builtin_elementwise_abs(slope);
    F seen = logarithm(size + root(fused(size, size, 1.0f)));
    return select(slope < 0.0f, -seen, seen) - eta;
}

INLINE F wrapped_single(F phi) {
    F turns = fused(phi, 1 / full_turn, 12582912.0f) - 12582912.0f;
    return fused(-turns, full_turn, phi);
}

/// Where the jets are as seen from the detector's centre, and what its tables say of them there.
INLINE void look_up(const struct EtaCalDetector *detector, const struct Surroundings *event, struct Jets *jets) {
    ROLLED for (int jet = 0; jet < measured_count; jet++)
        jets->offset[jet] =
            detector->inverse_length > 0 ? vertex_offset(detector, event->vertex, jets->eta[jet]) : all(0.0f);
    ROLLED for (int jet = 0; jet < measured_count; jet++) {
        struct Place node = pt_place(jets->pt[jet]);
        struct GridValues values = grid_values(detector, event, jets->eta[jet] + jets->offset[jet], node);
        jets->node[jet] = node;
        jets->scale[jet] = values.response;
        // Fluctuations of a jet of pile-up would change a power law by a factor, which the rate has.
        if (jet == true_jet_count) break;
        jets->pull[jet] = values.pull;
        F core2 = values.resolution * values.resolution;
        F width2 = fused(values.noise * values.noise, event->mu - detector->reference_mu, core2);
        width2 = at_least(width2, core2 * 0.04f);
        F width = root(width2);
        jets->width[jet] = select(width < EtaCalLargestWidth, width, all(EtaCalLargestWidth));
    }
    ROLLED for (int jet = 0; jet < true_jet_count; jet++) {
        struct Place node = jets->node[jet];
        F scale = jets->scale[jet] * table_value(
            detector->flavours, flavour_class(jets->flavour[jet]) * pt_node_count + node.node, node.fraction);
        F place = jets->eta[jet] + jets->offset[jet];
        for (int32_t index = 0; index < detector->module_count; index++)
            scale *= 1.0f -
                detector->modules[index].loss * share_inside(&detector->modules[index], place, jets->phi[jet]);
        jets->scale[jet] = scale;
    }
}

/// True jets become measured ones.
/// @param choices of tails, a uniform number in each byte.
INLINE void measure(
    const struct EtaCalDetector *detector, const W responses[true_jet_count], const W directions[true_jet_count],
    W choices, struct Jets *jets) {
    struct Draw draws[true_jet_count];
    ROLLED for (int jet = 0; jet < true_jet_count; jet++) {
        F choice = etacal_uniform_of_low_byte(choices >> (8 * jet));
        draws[jet] = draw(detector, jets->eta[jet] + jets->offset[jet], jets->node[jet], responses[jet], choice);
    }
    F measured[true_jet_count];
    ROLLED for (int jet = 0; jet < true_jet_count; jet++)
        measured[jet] = jets->pt[jet] * jets->scale[jet] * fluctuation(detector, &draws[jet], jets->width[jet]);
    ROLLED for (int jet = 0; jet < true_jet_count; jet++) {
        F pt = jets->pt[jet];
        F inverse = 1.0f / at_least(pt, all(1.0f));
        F eta_noise = detector->eta_noise * inverse, phi_noise = detector->phi_noise * inverse;
        Pair turned = etacal_normals_of(
            directions[jet], fused(eta_noise, eta_noise, detector->eta_floor2),
            fused(phi_noise, phi_noise, detector->phi_floor2));
        jets->eta[jet] += jets->pull[jet] + turned.first;
        jets->phi[jet] = wrapped_single(jets->phi[jet] + turned.second);
        jets->pt[jet] = select(pt > 0.0f, measured[jet], all(0.0f));
    }
}

/// The hardest jet of pile-up, before it is measured: jets above a true pT are a Poisson process of mean
/// μ · rate · (20 GeV / pT)^power.
INLINE void add_pile_up(
    const struct EtaCalDetector *detector, const struct Surroundings *event, const struct Words *random,
    struct Jets *jets) {
    F rate = fused(event->mu, detector->pile_up_rate, 1e-30f);
    // An exponential number, fine near 0, where the hardest jets come from.
    F v = uniform(random->x);
    F number = select(v < 1e-3f, fused(0.5f * v, v, v), -logarithm(at_least(1.0f - v, all(1e-9f))));
    Pair place = uniforms(random->y), side = uniforms(random->z);
    // Inside the tracker or outside, with what the rejection leaves there.
    I is_central = side.first < detector->pile_up_central;
    F low = select(is_central, all(0.0f), all(detector->tracker_limit));
    F high = select(is_central, all(detector->tracker_limit), all(detector->pile_up_limit));
    F eta = between(low, high, place.first);
    jets->pt[true_jet_count] = 20.0f * exponential(logarithm(rate / number) * detector->pile_up_power);
    jets->eta[true_jet_count] = select(side.second < 0.5f, -eta, eta);
    jets->phi[true_jet_count] = (place.second - 0.5f) * full_turn;
}
