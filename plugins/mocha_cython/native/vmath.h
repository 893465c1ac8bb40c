/* Functions of vectors of floats beside e^x; NaN gives NaN. Errors are a few units in the last place. */
#ifndef MOCHA_VMATH_H
#define MOCHA_VMATH_H

#include "vec.h"
#include "vexp.h"

INLINE vf vf_sqrt(vf x) {
    vf root = x;
    for (int i = 0; i < LANES; i++) root[i] = __builtin_sqrtf(x[i]);
    return root;
}

INLINE vf vf_abs(vf x) {
    return (vf)((vi)x & 0x7fffffff);
}

/* The size of x with the sign of y. */
INLINE vf vf_signed(vf x, vf y) {
    return (vf)(((vi)x & 0x7fffffff) | ((vi)y & ~0x7fffffff));
}

/* x where it is below 0, else 0; NaN stays. */
INLINE vf vf_below(vf x) {
    return (vf)(~(x > 0) & (vi)x);
}

/* x where it is above 0, else 0; NaN stays. */
INLINE vf vf_above(vf x) {
    return (vf)(~(x < 0) & (vi)x);
}

/* e^x - 1 for x <= 0, with full relative precision near 0. With x = n ln 2 + r as in vf_exp, and q = e^r - 1 from the
 * same polynomial, it is 2^n q + (2^n - 1); for n = 0 that is q, and nothing cancels. Below -25 it is -1. */
INLINE vf vf_expm1_below(vf x) {
    const float round = 0x1.8p23f; /* floats of this size are whole: adding it rounds, and leaves n in the low bits */
    x = vf_pick(x < vf_all(-25), vf_all(-25), x);
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
    vf q = r * r * p + r;
    vf power = vf_power_of_two((vexp_bits)shifted - (vexp_bits)vf_all(round));
    return power * q + (power - 1.0f);
}

/* log(1 + x) for 0 <= x <= 1, with full relative precision near 0: 2 artanh s with s = x / (2 + x) <= 1/3, whose series
 * s + s^3 / 3 + s^5 / 5 + ... ends where s^15 / 15 is below half a unit in the last place. */
INLINE vf vf_log1p_unit(vf x) {
    vf s = x / (x + 2.0f), t = s * s;
    vf p = vf_all(1.0f / 13);
    p = p * t + vf_all(1.0f / 11);
    p = p * t + vf_all(1.0f / 9);
    p = p * t + vf_all(1.0f / 7);
    p = p * t + vf_all(1.0f / 5);
    p = p * t + vf_all(1.0f / 3);
    vf twice = s + s;
    return twice * t * p + twice;
}

/* 1 / (1 + e^-x), which is e^x / (1 + e^x) where x is negative: no overflow, full relative precision on both sides. */
INLINE vf vf_sigmoid(vf x) {
    vf e = vf_exp(-vf_abs(x));
    return vf_pick(x < vf_all(0), e, vf_all(1)) / (e + 1.0f);
}

/* tanh |x| = -d / (d + 2) with d = e^-2|x| - 1. */
INLINE vf vf_tanh(vf x) {
    vf d = vf_expm1_below(-2.0f * vf_abs(x));
    return vf_signed(d / (d + 2.0f), x);
}

#endif
