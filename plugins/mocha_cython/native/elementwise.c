/* Runs a function on arrays: stretches of one size, which the threads take as they come; small arrays in one go. */
#include "elementwise.h"

#include "team.h"
#include "vec.h"

enum {
    TASK = 1 << 14,  /* elements */
    SMALL = 1 << 15, /* elements that one thread computes sooner than a second one is woken */
};

#define EACH(name) void KERNEL(map_##name)(const struct map *m, long from, long to);
OPERATIONS(EACH)
#undef EACH

#define EACH(name) KERNEL(map_##name),
static void (*const stretch[])(const struct map *m, long from, long to) = {OPERATIONS(EACH)};
#undef EACH

static void run(const struct map *m, int operation) {
    const long n = m->n, tasks = (n + TASK - 1) / TASK;
    if (n <= SMALL) { /* without asking for a team, which takes longer than a short array */
        stretch[operation](m, 0, n);
        return;
    }
    MOCHA_OMP(parallel for schedule(static) num_threads(m->threads))
    for (long task = 0; task < tasks; task++) {
        long from = task * TASK;
        stretch[operation](m, from, from + TASK < n ? from + TASK : n);
    }
}

static void images(const void *layer, const float *x, float *y, long num, long place) {
    const struct map_images *given = layer;
    struct map m = given->map;
    (void)place;
    m.a = x, m.y = y;
    stretch[given->operation](&m, 0, num * given->image);
}

const struct elementwise_kernels KERNEL(elementwise) = {run, images};
