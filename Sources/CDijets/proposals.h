// Hard scatterings drawn by accept-reject: proposals from a hull that is linear between the nodes of a lattice.

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
    F value[4];
    UNROLL for (int place = 0; place < 4; place++)
        value[place] = table_value(hull + (place >> 1) * row_step + (place & 1) * star_step, corner, c);
    return between(between(value[0], value[1], b), between(value[2], value[3], b), a);
}

/// A node of the lattice for each lane, in proportion to its weight: where it stands, in steps.
INLINE void pick_node(const struct EtaCalSlice *slice, W word, F *row, F *star, F *boost) {
    Wide low = __builtin_convertvector(word.lo, Wide) * slice->node_count;
    Wide high = __builtin_convertvector(word.hi, Wide) * slice->node_count;
    W slot = odd_of((W)low, (W)high), part = even_of((W)low, (W)high);
    _Static_assert(
        sizeof(struct EtaCalNode) == 16 && offsetof(struct EtaCalNode, threshold) == 0 &&
            offsetof(struct EtaCalNode, place) == 4 && offsetof(struct EtaCalNode, alias) == 8,
        "a node is four words: its threshold, its place, the alias, and one more");
    const uint32_t *nodes = (const uint32_t *)slice->nodes;
    I node = (I)slot * 4;
    Pair own = neighbours((const float *)nodes, node);
    W threshold = (W)own.first, place = (W)own.second, alias = entry(nodes + 2, node);
    place = (W)choose(part < threshold, (I)place, (I)alias);
    *row = etacal_number(place >> 20);
    *star = etacal_number(place >> 10 & 1023u);
    *boost = etacal_number(place & 1023u);
}

/// Writes a value of each lane to a column, at rows that follow each other or not.
#define PUT(column, value)                                                                              \
    {                                                                                                   \
        __typeof__(value) values = value;                                                               \
        if (is_run) memcpy(events->column + rows[0], &values, sizeof values);                           \
        else for (int lane = 0; lane < lane_count; lane++) events->column[rows[lane]] = values[lane];   \
    }

/// One proposal for each lane's row. All are written: what is rejected is made again later.
/// @param is_run whether the rows follow each other and have columns, be it beyond the last event.
/// @return the lanes that are accepted.
INLINE I propose(
    const struct EtaCalSlice *slice, const struct Random *random, const struct EtaCalScatterings *events,
    const int32_t rows[lane_count], bool is_run, uint64_t first) {
    W numbers = (W)load_integers(rows);
    Wide low = __builtin_convertvector(numbers.lo, Wide) + first;
    Wide high = __builtin_convertvector(numbers.hi, Wide) + first;
    struct Words place = words_of(random, low, high, EtaCalKinematics);
    struct Words choice = words_of(random, low, high, EtaCalChoice);
    F row, star, boost;
    pick_node(slice, place.x, &row, &star, &boost);
    // Hats at a border are folded back into the lattice.
    row = absolute(row + triangular(place.y));
    star = absolute(star + triangular(place.z));
    boost = absolute(boost + triangular(place.w));
    F last_row = all((float)(slice->pt_nodes - 1));
    row = select(row > last_row, 2.0f * last_row - row, row);
    struct Points points;
    F rapidity_star = star * slice->star_step, rapidity_boost = boost * slice->boost_step;
    set_points(slice, row * (1.0f / (float)(slice->pt_nodes - 1)), rapidity_star, rapidity_boost, &points);
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
    struct Flavours partons = flavours(&points.first, &points.second, channel, rest, rate, direct, flavour_number);
    // Both directions of the beam are alike: the lowest bit of a word tells which one this is.
    I is_reflected = -(I)(choice.z & 1u);
    W sign = (W)is_reflected << 31;
    D pt = __builtin_convertvector(points.pt, D);
    pt = select_wide(pt < slice->low, (D)slice->low, select_wide(pt > slice->high, (D)slice->high, pt));
    PUT(pt, pt)
    PUT(log_pt, points.log_ratio + slice->log_low)
    PUT(y3, (F)((W)(rapidity_boost + rapidity_star) ^ sign))
    PUT(y4, (F)((W)(rapidity_boost - rapidity_star) ^ sign))
    PUT(x1, select(is_reflected, points.x2, points.x1))
    PUT(x2, select(is_reflected, points.x1, points.x2))
    PUT(turn, turn)
    PUT(forward, choose(is_reflected, partons.second, partons.first))
    PUT(backward, choose(is_reflected, partons.first, partons.second))
    PUT(parton3, partons.jet_a)
    PUT(parton4, partons.jet_b)
    return accepted;
}
#undef PUT

static bool scatter(
    const struct EtaCalSlice *slice, const struct EtaCalStream *stream, const struct EtaCalScatterings *events,
    size_t count, uint64_t first, int32_t *pending) {
    // Where the number of the attempt stands in the counter: events are numbered below 2^48.
    enum { attempt_shift = 48, most_attempts = 1000 };
    // At first all rows in their order, and what follows them up to a whole number of lanes.
    for (int32_t row = 0; row < (int32_t)count + lane_count; row++) pending[row] = row;
    struct Random random = random_of(stream);
    size_t waiting = count;
    for (uint64_t attempt = 0; waiting > 0; attempt++) {
        if (attempt == most_attempts) return false;
        // Rows beyond the last are copies of it.
        if (attempt > 0)
            for (int extra = 0; extra < lane_count; extra++) pending[waiting + (size_t)extra] = pending[waiting - 1];
        size_t rejected = 0;
        for (size_t start = 0; start < waiting; start += lane_count) {
            size_t lanes = waiting - start < lane_count ? waiting - start : lane_count;
            int32_t rows[lane_count], results[lane_count];
            memcpy(rows, pending + start, sizeof rows);
            I accepted = propose(slice, &random, events, rows, attempt == 0, first + (attempt << attempt_shift));
            memcpy(results, &accepted, sizeof results);
            // Written in any case, and kept where it is needed: no branch depends on chance.
            for (size_t lane = 0; lane < lanes; lane++) {
                pending[rejected] = rows[lane];
                rejected += (size_t)(1 + results[lane]);
            }
        }
        waiting = rejected;
    }
    return true;
}
