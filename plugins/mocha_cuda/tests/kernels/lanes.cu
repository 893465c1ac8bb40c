// What threads of a warp and of a block tell each other. One block of 70 threads, so the last warp has 6 lanes.

extern "C" __global__ void down(const float* x, float* y) {
  y[threadIdx.x] = __shfl_down_sync(0xffffffffu, x[threadIdx.x], 3);
}
extern "C" __global__ void up(const float* x, float* y) { y[threadIdx.x] = __shfl_up_sync(0xffffffffu, x[threadIdx.x], 3); }
extern "C" __global__ void across(const float* x, float* y) {
  y[threadIdx.x] = __shfl_xor_sync(0xffffffffu, x[threadIdx.x], 5);
}
extern "C" __global__ void from_lane(const float* x, float* y) {
  y[threadIdx.x] = __shfl_sync(0xffffffffu, x[threadIdx.x], 2, 8);
}
extern "C" __global__ void ballots(const float* x, int* y) {
  y[threadIdx.x] = __popc(__ballot_sync(0xffffffffu, x[threadIdx.x] > 0)) + 100 * __any_sync(0xffffffffu, x[threadIdx.x] > 2) +
                   1000 * __all_sync(0xffffffffu, x[threadIdx.x] > -9);
}
extern "C" __global__ void halves(const float* x, float* y) {
  // Each half of a warp among itself, one of them more often.
  const unsigned mask = threadIdx.x % 32 < 16 ? 0x0000ffffu : 0xffff0000u;
  float sum = x[threadIdx.x];
  for (int by = 8; by > 0; by /= 2) sum += __shfl_xor_sync(mask, sum, by);
  if (threadIdx.x % 32 < 16) sum = __shfl_sync(mask, sum, 0);
  y[threadIdx.x] = sum;
}
extern "C" __global__ void turned(const float* x, float* y, long long n) {
  // By way of dynamic shared memory; every thread reads what another wrote.
  extern __shared__ float held[];
  for (int turn = 0; turn < 3; ++turn) {
    if (threadIdx.x < n) held[threadIdx.x] = turn ? y[threadIdx.x] : x[threadIdx.x];
    __syncthreads();
    if (threadIdx.x < n) y[threadIdx.x] = held[n - 1 - threadIdx.x];
    __syncthreads();
  }
}
extern "C" __global__ void counted(const float* x, int* y) {
  const int positive = __syncthreads_count(x[threadIdx.x] > 0);
  const bool any = __syncthreads_or(x[threadIdx.x] > 2), all = __syncthreads_and(x[threadIdx.x] > -9);
  y[threadIdx.x] = positive + 100 * any + 1000 * all;
}
extern "C" __global__ void atomics(int* counts, float* sum, const float* x) {
  atomicAdd(sum, x[threadIdx.x]);
  atomicAdd(counts, 1);
  atomicMax(counts + 1, int(threadIdx.x));
  atomicCAS(counts + 2, 0, int(threadIdx.x) + 1);
}
extern "C" __global__ void places(int* y) {
  // Where each thread of a grid in three dimensions is, once.
  const int block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  const int thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  y[block * blockDim.x * blockDim.y * blockDim.z + thread] += 1;
}
