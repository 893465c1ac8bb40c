// Maximum and mean of windows, with a ReLU behind them. A thread makes one number; neighbours read neighbours. Bound by
// memory: each element is read once from it, and again by the neighbours' windows from the cache.

#include "pooling.cuh"

constexpr int kNowhere = 255;

// NaN is larger than everything, cells beyond the image take no part, and of equal cells the first counts.
template <class I>
INLINE void largest(float* y, unsigned char* bytes, int* ints, const float* x, I number, I width, Grid g, int cut,
                    float floor) {
  const Place<I> at(number, g.rows.out, g.columns.out, width);
  const int top = g.rows.begin(at.row), left = g.columns.begin(at.column);
  const float* image = x + (long long)at.outer * g.rows.size * g.columns.size * width + at.inner;
  int place = -1;
  float best = 0;
  for (int i = g.rows.first(at.row); i <= g.rows.last(at.row); ++i) {
    for (int j = g.columns.first(at.column); j <= g.columns.last(at.column); ++j) {
      const float v = image[((long long)i * g.columns.size + j) * width];
      if (place < 0 || v > best || (v != v && best == best)) {
        best = v;
        place = (i - top) * g.columns.kernel + j - left;
      }
    }
  }
  if (cut && !(best > floor)) {
    place = -1;
    best = best < floor ? floor : best;
  }
  y[number] = best;
  if (bytes) bytes[number] = place < 0 ? kNowhere : place;
  if (ints) ints[number] = place;
}

// bytes, ints: where in its window each maximum is, for backward: the one or the other, or neither.
extern "C" __global__ void max_forward(float* y, unsigned char* bytes, int* ints, const float* x, long long n,
                                       long long inner, long long height, long long width, long long rows,
                                       long long columns, long long kernel_y, long long kernel_x, long long stride_y,
                                       long long stride_x, long long pad_y, long long pad_x, long long cut,
                                       float floor) {
  const Grid g = OF_GRID;
  const long long i = thread_number();
  if (i >= n) return;
  if (n <= MOCHA_NARROW) {
    largest<unsigned>(y, bytes, ints, x, i, inner, g, cut, floor);
  } else {
    largest<long long>(y, bytes, ints, x, i, inner, g, cut, floor);
  }
}

template <class I>
INLINE float shown(const unsigned char* bytes, const int* ints, const float* dy, I number, I width, Grid g) {
  const Place<I> at(number, g.rows.size, g.columns.size, width);
  const int row = at.row, column = at.column;
  const long long image = (long long)at.outer * g.rows.out * g.columns.out * width + at.inner;
  float sum = 0;
  for (int i = g.rows.from(row); i <= g.rows.to(row); ++i) {
    for (int j = g.columns.from(column); j <= g.columns.to(column); ++j) {
      const long long window = image + ((long long)i * g.columns.out + j) * width;
      const int cell = (row - g.rows.begin(i)) * g.columns.kernel + column - g.columns.begin(j);
      if ((bytes ? bytes[window] : ints[window]) == cell) sum += dy[window];
    }
  }
  return sum;
}

extern "C" __global__ void max_backward(float* dx, const unsigned char* bytes, const int* ints, const float* dy,
                                        long long n, long long inner, long long height, long long width,
                                        long long rows, long long columns, long long kernel_y, long long kernel_x,
                                        long long stride_y, long long stride_x, long long pad_y, long long pad_x) {
  const Grid g = OF_GRID;
  const long long i = thread_number();
  if (i >= n) return;
  dx[i] = n <= MOCHA_NARROW ? shown<unsigned>(bytes, ints, dy, i, inner, g)
                            : shown<long long>(bytes, ints, dy, i, inner, g);
}

template <class I> INLINE float average(const float* x, I number, I width, Grid g, int window) {
  const Place<I> at(number, g.rows.out, g.columns.out, width);
  const float* image = x + (long long)at.outer * g.rows.size * g.columns.size * width + at.inner;
  float sum = 0;
  for (int i = g.rows.first(at.row); i <= g.rows.last(at.row); ++i) {
    for (int j = g.columns.first(at.column); j <= g.columns.last(at.column); ++j)
      sum += image[((long long)i * g.columns.size + j) * width];
  }
  return sum / g.area(at.row, at.column, window);
}

// window: divide by the cells in the image and its padding, not by those of the kernel.
extern "C" __global__ void mean_forward(float* y, const float* x, long long n, long long inner, long long height,
                                        long long width, long long rows, long long columns, long long kernel_y,
                                        long long kernel_x, long long stride_y, long long stride_x, long long pad_y,
                                        long long pad_x, long long window, long long cut, float floor) {
  const Grid g = OF_GRID;
  const long long i = thread_number();
  if (i >= n) return;
  const float mean = n <= MOCHA_NARROW ? average<unsigned>(x, i, inner, g, window)
                                       : average<long long>(x, i, inner, g, window);
  y[i] = cut && mean < floor ? floor : mean;
}

template <class I>
INLINE float shares(const float* y, const float* dy, I number, I width, Grid g, int window, float floor) {
  const Place<I> at(number, g.rows.size, g.columns.size, width);
  const long long image = (long long)at.outer * g.rows.out * g.columns.out * width + at.inner;
  float sum = 0;
  for (int i = g.rows.from(at.row); i <= g.rows.to(at.row); ++i) {
    for (int j = g.columns.from(at.column); j <= g.columns.to(at.column); ++j) {
      const long long k = image + ((long long)i * g.columns.out + j) * width;
      if (!y || y[k] > floor) sum += dy[k] / g.area(i, j, window);
    }
  }
  return sum;
}

// y: of a ReLU; may be missing.
extern "C" __global__ void mean_backward(float* dx, const float* y, const float* dy, long long n, long long inner,
                                         long long height, long long width, long long rows, long long columns,
                                         long long kernel_y, long long kernel_x, long long stride_y,
                                         long long stride_x, long long pad_y, long long pad_x, long long window,
                                         float floor) {
  const Grid g = OF_GRID;
  const long long i = thread_number();
  if (i >= n) return;
  dx[i] = n <= MOCHA_NARROW ? shares<unsigned>(y, dy, i, inner, g, window, floor)
                            : shares<long long>(y, dy, i, inner, g, window, floor);
}
