"""Training: recipes, fine-tuning of any EmoLA checkpoint, and EmoLA-Nano's own stages in ``nano``."""
