/* The share of locations where fewer than `top` scores stand before that of the label l.
 *
 * A score stands before x_l if it is higher, or as high and of an earlier class; NaN stands before everything. With
 * top = 1 that is whether the first of the highest scores, or of the NaNs, is the label's, as NumPy's argmax has it.
 */
#include "softmax_walk.h"

static int hit(const struct softmax_accuracy *p, const float *x, long label) {
    const float score = x[label * p->after];
    long before = 0;
    if (p->top == 1 && score != score) {
        for (long c = 0; c < label; c++) before += x[c * p->after] != x[c * p->after];
        return before == 0;
    }
    for (long c = 0; c < label; c++) before += !(x[c * p->after] < score);
    for (long c = label; c < p->classes; c++) before += !(x[c * p->after] <= score);
    return before < p->top;
}

void KERNEL(softmax_accuracy)(const struct softmax_accuracy *p) {
    const long locations = p->before * p->after;
    long hits = 0;
    for (long location = 0; location < locations; location++) {
        const float label = rintf(p->label[location]);
        const float *x = p->x + location / p->after * p->classes * p->after + location % p->after;
        if (label >= 0 && label <= (float)(p->classes - 1)) hits += hit(p, x, (long)label);
    }
    *p->accuracy = (float)((double)hits / (double)locations);
}
