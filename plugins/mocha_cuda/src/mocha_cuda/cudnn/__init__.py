"""cuDNN, if it is installed: convolutions by its C interface, called directly."""
