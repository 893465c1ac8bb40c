/* dx[m][k] = sum over n of dy[m][n] W[n][k], for a range of panels of columns k.
 *
 * Many samples: n in blocks of DEPTH rows of W; within a block panel by panel; within a panel a few rows of dx at a
 * time (see inner_product_tile.h), which add to dx from the second block on. W is read from memory once, and while the
 * tiles of a panel compute they fetch the next panel.
 *
 * FEW samples: W is all that matters, so it is read in long rows, TERMS of them side by side, each number once; dx is
 * read and written for each TERMS rows, from the caches.
 */
#include "inner_product_parts.h"

#include "inner_product_tile.h"

enum { FEW = BAND, TERMS = 8 };

/* Adds `terms` rows of W from n on, times dy, to the columns of dx from k to end. */
INLINE void add_rows(const struct inner_product *ip, long n, long k, long end, const int num, const int terms) {
    const float *w = ip->weight + n * ip->inputs, *dy = ip->dy + n;
    for (; k < end; k += LANES) {
        const long some = least(LANES, end - k);
        vf row[TERMS];
        UNROLL for (int t = 0; t < terms; t++) {
            row[t] = some == LANES ? vf_load(w + t * ip->inputs + k) : vf_load_part(w + t * ip->inputs + k, some);
        }
        UNROLL for (int m = 0; m < num; m++) {
            float *dx = ip->dx + m * ip->inputs + k;
            vf sum = {0};
            if (n > 0) sum = some == LANES ? vf_load(dx) : vf_load_part(dx, some);
            UNROLL for (int t = 0; t < terms; t++) sum += row[t] * vf_all(dy[m * ip->outputs + t]);
            if (some == LANES) vf_store(dx, sum);
            else vf_store_part(dx, sum, some);
        }
    }
}

INLINE void stream(const struct inner_product *ip, long start, long end, const int num) {
    long n = 0;
    for (; n + TERMS <= ip->outputs; n += TERMS) add_rows(ip, n, start, end, num, TERMS);
    for (; n < ip->outputs; n++) add_rows(ip, n, start, end, num, 1);
}

static void multiply_few(const struct inner_product *ip, long start, long end) {
    switch (ip->num) {
    case 1: stream(ip, start, end, 1); break;
    case 2: stream(ip, start, end, 2); break;
    case 3: stream(ip, start, end, 3); break;
    case 4: stream(ip, start, end, 4); break;
    case 5: stream(ip, start, end, 5); break;
    case FEW: stream(ip, start, end, FEW); break;
    }
}

/* What the columns n to n + depth of dy, times the columns start to end of W, add to dx. */
static void multiply_panel(const struct inner_product *ip, long start, long end, long n, long depth,
                           const float *ahead, float *copy) {
    const long bands = pieces_of(ip->num, BAND), vectors = pieces_of(end - start, LANES);
    struct tile_dx tile = {
        .w = ip->weight + n * ip->inputs + start,
        .copy = copy,
        .ahead = ahead,
        .ldw = ip->inputs,
        .length = depth,
        .ldc = ip->inputs,
        .last = end - start - (vectors - 1) * LANES,
        .add = n > 0,
    };
    for (long band = 0; band < bands; band++) {
        const long m = stretch_start(ip->num, bands, band), rows = stretch_start(ip->num, bands, band + 1) - m;
        for (long i = 0; i < rows; i++) tile.a[i] = ip->dy + (m + i) * ip->outputs + n;
        tile.c = ip->dx + m * ip->inputs + start;
        tile_dx((int)rows, (int)vectors)(&tile);
        tile.w = NULL;
    }
}

void KERNEL(inner_product_inputs)(const struct inner_product *ip, long panels, long first, long end, float *copy) {
    const long blocks = pieces_of(ip->outputs, DEPTH), left = panel_start(ip, panels, first);
    if (ip->num <= FEW) {
        multiply_few(ip, left, panel_start(ip, panels, end));
        return;
    }
    for (long block = 0; block < blocks; block++) {
        const long n = stretch_start(ip->outputs, blocks, block), after = stretch_start(ip->outputs, blocks, block + 1);
        for (long p = first; p < end; p++) {
            const long start = panel_start(ip, panels, p), stop = panel_start(ip, panels, p + 1);
            const float *ahead = ip->weight + (p + 1 < end ? n * ip->inputs + stop : after * ip->inputs + left);
            multiply_panel(ip, start, stop, n, after - n, ahead, copy);
        }
    }
}
