// Windows on arrays (outer, height, width, inner): images with their channels first (inner = 1) or last, or the
// channels themselves (height = channels, width = 1).

#ifndef MOCHA_POOLING
#define MOCHA_POOLING

#include "common.cuh"

struct Axis {
  int size, out, kernel, stride, pad;
  INLINE int begin(int window) const { return window * stride - pad; }
  INLINE int first(int window) const { return max(begin(window), 0); }
  INLINE int last(int window) const { return min(begin(window) + kernel, size) - 1; }
  INLINE int extent(int window) const { return min(begin(window) + kernel, size + pad) - begin(window); }
  // The windows that show an element.
  INLINE int from(int element) const {
    const int after = element + pad - kernel;
    return after < 0 ? 0 : after / stride + 1;
  }
  INLINE int to(int element) const { return min((element + pad) / stride, out - 1); }
};

struct Grid {
  Axis rows, columns;
  INLINE float area(int row, int column, int window) const {
    return window ? rows.extent(row) * columns.extent(column) : rows.kernel * columns.kernel;
  }
};

#define OF_GRID                                                                                \
  {{int(height), int(rows), int(kernel_y), int(stride_y), int(pad_y)},                         \
   {int(width), int(columns), int(kernel_x), int(stride_x), int(pad_x)}}

#endif
