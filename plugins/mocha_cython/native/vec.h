/* Vectors of floats as wide as the instruction set has them, by the compiler's vector extensions.
 *
 * Every kernel source is compiled once for each instruction set, with MOCHA_ISA set to its name (baseline, avx2,
 * avx512) and MOCHA_LANES to the floats of a vector (4, 8, 16). All that such an object exports carries the name:
 * KERNEL(pooling) is pooling_avx512. Everything else in it is static, so that the linker cannot mix objects up.
 */
#ifndef MOCHA_VEC_H
#define MOCHA_VEC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#endif

#define MOCHA_JOIN2(a, b) a##_##b
#define MOCHA_JOIN(a, b) MOCHA_JOIN2(a, b)
#define KERNEL(name) MOCHA_JOIN(name, MOCHA_ISA)

#define LANES MOCHA_LANES
#define INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((vector_size(LANES * 4)));
typedef int32_t vi __attribute__((vector_size(LANES * 4)));

INLINE vf vf_load(const float *p) {
    vf v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void vf_store(float *p, vf v) {
    memcpy(p, &v, sizeof v);
}

INLINE vf vf_all(float x) {
    return x - (vf){0};
}

/* The first n <= LANES floats, zeros behind them; reads, or writes, nothing else. Without calls, which would empty the
 * registers: with masks where the instruction set has them. The sanitizer does not look at masked instructions, so it is
 * given plain C. */
#if defined(__AVX512F__) && LANES == 16 && !defined(__SANITIZE_ADDRESS__)
INLINE vf vf_load_part(const float *p, long n) {
    return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}

INLINE void vf_store_part(float *p, vf v, long n) {
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
}
#elif defined(__AVX2__) && LANES == 8 && !defined(__SANITIZE_ADDRESS__)
INLINE __m256i vf_first(long n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

INLINE vf vf_load_part(const float *p, long n) {
    return (vf)_mm256_maskload_ps(p, vf_first(n));
}

INLINE void vf_store_part(float *p, vf v, long n) {
    _mm256_maskstore_ps(p, vf_first(n), (__m256)v);
}
#else
INLINE vf vf_load_part(const float *p, long n) {
    vf v = {0};
    for (int i = 0; i < LANES; i++) {
        if (i < n) v[i] = p[i];
    }
    return v;
}

INLINE void vf_store_part(float *p, vf v, long n) {
    for (int i = 0; i < LANES; i++) {
        if (i < n) p[i] = v[i];
    }
}
#endif

/* a where the mask is all ones, b where it is all zeros; comparisons of vectors give such masks. */
INLINE vf vf_pick(vi mask, vf a, vf b) {
    return (vf)((mask & (vi)a) | (~mask & (vi)b));
}

INLINE vf vf_max(vf a, vf b) {
    return vf_pick(a > b, a, b);
}

/* max(0, .), where NaN stays NaN and -0 stays -0: of these instructions' two operands the second is then the result. */
INLINE vf vf_relu(vf v) {
#if defined(__AVX512F__) && LANES == 16
    return (vf)_mm512_max_ps(_mm512_setzero_ps(), (__m512)v);
#elif defined(__AVX2__) && LANES == 8
    return (vf)_mm256_max_ps(_mm256_setzero_ps(), (__m256)v);
#else
    return vf_pick(v < (vf){0}, (vf){0}, v);
#endif
}

INLINE float vf_sum(vf v) {
    float s = 0;
    for (int i = 0; i < LANES; i++) s += v[i];
    return s;
}

#endif
