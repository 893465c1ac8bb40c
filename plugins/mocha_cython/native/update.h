/* Updates of all parameters of a solver in one call. */
#ifndef MOCHA_UPDATE_H
#define MOCHA_UPDATE_H

#include "levels.h"

enum { REGU_NONE, REGU_L2, REGU_L1 };

/* One parameter. The regularizer's gradient r is 0, decay * w or decay * sign(w).
 * step multiplies the gradient (Adam: m / (sqrt(v) + epsilon)), rate is the factor of r in AdamW; new at each run.
 * first and second are the method's history: h, or the moments m and v. */
struct update_place {
    float *weight, *first, *second;
    const float *diff;
    long count;
    int regularizer;
    float decay, step, rate;
};

struct update_start {
    long place, offset;
};

/* numbers: of the method. SGD: mu'.  Nesterov: mu', 1 + mu.  Adam, AdamW: b1, 1 - b1, b2, 1 - b2, epsilon. */
struct update {
    struct update_place *place;
    long places;
    struct update_start *start;
    long chunks;
    float numbers[5];
    int threads;
};

typedef void (*update_run)(const struct update *u);

struct update_kernels {
    /* How many chunks the places make; written to `start` too, unless that is NULL. */
    long (*chunks)(const struct update_place *place, long places, struct update_start *start);
    update_run sgd, nesterov, adam, adamw;
};

DECLARE_LEVELS(struct update_kernels, update)

#endif
