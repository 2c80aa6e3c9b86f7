"""What each kind of question is answered: the facts that an answer states. Its words are phrases."""
