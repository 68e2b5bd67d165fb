"""Random numbers and elementary functions for the loops of numba_chain.py.

Numba calls the C library for one number at a time, which ends any vectorisation. These are plain arithmetic in single
precision, so that a loop over events that calls them becomes vector code: Taylor series after a reduction of the argument, to a
few 10^-7.
"""

import numpy as np
from numba import njit

F, I, U = np.float32, np.int32, np.uint64
fast = njit(fastmath=True, error_model="numpy", forceinline=True)
HALF, ONE, TWO = F(0.5), F(1), F(2)
LN_2, LOG2_E, TURN = F(np.log(2)), F(1 / np.log(2)), F(2 * np.pi)
EXPONENT, MANTISSA, BIAS = I(23), I(0x7FFFFF), I(127)


@fast
def exp(x):
    """For |x| < 87."""
    steps = np.floor(x * LOG2_E + HALF)
    r = x - steps * LN_2
    power = ONE + r * (ONE + r * (F(1 / 2) + r * (F(1 / 6) + r * (F(1 / 24) + r * (F(1 / 120) + r * F(1 / 720))))))
    return power * I((I(steps) + BIAS) << EXPONENT).view(F)


@fast
def log(x):
    """For positive normal numbers."""
    bits = F(x).view(I)
    # The mantissa between the roots of 1/2 and of 2.
    exponent = I(bits - I(0x3F3504F3)) >> EXPONENT
    m = I(bits - I(exponent << EXPONENT)).view(F)
    s = (m - ONE) / (m + ONE)
    s2 = s * s
    return F(exponent) * LN_2 + TWO * s * (ONE + s2 * (F(1 / 3) + s2 * (F(1 / 5) + s2 * F(1 / 7))))


@fast
def direction(turns):
    """Cosine and sine of an angle in turns."""
    quarter = np.floor(turns * F(4) + HALF)
    r = (turns - quarter * F(0.25)) * TURN
    r2 = r * r
    sine = r * (ONE - r2 * (F(1 / 6) - r2 * (F(1 / 120) - r2 * F(1 / 5040))))
    cosine = ONE - r2 * (HALF - r2 * (F(1 / 24) - r2 * (F(1 / 720) - r2 * F(1 / 40320))))
    number = I(quarter) & I(3)
    is_odd = (number & I(1)) == I(1)
    first = sine if is_odd else cosine
    second = cosine if is_odd else sine
    return (-first if number == I(1) or number == I(2) else first), (-second if number >= I(2) else second)


@fast
def rotation(angle):
    return direction(angle * (ONE / TURN))


@fast
def asinh(x):
    size = abs(x)
    value = log(size + np.sqrt(size * size + ONE))
    return value if x >= F(0) else -value


@fast
def word(counter):
    """64 bits of a counter: the output function of SplitMix64 (Steele, Lea and Flood 2014), which steps by the odd constant."""
    z = counter * U(0x9E3779B97F4A7C15)
    z = (z ^ (z >> U(30))) * U(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> U(27))) * U(0x94D049BB133111EB)
    return z ^ (z >> U(31))


@fast
def uniforms(counter):
    """Two numbers in (0, 1), of 24 bits each."""
    z = word(counter)
    first, second = F(I(z >> U(40))), F(I(z >> U(8) & U(0xFFFFFF)))
    return (first + HALF) * F(2.0**-24), (second + HALF) * F(2.0**-24)


@fast
def normals(counter):
    """Two standard normal numbers (Box and Muller)."""
    size, turn = uniforms(counter)
    radius = np.sqrt(-TWO * log(size))
    cosine, sine = direction(turn)
    return radius * cosine, radius * sine
