/* Batch normalisation of images [pixels][channels], pixels = num * height * width.
 *
 *     y = (x - mean) factor, factor = 1 / sqrt(var + eps), for each channel; mean and (biased) var of x, or given ones
 *     dx = (dy - mean(dy) - y mean(dy y)) factor, or dy factor where mean and var were given
 */
#ifndef MOCHA_BATCH_NORM_H
#define MOCHA_BATCH_NORM_H

#include "chain.h"
#include "levels.h"

struct batch_norm {
    long pixels, channels;
    long image; /* pixels of an image, for the function `images` */
    int threads;
    int batch;  /* 1: mean and var are those of x, and written; 0: they are given */
    double eps;
    const float *x;
    float *y;
    float *mean, *var, *factor; /* factor is written by forward, read by backward */
    const float *dy;
    float *dx;      /* may be dy */
    float *scratch; /* as many floats as the function `scratch` says */
};

typedef void (*batch_norm_run)(const struct batch_norm *);
typedef long (*batch_norm_size)(const struct batch_norm *);

struct batch_norm_kernels {
    batch_norm_size scratch;
    batch_norm_run forward, backward;
    batch_norm_run find_factor; /* from var, as `images` wants it */
    images_run images;          /* mean and var are given */
};

DECLARE_LEVELS(struct batch_norm_kernels, batch_norm)

#endif
