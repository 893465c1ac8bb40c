/* Filters into panels: filter[k][c][i][j] becomes a factor B whose columns are
 *
 *   pack_filters: the filters,  rows (i, j, c): y = window x B;
 *   pack_turned:  the channels, rows (i, j, k), i and j counted from the end: dx = window of dy x B;
 *   pack_rows:    (i, j, c),    rows k:        the share of dx in a window = pixel of dy x B.
 *
 * One call makes one piece of one panel of one group, `piece` of pack_pieces, so that a team can share the work.
 */
#include "convolution_parts.h"
#include "turn.h"

enum { PIECE = 64 }; /* of a panel's rows, or of the numbers that make them */

struct piece {
    float *b;          /* where the panel begins */
    const float *from; /* the filters of the group */
    long width, start; /* columns of the panel, and the first of them */
    long first, end;   /* the stretch of what is counted: see the functions */
};

long pack_pieces(const struct convolution *f, const struct packing *to, long count) {
    return f->groups * to->panels * ceil_div(count, PIECE);
}

static struct piece piece_of(const struct convolution *f, const struct packing *to, float *packed, long count, long n) {
    const long pieces = ceil_div(count, PIECE), piece = n % pieces, panel = n / pieces % to->panels;
    const long group = n / pieces / to->panels, start = panel_start(to, panel) * LANES;
    return (struct piece){.b = packed + group * packing_floats(to) + start * to->terms,
                          .from = f->filter + group * filters_in(f) * channels_in(f) * taps(f),
                          .width = panel_vectors(to, panel) * LANES, .start = start,
                          .first = stretch_start(count, pieces, piece), .end = stretch_start(count, pieces, piece + 1)};
}

/* Rows are counted as they lie in the filters, (c, i, j). */
void pack_filters(const struct convolution *f, const struct packing *to, float *packed, long n) {
    const struct piece p = piece_of(f, to, packed, to->terms, n);
    const long channels = channels_in(f), cells = taps(f);
    vf a[LANES];
    for (long k = 0; k < p.width; k += LANES) {
        const float *filter = p.from + (p.start + k) * to->terms;
        long c = p.first / cells, tap = p.first % cells;
        for (long r = p.first; r < p.end; r += LANES) {
            const long rows = p.end - r < LANES ? p.end - r : LANES;
            turn_part(a, filter + r, to->terms, to->columns - p.start - k, rows);
            for (long i = 0; i < rows; i++) {
                vf_store(p.b + (tap * channels + c) * p.width + k, a[i]);
                if (++tap == cells) tap = 0, c++;
            }
        }
    }
}

/* The count is over the filters. */
void pack_turned(const struct convolution *f, const struct packing *to, float *packed, long n) {
    const long channels = channels_in(f), filters = filters_in(f), cells = taps(f);
    const struct piece p = piece_of(f, to, packed, filters, n);
    vf a[LANES];
    for (long k = p.first; k < p.end; k++) {
        for (long c = 0; c < p.width; c += LANES) {
            const float *filter = p.from + (k * channels + p.start + c) * cells;
            for (long tap = 0; tap < cells; tap += LANES) {
                const long columns = cells - tap < LANES ? cells - tap : LANES;
                turn_part(a, filter + tap, cells, to->columns - p.start - c, columns);
                for (long i = 0; i < columns; i++) {
                    vf_store(p.b + ((cells - 1 - tap - i) * filters + k) * p.width + c, a[i]);
                }
            }
        }
    }
}

/* The count is over the filters. */
void pack_rows(const struct convolution *f, const struct packing *to, float *packed, long n) {
    const long channels = channels_in(f), cells = taps(f);
    const struct piece p = piece_of(f, to, packed, filters_in(f), n);
    for (long k = p.first; k < p.end; k++) {
        const float *filter = p.from + k * channels * cells;
        float *b = p.b + k * p.width;
        long tap = p.start / channels, c = p.start % channels;
        for (long v = 0; v < p.width; v++) {
            b[v] = tap < cells ? filter[c * cells + tap] : 0;
            if (++c == channels) c = 0, tap++;
        }
    }
}
