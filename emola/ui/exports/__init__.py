"""Saved conversations: a JSON file that can be cited and imported, Markdown, and an HTML report."""
