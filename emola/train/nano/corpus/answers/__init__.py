"""Answers in English, written from the facts of a face."""
