/* Copies in another order: transpositions of images, and runs of numbers between one array and several. */
#ifndef MOCHA_REORDER_H
#define MOCHA_REORDER_H

#include "chain.h"
#include "levels.h"

/* num matrices: y[n][c][r] = x[n][r][c]. */
struct transpose {
    const float *x;
    float *y;
    long num, rows, columns;
    int threads;
};

/* Row n of the whole is `width` numbers; row n of part k is its numbers [start, start + width of the part). */
struct part {
    float *array;
    long start, width;
};

struct joint {
    float *whole;
    const struct part *part;
    long parts, rows, width;
    int threads;
};

struct reorder_kernels {
    void (*transpose)(const struct transpose *t);
    images_run transpose_images;
    void (*join)(const struct joint *j);
    void (*cut)(const struct joint *j);
};

DECLARE_LEVELS(struct reorder_kernels, reorder)

#endif
