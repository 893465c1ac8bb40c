"""What `benchmarks/gpu.py` does, part by part."""
