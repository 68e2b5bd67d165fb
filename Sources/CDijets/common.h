// What the kernels share: short names, random numbers, loads.

#include <string.h>

#pragma clang fp contract(off)

typedef EtaCalFloats F;
typedef EtaCalIntegers I;
typedef EtaCalWords W;
typedef struct EtaCalTwoFloats Pair;
typedef double D __attribute__((ext_vector_type(8)));
// What comparing gives; its elements have another name on some systems.
typedef __typeof__((D){} >= (D){}) I64;
typedef uint64_t Wide __attribute__((ext_vector_type(4)));

#define INLINE ETACAL_INLINE
#define all etacal_all
#define select etacal_select
#define at_least etacal_at_least
#define root etacal_square_root
#define logarithm etacal_logarithm
#define exponential etacal_exponential
#define sine_cosine etacal_sine_cosine
#define uniform etacal_uniform
#define uniforms etacal_uniforms

enum { lane_count = EtaCalLaneCount };

INLINE I choose(I mask, I yes, I no) { return (yes & mask) | (no & ~mask); }

// ---- Random numbers

struct Words { W x, y, z, w; };

/// Philox4x32-10 of four counters, a word in the low half of each lane. Multiplications take low halves, so that nothing is
/// masked in between.
INLINE void philox(Wide *x, Wide *y, Wide *z, Wide *w, const uint32_t key[2]) {
    uint32_t key0 = key[0], key1 = key[1];
    for (int round = 0; round < 10; round++) {
        Wide first = (*x & 0xFFFFFFFFu) * 0xD2511F53u;
        Wide second = (*z & 0xFFFFFFFFu) * 0xCD9E8D57u;
        *x = (second >> 32) ^ (*y ^ (uint64_t)key0);
        *z = (first >> 32) ^ (*w ^ (uint64_t)key1);
        *y = second;
        *w = first;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

INLINE W joined(Wide low, Wide high) {
    typedef uint32_t Four __attribute__((ext_vector_type(4)));
    return __builtin_shufflevector(
        __builtin_convertvector(low, Four), __builtin_convertvector(high, Four), 0, 1, 2, 3, 4, 5, 6, 7);
}

/// Words of eight counters, given by their low and high four.
/// @param purpose an index of the stream's purposes.
INLINE struct Words words_of(const struct EtaCalStream *stream, Wide low, Wide high, int purpose) {
    Wide x[2] = {low, high}, y[2], z[2], w[2];
    for (int half = 0; half < 2; half++) {
        y[half] = x[half] >> 32;
        z[half] = (Wide)(uint64_t)stream->slice;
        w[half] = (Wide)(uint64_t)stream->purposes[purpose];
        philox(&x[half], &y[half], &z[half], &w[half], stream->key);
    }
    return (struct Words){joined(x[0], x[1]), joined(y[0], y[1]), joined(z[0], z[1]), joined(w[0], w[1])};
}

/// Words of the events `first` to `first` + 7.
/// @param part tells several uses of one purpose apart.
INLINE struct Words words(const struct EtaCalStream *stream, uint64_t first, int purpose, uint64_t part) {
    Wide low = (Wide){0, 1, 2, 3} + first + (part << 56);
    return words_of(stream, low, low + (uint64_t)4, purpose);
}

// ---- Columns

INLINE F load(const float *column) {
    F value;
    memcpy(&value, column, sizeof value);
    return value;
}

INLINE I load_integers(const int32_t *column) {
    I value;
    memcpy(&value, column, sizeof value);
    return value;
}

/// The first `lanes` of a value that has eight.
INLINE void store(double *column, D value, size_t lanes) {
    if (lanes == lane_count) memcpy(column, &value, sizeof value);
    else for (size_t lane = 0; lane < lanes; lane++) column[lane] = value[lane];
}

INLINE void store_integers(int32_t *column, I value, size_t lanes) {
    if (lanes == lane_count) memcpy(column, &value, sizeof value);
    else for (size_t lane = 0; lane < lanes; lane++) column[lane] = value[lane];
}

// ---- Angles

/// Doubles of an angle in [−π, π], in [−π, π): π in single precision lies above π.
INLINE D wrapped(F angle) {
    const double pi = 3.14159265358979323846;
    D value = __builtin_convertvector(angle, D);
    I64 above = value >= pi, below = value < -pi;
    D turn = (D)((I64)((D)(2 * pi)) & (above | below));
    return value - (D)((I64)turn ^ (below & (int64_t)0x8000000000000000u));
}

/// Sine (first) and cosine of an angle in radian.
INLINE Pair rotation(F angle) { return sine_cosine(angle * 0.15915494f); }
