/* Dropout: y = mask x with mask = scale where the element's random number is above the ratio, else 0; dx = mask dy.
 *
 * Forward notes in a byte which elements stay, so that backward reads a quarter of what the random numbers take, and
 * their memory is free in between. Both are one pass over all arrays, a vector at a time. The mask is multiplied, and
 * not used to choose, so NaN and infinity under a 0 show as NaN.
 */
#include "bytes.h"
#include "random_parts.h"
#include "team.h"

enum {
    TASK = 1 << 14,  /* elements */
    SMALL = 1 << 15, /* elements that one thread treats sooner than a second one is woken */
};

INLINE vf masked(vi kept, float scale, vf x) {
    return (vf)(kept & (vi)vf_all(scale)) * x;
}

static void drop_stretch(const struct dropout *d, long from, long to) {
    long i = from;
    for (; i + LANES <= to; i += LANES) {
        vi kept = vf_load(d->draws + i) > d->ratio;
        vi_store_bytes(d->kept + i, kept);
        vf_store(d->to + i, masked(kept, d->scale, vf_load(d->from + i)));
    }
    if (i < to) {
        vi kept = vf_load_part(d->draws + i, to - i) > d->ratio;
        vi_store_bytes_part(d->kept + i, kept, to - i);
        vf_store_part(d->to + i, masked(kept, d->scale, vf_load_part(d->from + i, to - i)), to - i);
    }
}

static void drop_back_stretch(const struct dropout *d, long from, long to) {
    long i = from;
    for (; i + LANES <= to; i += LANES)
        vf_store(d->to + i, masked(vi_load_bytes(d->kept + i) != 0, d->scale, vf_load(d->from + i)));
    if (i < to) {
        vi kept = vi_load_bytes_part(d->kept + i, to - i) != 0;
        vf_store_part(d->to + i, masked(kept, d->scale, vf_load_part(d->from + i, to - i)), to - i);
    }
}

static void run(const struct dropout *d, void (*stretch)(const struct dropout *d, long from, long to)) {
    if (d->n <= SMALL) { /* without asking for a team, which takes longer than a short array */
        stretch(d, 0, d->n);
        return;
    }
    MOCHA_OMP(parallel for schedule(static) num_threads(d->threads))
    for (long from = 0; from < d->n; from += TASK) stretch(d, from, from + TASK < d->n ? from + TASK : d->n);
}

void KERNEL(drop)(const struct dropout *d) {
    run(d, drop_stretch);
}

void KERNEL(drop_back)(const struct dropout *d) {
    run(d, drop_back_stretch);
}
