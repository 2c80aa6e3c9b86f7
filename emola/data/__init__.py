"""Data: readers of labelled faces, and the instruction corpus of EmoLA-Nano."""
