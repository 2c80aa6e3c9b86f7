"""Checks of written exchanges, one concern per module; :mod:`..checker` runs them."""
