/* y_c = e_c / s and dx_c = (dy_c - sum over j of dy_j y_j) y_c, one stretch of locations after the other (see
 * softmax_walk.h), each read from memory once; and the table of the family at one level. */
#include "softmax_walk.h"

static void gradient(const struct stretch *s, const float *y, const float *dy, float *dx) {
    vf product = {0};
    for (long v = 0; v < s->vectors; v++) {
        const long some = exist(s, v), at = v * s->step;
        product += vf_load_part(dy + at, some) * vf_load_part(y + at, some);
    }
    if (s->together) product = vf_all(vf_sum(product));
    for (long v = 0; v < s->vectors; v++) {
        const long some = exist(s, v), at = v * s->step;
        vf_store_part(dx + at, (vf_load_part(dy + at, some) - product) * vf_load_part(y + at, some), some);
    }
}

void KERNEL(softmax_forward)(const struct softmax *p) {
    const long stretches = stretches_of(p->before, p->after);
    const int alone = p->before * p->classes * p->after < ALONE_BELOW;
    MOCHA_OMP(parallel for schedule(dynamic, AT_ONCE) num_threads(alone ? 1 : p->threads) if (!alone))
    for (long number = 0; number < stretches; number++) {
        const struct stretch s = stretch_of(p->classes, p->after, number);
        vf highest;
        const vf sum = exponentials(&s, p->x + s.start, p->y + s.start, &highest);
        scale(&s, p->y + s.start, 1.0f / sum);
    }
}

void KERNEL(softmax_backward)(const struct softmax *p) {
    const long stretches = stretches_of(p->before, p->after);
    const int alone = p->before * p->classes * p->after < ALONE_BELOW;
    MOCHA_OMP(parallel for schedule(dynamic, AT_ONCE) num_threads(alone ? 1 : p->threads) if (!alone))
    for (long number = 0; number < stretches; number++) {
        const struct stretch s = stretch_of(p->classes, p->after, number);
        gradient(&s, p->y + s.start, p->dy + s.start, p->dx + s.start);
    }
}

const struct softmax_kernels KERNEL(softmax) = {
    .forward = KERNEL(softmax_forward),
    .backward = KERNEL(softmax_backward),
    .loss_forward = KERNEL(softmax_loss_forward),
    .loss_backward = KERNEL(softmax_loss_backward),
    .accuracy = KERNEL(softmax_accuracy),
};
