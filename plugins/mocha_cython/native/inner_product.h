/* The fully connected layer: y = x W' + b, alone or with the ReLU behind it.
 *
 *     y[m][n] = f(b[n] + sum over k of x[m][k] W[n][k])
 *     db[n] = sum over m of dy[m][n]
 *     dW[n][k] = sum over m of dy[m][n] x[m][k],   dx[m][k] = sum over n of dy[m][n] W[n][k]
 *
 * x is (num, inputs), W (outputs, inputs), y (num, outputs), all contiguous. f is the identity, or max(0, .) if
 * `relu`: then backward first multiplies dy, in place, by f' = 1 where y > 0 and 0 elsewhere.
 */
#ifndef MOCHA_INNER_PRODUCT_H
#define MOCHA_INNER_PRODUCT_H

#include "levels.h"

struct inner_product {
    long num, inputs, outputs;
    int threads;
    int relu;
    const float *x, *weight;
    const float *bias; /* (outputs), or NULL */
    float *y;
    float *dy;             /* spent by backward if `relu` */
    float *dx;             /* NULL: not wanted; so dweight and dbias */
    float *dweight, *dbias;
    float *scratch; /* for backward, as many floats as `scratch` says */
};

typedef void (*inner_product_run)(const struct inner_product *);

struct inner_product_kernels {
    inner_product_run forward, backward;
    long (*scratch)(long num, long outputs, int threads);
};

DECLARE_LEVELS(struct inner_product_kernels, inner_product)

#endif
