"""Caffe's layer types, by theme. Every module here is read; each function translates the types in its decorator."""
