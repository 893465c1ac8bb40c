/* Pooling of a batch: y = the largest cell, or the mean, of each window of x, and dx from dy; see pooling_image.h.
 *
 * The work is cut into pieces that the threads take as they come: an image, or where there are few images some rows of
 * one (of windows forward, of pixels backward). No piece reads what another writes, so the order does not matter.
 */
#include "pooling.h"

#include "pooling_image.h"
#include "team.h"

enum { SMALL = 1 << 14 }; /* elements below which one thread does all: waking another takes longer */

/* In how many stretches to cut the rows of each image. */
static long cuts(const struct pooling *p, long rows) {
    const long wanted = (4L * p->threads + p->num - 1) / p->num;
    return wanted < rows ? wanted : rows;
}

static inline long elements(const struct pooling *p) {
    return p->num * p->shape.height * p->shape.width * p->shape.channels;
}

static void forward(const struct pooling *p) {
    const struct pooling_shape *s = &p->shape;
    const long stretches = cuts(p, s->rows), pieces = p->num * stretches;
    const long from = (long)s->height * s->width * s->channels, to = (long)s->rows * s->columns * s->channels;
    const long width = s->wide ? 4 : 1;
#pragma omp parallel for schedule(static) num_threads(p->threads) if (elements(p) > SMALL)
    for (long piece = 0; piece < pieces; piece++) {
        const long image = piece / stretches, k = piece % stretches;
        pooling_forward_image(s, p->x + image * from, p->y + image * to,
                              p->places ? (char *)p->places + image * to * width : NULL,
                              (int)stretch_start(s->rows, stretches, k), (int)stretch_start(s->rows, stretches, k + 1));
    }
}

static void backward(const struct pooling *p) {
    const struct pooling_shape *s = &p->shape;
    const long stretches = cuts(p, s->height), pieces = p->num * stretches;
    const long from = (long)s->rows * s->columns * s->channels, to = (long)s->height * s->width * s->channels;
    const long width = s->wide ? 4 : 1;
#pragma omp parallel for schedule(static) num_threads(p->threads) if (elements(p) > SMALL)
    for (long piece = 0; piece < pieces; piece++) {
        const long image = piece / stretches, k = piece % stretches;
        pooling_backward_image(s, p->y ? p->y + image * from : NULL,
                               p->places ? (char *)p->places + image * from * width : NULL, p->dy + image * from,
                               p->dx + image * to, (int)stretch_start(s->height, stretches, k),
                               (int)stretch_start(s->height, stretches, k + 1));
    }
}

static void images(const void *layer, const float *x, float *y, long num, long place) {
    struct pooling_shape s = ((const struct pooling *)layer)->shape;
    const long from = (long)s.height * s.width * s.channels, to = (long)s.rows * s.columns * s.channels;
    (void)place;
    s.ahead = 0;
    for (long n = 0; n < num; n++) pooling_forward_image(&s, x + n * from, y + n * to, NULL, 0, s.rows);
}

const struct pooling_kernels KERNEL(pooling) = {forward, backward, images};
