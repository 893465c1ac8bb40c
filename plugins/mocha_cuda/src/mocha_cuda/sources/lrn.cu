// Local response normalisation on arrays (outer, height, width, inner), with neighbours in a rectangle: across channels
// height = channels and the rectangle is kernel x 1, within a channel it is kernel x kernel.
//
// y = x d^-power, d = shift + rate S(x^2);  dx = dy d^-power - 2 power rate x S'(dy y / d), with S' over those whose
// neighbour an element is. d is kept from forward, which saves backward a power for each neighbour. Bound by memory, 12
// and 20 bytes an element: neighbours come from the cache.

#include "common.cuh"

struct Reach {
  int rows, columns, behind_y, ahead_y, behind_x, ahead_x;
};

// The sum of term(k) over the elements k around number; `ahead` elements on, `behind` back.
template <class I, class Term>
INLINE float around(I number, I width, const Reach& r, bool turned, Term term) {
  const Place<I> at(number, r.rows, r.columns, width);
  const int row = at.row, column = at.column;
  const int up = turned ? r.ahead_y : r.behind_y, down = turned ? r.behind_y : r.ahead_y;
  const int left = turned ? r.ahead_x : r.behind_x, right = turned ? r.behind_x : r.ahead_x;
  const long long image = (long long)at.outer * r.rows * r.columns * width + at.inner;
  float sum = 0;
  for (int i = max(row - up, 0); i <= min(row + down, r.rows - 1); ++i) {
    for (int j = max(column - left, 0); j <= min(column + right, r.columns - 1); ++j)
      sum += term(image + ((long long)i * r.columns + j) * width);
  }
  return sum;
}

template <class Term>
INLINE float neighbours(long long number, long long n, long long width, const Reach& r, bool turned, Term term) {
  return n <= MOCHA_NARROW ? around<unsigned>(number, width, r, turned, term)
                           : around<long long>(number, width, r, turned, term);
}

#define OF_REACH {int(rows), int(columns), int(behind_y), int(ahead_y), int(behind_x), int(ahead_x)}

// d: may be missing.
extern "C" __global__ void lrn_forward(float* y, float* d, const float* x, long long n, long long inner,
                                       long long rows, long long columns, long long behind_y, long long ahead_y,
                                       long long behind_x, long long ahead_x, float rate, float shift, float power) {
  const Reach r = OF_REACH;
  const long long i = thread_number();
  if (i >= n) return;
  const float divisor = shift + rate * neighbours(i, n, inner, r, false, [=](long long k) { return x[k] * x[k]; });
  if (d) d[i] = divisor;
  y[i] = x[i] * powf(divisor, -power);
}

extern "C" __global__ void lrn_backward(float* dx, const float* x, const float* y, const float* d, const float* dy,
                                        long long n, long long inner, long long rows, long long columns,
                                        long long behind_y, long long ahead_y, long long behind_x, long long ahead_x,
                                        float rate, float power) {
  const Reach r = OF_REACH;
  const long long i = thread_number();
  if (i >= n) return;
  const float sum = neighbours(i, n, inner, r, true, [=](long long k) { return dy[k] * y[k] / d[k]; });
  dx[i] = dy[i] * powf(d[i], -power) - 2 * power * rate * x[i] * sum;
}
