// The cross-section of lowest-order QCD at given kinematics: amplitudes times densities of partons.

typedef float Partons __attribute__((ext_vector_type(EtaCalPartonLanes)));

/// What a pair of partons may do, in the order of the rates; the first name is the first jet's where it matters.
enum Channel {
    gluons_to_gluons, gluons_to_quarks, quark_gluon, gluon_quark, unlike_quarks, like_quarks, to_same_quarks,
    to_other_quarks, to_gluons, channel_count
};

/// The amplitudes (docs/physics.md) with ½ for identical partons and the number of flavours: the first final parton at t, and
/// both places of the jets together.
struct Amplitudes { F direct[channel_count], both[channel_count]; };

INLINE void set_amplitude(struct Amplitudes *amplitudes, enum Channel channel, F direct, F exchanged) {
    amplitudes->direct[channel] = direct;
    amplitudes->both[channel] = direct + exchanged;
}

/// @param inverse_t 1/t of the parton that is the first jet, in units of ŝ.
/// @param inverse_u 1/u.
INLINE void set_amplitudes(struct Amplitudes *amplitudes, F inverse_t, F inverse_u) {
    F t = 1.0f / inverse_t;
    F u = -1.0f - t;
    F t2 = t * t, u2 = u * u;
    F pole = inverse_t * inverse_t, exchanged_pole = inverse_u * inverse_u;
    F product = inverse_t * inverse_u, squares = t2 + u2;
    F gluons = 2.25f * (3.0f - t * u - u * pole - t * exchanged_pole);
    set_amplitude(amplitudes, gluons_to_gluons, gluons, gluons);
    F quarks = 5.0f * squares * (product * (1.0f / 6) - 0.375f);
    set_amplitude(amplitudes, gluons_to_quarks, quarks, quarks);
    F scattered = (1.0f + u2) * (pole - inverse_u * (4.0f / 9));
    F exchanged = (1.0f + t2) * (exchanged_pole - inverse_t * (4.0f / 9));
    set_amplitude(amplitudes, quark_gluon, scattered, exchanged);
    set_amplitude(amplitudes, gluon_quark, scattered, exchanged);
    F apart = (1.0f + u2) * pole * (4.0f / 9), apart_exchanged = (1.0f + t2) * exchanged_pole * (4.0f / 9);
    set_amplitude(amplitudes, unlike_quarks, apart, apart_exchanged);
    F alike = 0.5f * (apart + apart_exchanged - product * (8.0f / 27));
    set_amplitude(amplitudes, like_quarks, alike, alike);
    F other = squares * (4.0f / 9);
    set_amplitude(
        amplitudes, to_same_quarks, apart + other - u2 * inverse_t * (8.0f / 27),
        apart_exchanged + other - t2 * inverse_u * (8.0f / 27));
    set_amplitude(amplitudes, to_other_quarks, 4.0f * other, 4.0f * other);
    F annihilated = squares * (product * (16.0f / 27) - 4.0f / 3);
    set_amplitude(amplitudes, to_gluons, annihilated, annihilated);
}

/// Quarks d, u, s, c, b and their antiquarks in the same order.
enum { quark_count = 10, flavour_count = 5 };

/// Densities of one beam's partons.
struct Beam { F quarks[quark_count], gluon, sum; };

/// Kinematics, partons and rates of points.
struct Points {
    F log_ratio, pt, x1, x2;
    // What the rate of partons is multiplied by, pb.
    F strength;
    struct Beam first, second;
    // What the amplitude of a channel is multiplied by, and the sum over channels; 0 outside phase space.
    F luminosity[channel_count], total;
    struct Amplitudes amplitudes;
};

/// The sum over quarks and antiquarks, in an order that pairs could be added in.
INLINE F sum(const F quarks[quark_count]) {
    F bottom_and_down = (quarks[0] + quarks[5]) + (quarks[4] + quarks[9]);
    return (bottom_and_down + (quarks[2] + quarks[7])) + ((quarks[1] + quarks[6]) + (quarks[3] + quarks[8]));
}

/// The place of a quark's antiquark.
INLINE int conjugate(int quark) { return (quark + flavour_count) % quark_count; }

INLINE F product(const struct Beam *first, const struct Beam *second, F products[quark_count]) {
    UNROLL for (int quark = 0; quark < quark_count; quark++) products[quark] = first->quarks[quark] * second->quarks[quark];
    return sum(products);
}

/// Of quarks with their antiquarks.
INLINE F opposite_product(const struct Beam *first, const struct Beam *second, F products[quark_count]) {
    UNROLL for (int quark = 0; quark < quark_count; quark++)
        products[quark] = first->quarks[quark] * second->quarks[conjugate(quark)];
    return sum(products);
}

/// The number of a step that a place lies in, and what is left of it.
INLINE I step_of(F place, int32_t last, F *part) {
    I step = __builtin_convertvector(place, I);
    step = choose(step > last, (I)last, step);
    *part = place - __builtin_convertvector(step, F);
    return step;
}

INLINE Partons knot(const float *knots) {
    Partons value;
    memcpy(&value, knots, sizeof value);
    return value;
}

/// a b + c of one b.
INLINE Partons scaled(Partons a, float b, Partons c) {
    Partons result;
    for (int first = 0; first < EtaCalPartonLanes; first += lane_count) {
        F value, addend;
        memcpy(&value, (const float *)&a + first, sizeof value);
        memcpy(&addend, (const float *)&c + first, sizeof addend);
        value = fused(value, b, addend);
        memcpy((float *)&result + first, &value, sizeof value);
    }
    return result;
}

/// Densities at places in steps of the table in x, at a row and a part of the step to the next row in Q.
INLINE void set_beam(const struct EtaCalSlice *slice, F place, I row, F row_part, struct Beam *beam) {
    F part;
    I column = step_of(place, slice->x_count - 2, &part);
    I knots = (row * slice->x_count + column) * EtaCalPartonLanes;
    int32_t indices[lane_count];
    // Weights of the four knots around: their sum is 1.
    F both = part * row_part;
    F of_column = part - both, of_row = row_part - both;
    float neither_weights[lane_count], column_weights[lane_count], row_weights[lane_count], both_weights[lane_count];
    spill(knots, indices);
    // Not below 0 by what is rounded.
    spill_numbers(at_least((1.0f - part) - of_row, all(0.0f)), neither_weights);
    spill_numbers(of_column, column_weights);
    spill_numbers(of_row, row_weights);
    spill_numbers(both, both_weights);
    float rows[lane_count][EtaCalPartonLanes];
    for (int lane = 0; lane < lane_count; lane++) {
        const float *lower = slice->knots + indices[lane];
        const float *upper = lower + (size_t)slice->x_count * EtaCalPartonLanes;
        Partons value = knot(lower) * neither_weights[lane];
        value = scaled(knot(lower + EtaCalPartonLanes), column_weights[lane], value);
        value = scaled(knot(upper), row_weights[lane], value);
        value = scaled(knot(upper + EtaCalPartonLanes), both_weights[lane], value);
        memcpy(rows[lane], &value, sizeof value);
    }
    int32_t starts[lane_count];
    for (int lane = 0; lane < lane_count; lane++) starts[lane] = lane * EtaCalPartonLanes;
    F columns[2][8];
    for (int half = 0; half < 2; half++) {
        UNROLL for (int lane = 0; lane < 8; lane++) columns[half][lane] = eight_of(rows[0] + 8 * half, starts, lane);
        transpose(columns[half]);
    }
    for (int quark = 0; quark < flavour_count; quark++) {
        beam->quarks[quark] = columns[0][quark];
        beam->quarks[quark + flavour_count] = columns[1][quark];
    }
    beam->gluon = columns[EtaCalGluonLane / 8][EtaCalGluonLane % 8];
    beam->sum = columns[EtaCalSumLane / 8][EtaCalSumLane % 8];
}

INLINE void set_points(const struct EtaCalSlice *slice, F xi, F star, F boost, struct Points *points) {
    F log_ratio = xi * slice->log_width;
    // e^{±y*}, e^{±Y}.
    Pair star_growth = exponentials(star), lift = exponentials(boost);
    F ratio = exponential(log_ratio);
    F cosh = 0.5f * (star_growth.first + star_growth.second);
    F log_fraction = log_ratio + logarithm(cosh) + slice->log_fraction;
    F fraction = exponential(log_fraction);
    F cosh2 = cosh * cosh;
    points->log_ratio = log_ratio;
    points->pt = (float)slice->low * ratio;
    points->x1 = fraction * lift.first;
    points->x2 = fraction * lift.second;
    F part;
    I step = step_of(xi * (float)slice->strength_steps, slice->strength_steps - 1, &part);
    F strength = table_value(slice->strengths, step, part);
    points->strength =
        exponential(log_ratio * (slice->bias - 2.0f)) / (cosh2 * cosh2) * strength;
    set_amplitudes(
        &points->amplitudes, -fused(star_growth.first, star_growth.first, 1.0f),
        -fused(star_growth.second, star_growth.second, 1.0f));

    // Beyond phase space any place of the tables will do.
    const F zero = all(0.0f), last_place = all((float)(slice->x_count - 1));
    F place1 = (log_fraction + boost + (float)EtaCalFractionSlope * points->x1 - slice->x_lowest) * slice->x_scale;
    F place2 = (log_fraction - boost + (float)EtaCalFractionSlope * points->x2 - slice->x_lowest) * slice->x_scale;
    place1 = at_least(select(place1 < last_place, place1, last_place), zero);
    place2 = at_least(select(place2 < last_place, place2, last_place), zero);
    F row_part;
    I row = step_of(at_least((log_ratio + slice->q_offset) * slice->q_scale, zero), slice->q_count - 2, &row_part);
    set_beam(slice, place1, row, row_part, &points->first);
    set_beam(slice, place2, row, row_part, &points->second);
    const struct Beam *first = &points->first, *second = &points->second;
    F products[quark_count];
    F alike = product(first, second, products), opposite = opposite_product(first, second, products);
    F *luminosity = points->luminosity;
    luminosity[gluons_to_gluons] = luminosity[gluons_to_quarks] = first->gluon * second->gluon;
    luminosity[quark_gluon] = first->sum * second->gluon;
    luminosity[gluon_quark] = first->gluon * second->sum;
    // A difference of the like may round below 0 where a single flavour is left.
    luminosity[unlike_quarks] = at_least(first->sum * second->sum - alike - opposite, zero);
    luminosity[like_quarks] = alike;
    luminosity[to_same_quarks] = luminosity[to_other_quarks] = luminosity[to_gluons] = opposite;
    F total = zero;
    for (int channel = 0; channel < channel_count; channel++)
        total = fused(luminosity[channel], points->amplitudes.both[channel], total);
    points->total = select((points->x1 < 1.0f) & (points->x2 < 1.0f), total, zero);
}

/// The points, as often as there is room for them.
INLINE F load_points(const float *points) {
    F value;
    for (int first = 0; first < lane_count; first += EtaCalPointCount)
        memcpy((float *)&value + first, points, EtaCalPointCount * sizeof *points);
    return value;
}

static void density(const struct EtaCalSlice *slice, const float *xi, const float *star, const float *boost, float *result) {
    struct Points points;
    set_points(slice, load_points(xi), load_points(star), load_points(boost), &points);
    F value = points.strength * points.total;
    memcpy(result, &value, EtaCalPointCount * sizeof *result);
}
