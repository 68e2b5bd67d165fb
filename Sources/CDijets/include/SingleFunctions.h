// Elementary functions of several single-precision numbers side by side, for a model whose own accuracy is far below 10⁻⁷.
//
// Plain IEEE operations in a fixed order, fused where it is written and nowhere else: the same bits on every machine and
// instruction set, which a mathematical library does not promise. Polynomials go through Chebyshev nodes of the reduced range
// (Scripts/polynomials).

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
typedef double EtaCalDoubles __attribute__((ext_vector_type(ETACAL_LANES)));
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

#if defined(ETACAL_HAS_FUSED) || defined(__FMA__) || defined(__aarch64__)
/// a b + c of finite numbers, rounded once.
ETACAL_INLINE EtaCalFloats etacal_fused(EtaCalFloats a, EtaCalFloats b, EtaCalFloats c) {
    return __builtin_elementwise_fma(a, b, c);
}
#else
/// A sum in single precision: first rounded to odd in double precision, so that it is as if rounded once (S. Boldo, G. Melquiond,
/// "Emulation of a FMA and correctly rounded sums", IEEE Trans. Computers 57 (2008) 462).
static __attribute__((noinline, cold, unused)) EtaCalFloats etacal_rounded_once(EtaCalDoubles product, EtaCalDoubles addend) {
    typedef __typeof__((EtaCalDoubles){} >= (EtaCalDoubles){}) Bits;
    EtaCalDoubles sum = product + addend;
    EtaCalDoubles rounded = sum - product;
    EtaCalDoubles error = (product - (sum - rounded)) + (addend - rounded);
    Bits bits = (Bits)sum;
    // One step away from zero where the error has the sum's sign, else one towards it.
    Bits step = ((bits ^ (Bits)error) >> 63) | 1;
    bits += step & (error != 0.0) & ((bits & 1) - 1);
    return __builtin_convertvector((EtaCalDoubles)bits, EtaCalFloats);
}

/// a b + c of finite numbers, rounded once.
ETACAL_INLINE EtaCalFloats etacal_fused(EtaCalFloats a, EtaCalFloats b, EtaCalFloats c) {
    typedef uint64_t Bits __attribute__((ext_vector_type(ETACAL_LANES)));
    // The product is exact in double precision.
    EtaCalDoubles product = __builtin_convertvector(a, EtaCalDoubles) * __builtin_convertvector(b, EtaCalDoubles);
    EtaCalDoubles addend = __builtin_convertvector(c, EtaCalDoubles);
    EtaCalDoubles sum = product + addend;
    EtaCalFloats result = __builtin_convertvector(sum, EtaCalFloats);
    // Rounding a second time is wrong only half-way between two numbers of single precision and below the smallest normal one;
    // a sum of 0 is exact.
    EtaCalIntegers is_half_way = (__builtin_convertvector((Bits)sum, EtaCalWords) & 0x1FFFFFFFu) == 0x10000000u;
    EtaCalIntegers size = (EtaCalIntegers)((EtaCalWords)result & 0x7FFFFFFFu);
    EtaCalIntegers is_tiny = (size <= 0x00800000) & (size != 0);
    if (__builtin_expect(__builtin_reduce_or(is_half_way | is_tiny) != 0, 0)) return etacal_rounded_once(product, addend);
    return result;
}
#endif

/// The same; each may be one number for all lanes.
#define ETACAL_FUSED(a, b, c) etacal_fused((EtaCalFloats)(a), (EtaCalFloats)(b), (EtaCalFloats)(c))

/// Correctly rounded.
ETACAL_INLINE EtaCalFloats etacal_square_root(EtaCalFloats value) { return __builtin_elementwise_sqrt(value); }

/// The natural logarithm of positive normal numbers, to 2 × 10⁻⁷ relative to the larger of |result| and 0.3; exactly 0 at 1.
ETACAL_INLINE EtaCalFloats etacal_logarithm(EtaCalFloats value) {
    // value = 2^k m with √½ ≤ m < √2.
    EtaCalWords bits = (EtaCalWords)value;
    EtaCalWords offset = bits - 0x3F3504F3u;
    EtaCalFloats k = __builtin_convertvector((EtaCalIntegers)offset >> 23, EtaCalFloats);
    EtaCalFloats f = (EtaCalFloats)(bits - (offset & 0xFF800000u)) - 1.0f;
    // Pairs of terms, so that little waits for what comes before it.
    EtaCalFloats square = f * f;
    EtaCalFloats low = ETACAL_FUSED(f, -0.25000307f, 0.3333333f);
    low = ETACAL_FUSED(square, ETACAL_FUSED(f, -0.16641282f, 0.20001045f), low);
    EtaCalFloats high = ETACAL_FUSED(f, -0.12998183f, 0.14214496f);
    high = ETACAL_FUSED(square, ETACAL_FUSED(f, -0.07902744f, 0.12622319f), high);
    EtaCalFloats series = ETACAL_FUSED(square * square, high, low);
    EtaCalFloats rest = ETACAL_FUSED(square, ETACAL_FUSED(f, series, -0.5f), k * -2.1219444e-4f);
    return ETACAL_FUSED(k, 0.693359375f, f + rest);
}

/// x = n ln 2 + r with |r| ≤ ½ ln 2, for x clamped to −87 … 87.
/// @param n_bits has n in its low bits.
ETACAL_INLINE EtaCalFloats etacal_reduced(EtaCalFloats value, EtaCalWords *n_bits) {
    EtaCalFloats x = etacal_at_least(value, etacal_all(-87.0f));
    x = etacal_select(x > 87.0f, etacal_all(87.0f), x);
    // Adding 1.5 × 2^23 leaves the nearest integer in the low bits.
    EtaCalFloats shifted = ETACAL_FUSED(x, 1.442695f, 12582912.0f);
    EtaCalFloats n = shifted - 12582912.0f;
    *n_bits = (EtaCalWords)shifted;
    return ETACAL_FUSED(n, 2.1219444e-4f, ETACAL_FUSED(n, -0.693359375f, x));
}

/// The exponential function, to 2 × 10⁻⁷; exactly 1 at 0. Arguments are clamped to −87 … 87.
ETACAL_INLINE EtaCalFloats etacal_exponential(EtaCalFloats value) {
    EtaCalWords n;
    EtaCalFloats r = etacal_reduced(value, &n);
    EtaCalFloats square = r * r;
    EtaCalFloats high = ETACAL_FUSED(square, 0.0013926184f, ETACAL_FUSED(r, 0.008363179f, 0.041666556f));
    EtaCalFloats series = ETACAL_FUSED(square, high, ETACAL_FUSED(r, 0.16666576f, 0.5f));
    EtaCalFloats power = ETACAL_FUSED(square, series, r) + 1.0f;
    return (EtaCalFloats)((EtaCalWords)power + (n << 23));
}

/// The exponential function (first) and its inverse (second), of the same accuracy.
ETACAL_INLINE struct EtaCalTwoFloats etacal_exponentials(EtaCalFloats value) {
    EtaCalWords n;
    EtaCalFloats r = etacal_reduced(value, &n);
    EtaCalFloats square = r * r;
    EtaCalFloats even = square * ETACAL_FUSED(square, ETACAL_FUSED(square, 0.0013918717f, 0.041666623f), 0.5f);
    EtaCalFloats odd = ETACAL_FUSED(r * square, ETACAL_FUSED(square, 0.008357203f, 0.16666631f), r);
    return (struct EtaCalTwoFloats){
        (EtaCalFloats)((EtaCalWords)((even + odd) + 1.0f) + (n << 23)),
        (EtaCalFloats)((EtaCalWords)((even - odd) + 1.0f) - (n << 23))};
}

/// Of half an angle given in turns, |turn| ≤ ½: 2 sin (first), and `sign` times its cosine (second), itself never negative.
ETACAL_INLINE struct EtaCalTwoFloats etacal_half_angle(EtaCalFloats turn, float sign) {
    EtaCalFloats y = turn * turn;
    EtaCalFloats sine = ETACAL_FUSED(y, 0.15531182f, -1.1965808f);
    EtaCalFloats cosine = ETACAL_FUSED(y, sign * -0.024627112f, sign * 0.23507437f);
    sine = ETACAL_FUSED(y, sine, 5.100155f);
    cosine = ETACAL_FUSED(y, cosine, sign * -1.33524f);
    sine = ETACAL_FUSED(y, sine, -10.335421f);
    cosine = ETACAL_FUSED(y, cosine, sign * 4.0587115f);
    sine = ETACAL_FUSED(y, sine, 6.2831855f);
    cosine = ETACAL_FUSED(y, cosine, sign * -4.934802f);
    return (struct EtaCalTwoFloats){sine * turn, ETACAL_FUSED(y, cosine, sign)};
}

/// The sine (first) and cosine (second) of an angle given in turns, |turn| ≤ ½, to 7 × 10⁻⁷ absolutely.
ETACAL_INLINE struct EtaCalTwoFloats etacal_sine_cosine(EtaCalFloats turn) {
    // sin 2h = (2 sin h) cos h, cos 2h = 1 − (2 sin h)²/2.
    struct EtaCalTwoFloats half = etacal_half_angle(turn, 1.0f);
    return (struct EtaCalTwoFloats){
        half.first * half.second, ETACAL_FUSED(half.first * -0.5f, half.first, 1.0f)};
}

/// The same of an angle from 0 to 1 turn.
ETACAL_INLINE struct EtaCalTwoFloats etacal_direction(EtaCalFloats turn) {
    // Half a turn more changes both signs.
    struct EtaCalTwoFloats half = etacal_half_angle(turn - 0.5f, -1.0f);
    return (struct EtaCalTwoFloats){
        half.first * half.second, ETACAL_FUSED(half.first * 0.5f, half.first, -1.0f)};
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
    EtaCalFloats series = ETACAL_FUSED(z, ETACAL_FUSED(z, -0.064517185f, 0.107436687f), -0.1426395f);
    series = ETACAL_FUSED(z, ETACAL_FUSED(z, series, 0.1999954f), -0.33333331f);
    EtaCalFloats angle = etacal_select(is_far, etacal_all(0.78539816f), zero) + ETACAL_FUSED(t * z, series, t);
    angle = etacal_select(is_steep, 1.5707963f - angle, angle);
    angle = etacal_select(x < zero, 3.1415927f - angle, angle);
    return (EtaCalFloats)((EtaCalWords)angle | ((EtaCalWords)y & sign));
}

/// Integers below 2^31 as numbers, exact below 2^24.
ETACAL_INLINE EtaCalFloats etacal_number(EtaCalWords small) {
    return __builtin_convertvector((EtaCalIntegers)small, EtaCalFloats);
}

/// A uniform number in (0, 1] from each word, in steps of 2⁻³¹ near 0, where logarithms look.
ETACAL_INLINE EtaCalFloats etacal_uniform(EtaCalWords words) {
    return ETACAL_FUSED(etacal_number(words >> 1), 0x1p-31f, 0x1p-32f);
}

/// A uniform number in (0, 1) from each word below 2^16, centred in its cell.
ETACAL_INLINE EtaCalFloats etacal_uniform_of_half(EtaCalWords half) {
    return ETACAL_FUSED(etacal_number(half), 0x1p-16f, 0x1p-17f);
}

/// Two independent uniform numbers in (0, 1) from each word, of the low and of the high half.
ETACAL_INLINE struct EtaCalTwoFloats etacal_uniforms(EtaCalWords words) {
    return (struct EtaCalTwoFloats){etacal_uniform_of_half(words & 0xFFFFu), etacal_uniform_of_half(words >> 16)};
}

/// A uniform number in (0, 1) of the lowest eight bits of each word, which `etacal_uniform` hardly knows of.
ETACAL_INLINE EtaCalFloats etacal_uniform_of_low_byte(EtaCalWords words) {
    return ETACAL_FUSED(etacal_number(words & 0xFFu), 0x1p-8f, 0x1p-9f);
}

/// Two independent normal numbers of mean 0 and the given variances from each word; below 4.9 standard deviations, because
/// half a word makes the size.
ETACAL_INLINE struct EtaCalTwoFloats etacal_normals_of(EtaCalWords words, EtaCalFloats variance1, EtaCalFloats variance2) {
    struct EtaCalTwoFloats numbers = etacal_uniforms(words);
    EtaCalFloats square = etacal_logarithm(numbers.first) * -2.0f;
    struct EtaCalTwoFloats direction = etacal_direction(numbers.second);
    return (struct EtaCalTwoFloats){
        etacal_square_root(square * variance1) * direction.second,
        etacal_square_root(square * variance2) * direction.first};
}

/// Two independent standard normal numbers from each word; |z| < 4.9.
ETACAL_INLINE struct EtaCalTwoFloats etacal_normals(EtaCalWords words) {
    struct EtaCalTwoFloats numbers = etacal_uniforms(words);
    EtaCalFloats radius = etacal_square_root(etacal_logarithm(numbers.first) * -2.0f);
    struct EtaCalTwoFloats direction = etacal_direction(numbers.second);
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
ETACAL_TWO_RESULTS(etacal_direction, etacal_sine_and_cosine_of_direction, EtaCalFloats)
ETACAL_TWO_RESULTS(etacal_exponentials, etacal_exponential_and_inverse, EtaCalFloats)
ETACAL_TWO_RESULTS(etacal_uniforms, etacal_two_uniforms, EtaCalWords)
ETACAL_TWO_RESULTS(etacal_normals, etacal_two_normals, EtaCalWords)

#endif
