// Sums of arrays, for gradients of what is read in several places.

template <class T> __device__ void add(T* target, const T* source, long long n) {
  long long step = (long long)gridDim.x * blockDim.x;
  for (long long k = (long long)blockIdx.x * blockDim.x + threadIdx.x; k < n; k += step) target[k] += source[k];
}

extern "C" __global__ void add_float(float* target, const float* source, long long n) { add(target, source, n); }

extern "C" __global__ void add_double(double* target, const double* source, long long n) { add(target, source, n); }
