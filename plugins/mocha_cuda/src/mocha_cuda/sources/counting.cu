// Statistics: sums[i] += value[i] items and sums[n + i] += items, in double. The products of floats are exact there.

#include "common.cuh"

template <class T> INLINE void add_up(double* sums, const T* value, const T* items, long long each, long long n) {
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long i = thread_number(); i < n; i += step) {
    const double weight = items ? (double)items[i] : (double)each;
    sums[i] += value[i] * weight;
    sums[n + i] += weight;
  }
}

// items: how many each value stands for; if it is missing, every one for `each`.
extern "C" __global__ void count_float(double* sums, const float* value, const float* items, long long each,
                                       long long n) {
  add_up(sums, value, items, each, n);
}

extern "C" __global__ void count_double(double* sums, const double* value, const double* items, long long each,
                                        long long n) {
  add_up(sums, value, items, each, n);
}
