/* e^x of vectors of floats, for every float: 0 for -inf and below -104, infinity from 88.73 on, NaN for NaN.
 *
 *     x = n ln 2 + r with n whole and |r| <= ln 2 / 2,   e^x = 2^n e^r,   e^r = 1 + r + r^2 p(r)
 *
 * ln 2 is split in two so that n ln 2 is exact but for the last bits; p is the polynomial of degree 5 of `expf` in the
 * Cephes library (Stephen L. Moshier, Methods and Programs for Mathematical Functions, 1989). 2^n is multiplied as two
 * halves, each a normal number, so that results below 2^-126 come out rounded once, as denormal numbers, and those
 * above 2^128 as infinity. The error is below 1.1 units in the last place (tests/test_softmax.py looks at every range).
 */
#ifndef MOCHA_VEXP_H
#define MOCHA_VEXP_H

#include "vec.h"

typedef uint32_t vexp_bits __attribute__((vector_size(LANES * 4)));

/* 2^n for whole n from -126 to 127: the exponent field of a float. */
INLINE vf vf_power_of_two(vexp_bits n) {
    return (vf)((n + 127) << 23);
}

/* x between the two; NaN stays NaN, as no comparison with it is true. */
INLINE vf vf_between(vf x, float low, float high) {
    x = vf_pick(x < vf_all(low), vf_all(low), x);
    return vf_pick(x > vf_all(high), vf_all(high), x);
}

INLINE vf vf_exp(vf x) {
    const float round = 0x1.8p23f; /* floats of this size are whole: adding it rounds, and leaves n in the low bits */
    x = vf_between(x, -104.0f, 89.0f);
    vf shifted = x * vf_all(0x1.715476p+0f) + vf_all(round);
    vf n = shifted - vf_all(round);
    vf r = x - n * vf_all(0.693359375f);
    r = r - n * vf_all(-2.12194440e-4f);
    vf p = vf_all(1.9875691500e-4f);
    p = p * r + vf_all(1.3981999507e-3f);
    p = p * r + vf_all(8.3334519073e-3f);
    p = p * r + vf_all(4.1665795894e-2f);
    p = p * r + vf_all(1.6666665459e-1f);
    p = p * r + vf_all(5.0000001201e-1f);
    vf power = r * r * p + r + 1.0f;
    vi whole = (vi)((vexp_bits)shifted - (vexp_bits)vf_all(round));
    vi half = whole >> 1;
    return power * vf_power_of_two((vexp_bits)half) * vf_power_of_two((vexp_bits)(whole - half));
}

#endif
