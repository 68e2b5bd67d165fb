// Hard scatterings of lowest-order QCD, drawn by accept-reject.

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

/// @param t of the parton that is the first jet, in units of ŝ.
INLINE void set_amplitudes(struct Amplitudes *amplitudes, F t) {
    F u = -1.0f - t;
    F t2 = t * t, u2 = u * u;
    F inverse_t = 1.0f / t, inverse_u = 1.0f / u;
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

/// Kinematics, partons and rates of eight points.
struct Points {
    F log_ratio, pt, x1, x2;
    // What the rate of partons is multiplied by, pb.
    F strength;
    Partons first[lane_count], second[lane_count];
    // What the amplitude of a channel is multiplied by, and the sum over channels; 0 outside phase space.
    F luminosity[channel_count], total;
    struct Amplitudes amplitudes;
};

INLINE float sum(Partons lanes) {
    typedef float Eight __attribute__((ext_vector_type(8)));
    typedef float Four __attribute__((ext_vector_type(4)));
    Eight eight = lanes.lo + lanes.hi;
    Four four = eight.lo + eight.hi;
    return (four.x + four.z) + (four.y + four.w);
}

/// Leaves quarks and antiquarks.
INLINE Partons quarks_of(Partons lanes) {
    const Partons mask = {1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0};
    return lanes * mask;
}

/// Quarks in the places of their antiquarks and the other way round.
INLINE Partons conjugate(Partons lanes) {
    return __builtin_shufflevector(lanes, lanes, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

INLINE Partons knot(const float *knots) {
    Partons value;
    memcpy(&value, knots, sizeof value);
    return value;
}

/// Densities at a place in steps of the table in x, at a row and a part of the step to the next row in Q.
INLINE Partons densities(const struct EtaCalSlice *slice, float place, int32_t row, float fraction) {
    int32_t column = (int32_t)place;
    if (column > slice->x_count - 2) column = slice->x_count - 2;
    float part = place - (float)column;
    const float *lower = slice->knots + (size_t)(row * slice->x_count + column) * EtaCalPartonLanes;
    const float *upper = lower + (size_t)slice->x_count * EtaCalPartonLanes;
    Partons first = knot(lower) + (knot(lower + EtaCalPartonLanes) - knot(lower)) * part;
    Partons second = knot(upper) + (knot(upper + EtaCalPartonLanes) - knot(upper)) * part;
    return first + (second - first) * fraction;
}

/// The number of a step that a place lies in, and what is left of it.
INLINE I step_of(F place, int32_t last, F *part) {
    I step = __builtin_convertvector(place, I);
    step = choose(step > last, (I)last, step);
    *part = place - __builtin_convertvector(step, F);
    return step;
}

#define EACH_LANE(expression) \
    (F){expression(0), expression(1), expression(2), expression(3), expression(4), expression(5), expression(6), expression(7)}

INLINE void set_points(const struct EtaCalSlice *slice, F xi, F star, F boost, struct Points *points) {
    F log_ratio = xi * slice->log_width;
    F growth = exponential(star), lift = exponential(boost), ratio = exponential(log_ratio);
    F cosh = 0.5f * (growth + 1.0f / growth);
    F log_fraction = log_ratio + logarithm(cosh) + slice->log_fraction;
    F fraction = exponential(log_fraction);
    F cosh2 = cosh * cosh;
    points->log_ratio = log_ratio;
    points->pt = (float)slice->low * ratio;
    points->x1 = fraction * lift;
    points->x2 = fraction / lift;
    F part;
    I step = step_of(xi * (float)slice->strength_steps, slice->strength_steps - 1, &part);
    const float *strengths = slice->strengths;
#define LOWER(lane) strengths[step[lane]]
#define UPPER(lane) strengths[step[lane] + 1]
    F lower = EACH_LANE(LOWER), upper = EACH_LANE(UPPER);
#undef LOWER
#undef UPPER
    points->strength =
        exponential(log_ratio * (slice->bias - 2.0f)) / (cosh2 * cosh2) * (lower + part * (upper - lower));
    set_amplitudes(&points->amplitudes, -1.0f / (1.0f + growth * growth));

    // Beyond phase space any place of the tables will do.
    const F zero = all(0.0f), last_place = all((float)(slice->x_count - 1));
    F place1 = (log_fraction + boost + (float)EtaCalFractionSlope * points->x1 - slice->x_lowest) * slice->x_scale;
    F place2 = (log_fraction - boost + (float)EtaCalFractionSlope * points->x2 - slice->x_lowest) * slice->x_scale;
    place1 = at_least(select(place1 < last_place, place1, last_place), zero);
    place2 = at_least(select(place2 < last_place, place2, last_place), zero);
    F row_part;
    I row = step_of(at_least((log_ratio + slice->q_offset) * slice->q_scale, zero), slice->q_count - 2, &row_part);
    float like[lane_count], opposite[lane_count];
    for (int lane = 0; lane < lane_count; lane++) {
        Partons first = densities(slice, place1[lane], row[lane], row_part[lane]);
        Partons second = densities(slice, place2[lane], row[lane], row_part[lane]);
        points->first[lane] = first;
        points->second[lane] = second;
        like[lane] = sum(quarks_of(first * second));
        opposite[lane] = sum(quarks_of(first * conjugate(second)));
    }
#define LANE_OF(lane) like[lane]
    F alike = EACH_LANE(LANE_OF);
#undef LANE_OF
#define LANE_OF(lane) opposite[lane]
    F unequal = EACH_LANE(LANE_OF);
#undef LANE_OF
#define LANE_OF(lane) points->first[lane][EtaCalGluonLane]
    F gluon1 = EACH_LANE(LANE_OF);
#undef LANE_OF
#define LANE_OF(lane) points->second[lane][EtaCalGluonLane]
    F gluon2 = EACH_LANE(LANE_OF);
#undef LANE_OF
#define LANE_OF(lane) points->first[lane][EtaCalSumLane]
    F sum1 = EACH_LANE(LANE_OF);
#undef LANE_OF
#define LANE_OF(lane) points->second[lane][EtaCalSumLane]
    F sum2 = EACH_LANE(LANE_OF);
#undef LANE_OF
    F *luminosity = points->luminosity;
    luminosity[gluons_to_gluons] = luminosity[gluons_to_quarks] = gluon1 * gluon2;
    luminosity[quark_gluon] = sum1 * gluon2;
    luminosity[gluon_quark] = gluon1 * sum2;
    // A difference of the like may round below 0 where a single flavour is left.
    luminosity[unlike_quarks] = at_least(sum1 * sum2 - alike - unequal, zero);
    luminosity[like_quarks] = alike;
    luminosity[to_same_quarks] = luminosity[to_other_quarks] = luminosity[to_gluons] = unequal;
    F total = zero;
    for (int channel = 0; channel < channel_count; channel++)
        total += luminosity[channel] * points->amplitudes.both[channel];
    points->total = select((points->x1 < 1.0f) & (points->x2 < 1.0f), total, zero);
}

static void density(const struct EtaCalSlice *slice, const float *xi, const float *star, const float *boost, float *result) {
    struct Points points;
    set_points(slice, load(xi), load(star), load(boost), &points);
    F value = points.strength * points.total;
    memcpy(result, &value, sizeof value);
}

// ---- Flavours

/// The place of a number among weights of quarks and antiquarks, and what is left of it as a share of that weight.
INLINE int pick(Partons weights, float number, float *rest) {
    const int lanes = EtaCalSumLane;
    float sum = 0, before = 0;
    int place = 0, last = 0;
    // The loop has no branch that depends on the number; weights of 0 are passed over together with what stands before them.
    for (int lane = 0; lane < lanes; lane++) {
        sum += weights[lane];
        int is_beyond = number >= sum;
        place += is_beyond;
        before = is_beyond ? sum : before;
        last = weights[lane] > 0 ? lane : last;
    }
    // Rounding may leave a little beyond the last one.
    if (place > last) {
        *rest = 0.5f;
        return last;
    }
    *rest = (number - before) / weights[place];
    return place;
}

/// The PDG number of a lane.
INLINE int32_t parton(int lane) { return lane < 8 ? lane + 1 : 7 - lane; }

INLINE int32_t pick_quark(Partons weights, float number) {
    float rest;
    Partons masked = quarks_of(weights);
    return parton(pick(masked, number * sum(masked), &rest));
}

struct Flavours { int32_t first, second, jet_a, jet_b; };

/// Who scattered into whom: incoming partons, and those at t and at u of the first beam.
/// @param rest what is left of the number that chose the channel, of the channel's whole and direct rate.
INLINE struct Flavours flavours(
    Partons first, Partons second, enum Channel channel, float rest, float rate, float direct, float number) {
    struct Flavours result;
    int is_direct = rest < direct;
    switch (channel) {
    case gluons_to_gluons: return (struct Flavours){21, 21, 21, 21};
    case gluons_to_quarks: {
        int32_t quark = (int32_t)(number * 5 < 4 ? number * 5 : 4) + 1;
        result = (struct Flavours){21, 21, quark, -quark};
        break;
    }
    case quark_gluon: {
        int32_t quark = pick_quark(first, number);
        result = (struct Flavours){quark, 21, quark, 21};
        break;
    }
    case gluon_quark: {
        int32_t quark = pick_quark(second, number);
        result = (struct Flavours){21, quark, 21, quark};
        break;
    }
    case unlike_quarks: {
        // A quark of the first beam, and one of another flavour of the second.
        Partons near = quarks_of(first), far = quarks_of(second);
        Partons others = sum(far) - (far + conjugate(far));
        Partons weights = near * (others > 0.0f ? others : (Partons)0.0f);
        float left;
        int lane = pick(weights, number * sum(weights), &left);
        far[lane % 8] = 0;
        far[lane % 8 + 8] = 0;
        float unused;
        int other = pick(far, (left < 1 ? left : 1) * sum(far), &unused);
        result = (struct Flavours){parton(lane), parton(other), parton(lane), parton(other)};
        break;
    }
    case like_quarks: {
        int32_t quark = pick_quark(first * second, number);
        return (struct Flavours){quark, quark, quark, quark};
    }
    case to_same_quarks: {
        int32_t quark = pick_quark(first * conjugate(second), number);
        result = (struct Flavours){quark, -quark, quark, -quark};
        break;
    }
    case to_other_quarks: {
        // Four others, all alike: the remainder of the channel's number decides.
        int32_t quark = pick_quark(first * conjugate(second), number);
        float share = is_direct ? rest / direct : (rest - direct) / (rate - direct);
        int32_t skip = (int32_t)(share * 4 < 3 ? share * 4 : 3) + 1;
        int32_t size = quark > 0 ? quark : -quark;
        int32_t other = skip < size ? skip : skip + 1;
        result = (struct Flavours){quark, -quark, quark > 0 ? other : -other, quark > 0 ? -other : other};
        break;
    }
    default: {
        int32_t quark = pick_quark(first * conjugate(second), number);
        return (struct Flavours){quark, -quark, 21, 21};
    }
    }
    if (!is_direct) {
        int32_t jet = result.jet_a;
        result.jet_a = result.jet_b;
        result.jet_b = jet;
    }
    return result;
}

// ---- Proposals

/// In (−1, 1), more likely near 0 in proportion to 1 − |t|.
INLINE F triangular(W words) {
    F value = 2.0f * uniform(words) - 1.0f;
    I is_negative = value < 0.0f;
    F size = select(is_negative, -value, value);
    F offset = 1.0f - root(1.0f - size);
    return select(is_negative, -offset, offset);
}

INLINE F absolute(F value) { return (F)((W)value & 0x7FFFFFFFu); }

/// The hull at places in steps of the lattice.
INLINE F hull_height(const struct EtaCalSlice *slice, F row, F star, F boost) {
    F a, b, c;
    I i = step_of(row, slice->pt_nodes - 2, &a);
    I j = step_of(star, slice->star_nodes - 2, &b);
    I k = step_of(boost, slice->boost_nodes - 2, &c);
    I corner = (i * slice->star_nodes + j) * slice->boost_nodes + k;
    const float *hull = slice->hull;
    const int32_t star_step = slice->boost_nodes, row_step = slice->star_nodes * slice->boost_nodes;
#define CORNER(lane) hull[corner[lane] + offset]
    F value[8];
    for (int place = 0; place < 8; place++) {
        const int32_t offset = (place >> 2) * row_step + (place >> 1 & 1) * star_step + (place & 1);
        value[place] = EACH_LANE(CORNER);
    }
#undef CORNER
    for (int place = 0; place < 4; place++) value[place] = value[2 * place] + (value[2 * place + 1] - value[2 * place]) * c;
    F near = value[0] + (value[1] - value[0]) * b, far = value[2] + (value[3] - value[2]) * b;
    return near + (far - near) * a;
}

/// One proposal for each of eight rows; the first `lanes` of those accepted are written.
/// @return a bit for each that was accepted.
INLINE int propose(
    const struct EtaCalSlice *slice, const struct EtaCalStream *stream, const struct EtaCalScatterings *events,
    const int32_t *rows, size_t lanes, uint64_t first) {
    Wide low = (Wide){(uint64_t)rows[0], (uint64_t)rows[1], (uint64_t)rows[2], (uint64_t)rows[3]} + first;
    Wide high = (Wide){(uint64_t)rows[4], (uint64_t)rows[5], (uint64_t)rows[6], (uint64_t)rows[7]} + first;
    struct Words place = words_of(stream, low, high, EtaCalKinematics);
    struct Words choice = words_of(stream, low, high, EtaCalChoice);
    const float *node[lane_count];
    for (int lane = 0; lane < lane_count; lane++) {
        uint64_t product = (uint64_t)place.x[lane] * slice->node_count;
        uint32_t slot = (uint32_t)(product >> 32);
        struct EtaCalNode entry = slice->nodes[slot];
        slot = (uint32_t)product < entry.threshold ? slot : entry.alias;
        node[lane] = slice->places + 4 * (size_t)slot;
    }
#define ROW(lane) node[lane][0]
#define STAR(lane) node[lane][1]
#define BOOST(lane) node[lane][2]
    // Hats at a border are folded back into the lattice.
    F row = absolute(EACH_LANE(ROW) + triangular(place.y));
    F star = absolute(EACH_LANE(STAR) + triangular(place.z));
    F boost = absolute(EACH_LANE(BOOST) + triangular(place.w));
#undef ROW
#undef STAR
#undef BOOST
    F last_row = all((float)(slice->pt_nodes - 1));
    row = select(row > last_row, 2.0f * last_row - row, row);
    struct Points points;
    F rapidity_star = star * slice->star_step, rapidity_boost = boost * slice->boost_step;
    set_points(slice, row / last_row, rapidity_star, rapidity_boost, &points);
    I accepted = points.total * points.strength > uniform(choice.x) * hull_height(slice, row, star, boost);

    // The channel, by its share of the rate; the last one takes what rounding leaves.
    const F scale = all(0x1p-24f);
    F channel_number = etacal_number(choice.y >> 8) * scale, flavour_number = etacal_number(choice.z >> 8) * scale;
    F turn = etacal_number(choice.w >> 8) * scale;
    F rest = channel_number * points.total;
    I channel = (I)(channel_count - 1), pending = (I)-1;
    F rate = points.luminosity[channel_count - 1] * points.amplitudes.both[channel_count - 1];
    F direct = points.luminosity[channel_count - 1] * points.amplitudes.direct[channel_count - 1];
    for (int next = 0; next < channel_count - 1; next++) {
        F next_rate = points.luminosity[next] * points.amplitudes.both[next];
        I is_here = pending & (rest < next_rate);
        channel = choose(is_here, (I)next, channel);
        rate = select(is_here, next_rate, rate);
        direct = select(is_here, points.luminosity[next] * points.amplitudes.direct[next], direct);
        pending &= ~is_here;
        rest = select(pending, rest - next_rate, rest);
    }
    F y3 = rapidity_boost + rapidity_star, y4 = rapidity_boost - rapidity_star;
    int bits = 0;
    for (size_t lane = 0; lane < lanes; lane++) {
        if (!accepted[lane]) continue;
        bits |= 1 << lane;
        struct Flavours partons = flavours(
            points.first[lane], points.second[lane], (enum Channel)channel[lane], rest[lane], rate[lane], direct[lane],
            flavour_number[lane]);
        int32_t index = rows[lane];
        // Both directions of the beam are alike: the lowest bit of a word tells which one this is.
        int is_reflected = choice.z[lane] & 1;
        float sign = is_reflected ? -1.0f : 1.0f;
        double pt = points.pt[lane];
        events->pt[index] = pt < slice->low ? slice->low : pt > slice->high ? slice->high : pt;
        events->log_pt[index] = points.log_ratio[lane] + slice->log_low;
        events->y3[index] = sign * y3[lane];
        events->y4[index] = sign * y4[lane];
        events->x1[index] = is_reflected ? points.x2[lane] : points.x1[lane];
        events->x2[index] = is_reflected ? points.x1[lane] : points.x2[lane];
        events->turn[index] = turn[lane];
        events->forward[index] = is_reflected ? partons.second : partons.first;
        events->backward[index] = is_reflected ? partons.first : partons.second;
        events->parton3[index] = partons.jet_a;
        events->parton4[index] = partons.jet_b;
    }
    return bits;
}

static bool scatter(
    const struct EtaCalSlice *slice, const struct EtaCalStream *stream, const struct EtaCalScatterings *events,
    size_t count, uint64_t first, int32_t *pending) {
    // Where the number of the attempt stands in the counter: events are numbered below 2^48.
    enum { attempt_shift = 48, most_attempts = 1000 };
    for (size_t row = 0; row < count; row++) pending[row] = (int32_t)row;
    size_t waiting = count;
    for (uint64_t attempt = 0; waiting > 0; attempt++) {
        if (attempt == most_attempts) return false;
        // Rows beyond the last are copies of it, whose outcome is not looked at.
        for (int extra = 0; extra < lane_count; extra++) pending[waiting + (size_t)extra] = pending[waiting - 1];
        size_t rejected = 0;
        for (size_t start = 0; start < waiting; start += lane_count) {
            size_t lanes = waiting - start < lane_count ? waiting - start : lane_count;
            int32_t rows[lane_count];
            memcpy(rows, pending + start, sizeof rows);
            int accepted = propose(slice, stream, events, rows, lanes, first + (attempt << attempt_shift));
            // Written in any case, and kept where it is needed: no branch depends on chance.
            for (size_t lane = 0; lane < lanes; lane++) {
                pending[rejected] = rows[lane];
                rejected += !(accepted >> lane & 1);
            }
        }
        waiting = rejected;
    }
    return true;
}
