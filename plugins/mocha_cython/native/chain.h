/* Chains: layers that work image by image, run one after the other on a few images at a time, so that what lies between
 * them stays in the cache next to the core. A thread takes the same stretch of the images as where each layer runs by
 * itself (team.h), in blocks; every image is computed by the same code, so the results are the same bits.
 */
#ifndef MOCHA_CHAIN_H
#define MOCHA_CHAIN_H

#include "team.h"

/* Runs `layer`, a family's own struct, on num images from x to y, by the calling thread alone; place: a number below
 * `threads` of its own, for scratch memory. */
typedef void (*images_run)(const void *layer, const float *x, float *y, long num, long place);

struct link {
    images_run run;
    const void *layer;
    long from, to; /* floats of an image in front of the layer and behind it */
};

struct chain {
    const struct link *link;
    long links, num, block; /* block: images that go through all layers at once */
    int threads;
    const float *x;
    float *y;
    float *between; /* for each thread two pieces of between_floats */
    long between_floats;
};

/* Some images by one thread. */
static inline void run_block(const struct chain *c, long first, long num, long place) {
    float *between = c->between + 2 * place * c->between_floats;
    const float *x = c->x + first * c->link[0].from;
    for (long k = 0; k < c->links; k++) {
        const struct link *link = &c->link[k];
        float *y = k == c->links - 1 ? c->y + first * link->to : between + k % 2 * c->between_floats;
        link->run(link->layer, x, y, num, place);
        x = y;
    }
}

static inline void run_chain(const struct chain *c) {
    MOCHA_OMP(parallel for schedule(static) num_threads(c->threads))
    for (long s = 0; s < c->threads; s++) {
        const long end = stretch_start(c->num, c->threads, s + 1);
        for (long n = stretch_start(c->num, c->threads, s); n < end; n += c->block) {
            run_block(c, n, end - n < c->block ? end - n : c->block, s);
        }
    }
}

#endif
