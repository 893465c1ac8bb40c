/* Functions applied element by element. */
#ifndef MOCHA_ELEMENTWISE_H
#define MOCHA_ELEMENTWISE_H

#include "chain.h"
#include "levels.h"

/* What there is; the formulas are in elementwise_*.c. */
#define OPERATIONS(each)                                                                                               \
    each(copy) each(negate) each(scale) each(add) each(subtract) each(multiply) each(multiply_back)                    \
    each(divide) each(divide_back) each(divide_by_b)                                                 \
    each(linear) each(square) each(root) each(reciprocal) each(square_back) each(root_back) each(reciprocal_back)      \
    each(relu) each(relu_back) each(lrelu) each(lrelu_back) each(sigmoid) each(sigmoid_back) each(tanh)                \
    each(tanh_back) each(exponential) each(elu) each(elu_back) each(softplus) each(softplus_back) each(swish)          \
    each(swish_back) each(gelu) each(gelu_back)

enum {
#define EACH(name) OPERATION_##name,
    OPERATIONS(EACH)
#undef EACH
    OPERATION_COUNT
};

static inline const char *operation_name(int operation) {
#define EACH(name) #name,
    static const char *const names[] = {OPERATIONS(EACH)};
#undef EACH
    return names[operation];
}

/* y (and z) of the n elements of up to three arrays; an output may be one of the inputs. Unused ones are NULL. */
struct map {
    const float *a, *b, *c;
    float *y, *z;
    long n;
    float numbers[3];
    int threads;
};

/* A map from a to y alone, on arrays of images of so many elements. */
struct map_images {
    struct map map;
    int operation;
    long image;
};

struct elementwise_kernels {
    void (*run)(const struct map *m, int operation);
    images_run images; /* of struct map_images */
};

DECLARE_LEVELS(struct elementwise_kernels, elementwise)

#endif
