// Uniform random numbers of a stream: element 4 k + j is word j of counter k.

#include "philox.cuh"

// counter: how often the stream was called before, on the device; if it is missing, `call` says so.
template <class T>
INLINE void draw(T* y, long long n, long long key0, long long key1, const long long* counter, long long call) {
  const unsigned long long calls = counter ? *counter : call;
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long k = thread_number(); 4 * k < n; k += step) {
    const uint4 w = philox(k, calls, key0, key1);
    const unsigned words[4] = {w.x, w.y, w.z, w.w};
#pragma unroll
    for (int j = 0; j < 4; ++j)
      if (4 * k + j < n) y[4 * k + j] = uniform_of(words[j]);
  }
}

extern "C" __global__ void uniform_float(float* y, long long n, long long key0, long long key1,
                                         const long long* counter, long long call) {
  draw(y, n, key0, key1, counter, call);
}

extern "C" __global__ void uniform_double(double* y, long long n, long long key0, long long key1,
                                          const long long* counter, long long call) {
  draw(y, n, key0, key1, counter, call);
}
