"""Answers as data: the state and the slots of each kind of question. The words are phrases."""
