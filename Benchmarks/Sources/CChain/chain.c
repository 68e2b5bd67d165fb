#include "CChain.h"

#include "axis.h"

typedef int64_t Pair __attribute__((ext_vector_type(2)));
typedef bool Bits __attribute__((ext_vector_type(8)));

struct CChain {
    struct Axis eta, pt;
    struct CChainCuts cuts;
    size_t pairs;
    long selected;
    int32_t slices;
    int64_t *sums[];
};

struct CChain *cchain_create(
    const double *eta_edges, int32_t eta_count, const double *pt_edges, int32_t pt_count, struct CChainCuts cuts,
    int32_t slices) {
    struct CChain *chain = calloc(1, sizeof *chain + (size_t)slices * sizeof chain->sums[0]);
    if (!chain) return NULL;
    chain->cuts = cuts;
    chain->slices = slices;
    chain->pairs = (size_t)eta_count * (size_t)(eta_count + 1) / 2;
    if (axis_make(&chain->eta, eta_edges, eta_count) && axis_make(&chain->pt, pt_edges, pt_count)) return chain;
    free(chain);
    return NULL;
}

void cchain_destroy(struct CChain *chain) {
    for (int32_t slice = 0; slice < chain->slices; slice++) free(chain->sums[slice]);
    free(chain);
}

const int64_t *cchain_sums(const struct CChain *chain, int32_t slice) { return chain->sums[slice]; }

long cchain_selected(const struct CChain *chain) { return chain->selected; }

static inline Doubles load(const double *from) {
    Doubles value;
    memcpy(&value, from, sizeof value);
    return value;
}

/// Lists the rows that pass, in order.
static size_t select_rows(struct CChainCuts cuts, struct CChainBlock block, int32_t *rows) {
    size_t found = 0;
    for (size_t row = 0; row < block.count; row += 8) {
        const double *pt = block.pt + row, *eta = block.eta + row, *phi = block.phi + row;
        size_t stride = block.jet_stride;
        Doubles second = load(pt + stride), third = load(pt + 2 * stride);
        Doubles average = 0.5 * (load(pt) + second);
        Doubles share = cuts.alpha_maximum * average;
        Doubles allowed = share > cuts.third_jet_floor ? share : cuts.third_jet_floor;
        Doubles difference = __builtin_elementwise_abs(load(phi) - load(phi + stride));
        Doubles around = 2 * 0x1.921fb54442d18p+1 - difference;
        Doubles distance = difference < around ? difference : around;
        Integers passes = (second > 0) & (third <= allowed) & (distance > cuts.delta_phi_minimum)
            & (__builtin_elementwise_abs(load(eta)) < cuts.abs_eta_maximum)
            & (__builtin_elementwise_abs(load(eta + stride)) < cuts.abs_eta_maximum);
        Bits bits = __builtin_convertvector(-passes, Bits);
        uint8_t mask;
        memcpy(&mask, &bits, 1);
        if (block.count - row < 8) mask &= (uint8_t)((1 << (block.count - row)) - 1);
        for (int lane = 0; lane < 8; lane++) {
            rows[found] = (int32_t)row + lane;
            found += mask >> lane & 1;
        }
    }
    return found;
}

static inline Doubles gather(const double *column, const int32_t *rows) {
    Doubles value;
    for (int lane = 0; lane < 8; lane++) value[lane] = column[rows[lane]];
    return value;
}

/// The nearest multiples of 1/scale, ties to even.
static inline Integers quantized(Doubles value, double scale) {
    Doubles shifted = value * scale + 0x1.8p52, origin = 0x1.8p52;
    Integers bits, base;
    memcpy(&bits, &shifted, sizeof bits);
    memcpy(&base, &origin, sizeof base);
    return bits - base;
}

/// Columns to rows.
static inline void transpose(Integers v[8]) {
    Integers a[8], b[8];
    for (int i = 0; i < 4; i++) {
        a[2 * i] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        a[2 * i + 1] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int half = 0; half < 8; half += 4) {
        for (int i = 0; i < 2; i++) {
            b[half + i] = __builtin_shufflevector(a[half + i], a[half + i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            b[half + i + 2] = __builtin_shufflevector(a[half + i], a[half + i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int i = 0; i < 4; i++) {
        v[i] = __builtin_shufflevector(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        v[i + 4] = __builtin_shufflevector(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

/// Adds `count` of eight rows, of the dijets that have bins.
static inline long add_rows(
    const struct CChain *chain, struct CChainBlock block, const int32_t *rows, size_t count, int64_t *sums) {
    size_t stride = block.jet_stride;
    Doubles pt1 = gather(block.pt, rows), pt2 = gather(block.pt + stride, rows);
    Doubles eta1 = gather(block.eta, rows), eta2 = gather(block.eta + stride, rows);
    Doubles weight = gather(block.weight, rows), average = 0.5 * (pt1 + pt2);
    Integers pt_bin = axis_bins(&chain->pt, average);
    Integers bin1 = axis_bins(&chain->eta, eta1), bin2 = axis_bins(&chain->eta, eta2);
    // The jet at lower eta first: within one bin eta itself decides.
    Integers exchange = (bin1 > bin2) | ((bin1 == bin2) & (eta1 > eta2));
    Integers low_bin = bin1 < bin2 ? bin1 : bin2, high_bin = bin1 < bin2 ? bin2 : bin1;
    Integers cell = pt_bin * (int64_t)chain->pairs + (high_bin * (high_bin + 1) >> 1) + low_bin;
    Integers inside = (pt_bin | bin1 | bin2) >= 0;
    Doubles low_pt = exchange ? pt2 : pt1, high_pt = exchange ? pt1 : pt2;
    Doubles asymmetry = (low_pt - high_pt) / average;
    Doubles moment = weight * asymmetry;
    const double fine = 0x1p30, coarse = 0x1p20;
    Integers columns[8] = {
        quantized(weight, fine), quantized(moment, fine),
        quantized((exchange ? eta2 : eta1) * weight, fine), quantized((exchange ? eta1 : eta2) * weight, fine),
        quantized(low_pt * weight, coarse), quantized(high_pt * weight, coarse),
        quantized(moment * asymmetry, fine), quantized(weight * weight, coarse),
    };
    Integers cross = quantized(weight * moment, coarse), square = quantized(moment * moment, coarse);
    transpose(columns);
    long added = 0;
    for (size_t lane = 0; lane < count; lane++) {
        if (!inside[lane]) continue;
        int64_t *here = sums + (size_t)cell[lane] * CChainColumns;
        Integers first;
        Pair rest;
        memcpy(&first, here, sizeof first);
        memcpy(&rest, here + 8, sizeof rest);
        first += columns[lane];
        rest += (Pair){cross[lane], square[lane]};
        memcpy(here, &first, sizeof first);
        memcpy(here + 8, &rest, sizeof rest);
        here[10]++;
        added++;
    }
    return added;
}

void cchain_add(struct CChain *chain, struct CChainBlock block, int32_t slice) {
    if (block.count == 0) return;
    // Room for the rows and for what is written beyond the last that passes.
    int32_t rows[block.count + 16];
    size_t found = select_rows(chain->cuts, block, rows);
    for (size_t lane = 0; lane < 8; lane++) rows[found + lane] = 0;
    if (found == 0) return;
    if (!chain->sums[slice]) {
        size_t cells = chain->pairs * (size_t)chain->pt.bins;
        chain->sums[slice] = calloc(cells * CChainColumns, sizeof(int64_t));
        if (!chain->sums[slice]) abort();
    }
    for (size_t next = 0; next < found; next += 8) {
        size_t count = found - next < 8 ? found - next : 8;
        chain->selected += add_rows(chain, block, rows + next, count, chain->sums[slice]);
    }
}
