/* What the sources of the family share: functions of one level, when work is worth a team of threads, and panels. */
#ifndef MOCHA_INNER_PRODUCT_PARTS_H
#define MOCHA_INNER_PRODUCT_PARTS_H

#include "inner_product.h"
#include "team.h"
#include "tile.h"

/* Products below this many multiplications are over before a second thread has woken up. */
enum { ALONE_BELOW = 1 << 18 };

/* The tiles of backward are BAND rows of a panel, which has PANEL vectors; tile_rows(PANEL) is BAND. */
#if defined(__AVX512F__)
enum { PANEL = 4, BAND = 6, WIDTH = PANEL * LANES };
#else
enum { PANEL = 2, BAND = 6, WIDTH = PANEL * LANES };
#endif
enum { DEPTH = 96 }; /* rows of W in a panel */

void KERNEL(inner_product_forward)(const struct inner_product *ip);
void KERNEL(inner_product_backward)(const struct inner_product *ip);
/* dx for the panels from `first` to `end` of `panels`; copy: DEPTH * WIDTH floats to work with. */
void KERNEL(inner_product_inputs)(const struct inner_product *ip, long panels, long first, long end, float *copy);
long KERNEL(inner_product_scratch)(long num, long outputs, int threads);

INLINE long least(long a, long b) {
    return a < b ? a : b;
}

/* n / d, rounded up. */
INLINE long pieces_of(long n, long d) {
    return (n + d - 1) / d;
}

/* Where panel p of `panels` begins among the inputs; panels differ by one vector at most. */
INLINE long panel_start(const struct inner_product *ip, long panels, long p) {
    return least(stretch_start(pieces_of(ip->inputs, LANES), panels, p) * LANES, ip->inputs);
}

INLINE int team_for(const struct inner_product *ip) {
    return (double)ip->num * (double)ip->inputs * (double)ip->outputs < ALONE_BELOW ? 1 : ip->threads;
}

#endif
