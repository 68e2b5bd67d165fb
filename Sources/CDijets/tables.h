// Tables with an index of its own for each lane.
//
// A look-up costs about as much as one load for each lane, with gather instructions or without: what is needed together stands
// side by side and is loaded together.

/// Of each lane the number at its index (first) and the one after it.
INLINE Pair neighbours(const float *table, I index) {
    int32_t indices[lane_count];
    memcpy(indices, &index, sizeof index);
    Wide low, high;
    UNROLL for (int lane = 0; lane < lane_count / 2; lane++) {
        uint64_t two;
        memcpy(&two, table + indices[lane], sizeof two);
        low[lane] = two;
        memcpy(&two, table + indices[lane + lane_count / 2], sizeof two);
        high[lane] = two;
    }
    return (Pair){(F)even_of((W)low, (W)high), (F)odd_of((W)low, (W)high)};
}

/// Of each lane the word at its index.
INLINE W entry(const uint32_t *table, I index) {
    int32_t indices[lane_count];
    memcpy(indices, &index, sizeof index);
    W value;
    UNROLL for (int lane = 0; lane < lane_count; lane++) value[lane] = table[indices[lane]];
    return value;
}

/// Linear between neighbours.
INLINE F table_value(const float *table, I index, F fraction) {
    Pair ends = neighbours(table, index);
    return between(ends.first, ends.second, fraction);
}

// ---- Rows of eight numbers

/// The eight numbers of lane `lane`; of sixteen lanes, those of lane `lane` + 8 behind them.
INLINE F eight_of(const float *table, const int32_t indices[lane_count], int lane) {
    F value;
    for (int part = 0; part < lane_count / 8; part++)
        memcpy((float *)&value + 8 * part, table + indices[lane + 8 * part], 8 * sizeof *table);
    return value;
}

/// A number of each lane as often as `eight_of` has numbers of it.
INLINE F eight_times(const float numbers[lane_count], int lane) {
    typedef float Eight __attribute__((ext_vector_type(8)));
    F value;
    for (int part = 0; part < lane_count / 8; part++) {
        Eight eight = (Eight)numbers[lane + 8 * part];
        memcpy((float *)&value + 8 * part, &eight, sizeof eight);
    }
    return value;
}

// A shuffle of two times eight numbers, in each group of eight lanes.
#define AT(group, x) ((x) < 8 ? 8 * (group) + (x) : ETACAL_LANES + 8 * ((group) - 1) + (x))
#define GROUP(g, a, b, c, d, e, f, g_, h) \
    AT(g, a), AT(g, b), AT(g, c), AT(g, d), AT(g, e), AT(g, f), AT(g, g_), AT(g, h)
#if ETACAL_LANES == 16
#define SHUFFLE(one, other, ...) \
    __builtin_shufflevector(one, other, GROUP(0, __VA_ARGS__), GROUP(1, __VA_ARGS__))
#else
#define SHUFFLE(one, other, ...) __builtin_shufflevector(one, other, __VA_ARGS__)
#endif

/// Rows of eight numbers, as `eight_of` gives them for the lanes 0 to 7, become the columns: a number of each lane.
INLINE void transpose(F rows[8]) {
    F a[8], b[8];
    UNROLL for (int i = 0; i < 4; i++) {
        a[2 * i] = SHUFFLE(rows[2 * i], rows[2 * i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        a[2 * i + 1] = SHUFFLE(rows[2 * i], rows[2 * i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    UNROLL for (int i = 0; i < 8; i++) {
        int low = (i & 4) | (i & 1), high = low | 2;
        b[i] = (i & 2) == 0 ? SHUFFLE(a[low], a[high], 0, 1, 8, 9, 4, 5, 12, 13)
                            : SHUFFLE(a[low], a[high], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    UNROLL for (int i = 0; i < 8; i++) {
        int low = i & 3, high = low | 4;
        rows[i] = i < 4 ? SHUFFLE(b[low], b[high], 0, 1, 2, 3, 8, 9, 10, 11)
                        : SHUFFLE(b[low], b[high], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}
#undef SHUFFLE
#undef GROUP
#undef AT
