// Sums of rows and of whole arrays, in an order that never changes.

#include "reduce.cuh"

enum Operation { SUM, ABSOLUTES, SQUARES };

INLINE float term(int operation, float v) { return operation == SQUARES ? v * v : (operation == ABSOLUTES ? fabsf(v) : v); }

// y[row] = factor * the sum of term(x) over the row: a block a row.
extern "C" __global__ void sum_rows(float* y, const float* x, long long length, long long operation, float factor) {
  const float* row = x + blockIdx.x * length;
  float sum = 0;
  for (long long k = threadIdx.x; k < length; k += blockDim.x) sum += term(operation, row[k]);
  sum = block_sum(sum);
  if (threadIdx.x == 0) y[blockIdx.x] = factor * sum;
}

// dx = factor dy term'(x); x: where that depends on it.
extern "C" __global__ void sum_rows_backward(float* dx, const float* x, const float* dy, long long n,
                                             long long length, long long operation, float factor) {
  const long long i = thread_number();
  if (i >= n) return;
  const float wide = factor * dy[i / length];
  if (operation == SUM) dx[i] = wide;
  if (operation == SQUARES) dx[i] = 2 * wide * x[i];
  if (operation == ABSOLUTES) dx[i] = wide * (x[i] > 0 ? 1.0f : (x[i] < 0 ? -1.0f : x[i]));
}

// parts[block] = the sum of this block's share of x.
extern "C" __global__ void sum_shares(float* parts, const float* x, long long n) {
  const long long share = (n + gridDim.x - 1) / gridDim.x, begin = blockIdx.x * share;
  float sum = 0;
  for (long long k = begin + threadIdx.x; k < min(begin + share, n); k += blockDim.x) sum += x[k];
  sum = block_sum(sum);
  if (threadIdx.x == 0) parts[blockIdx.x] = sum;
}

// total = factor * the sum of x, by one block; with `items`: divided by the sum of that, or 1 if it is smaller, and
// that sum goes to `count`.
extern "C" __global__ void sum_all(float* total, float* count, const float* x, const float* items, long long n,
                                   long long labels, float factor) {
  float sum = 0, heard = 0;
  for (long long k = threadIdx.x; k < n; k += blockDim.x) sum += x[k];
  if (items) {
    for (long long k = threadIdx.x; k < labels; k += blockDim.x) heard += items[k];
    heard = block_sum(heard);
  }
  sum = block_sum(sum);
  if (threadIdx.x > 0) return;
  *total = items ? factor / max(heard, 1.0f) * sum : factor * sum;
  if (count) *count = heard;
}

// terms[i] = (x - y)^2 / 2
extern "C" __global__ void square_terms(float* terms, const float* x, const float* y, long long n) {
  map(terms, n, [](float u, float v) { return (u - v) * (u - v) / 2; }, x, y);
}
