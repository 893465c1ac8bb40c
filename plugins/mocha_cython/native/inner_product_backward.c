/* db[n] = sum over m of dy[m][n]
 * dW[n][k] = sum over m of dy[m][n] x[m][k],   dx[m][k] = sum over n of dy[m][n] W[n][k]
 *
 * Two phases in one team, with a barrier between them:
 *
 * 1. Strips of STRIP columns of dy: dy times f' in place, its sum over m is db, and a copy for dW, where GROUP columns
 *    lie together: [n / GROUP][m][GROUP]. The tiles then read dy in one stream, whatever the row length of dy is.
 * 2. dW by panels of columns k: a block of the panel of x is copied so that it fills the first cache without gaps, and
 *    tile_tn multiplies it with every group of dy. dx by runs of panels of columns k: see inner_product_inputs.c.
 *
 * Pieces of phase 2 write to different places, and each number is summed in one order: results do not depend on the
 * number of threads.
 */
#include "inner_product_parts.h"

#include "tile_tn.h"

enum {
    GROUP = BAND,           /* columns of dy that a tile of dW takes */
    STRIP = 48,             /* a multiple of GROUP and of LANES */
    SAMPLES = 8192 / WIDTH, /* rows of x in a block: 32 KB */
    PIECES_A_THREAD = 6,
};

/* dy f' for one vector: dy where y is positive. */
INLINE vf through(const struct inner_product *ip, long at, vf dy, long some) {
    const vf y = vf_load_part(ip->y + at, some);
    return vf_pick(y > (vf){0}, dy, (vf){0});
}

/* Phase 1 for the columns from `column` on. */
static void prepare(const struct inner_product *ip, long column, float *groups) {
    const long columns = least(STRIP, ip->outputs - column), num = ip->num;
    vf sum[STRIP / LANES] = {0};
    for (long m = 0; m < num; m++) {
        float row[STRIP] = {0};
        for (long n = 0, v = 0; n < columns; n += LANES, v++) {
            const long some = least(LANES, columns - n), at = m * ip->outputs + column + n;
            vf dy = vf_load_part(ip->dy + at, some);
            if (ip->relu) {
                dy = through(ip, at, dy, some);
                vf_store_part(ip->dy + at, dy, some);
            }
            vf_store(row + n, dy);
            sum[v] += dy;
        }
        if (!groups) continue;
        for (long n = 0; n < columns; n += GROUP) memcpy(groups + (n * num + m * GROUP), row + n, GROUP * sizeof *row);
    }
    if (!ip->dbias) return;
    for (long n = 0, v = 0; n < columns; n += LANES, v++)
        vf_store_part(ip->dbias + column + n, sum[v], least(LANES, columns - n));
}

/* One row of a panel, with zeros where the last vector is not full. */
INLINE void copy_row(const float *from, long columns, float *to) {
    long k = 0;
    for (; k + LANES <= columns; k += LANES) vf_store(to + k, vf_load(from + k));
    if (k < columns) vf_store(to + k, vf_load_part(from + k, columns - k));
}

/* `rows` rows of columns of a matrix, copied so that they follow each other. */
static void copy_panel(const float *from, long stride, long rows, long columns, float *to) {
    const long width = pieces_of(columns, LANES) * LANES;
    for (long r = 0; r < rows; r++) copy_row(from + r * stride, columns, to + r * width);
}

/* dW for the groups of columns n from `first` to `end` and one panel of columns k. */
static void multiply_samples(const struct inner_product *ip, const float *groups, long first, long end, long start,
                             long columns, float *panel) {
    const long vectors = pieces_of(columns, LANES), blocks = pieces_of(ip->num, SAMPLES);
    for (long block = 0; block < blocks; block++) {
        const long m = stretch_start(ip->num, blocks, block), rows = stretch_start(ip->num, blocks, block + 1) - m;
        copy_panel(ip->x + m * ip->inputs + start, ip->inputs, rows, columns, panel);
        struct tile_tn tile = {
            .a_step = GROUP,
            .b = panel,
            .b_step = vectors * LANES,
            .segments = 1,
            .length = rows,
            .ldc = ip->inputs,
            .last = columns - (vectors - 1) * LANES,
            .add = block > 0,
        };
        for (long g = first; g < end; g++) {
            tile.a = groups + (g * ip->num + m) * GROUP;
            tile.c = ip->dweight + g * GROUP * ip->inputs + start;
            tile_tn((int)least(GROUP, ip->outputs - g * GROUP), (int)vectors)(&tile);
        }
    }
}

/* Floats that one thread copies panels to. */
enum { BENCH = SAMPLES * WIDTH > DEPTH * WIDTH ? SAMPLES * WIDTH : DEPTH * WIDTH };

INLINE long grouped(long num, long outputs) {
    return pieces_of(pieces_of(outputs, GROUP) * GROUP * num, LANES) * LANES;
}

long KERNEL(inner_product_scratch)(long num, long outputs, int threads) {
    return grouped(num, outputs) + threads * BENCH;
}

void KERNEL(inner_product_backward)(const struct inner_product *ip) {
    const int team = team_for(ip);
    const long pieces = team == 1 ? 1 : team * PIECES_A_THREAD, panels = pieces_of(ip->inputs, WIDTH);
    const long strips = pieces_of(ip->outputs, STRIP), groups = pieces_of(ip->outputs, GROUP);
    const long parts = least(groups, pieces_of(pieces, panels));
    const long runs = least(panels, pieces);
    float *grouped_dy = ip->dweight ? ip->scratch : NULL, *benches = ip->scratch + grouped(ip->num, ip->outputs);

    MOCHA_OMP(parallel num_threads(team) if (team > 1))
    {
        float *mine = benches + omp_get_thread_num() * BENCH;
        MOCHA_OMP(for schedule(dynamic))
        for (long s = 0; s < strips; s++)
            prepare(ip, s * STRIP, grouped_dy ? grouped_dy + s * STRIP * ip->num : NULL);

        MOCHA_OMP(for schedule(dynamic) nowait)
        for (long piece = 0; piece < (ip->dweight ? panels * parts : 0); piece++) {
            const long p = piece / parts, part = piece % parts, start = panel_start(ip, panels, p);
            multiply_samples(ip, grouped_dy, stretch_start(groups, parts, part), stretch_start(groups, parts, part + 1),
                             start, panel_start(ip, panels, p + 1) - start, mine);
        }

        MOCHA_OMP(for schedule(dynamic) nowait)
        for (long run = 0; run < (ip->dx ? runs : 0); run++) {
            const long first = stretch_start(panels, runs, run), end = stretch_start(panels, runs, run + 1);
            KERNEL(inner_product_inputs)(ip, panels, first, end, mine);
        }
    }
}
