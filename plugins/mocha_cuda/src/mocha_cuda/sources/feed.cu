// A batch that has arrived, from the half of a pair that the host named, into the blobs of a net.

#include "common.cuh"

INLINE void copy_words(float* target, const float* source, long long n) {
  const long long step = gridDim.x * (long long)blockDim.x;
  if (aligned(target, source)) {
    for (long long i = thread_number(); i < n / 4; i += step) ((float4*)target)[i] = ((const float4*)source)[i];
    for (long long i = n / 4 * 4 + thread_number(); i < n; i += step) target[i] = source[i];
  } else {
    for (long long i = thread_number(); i < n; i += step) target[i] = source[i];
  }
}

// Blocks along y: one blob each, of n words of four bytes. half: 0 for the even array, 1 for the odd one.
extern "C" __global__ void copy_half(const long long* half,
                                     float* a, const float* a_even, const float* a_odd, long long a_n,
                                     float* b, const float* b_even, const float* b_odd, long long b_n,
                                     float* c, const float* c_even, const float* c_odd, long long c_n,
                                     float* d, const float* d_even, const float* d_odd, long long d_n) {
  const bool odd = *half != 0;
  switch (blockIdx.y) {
    case 0: return copy_words(a, odd ? a_odd : a_even, a_n);
    case 1: return copy_words(b, odd ? b_odd : b_even, b_n);
    case 2: return copy_words(c, odd ? c_odd : c_even, c_n);
    case 3: return copy_words(d, odd ? d_odd : d_even, d_n);
  }
}
