/* Local response normalisation: y = x D^-power, D = shift + rate * the sum of x^2 over neighbours, and its gradient.
 *
 * The loops are in lrn_across.h and lrn_within.h. Here they are compiled for the powers and kernels that get code of
 * their own: power 3/4 with kernel 5 across channels, or 3 within one, and with any kernel; other powers with any.
 */
#include "lrn.h"

#include "lrn_within.h"

#define LRN(way, all, back, usual)                                                                                     \
    static void way(const struct lrn *l) {                                                                             \
        switch (power_kind_of(l->power)) {                                                                             \
            case POWER_THREE_QUARTERS:                                                                                 \
                if (l->kernel == usual)                                                                                \
                    all(l, back, 1, POWER_THREE_QUARTERS);                                                             \
                else                                                                                                   \
                    all(l, back, 0, POWER_THREE_QUARTERS);                                                             \
                break;                                                                                                 \
            case POWER_HALF: all(l, back, 0, POWER_HALF); break;                                                       \
            case POWER_ONE: all(l, back, 0, POWER_ONE); break;                                                         \
            default: all(l, back, 0, POWER_OTHER);                                                                     \
        }                                                                                                              \
    }

LRN(across_forward, across_all, 0, 5)
LRN(across_backward, across_all, 1, 5)
LRN(within_forward, within_all, 0, 3)
LRN(within_backward, within_all, 1, 3)
LRN(across_alone, across_here, 0, 5)
LRN(within_alone, within_here, 0, 3)

static struct lrn some_images(const void *layer, const float *x, float *y, long num, long place, lrn_size scratch) {
    struct lrn l = *(const struct lrn *)layer;
    l.x = x, l.y = y, l.num = num, l.scratch += place * scratch(&l, 0);
    return l;
}

static void across_images(const void *layer, const float *x, float *y, long num, long place) {
    const struct lrn l = some_images(layer, x, y, num, place, across_scratch);
    across_alone(&l);
}

static void within_images(const void *layer, const float *x, float *y, long num, long place) {
    const struct lrn l = some_images(layer, x, y, num, place, within_scratch);
    within_alone(&l);
}

const struct lrn_kernels KERNEL(lrn) = {across_scratch, within_scratch,  across_forward, across_backward,
                                        within_forward, within_backward, across_images,  within_images};
