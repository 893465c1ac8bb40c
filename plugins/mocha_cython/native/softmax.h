/* The softmax, its loss, and how often the label has the highest score.
 *
 * Blobs are seen as (before, classes, after): a location is a pair (b, a), its scores lie `after` floats apart. With
 * e_c = exp(x_c - max x) and s = sum e_c at each location:
 *
 *     softmax   y_c = e_c / s,   dx_c = (dy_c - sum over j of dy_j y_j) y_c
 *     loss      sum over locations of -share max(x_l - max x - log s, floor),   dx_c = share (y_c - [c = l])
 *     accuracy  the share of locations where fewer than `top` scores stand before that of l
 *
 * l is the label of a location, rounded; share = rate * weight of l there, and 0 where the label is no class.
 */
#ifndef MOCHA_SOFTMAX_H
#define MOCHA_SOFTMAX_H

#include "levels.h"

struct softmax {
    long before, classes, after;
    int threads;
    const float *x;
    float *y;
    const float *dy;
    float *dx;
};

struct softmax_loss {
    long before, classes, after;
    int threads;
    const float *x, *label;
    const float *weights; /* of all elements of a sample, or of the batch: they wrap around; or NULL for ones */
    long weights_size;
    float rate, floor;
    float *loss;
    float *y;     /* the softmax, kept for backward; NULL if there is none */
    float *share; /* of each location, kept for backward */
    float *terms; /* of each location, while forward runs */
    float *dx;
};

struct softmax_accuracy {
    long before, classes, after, top;
    const float *x, *label;
    float *accuracy;
};

typedef void (*softmax_run)(const struct softmax *);
typedef void (*softmax_loss_run)(const struct softmax_loss *);
typedef void (*softmax_accuracy_run)(const struct softmax_accuracy *);

struct softmax_kernels {
    softmax_run forward, backward;
    softmax_loss_run loss_forward, loss_backward;
    softmax_accuracy_run accuracy;
};

DECLARE_LEVELS(struct softmax_kernels, softmax)

#endif
