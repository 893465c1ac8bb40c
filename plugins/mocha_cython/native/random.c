/* Uniform numbers in the open interval (0, 1): (w + 1/2) / 2^23 for the upper 23 bits w of each word that the generator
 * Philox 4x32-10 makes (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * Words 4k ... 4k + 3 are a function of the counter (k, call), four words of 32 bits c0 ... c3, by ten rounds of
 *
 *     c0 <- high(M1 c2) ^ c1 ^ key0,  c1 <- low(M1 c2),  c2 <- high(M0 c0) ^ c3 ^ key1,  c3 <- low(M0 c0)
 *
 * with keys that grow by a constant from round to round. LANES / 2 counters go at a time: four vectors hold c0 ... c3
 * of each in elements of 64 bits, as the products need. Products read the lower halves only, so what is in the upper
 * halves of the others need never be cleared.
 */
#include "random.h"

#include "interleave.h"
#include "random_parts.h"
#include "team.h"
#include "vec.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

enum {
    COUNTERS = LANES / 2, /* counters of a step */
    STEP = 2 * LANES,     /* numbers of a step */
    TASK = 1 << 13,       /* numbers, a multiple of any STEP */
    SMALL = 1 << 13,      /* numbers that one thread makes sooner than a second one is woken */
    ROUNDS = 10,
};

static const uint32_t M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;

INLINE vw vw_all(uint64_t x) {
    return x - (vw){0};
}

/* The products of the lower halves of the elements. */
INLINE vw low_product(vw a, uint32_t b) {
#if defined __AVX512F__
    return (vw)_mm512_mul_epu32((__m512i)a, (__m512i)vw_all(b));
#elif defined __AVX2__
    return (vw)_mm256_mul_epu32((__m256i)a, (__m256i)vw_all(b));
#elif defined __SSE2__
    return (vw)_mm_mul_epu32((__m128i)a, (__m128i)vw_all(b));
#else
    return (a & 0xffffffff) * b;
#endif
}

INLINE vf to_numbers(vw words) {
    vi upper = (vi)((vu)words >> 9);
    return (__builtin_convertvector(upper, vf) + 0.5f) * 0x1p-23f;
}

/* The keys of all rounds, and the call, in every element; 0, 1, 2, ... */
struct stream {
    vw key0[ROUNDS], key1[ROUNDS], low, high, steps;
};

static struct stream stream_of(const struct uniform *u) {
    struct stream s = {.low = vw_all(u->call), .high = vw_all(u->call >> 32)};
    uint32_t k0 = u->key[0], k1 = u->key[1];
    for (int round = 0; round < ROUNDS; round++, k0 += W0, k1 += W1) {
        s.key0[round] = vw_all(k0);
        s.key1[round] = vw_all(k1);
    }
    for (int i = 0; i < COUNTERS; i++) s.steps[i] = (uint64_t)i;
    return s;
}

/* The numbers of the counters from `first` on. */
INLINE void philox(const struct stream *s, uint64_t first, vf *front, vf *back) {
    vw index = s->steps + first, c0 = index, c1 = index >> 32, c2 = s->low, c3 = s->high;
#pragma GCC unroll 10
    for (int round = 0; round < ROUNDS; round++) {
        vw p0 = low_product(c0, M0), p1 = low_product(c2, M1);
        c0 = (p1 >> 32) ^ c1 ^ s->key0[round], c1 = p1;
        c2 = (p0 >> 32) ^ c3 ^ s->key1[round], c3 = p0;
    }
    vw ahead = (c0 & 0xffffffff) | (c1 << 32), behind = (c2 & 0xffffffff) | (c3 << 32);
    *front = to_numbers(vw_front(ahead, behind));
    *back = to_numbers(vw_back(ahead, behind));
}

/* Numbers i ... i + n - 1 of the call, where n <= STEP. */
static void write_some(const struct uniform *u, const struct stream *s, long i, long n) {
    float part[STEP];
    vf front, back;
    philox(s, (uint64_t)i / 4, &front, &back);
    vf_store(part, front);
    vf_store(part + LANES, back);
    for (long k = 0; k < n; k++) {
        if (u->y) u->y[i + k] = part[k];
        else u->wide[i + k] = part[k];
    }
}

static void write_stretch(const struct uniform *u, long from, long to) {
    const struct stream s = stream_of(u);
    float *y = u->y;
    long i = from;
    for (; y && i + STEP <= to; i += STEP) {
        vf front, back;
        philox(&s, (uint64_t)i / 4, &front, &back);
        vf_store(y + i, front);
        vf_store(y + i + LANES, back);
    }
    for (; i < to; i += STEP) write_some(u, &s, i, to - i < STEP ? to - i : STEP);
}

static void uniform(const struct uniform *u) {
    if (u->n <= SMALL) { /* without asking for a team, which takes longer than a few numbers */
        write_stretch(u, 0, u->n);
        return;
    }
    MOCHA_OMP(parallel for schedule(static) num_threads(u->threads))
    for (long from = 0; from < u->n; from += TASK) write_stretch(u, from, from + TASK < u->n ? from + TASK : u->n);
}

const struct random_kernels KERNEL(random) = {uniform, KERNEL(drop), KERNEL(drop_back)};
