/* The table of the fully connected layer's functions at one level. */
#include "inner_product_parts.h"

const struct inner_product_kernels KERNEL(inner_product) = {
    .forward = KERNEL(inner_product_forward),
    .backward = KERNEL(inner_product_backward),
    .scratch = KERNEL(inner_product_scratch),
};
