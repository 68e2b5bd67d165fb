// Elementary functions of several single-precision numbers side by side, for a model whose own accuracy is far below 10⁻⁷.
//
// Plain IEEE operations in a fixed order and nothing fused: the same bits on every machine and instruction set, which a
// mathematical library does not promise. Polynomials go through Chebyshev nodes of the reduced range (Scripts/polynomials).

#ifndef ETACAL_SINGLE_FUNCTIONS_H
#define ETACAL_SINGLE_FUNCTIONS_H

#include <stdint.h>

#pragma clang fp contract(off)
// Of vectors that are passed to functions: all of these are inlined.
#pragma clang diagnostic ignored "-Wpsabi"

// Numbers side by side; no result depends on how many. Eight for whoever includes this without saying otherwise.
#ifndef ETACAL_LANES
#define ETACAL_LANES 8
#endif

typedef float EtaCalFloats __attribute__((ext_vector_type(ETACAL_LANES)));
typedef int32_t EtaCalIntegers __attribute__((ext_vector_type(ETACAL_LANES)));
typedef uint32_t EtaCalWords __attribute__((ext_vector_type(ETACAL_LANES)));
struct EtaCalTwoFloats { EtaCalFloats first, second; };

#define ETACAL_INLINE static inline __attribute__((always_inline))

/// One number in all lanes.
ETACAL_INLINE EtaCalFloats etacal_all(float value) { return (EtaCalFloats)value; }

/// `yes` in the lanes where `mask` is −1, `no` where it is 0.
ETACAL_INLINE EtaCalFloats etacal_select(EtaCalIntegers mask, EtaCalFloats yes, EtaCalFloats no) {
    return (EtaCalFloats)(((EtaCalIntegers)yes & mask) | ((EtaCalIntegers)no & ~mask));
}

ETACAL_INLINE EtaCalFloats etacal_at_least(EtaCalFloats value, EtaCalFloats least) {
    return etacal_select(value < least, least, value);
}

/// Correctly rounded.
ETACAL_INLINE EtaCalFloats etacal_square_root(EtaCalFloats value) { return __builtin_elementwise_sqrt(value); }

/// The natural logarithm of positive normal numbers, to 2 × 10⁻⁷ relative to the larger of |result| and 0.3; exactly 0 at 1.
ETACAL_INLINE EtaCalFloats etacal_logarithm(EtaCalFloats value) {
    // value = 2^k m with √½ ≤ m < √2.
    EtaCalWords bits = (EtaCalWords)value;
    EtaCalWords offset = bits - 0x3F3504F3u;
    EtaCalFloats k = __builtin_convertvector((EtaCalIntegers)offset >> 23, EtaCalFloats);
    EtaCalFloats f = (EtaCalFloats)(bits - (offset & 0xFF800000u)) - 1.0f;
    EtaCalFloats s = f / (f + 2.0f);
    EtaCalFloats z = s * s;
    EtaCalFloats series = ((z * 0.29580054f + 0.39988777f) * z + 0.66666687f) * z;
    return k * 0.693359375f + (f - (s * (f - series) - k * -2.1219444e-4f));
}

/// The exponential function, to 2 × 10⁻⁷; exactly 1 at 0. Arguments are clamped to −87 … 88.
ETACAL_INLINE EtaCalFloats etacal_exponential(EtaCalFloats value) {
    EtaCalFloats x = etacal_at_least(value, etacal_all(-87.0f));
    x = etacal_select(x > 88.0f, etacal_all(88.0f), x);
    // Adding 1.5 × 2^23 leaves the nearest integer in the low bits.
    EtaCalFloats shifted = x * 1.442695f + 12582912.0f;
    EtaCalFloats n = shifted - 12582912.0f;
    EtaCalFloats r = (x - n * 0.693359375f) - n * -2.1219444e-4f;
    EtaCalFloats series = r * 0.0013926184f + 0.008363179f;
    series = series * r + 0.041666556f;
    series = series * r + 0.16666576f;
    series = series * r + 0.5f;
    EtaCalFloats power = (r + r * r * series) + 1.0f;
    return (EtaCalFloats)((EtaCalWords)power + ((EtaCalWords)shifted << 23));
}

/// The sine (first) and cosine (second) of an angle given in turns, |turn| ≤ 2^20, to 2 × 10⁻⁷ absolutely.
ETACAL_INLINE struct EtaCalTwoFloats etacal_sine_cosine(EtaCalFloats turn) {
    EtaCalFloats shifted = turn * 4.0f + 12582912.0f;
    EtaCalWords quarter = (EtaCalWords)shifted;
    EtaCalFloats x = (turn - (shifted - 12582912.0f) * 0.25f) * 6.2831853f;
    EtaCalFloats y = x * x;
    EtaCalFloats sine = y * -1.9587868e-4f + 0.008332748f;
    sine = sine * y - 0.16666664f;
    sine = x + x * y * sine;
    EtaCalFloats cosine = y * 2.4547917e-5f - 0.0013888302f;
    cosine = cosine * y + 0.041666664f;
    cosine = (cosine * y - 0.5f) * y + 1.0f;
    // Odd quarters exchange the two; 2 and 3 turn the sine's sign, 1 and 2 the cosine's.
    EtaCalWords exchange = ((EtaCalWords)sine ^ (EtaCalWords)cosine) & (0u - (quarter & 1u));
    EtaCalWords sine_sign = (quarter << 30) & 0x80000000u;
    EtaCalWords cosine_sign = ((quarter + 1u) << 30) & 0x80000000u;
    return (struct EtaCalTwoFloats){
        (EtaCalFloats)((EtaCalWords)sine ^ exchange ^ sine_sign),
        (EtaCalFloats)((EtaCalWords)cosine ^ exchange ^ cosine_sign)};
}

/// The azimuth of a point in the plane, in [−π, π], to 4 × 10⁻⁷; 0 where both coordinates are 0.
ETACAL_INLINE EtaCalFloats etacal_azimuth(EtaCalFloats y, EtaCalFloats x) {
    const EtaCalWords sign = (EtaCalWords)0x80000000u;
    EtaCalFloats abs_x = (EtaCalFloats)((EtaCalWords)x & ~sign);
    EtaCalFloats abs_y = (EtaCalFloats)((EtaCalWords)y & ~sign);
    EtaCalIntegers is_steep = abs_y > abs_x;
    EtaCalFloats larger = etacal_select(is_steep, abs_y, abs_x);
    EtaCalFloats smaller = etacal_select(is_steep, abs_x, abs_y);
    // Beyond an eighth of π, 45° are taken off first.
    EtaCalIntegers is_far = smaller > larger * 0.41421356f;
    const EtaCalFloats zero = etacal_all(0.0f);
    EtaCalFloats t = (smaller - etacal_select(is_far, larger, zero)) /
        (larger + etacal_select(is_far, smaller, zero) + 0x1p-126f);
    EtaCalFloats z = t * t;
    EtaCalFloats series = z * -0.064517185f + 0.107436687f;
    series = series * z - 0.1426395f;
    series = series * z + 0.1999954f;
    series = series * z - 0.33333331f;
    EtaCalFloats angle = etacal_select(is_far, etacal_all(0.78539816f), zero) + (t + t * z * series);
    angle = etacal_select(is_steep, 1.5707963f - angle, angle);
    angle = etacal_select(x < zero, 3.1415927f - angle, angle);
    return (EtaCalFloats)((EtaCalWords)angle | ((EtaCalWords)y & sign));
}

/// Integers below 2^24 as numbers.
ETACAL_INLINE EtaCalFloats etacal_number(EtaCalWords small) {
    return __builtin_convertvector((EtaCalIntegers)small, EtaCalFloats);
}

/// A uniform number in (0, 1] from each word: fine near 0, where logarithms look.
ETACAL_INLINE EtaCalFloats etacal_uniform(EtaCalWords words) {
    return etacal_number(words >> 16) * 0x1p-16f + (etacal_number(words & 0xFFFFu) + 0.5f) * 0x1p-32f;
}

/// Two independent uniform numbers in (0, 1) from each word, of the low and of the high half: 2^16 values each, centred in
/// their cells.
ETACAL_INLINE struct EtaCalTwoFloats etacal_uniforms(EtaCalWords words) {
    return (struct EtaCalTwoFloats){
        (etacal_number(words & 0xFFFFu) + 0.5f) * 0x1p-16f, (etacal_number(words >> 16) + 0.5f) * 0x1p-16f};
}

/// A uniform number in (0, 1) of the lowest eight bits of each word, which `etacal_uniform` hardly knows of.
ETACAL_INLINE EtaCalFloats etacal_uniform_of_low_byte(EtaCalWords words) {
    return (etacal_number(words & 0xFFu) + 0.5f) * 0x1p-8f;
}

/// Two independent standard normal numbers from each word; |z| < 4.9, because half a word makes the size.
ETACAL_INLINE struct EtaCalTwoFloats etacal_normals(EtaCalWords words) {
    struct EtaCalTwoFloats numbers = etacal_uniforms(words);
    EtaCalFloats radius = etacal_square_root(etacal_logarithm(numbers.first) * -2.0f);
    struct EtaCalTwoFloats direction = etacal_sine_cosine(numbers.second);
    return (struct EtaCalTwoFloats){radius * direction.second, radius * direction.first};
}

// Swift knows no structures of vectors: the same with room for eight numbers each, for the tests.
#define ETACAL_TWO_RESULTS(function, name, Argument)                                                \
    ETACAL_INLINE void name(Argument argument, float *first, float *second) {                      \
        struct EtaCalTwoFloats pair = function(argument);                                           \
        for (int lane = 0; lane < ETACAL_LANES; lane++) {                                           \
            first[lane] = pair.first[lane];                                                         \
            second[lane] = pair.second[lane];                                                       \
        }                                                                                           \
    }
ETACAL_TWO_RESULTS(etacal_sine_cosine, etacal_sine_and_cosine, EtaCalFloats)
ETACAL_TWO_RESULTS(etacal_uniforms, etacal_two_uniforms, EtaCalWords)
ETACAL_TWO_RESULTS(etacal_normals, etacal_two_normals, EtaCalWords)

#endif
