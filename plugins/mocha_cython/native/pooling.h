/* Pooling of a batch of images [num][height][width][channels] to [num][rows][columns][channels], and its gradient. */
#ifndef MOCHA_POOLING_H
#define MOCHA_POOLING_H

#include "chain.h"
#include "levels.h"
#include "pooling_shape.h"

struct pooling {
    struct pooling_shape shape;
    long num;
    int threads;
    const float *x;
    float *y;
    void *places; /* NULL: there will be no backward, or it needs none; else of y's shape */
    const float *dy;
    float *dx; /* all of it is written */
};

typedef void (*pooling_run)(const struct pooling *);

struct pooling_kernels {
    pooling_run forward, backward;
    images_run images; /* without places */
};

DECLARE_LEVELS(struct pooling_kernels, pooling)

#endif
