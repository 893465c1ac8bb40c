// One of each thing that the shim stands in for.

#include "probe.cuh"

extern "C" __global__ void total(const float* __restrict__ x, float* __restrict__ y, long long n) {
  // y[block] = the sum of the block's part of x.
  __shared__ float parts[32];
  float sum = 0;
  for (long long k = blockIdx.x * (long long)blockDim.x + threadIdx.x; k < n; k += (long long)blockDim.x * gridDim.x)
    sum += x[k];
  sum = warp_sum(sum);
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x < 32) {
    sum = threadIdx.x < (blockDim.x + 31) / 32 ? parts[threadIdx.x] : 0.0f;
    sum = warp_sum(sum);
    if (threadIdx.x == 0) y[blockIdx.x] = sum;
  }
}

extern "C" __global__ void __launch_bounds__(256) axpy(float* y, const float* x, float a, long long n) {
  for (long long k = blockIdx.x * (long long)blockDim.x + threadIdx.x; k < n; k += (long long)blockDim.x * gridDim.x)
    y[k] += a * x[k];
}

extern "C" __global__ void is_missing(const float* x, float* y) { y[0] = x == nullptr ? 1.0f : 0.0f; }

#ifndef SIZE
#define SIZE 2
#endif
extern "C" __global__ void size(float* y) { y[0] = SIZE; }
