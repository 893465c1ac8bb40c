"""Well-known data sets, from their original files to HDF5; behind the command `mocha data`."""
