"""What the benchmarks measure Mocha against, and how."""
