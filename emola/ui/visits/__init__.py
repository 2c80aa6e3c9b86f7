"""Visits: a photo, its faces and conversations, and the queue of questions."""
