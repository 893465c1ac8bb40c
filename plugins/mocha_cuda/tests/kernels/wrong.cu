// Mistakes that a GPU answers with a hang, or with numbers that are wrong now and then.

extern "C" __global__ void some_leave_before_a_barrier(float* y) {
  if (threadIdx.x > 5) return;
  __syncthreads();
  y[threadIdx.x] = 1;
}

extern "C" __global__ void two_barriers(float* y) {
  if (threadIdx.x % 2 == 0) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  y[threadIdx.x] = 1;
}

extern "C" __global__ void lanes_that_left(float* y) {
  if (threadIdx.x >= 16) return;
  y[threadIdx.x] = __shfl_down_sync(0xffffffffu, 1.0f, 1);
}

extern "C" __global__ void not_in_its_mask(float* y) { y[threadIdx.x] = __shfl_xor_sync(0x0000ffffu, 1.0f, 1); }

extern "C" __global__ void no_first_value(float* y) {
  __shared__ float sum;
  sum += 1;
  y[threadIdx.x] = sum;
}

extern "C" __global__ void no_barrier_after_the_first(float* y) {
  __shared__ float held;
  if (threadIdx.x == 0) held = 3;
  y[threadIdx.x] = held;
}

extern "C" __global__ void no_barrier_before_the_last(float* y) {
  __shared__ float held;
  if (threadIdx.x == blockDim.x - 1) held = 3;
  y[threadIdx.x] = held;
}

extern "C" __global__ void takes_all_kinds(const float* x, double* y, int* k, long long n, float a) {}
