__device__ __forceinline__ float warp_sum(float x) {
  for (int by = 16; by > 0; by /= 2) x += __shfl_down_sync(0xffffffffu, x, by);
  return x;
}
