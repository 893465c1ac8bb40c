/* The register tiles of tile_nn.h and tile_tn.h, compiled once for all sources of the convolution. */
#include "convolution_parts.h"
#include "tile_nn.h"
#include "tile_tn.h"

const tile_nn_function KERNEL(convolution_nn)[TILE_VECTORS][TILE_ROWS] = {TILE_SIZES(TILE_NN_ENTRY)};
const tile_tn_function KERNEL(convolution_tn)[TILE_VECTORS][TILE_ROWS] = {TILE_SIZES(TILE_TN_ENTRY)};
