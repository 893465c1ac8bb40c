/* y[m][n] = f(b[n] + sum over k of x[m][k] W[n][k]).
 *
 * Both factors are contiguous along k, so the tiles of tile_dot.h read them where they lie. A piece of work is a range
 * of columns n (and of rows m, where there are few columns). Within it, from the outside in:
 *
 *     k in blocks, so that a group of rows of W and the rows of x that meet it stay in the first cache together;
 *     n in groups of DOT_COLUMNS: the block of these rows of W is read from memory once;
 *     m by DOT_ROWS: the rows of x come from the second cache, over and over.
 *
 * Each tile of a group fetches one row of W of the next group into the second cache while it computes. With as few rows
 * of x as one tile takes nothing is used twice, and k is not split. Each y[m][n] is summed in the same order whatever
 * the pieces are: results do not depend on the number of threads.
 */
#include "inner_product_parts.h"

#include "tile_dot.h"

enum { DOT_LENGTH = 9216 / (DOT_ROWS + DOT_COLUMNS) / LANES * LANES, PIECES_A_THREAD = 6 };

/* Rows and columns of y. */
struct area {
    long row, rows, column, columns;
};

/* How many rows the next tile takes: as many as it can, but no single row is left for the last, which would be slow. */
INLINE long rows_of_tile(long left) {
    return left == DOT_ROWS + 1 && DOT_ROWS > 2 ? 2 : least(left, DOT_ROWS);
}

/* The terms k to k + length of a group of columns. */
static void multiply_group(const struct inner_product *ip, const struct area *area, long column, long k, long length) {
    const long left = area->column + area->columns - column, next = least(left - DOT_COLUMNS, DOT_COLUMNS);
    const long end = area->row + area->rows, last = k + length == ip->inputs;
    struct tile_dot tile = {
        .w = ip->weight + column * ip->inputs + k,
        .ldx = ip->inputs,
        .ldw = ip->inputs,
        .length = length,
        .ldy = ip->outputs,
        .columns = (int)least(left, DOT_COLUMNS),
        .bias = last && ip->bias ? ip->bias + column : NULL,
        .add = k > 0,
        .relu = last && ip->relu,
    };
    for (long row = area->row, part = 0, rows; row < end; row += rows, part++) {
        rows = rows_of_tile(end - row);
        tile.ahead = tile.w + (part < next ? DOT_COLUMNS + part : 0) * ip->inputs;
        tile.x = ip->x + row * ip->inputs + k;
        tile.y = ip->y + row * ip->outputs + column;
        tile_dot((int)rows, tile.columns)(&tile);
    }
}

static void multiply(const struct inner_product *ip, const struct area *area) {
    const long blocks = ip->num > DOT_ROWS ? pieces_of(ip->inputs, DOT_LENGTH) : 1;
    const long block = pieces_of(pieces_of(ip->inputs, blocks), LANES) * LANES;
    for (long k = 0; k < ip->inputs; k += block) {
        for (long n = 0; n < area->columns; n += DOT_COLUMNS)
            multiply_group(ip, area, area->column + n, k, least(block, ip->inputs - k));
    }
}

void KERNEL(inner_product_forward)(const struct inner_product *ip) {
    const int team = team_for(ip);
    const long groups = pieces_of(ip->outputs, DOT_COLUMNS), wanted = team == 1 ? 1 : team * PIECES_A_THREAD;
    const long across = least(groups, wanted);
    const long bands = pieces_of(ip->num, DOT_ROWS), down = least(bands, pieces_of(wanted, across));

    MOCHA_OMP(parallel for schedule(dynamic) num_threads(team) if (team > 1))
    for (long piece = 0; piece < across * down; piece++) {
        const long g = piece / down, b = piece % down;
        const long row = stretch_start(bands, down, b) * DOT_ROWS;
        const long column = stretch_start(groups, across, g) * DOT_COLUMNS;
        const struct area area = {
            .row = row,
            .rows = least(stretch_start(bands, down, b + 1) * DOT_ROWS, ip->num) - row,
            .column = column,
            .columns = least(stretch_start(groups, across, g + 1) * DOT_COLUMNS, ip->outputs) - column,
        };
        multiply(ip, &area);
    }
}
