"""Translations of the core's layers; each module adds its own to the registry."""
