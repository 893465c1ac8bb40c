/* Walking over locations: a stretch is either one location, whose classes follow each other (after = 1), or LANES
 * locations side by side, whose classes are vectors `after` floats apart.
 *
 * Both cases are one loop over vectors: `vectors` of them, `step` floats apart, of which the last may hold fewer than
 * LANES floats (one location), or all of them may (the last locations of a sample). What differs is only whether the
 * lanes of a maximum or a sum belong together.
 */
#ifndef MOCHA_SOFTMAX_WALK_H
#define MOCHA_SOFTMAX_WALK_H

#include <math.h>

#include "softmax.h"
#include "team.h"
#include "vexp.h"

/* Below this many scores a second thread does not pay; and how many stretches a thread takes at once. */
enum { ALONE_BELOW = 1 << 15, AT_ONCE = 16 };

void KERNEL(softmax_forward)(const struct softmax *softmax);
void KERNEL(softmax_backward)(const struct softmax *softmax);
void KERNEL(softmax_loss_forward)(const struct softmax_loss *loss);
void KERNEL(softmax_loss_backward)(const struct softmax_loss *loss);
void KERNEL(softmax_accuracy)(const struct softmax_accuracy *accuracy);

struct stretch {
    long start;            /* of its first score among all */
    long location;         /* number of its first location */
    long locations;        /* how many */
    long step, vectors;
    long whole, last;      /* floats that exist in each vector, and in the last one */
    int together;          /* whether all lanes belong to one location */
};

INLINE long stretches_of(long before, long after) {
    return after == 1 ? before : before * ((after + LANES - 1) / LANES);
}

INLINE struct stretch stretch_of(long classes, long after, long number) {
    if (after == 1) {
        const long vectors = (classes + LANES - 1) / LANES;
        return (struct stretch){number * classes, number, 1, LANES, vectors, LANES, classes - (vectors - 1) * LANES, 1};
    }
    const long parts = (after + LANES - 1) / LANES, b = number / parts, a = number % parts * LANES;
    const long some = after - a < LANES ? after - a : LANES;
    return (struct stretch){b * classes * after + a, b * after + a, some, after, classes, some, some, 0};
}

INLINE long exist(const struct stretch *s, long vector) {
    return vector == s->vectors - 1 ? s->last : s->whole;
}

/* `other` in the lanes from n on. */
INLINE vf vf_fill(vf v, long n, float other) {
    vi lane = {0};
    for (int i = 0; i < LANES; i++) lane[i] = i;
    return vf_pick(lane < (int32_t)n, v, vf_all(other));
}

/* The highest of all lanes in all lanes. */
INLINE vf vf_highest(vf v) {
    float highest = v[0];
    for (int i = 1; i < LANES; i++) highest = v[i] > highest ? v[i] : highest;
    return vf_all(highest);
}

/* At each location max x, and sum exp(x - max x); keeps the exponentials in y unless that is NULL. */
INLINE vf exponentials(const struct stretch *s, const float *x, float *y, vf *highest) {
    vf top = vf_all(-INFINITY), sum = {0};
    for (long v = 0; v < s->vectors; v++) {
        const long some = exist(s, v);
        top = vf_max(top, vf_fill(vf_load_part(x + v * s->step, some), some, -INFINITY));
    }
    if (s->together) top = vf_highest(top);
    for (long v = 0; v < s->vectors; v++) {
        const long some = exist(s, v);
        const vf e = vf_exp(vf_load_part(x + v * s->step, some) - top);
        if (y) vf_store_part(y + v * s->step, e, some);
        sum += vf_fill(e, some, 0);
    }
    *highest = top;
    return s->together ? vf_all(vf_sum(sum)) : sum;
}

INLINE void scale(const struct stretch *s, float *y, vf factor) {
    for (long v = 0; v < s->vectors; v++) {
        const long some = exist(s, v);
        vf_store_part(y + v * s->step, vf_load_part(y + v * s->step, some) * factor, some);
    }
}

#endif
