/* loss = sum over locations of -share max(x_l - max x - log s, floor),   dx_c = share (y_c - [c = l]).
 *
 * Forward makes the exponentials of a stretch of locations (see softmax_walk.h), takes each location's term, and leaves
 * y for backward, so that this reads neither the scores nor, but for their position, the labels again. The terms are
 * added up in their order at the end, in double precision: the sum does not depend on the number of threads.
 */
#include "softmax_walk.h"

/* The class of a location; -1 for a label that is no class, NaN among them. */
INLINE long class_of(const struct softmax_loss *p, long location) {
    const float label = rintf(p->label[location]);
    return label >= 0 && label <= (float)(p->classes - 1) ? (long)label : -1;
}

/* Number among all of the score of class c at a location. */
INLINE long score_of(const struct softmax_loss *p, long location, long c) {
    return (location / p->after * p->classes + c) * p->after + location % p->after;
}

static void take_terms(const struct softmax_loss *p, const struct stretch *s, vf highest, vf sum) {
    float top[LANES], total[LANES];
    vf_store(top, highest);
    vf_store(total, sum);
    for (long i = 0; i < s->locations; i++) {
        const long location = s->location + i, c = class_of(p, location), at = score_of(p, location, c < 0 ? 0 : c);
        const float log_y = p->x[at] - top[i] - logf(total[i]);
        const float weight = p->weights ? p->weights[at % p->weights_size] : 1.0f;
        p->share[location] = c < 0 ? 0.0f : p->rate * weight;
        p->terms[location] = p->share[location] * (log_y < p->floor ? p->floor : log_y);
    }
}

void KERNEL(softmax_loss_forward)(const struct softmax_loss *p) {
    const long stretches = stretches_of(p->before, p->after), locations = p->before * p->after;
    const int alone = locations * p->classes < ALONE_BELOW;
    MOCHA_OMP(parallel for schedule(dynamic, AT_ONCE) num_threads(alone ? 1 : p->threads) if (!alone))
    for (long number = 0; number < stretches; number++) {
        const struct stretch s = stretch_of(p->classes, p->after, number);
        vf highest;
        const vf sum = exponentials(&s, p->x + s.start, p->y ? p->y + s.start : NULL, &highest);
        if (p->y) scale(&s, p->y + s.start, 1.0f / sum);
        take_terms(p, &s, highest, sum);
    }
    double total = 0;
    for (long location = 0; location < locations; location++) total -= p->terms[location];
    *p->loss = (float)total;
}

void KERNEL(softmax_loss_backward)(const struct softmax_loss *p) {
    const long stretches = stretches_of(p->before, p->after);
    const int alone = p->before * p->classes * p->after < ALONE_BELOW;
    MOCHA_OMP(parallel for schedule(dynamic, AT_ONCE) num_threads(alone ? 1 : p->threads) if (!alone))
    for (long number = 0; number < stretches; number++) {
        const struct stretch s = stretch_of(p->classes, p->after, number);
        const vf share = s.together ? vf_all(p->share[s.location]) : vf_load_part(p->share + s.location, s.locations);
        for (long v = 0; v < s.vectors; v++) {
            const long some = exist(&s, v), at = s.start + v * s.step;
            vf_store_part(p->dx + at, vf_load_part(p->y + at, some) * share, some);
        }
        for (long location = s.location; location < s.location + s.locations; location++) {
            const long c = class_of(p, location);
            if (c >= 0) p->dx[score_of(p, location, c)] -= p->share[location];
        }
    }
}
