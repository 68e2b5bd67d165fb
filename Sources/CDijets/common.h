// What the kernels share: short names, random numbers, loads.

#include <string.h>

#pragma clang fp contract(off)

typedef EtaCalFloats F;
typedef EtaCalIntegers I;
typedef EtaCalWords W;
typedef struct EtaCalTwoFloats Pair;
typedef double D __attribute__((ext_vector_type(ETACAL_LANES)));
// What comparing gives; its elements have another name on some systems.
typedef __typeof__((D){} >= (D){}) I64;
// Half of the lanes.
typedef uint64_t Wide __attribute__((ext_vector_type(ETACAL_LANES / 2)));

#define INLINE ETACAL_INLINE
#define UNROLL _Pragma("clang loop unroll(full)")
#define ROLLED _Pragma("clang loop unroll(disable)")
#define all etacal_all
#define select etacal_select
#define at_least etacal_at_least
#define fused ETACAL_FUSED
#define root etacal_square_root
#define logarithm etacal_logarithm
#define exponential etacal_exponential
#define exponentials etacal_exponentials
#define sine_cosine etacal_sine_cosine
#define direction_of etacal_direction
#define uniform etacal_uniform
#define uniforms etacal_uniforms

enum { lane_count = ETACAL_LANES };

INLINE I choose(I mask, I yes, I no) { return (yes & mask) | (no & ~mask); }

/// Whether a mask has a lane.
INLINE bool any(I mask) { return __builtin_reduce_or(mask) != 0; }

/// a + (b − a) part.
INLINE F between(F a, F b, F part) { return fused(b - a, part, a); }

INLINE D select_wide(I64 mask, D yes, D no) { return (D)(((I64)yes & mask) | ((I64)no & ~mask)); }

/// Puts the lanes where scalar instructions find them: left alone, a compiler takes them out of a register one by one, which
/// occupies the places for vectors.
INLINE void spill(I value, int32_t numbers[lane_count]) {
    memcpy(numbers, &value, sizeof value);
    __asm__("" : "+m"(*(int32_t (*)[lane_count])numbers));
}

/// The same of numbers in single precision.
INLINE void spill_numbers(F value, float numbers[lane_count]) {
    memcpy(numbers, &value, sizeof value);
    __asm__("" : "+m"(*(float (*)[lane_count])numbers));
}

// ---- Random numbers

struct Words { W x, y, z, w; };

enum { round_count = 10 };

/// A stream made ready for the loop: the keys of all rounds of Philox, each in a word of 64 bits.
struct Random {
    const struct EtaCalStream *stream;
    uint64_t keys[round_count][2];
};

INLINE struct Random random_of(const struct EtaCalStream *stream) {
    struct Random result = {.stream = stream};
    uint32_t key0 = stream->key[0], key1 = stream->key[1];
    for (int round = 0; round < round_count; round++) {
        result.keys[round][0] = key0;
        result.keys[round][1] = key1;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return result;
}

#define EVERY_OTHER(first) first, first + 2, first + 4, first + 6, first + 8, first + 10, first + 12, first + 14
#if ETACAL_LANES == 16
#define FROM(first) EVERY_OTHER(first), EVERY_OTHER(first + 16)
#define ODD_TWICE 1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 15, 15
#else
#define FROM(first) EVERY_OTHER(first)
#define ODD_TWICE 1, 1, 3, 3, 5, 5, 7, 7
#endif

/// The numbers at even places of two vectors, and those at odd places.
INLINE W even_of(W low, W high) { return __builtin_shufflevector(low, high, FROM(0)); }
INLINE W odd_of(W low, W high) { return __builtin_shufflevector(low, high, FROM(1)); }

/// The high halves of numbers of 64 bits in the low ones, which may leave anything in the high ones: a shuffle, because
/// shifts compete with multiplications for one place of a processor.
INLINE Wide high_halves(Wide numbers) {
    W halves = (W)numbers;
    return (Wide)__builtin_shufflevector(halves, halves, ODD_TWICE);
}

#undef FROM
#undef EVERY_OTHER
#undef ODD_TWICE

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the low half of a number of 64 bits stands first");

/// Philox4x32-10 of counters, given by those of the low and of the high half of the lanes. A word stands in the low half of
/// 64 bits; multiplications take low halves, so that nothing is masked in between.
/// @param purpose an index of the stream's purposes.
INLINE struct Words words_of(const struct Random *random, Wide low, Wide high, int purpose) {
    Wide x[2] = {low, high}, y[2], z[2], w[2];
    for (int half = 0; half < 2; half++) {
        y[half] = x[half] >> 32;
        z[half] = (Wide)(uint64_t)random->stream->slice;
        w[half] = (Wide)(uint64_t)random->stream->purposes[purpose];
    }
    UNROLL for (int round = 0; round < round_count; round++) {
        for (int half = 0; half < 2; half++) {
            Wide first = (x[half] & 0xFFFFFFFFu) * 0xD2511F53u;
            Wide second = (z[half] & 0xFFFFFFFFu) * 0xCD9E8D57u;
            x[half] = high_halves(second) ^ y[half] ^ random->keys[round][0];
            z[half] = high_halves(first) ^ w[half] ^ random->keys[round][1];
            y[half] = second;
            w[half] = first;
        }
    }
    return (struct Words){
        even_of((W)x[0], (W)x[1]), even_of((W)y[0], (W)y[1]), even_of((W)z[0], (W)z[1]), even_of((W)w[0], (W)w[1])};
}

/// 0, 1, … of the low half of the lanes.
INLINE Wide lane_numbers(void) {
    static const uint64_t numbers[] = {0, 1, 2, 3, 4, 5, 6, 7};
    Wide value;
    memcpy(&value, numbers, sizeof value);
    return value;
}

/// What random numbers are asked for: a purpose, and a part that tells several uses of it apart.
struct Use { int purpose, part; };

/// Words of the events `first`, `first` + 1, … for several uses, in one loop whose turns do not depend on each other.
INLINE void words(const struct Random *random, uint64_t first, int count, const struct Use *uses, struct Words *results) {
    ROLLED for (int index = 0; index < count; index++) {
        Wide low = lane_numbers() + first + ((uint64_t)uses[index].part << 56);
        results[index] = words_of(random, low, low + (uint64_t)(lane_count / 2), uses[index].purpose);
    }
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

/// Values of a column that may end sooner: the last lanes are 0.
INLINE D wide_part(const double *column, size_t lanes) {
    D value = (D)0.0;
    if (lanes == lane_count) memcpy(&value, column, sizeof value);
    else for (size_t lane = 0; lane < lanes; lane++) value[lane] = column[lane];
    return value;
}

/// The first `lanes` of a value.
INLINE void store(double *column, D value, size_t lanes) {
    if (lanes == lane_count) memcpy(column, &value, sizeof value);
    else for (size_t lane = 0; lane < lanes; lane++) column[lane] = value[lane];
}

INLINE void store_integers(int32_t *column, I value, size_t lanes) {
    if (lanes == lane_count) memcpy(column, &value, sizeof value);
    else for (size_t lane = 0; lane < lanes; lane++) column[lane] = value[lane];
}

// ---- Angles

/// An angle in [−π, π] as doubles in [−π, π): π in single precision lies above π, where the number next to it is taken.
INLINE D wrapped(F angle) {
    const float rounded_pi = 3.14159274f, below_pi = 3.14159250f;
    angle = select(angle >= rounded_pi, all(-below_pi), angle);
    return __builtin_convertvector(select(angle <= -rounded_pi, all(below_pi), angle), D);
}

static const float per_turn = 0.15915494f;

/// Sine (first) and cosine of an angle in radian, at most π on either side.
INLINE Pair rotation(F angle) { return sine_cosine(angle * per_turn); }

/// The same of any angle of few turns.
INLINE Pair rotation_of_any(F angle) {
    F turn = angle * per_turn;
    // Less the nearest whole number of turns.
    return sine_cosine(turn - ((turn + 12582912.0f) - 12582912.0f));
}
