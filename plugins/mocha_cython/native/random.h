/* Uniform random numbers of the generator Philox 4x32-10, and dropout. */
#ifndef MOCHA_RANDOM_H
#define MOCHA_RANDOM_H

#include <stdint.h>

#include "levels.h"

/* The first n numbers of a call of the stream with this key; into y or into wide, the other is NULL. */
struct uniform {
    uint32_t key[2];
    uint64_t call;
    float *y;
    double *wide;
    long n;
    int threads;
};

/* from: x, or dy.   to: y, or dx; it may be `from`.   kept: a byte for each element, not 0 where it stays. */
struct dropout {
    const float *draws, *from;
    float *to;
    uint8_t *kept;
    long n;
    float ratio, scale;
    int threads;
};

struct random_kernels {
    void (*uniform)(const struct uniform *u);
    void (*drop)(const struct dropout *d);
    void (*drop_back)(const struct dropout *d);
};

DECLARE_LEVELS(struct random_kernels, random)

#endif
