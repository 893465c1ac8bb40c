/* Vectors of small integers that are kept as bytes. */
#ifndef MOCHA_BYTES_H
#define MOCHA_BYTES_H

#include "vec.h"

#if defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#endif

typedef uint8_t vb __attribute__((vector_size(LANES)));

INLINE vi vi_all(int x) {
    return x - (vi){0};
}

/* LANES bytes as integers. The compiler's own conversion goes byte by byte, hence the instructions by name. */
INLINE vi vi_load_bytes(const uint8_t *p) {
#if defined(__AVX512F__)
    return (vi)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p));
#elif defined(__AVX2__)
    return (vi)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p));
#else
    vi v;
    for (int i = 0; i < LANES; i++) v[i] = p[i];
    return v;
#endif
}

INLINE vi vi_load_bytes_part(const uint8_t *p, long n) {
    uint8_t all[LANES] = {0};
    memcpy(all, p, (size_t)n);
    return vi_load_bytes(all);
}

INLINE void vi_store_bytes(uint8_t *p, vi v) {
    vb bytes = __builtin_convertvector(v, vb);
    memcpy(p, &bytes, sizeof bytes);
}

INLINE void vi_store_bytes_part(uint8_t *p, vi v, long n) {
    vb bytes = __builtin_convertvector(v, vb);
    memcpy(p, &bytes, (size_t)n);
}

#endif
