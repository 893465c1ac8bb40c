/* A factor, and a summand, for each channel of images [pixels][channels]: y = s x + b.
 *
 *     dx = s dy,   ds = the sum of x dy,   db = the sum of dy, over all pixels
 */
#ifndef MOCHA_SCALE_H
#define MOCHA_SCALE_H

#include "chain.h"
#include "levels.h"

struct scale {
    long pixels, channels;
    long image; /* pixels of an image, for the function `images` */
    int threads;
    const float *x, *s, *b; /* b: NULL without summand */
    float *y;
    const float *dy;
    float *dx, *ds, *db; /* each NULL if not wanted; dx may be dy */
    float *scratch;      /* as many floats as the function `scratch` says, if ds or db is wanted */
};

typedef void (*scale_run)(const struct scale *);
typedef long (*scale_size)(const struct scale *);

struct scale_kernels {
    scale_size scratch;
    scale_run forward, backward;
    images_run images;
};

DECLARE_LEVELS(struct scale_kernels, scale)

#endif
