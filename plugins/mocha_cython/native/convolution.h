/* Convolution of images whose channels are last, and its gradients.
 *
 * y[n][r][q][k] = bias[k] + sum over i, j, c of filter[k][c][i][j] x[n][r s + i d - pad][q s + j d - pad][g C + c]
 *
 * for the filters k of group g, which see its C = channels / groups channels; then max(0, y) if `relu`. Filters keep
 * the order (filters, C, kernel rows, kernel columns); pixels of x, dx lie ldx floats apart, those of y, dy ldy.
 * If there is a pooling behind it, y and dy are the pooling's, and what lies between them is never stored as a whole.
 */
#ifndef MOCHA_CONVOLUTION_H
#define MOCHA_CONVOLUTION_H

#include <stdint.h>

#include "chain.h"
#include "levels.h"
#include "pooling_shape.h"

enum { WAY_DEFAULT, WAY_GATHER, WAY_SCATTER };

struct convolution {
    long num, height, width, channels, ldx;
    long rows, columns, filters, ldy;
    long kernel[2], stride[2], pad[2], dilation[2], groups;
    int relu, threads;
    long panels;      /* into how many panels the filters of a group are packed; 0: the fewest that fit the registers */
    long back_panels; /* the same for the gradient of the images */
    long sum_panels;  /* and for that of the filters */
    int way;          /* the gradient of the images, see convolution_images.c */
    int packed;       /* forward_scratch still holds the same filters and bias as packed by the forward before */
    int add;          /* add to dfilter and dbias instead of overwriting them */
    const float *x, *filter, *bias; /* bias may be NULL */
    float *y;                       /* read again in backward if `relu` */
    float *dy;                      /* spent: zeroed where y is not positive if `relu`, and there is no pooling */
    float *dx, *dfilter, *dbias;    /* each NULL if it is not wanted */
    float *forward_scratch, *backward_scratch;
    const struct pooling_shape *pool; /* NULL: there is none; else ldy = filters */
    void *places;                     /* a maximum's, as of struct pooling; NULL: there will be no backward */
    uint8_t *passed; /* for a mean and `relu`: 1 for outputs of the convolution that are positive; NULL as places */
};

struct convolution_kernels {
    long (*forward_scratch)(const struct convolution *);  /* floats wanted, from the sizes alone */
    long (*backward_scratch)(const struct convolution *); /* the same; dx, dfilter need not be set: all are served */
    int (*way)(const struct convolution *);               /* the way that backward takes */
    void (*forward)(const struct convolution *);
    void (*backward)(const struct convolution *);
    void (*pack)(const struct convolution *); /* what forward leaves for the next one with `packed` */
    images_run images;                        /* for what is packed, and at least two images for each thread */
};

DECLARE_LEVELS(struct convolution_kernels, convolution)

#endif
