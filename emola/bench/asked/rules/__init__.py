"""Rules: whether an answer does what its kind of question asks, with the reason if it does not.

A rule is a function of the answer and the case. It compares with the evidence, allows a difference of one
level, and accepts either answer about a doubtful unit. No rule demands a particular wording.
"""
