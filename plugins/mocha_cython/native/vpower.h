/* d^-power of vectors of floats, for d > 0 (normal numbers, infinity, NaN).
 *
 * Powers 1, 1/2 and 3/4 (which normalisation layers use) are reciprocals and square roots:
 *     d^(-3/4) = r sqrt r with r = d^(-1/2)
 * AVX-512 has an estimate of d^(-1/2) to 14 bits; one step of Newton's iteration makes it r to about 1 unit in the last
 * place, in a third of the time of a square root and a division: r <- r + r/2 (1 - d r^2).
 *
 * Other powers are 2^(-power log2 d) in double precision, where the error of the logarithm, many times as large after
 * the exponential, does not show in a float: with d = 2^e m and m within [sqrt(1/2), sqrt(2))
 *     log2 m = 2 / ln 2 (s + s^3 / 3 + ... + s^13 / 13),  s = (m - 1) / (m + 1), |s| <= 0.1716: error below 1e-11,
 *     2^t = 2^n e^(f ln 2),  n = t to the nearest whole number; e^g by its series to g^9, |g| <= 0.3466: error 1e-11.
 */
#ifndef MOCHA_VPOWER_H
#define MOCHA_VPOWER_H

#include "vec.h"

enum power_kind { POWER_THREE_QUARTERS, POWER_HALF, POWER_ONE, POWER_OTHER };

/* d^-power and d^(-power - 1). */
struct powers {
    vf power, next;
};

static inline enum power_kind power_kind_of(float power) {
    return power == 0.75f ? POWER_THREE_QUARTERS : power == 0.5f ? POWER_HALF : power == 1 ? POWER_ONE : POWER_OTHER;
}

typedef double vd __attribute__((vector_size(LANES * 4)));     /* LANES / 2 doubles */
typedef int64_t vl __attribute__((vector_size(LANES * 4)));
typedef float vf_half __attribute__((vector_size(LANES * 2))); /* as many floats */

INLINE vd vd_all(double x) {
    return x - (vd){0};
}

INLINE vd vd_pick(vl mask, vd a, vd b) {
    return (vd)((mask & (vl)a) | (~mask & (vl)b));
}

/* 2^t for |t| <= 300. Adding and taking away 1.5 * 2^52 rounds to a whole number, which are then the lowest bits. */
INLINE vd vd_exp2(vd t) {
    const vd big = vd_all(6755399441055744.0), shifted = t + big;
    const vd g = (t - (shifted - big)) * vd_all(0.6931471805599453);
    vd e = vd_all(1.0 / 362880);
    static const double inverse[] = {1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1};
    for (int i = 0; i < 9; i++) e = e * g + vd_all(inverse[i]);
    return (vd)((vl)e + ((vl)shifted << 52));
}

/* m^power 2^(power e) for m within [sqrt(1/2), sqrt(2)). */
INLINE vd vd_power(vd m, vd e, double power) {
    const vd s = (m - vd_all(1)) / (m + vd_all(1)), s2 = s * s;
    vd sum = vd_all(1.0 / 13);
    static const double inverse[] = {1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1};
    for (int i = 0; i < 6; i++) sum = sum * s2 + vd_all(inverse[i]);
    vd t = (sum * s * vd_all(2.8853900817779268) + e) * vd_all(power);
    t = vd_pick((vl)(t > vd_all(300)), vd_all(300), t);
    return vd_exp2(vd_pick((vl)(t < vd_all(-300)), vd_all(-300), t));
}

INLINE vf vf_other_power(vf d, float power) {
    const vi e = ((vi)d - 0x3f3504f3) >> 23, m = (vi)d - (e << 23); /* 0x3f3504f3: the bits of sqrt(1/2) */
    vf_half ms[2], es[2], out[2];
    const vf exponents = __builtin_convertvector(e, vf);
    memcpy(ms, &m, sizeof m);
    memcpy(es, &exponents, sizeof exponents);
    for (int k = 0; k < 2; k++)
        out[k] = __builtin_convertvector(
            vd_power(__builtin_convertvector(ms[k], vd), __builtin_convertvector(es[k], vd), power), vf_half);
    vf result;
    memcpy(&result, out, sizeof result);
    result = vf_pick(d > vf_all(3.4028235e38f), vf_all(power > 0 ? __builtin_inff() : power < 0 ? 0 : 1), result);
    return vf_pick(d == d, result, d);
}

#if defined(__AVX512F__) && defined(__AVX512DQ__) && LANES == 16

INLINE vf vf_rsqrt(vf d) {
    const vf r = (vf)_mm512_rsqrt14_ps((__m512)d);
    return r + vf_all(0.5f) * r * (vf_all(1) - d * r * r);
}

/* The iteration makes NaN of d = infinity, so there the estimate, 0, stands. */
INLINE vf vf_unless_infinite(vf d, vf result) {
    const __mmask16 infinite = _mm512_fpclass_ps_mask((__m512)d, 0x08);
    return (vf)_mm512_mask_mov_ps((__m512)result, infinite, _mm512_setzero_ps());
}

INLINE struct powers half_powers(vf d, enum power_kind kind) {
    const vf r = vf_rsqrt(d);
    const vf power = kind == POWER_HALF ? r : r * vf_rsqrt(r) * r;
    return (struct powers){vf_unless_infinite(d, power), vf_unless_infinite(d, power * r * r)};
}

#else

INLINE vf vf_sqrt(vf d) {
#if defined(__AVX2__) && LANES == 8
    return (vf)_mm256_sqrt_ps((__m256)d);
#else
    for (int i = 0; i < LANES; i++) d[i] = __builtin_sqrtf(d[i]);
    return d;
#endif
}

INLINE struct powers half_powers(vf d, enum power_kind kind) {
    const vf root = vf_sqrt(d);
    const vf power = vf_all(1) / (kind == POWER_HALF ? root : root * vf_sqrt(root));
    return (struct powers){power, power / d};
}

#endif

INLINE struct powers inverse_powers(vf d, enum power_kind kind, float power) {
    if (kind == POWER_OTHER) {
        const vf found = vf_other_power(d, -power);
        return (struct powers){found, found / d};
    }
    if (kind == POWER_ONE) {
        const vf inverse = vf_all(1) / d;
        return (struct powers){inverse, inverse * inverse};
    }
    return half_powers(d, kind);
}

#endif
