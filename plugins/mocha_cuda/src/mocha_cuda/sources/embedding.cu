// Rows of a table, looked up by numbers stored as floats. A number that is no row of the table gives NaN.

#include "common.cuh"

extern "C" __global__ void take_rows(float* y, const float* table, const float* bias, const float* numbers,
                                     long long n, long long rows, long long width) {
  const long long i = thread_number();
  if (i >= n) return;
  const long long place = i / width, column = i - place * width;
  const float number = rintf(numbers[place]);
  if (!(number >= 0 && number <= rows - 1)) {
    y[i] = __uint_as_float(0x7fc00000u);
    return;
  }
  y[i] = table[(long long)number * width + column] + (bias ? bias[column] : 0.0f);
}

// dtable[row] = the sum of the dy whose number it is, in their order. A block a row looks through the numbers, a block
// of them at a time, lists those that are its own, and adds them: no atomics, and the same sum every time.
extern "C" __global__ void add_rows(float* dtable, const float* dy, const float* numbers, long long count,
                                    long long width) {
  __shared__ int mine[256], before[8];
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  float* row = dtable + blockIdx.x * width;
  for (long long column = threadIdx.x; column < width; column += blockDim.x) row[column] = 0;
  for (long long start = 0; start < count; start += blockDim.x) {
    const long long place = start + threadIdx.x;
    const bool hit = place < count && rintf(numbers[place]) == float(blockIdx.x);
    const unsigned hits = __ballot_sync(0xffffffffu, hit);
    if (lane == 0) before[warp] = __popc(hits);
    __syncthreads();
    int rank = __popc(hits & ((1u << lane) - 1)), total = 0;
    for (int k = 0; k < blockDim.x / 32; ++k) {
      if (k < warp) rank += before[k];
      total += before[k];
    }
    if (hit) mine[rank] = threadIdx.x;
    __syncthreads();
    for (long long column = threadIdx.x; total > 0 && column < width; column += blockDim.x) {
      float sum = row[column];
      for (int k = 0; k < total; ++k) sum += dy[(start + mine[k]) * width + column];
      row[column] = sum;
    }
    __syncthreads();
  }
}
