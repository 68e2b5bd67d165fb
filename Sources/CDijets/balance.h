// What is done to reconstructed events before their balance is summed: the MC-truth scale, and which events are dijets. In double
// precision, as the columns are.

INLINE D clamped_wide(D value, double low, double high) {
    value = select_wide(value > low, value, (D)low);
    return select_wide(value < high, value, (D)high);
}

/// The first `count` numbers of a column are multiplied with a function of η and themselves where they are positive; `base` takes
/// what comes out.
static void calibrate(const struct EtaCalScale *scale, double *pt, double *base, const double *eta, size_t count) {
    // Numbers of 2^e (1 + m/8): the place on the nodes stands in the bits of the number, the one in η in those of 2^20 + place.
    const int64_t octave_bits = ((int64_t)1 << 49) - 1, eight = (int64_t)(1023 + 3) << 52, low_half = 0xFFFFFFFF;
    const int64_t first_node = (int64_t)(1023 + 2) << 3, shifted = (int64_t)(1023 + 20) << 52;
    for (size_t start = 0; start < count; start += lane_count) {
        size_t lanes = count - start < lane_count ? count - start : lane_count;
        D raw = wide_part(pt + start, lanes);
        I64 bits = (I64)clamped_wide(raw, 4.0, 0x1.fffffffffffffp13);
        I64 node = (bits >> 49) - first_node;
        D fraction = (D)((bits & octave_bits) | eight) - 8.0;
        D place = (wide_part(eta + start, lanes) + scale->eta_limit) * scale->eta_scale;
        I64 eta_bits = (I64)(clamped_wide(place, 0.0, scale->eta_last) + 0x1p20);
        I64 eta_node = (eta_bits >> 32) & 0xFFFF;
        D eta_fraction = (D)((eta_bits & low_half) | shifted) - 0x1p20;
        I index = __builtin_convertvector(eta_node * EtaCalPtNodeCount + node, I);
        Pair low = neighbours(scale->values, index), high = neighbours(scale->values + EtaCalPtNodeCount, index);
        D near = __builtin_convertvector(low.first, D), far = __builtin_convertvector(low.second, D);
        near = near + (__builtin_convertvector(high.first, D) - near) * eta_fraction;
        far = far + (__builtin_convertvector(high.second, D) - far) * eta_fraction;
        D value = select_wide(raw > 0.0, raw * (near + (far - near) * fraction), raw);
        store(pt + start, value, lanes);
        store(base + start, value, lanes);
    }
}

INLINE D absolute_wide(D value) { return (D)((I64)value & INT64_MAX); }

/// Lists the rows that are dijets; `rows` has room for all of them.
/// @return how many there are.
static size_t choose_dijets(
    const struct EtaCalCuts *cuts, const struct EtaCalLeading *jets, size_t count, int32_t *rows) {
    const double turn = 2 * 3.14159265358979323846;
    size_t found = 0;
    for (size_t start = 0; start < count; start += lane_count) {
        size_t lanes = count - start < lane_count ? count - start : lane_count;
        const double *pt = jets->pt + start, *eta = jets->eta + start, *phi = jets->phi + start;
        D second = wide_part(pt + jets->jet_stride, lanes), third = wide_part(pt + 2 * jets->jet_stride, lanes);
        D share = cuts->alpha_maximum * (0.5 * (wide_part(pt, lanes) + second));
        D allowed = select_wide(share > cuts->third_jet_floor, share, (D)cuts->third_jet_floor);
        D difference = absolute_wide(wide_part(phi, lanes) - wide_part(phi + jets->jet_stride, lanes));
        D around = turn - difference;
        D distance = select_wide(difference < around, difference, around);
        I64 is_dijet = (second > 0.0) & (third <= allowed) & (distance > cuts->delta_phi_minimum) &
            (absolute_wide(wide_part(eta, lanes)) < cuts->abs_eta_maximum) &
            (absolute_wide(wide_part(eta + jets->jet_stride, lanes)) < cuts->abs_eta_maximum);
        I chosen = __builtin_convertvector(is_dijet, I);
        // Written in any case, and kept where it is one: no branch depends on events.
        for (size_t lane = 0; lane < lanes; lane++) {
            rows[found] = (int32_t)(start + lane);
            found += chosen[lane] != 0;
        }
    }
    return found;
}
