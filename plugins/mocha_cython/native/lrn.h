/* Local response normalisation of images [num][height][width][channels].
 *
 *     y = x D^-power,   D = shift + rate S(x^2),   dx = dy D^-power - 2 power rate x S'(x dy D^(-power - 1))
 *
 * S sums over the neighbours of an element, S' over those whose neighbour it is: `behind` elements before and `ahead`
 * after it and itself along the channels (S' the other way round), or a square of side kernel along height and width.
 * shift > 0 and rate >= 0, so that D is positive.
 */
#ifndef MOCHA_LRN_H
#define MOCHA_LRN_H

#include "chain.h"
#include "levels.h"

struct lrn {
    long num, height, width, channels;
    int kernel, threads;
    float rate, shift, power;
    const float *x;
    float *y;
    const float *dy;
    float *dx;
    float *scratch; /* `threads` pieces of the floats that the function `scratch` asks for; forward alone asks for less */
};

typedef void (*lrn_run)(const struct lrn *);
typedef long (*lrn_size)(const struct lrn *, int back);

/* scratch: the floats that one thread works in, forward or backward. images: forward. */
struct lrn_kernels {
    lrn_size across_scratch, within_scratch;
    lrn_run across_forward, across_backward, within_forward, within_backward;
    images_run across_images, within_images;
};

DECLARE_LEVELS(struct lrn_kernels, lrn)

#endif
