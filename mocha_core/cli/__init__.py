"""The command `mocha`."""
