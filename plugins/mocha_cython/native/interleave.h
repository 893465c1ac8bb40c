/* The elements of two vectors in turn: the first halves a0 b0 a1 b1 ... ("front"), or the second halves ("back"). */
#ifndef MOCHA_INTERLEAVE_H
#define MOCHA_INTERLEAVE_H

#include "vec.h"

/* Elements of 64 bits. */
typedef uint64_t vw __attribute__((vector_size(LANES * 4)));

#define FRONT_2 0, 2
#define BACK_2 1, 3
#define FRONT_4 0, 4, 1, 5
#define BACK_4 2, 6, 3, 7
#define FRONT_8 0, 8, 1, 9, 2, 10, 3, 11
#define BACK_8 4, 12, 5, 13, 6, 14, 7, 15
#define FRONT_16 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define BACK_16 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

#if LANES == 16
#define HALF_LANES 8
#elif LANES == 8
#define HALF_LANES 4
#else
#define HALF_LANES 2
#endif

#if defined __clang__ || __GNUC__ >= 12
#define SHUFFLE(type, a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(type, a, b, ...) __builtin_shuffle(a, b, (type){__VA_ARGS__})
#endif

INLINE vf vf_front(vf a, vf b) {
    return SHUFFLE(vi, a, b, MOCHA_JOIN(FRONT, MOCHA_LANES));
}

INLINE vf vf_back(vf a, vf b) {
    return SHUFFLE(vi, a, b, MOCHA_JOIN(BACK, MOCHA_LANES));
}

INLINE vw vw_front(vw a, vw b) {
    return SHUFFLE(vw, a, b, MOCHA_JOIN(FRONT, HALF_LANES));
}

INLINE vw vw_back(vw a, vw b) {
    return SHUFFLE(vw, a, b, MOCHA_JOIN(BACK, HALF_LANES));
}

#endif
