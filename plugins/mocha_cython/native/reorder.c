/* Concatenation and its opposite: row n of the whole is row n of part 0, then that of part 1, ... With blobs seen as
 * matrices this is what joins them along any axis: the axes before it make the rows, it and those behind it a row.
 *
 *   join: whole[n][start_k + i] = part_k[n][i]        cut: part_k[n][i] = whole[n][start_k + i]
 *
 * Rows are short where channels are last (the channels of a pixel), so a run of numbers is copied by vectors, of which
 * the last overlaps the one before it; long rows, where channels are first, are cut into stretches of columns. A part
 * without an array is left out.
 */
#include "reorder.h"

#include "team.h"
#include "vec.h"

enum {
    TASK = 1 << 14,  /* numbers of the whole */
    SMALL = 1 << 15, /* numbers that one thread copies sooner than a second one is woken */
};

INLINE void copy_run(float *restrict to, const float *restrict from, long n) {
    if (n < LANES) {
        for (long i = 0; i < n; i++) to[i] = from[i];
        return;
    }
    for (long i = 0; i < n - LANES; i += LANES) vf_store(to + i, vf_load(from + i));
    vf_store(to + n - LANES, vf_load(from + n - LANES));
}

/* Rows first ... last - 1 and columns from ... to - 1 of the whole. */
INLINE void copy_block(const struct joint *j, int joining, long first, long last, long from, long to) {
    for (long k = 0; k < j->parts; k++) {
        const struct part *p = &j->part[k];
        long start = p->start > from ? p->start : from;
        long stop = p->start + p->width < to ? p->start + p->width : to;
        if (!p->array || start >= stop) continue;
        for (long n = first; n < last; n++) {
            float *whole = j->whole + n * j->width + start, *part = p->array + n * p->width + start - p->start;
            copy_run(joining ? whole : part, joining ? part : whole, stop - start);
        }
    }
}

INLINE void copy_task(const struct joint *j, int joining, long task, long by_rows, long by_columns) {
    long r = task / by_columns, c = task % by_columns;
    copy_block(j, joining, stretch_start(j->rows, by_rows, r), stretch_start(j->rows, by_rows, r + 1),
               stretch_start(j->width, by_columns, c), stretch_start(j->width, by_columns, c + 1));
}

INLINE void copy_all(const struct joint *j, int joining) {
    long height = j->width < TASK ? TASK / j->width : 1;
    long by_rows = (j->rows + height - 1) / height, by_columns = (j->width + TASK - 1) / TASK;
    MOCHA_OMP(parallel for schedule(static) num_threads(j->threads) if(j->rows * j->width > SMALL))
    for (long task = 0; task < by_rows * by_columns; task++) copy_task(j, joining, task, by_rows, by_columns);
}

static void join(const struct joint *j) {
    copy_all(j, 1);
}

static void cut(const struct joint *j) {
    copy_all(j, 0);
}

void KERNEL(transpose)(const struct transpose *t);
void KERNEL(transpose_images)(const void *layer, const float *x, float *y, long num, long place);

const struct reorder_kernels KERNEL(reorder) = {KERNEL(transpose), KERNEL(transpose_images), join, cut};
