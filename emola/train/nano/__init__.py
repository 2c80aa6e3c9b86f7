"""Training stages of EmoLA-Nano, and of the networks that see covered regions and closed eyes."""
