"""Training: recipes, and the three stages of EmoLA-Nano."""
