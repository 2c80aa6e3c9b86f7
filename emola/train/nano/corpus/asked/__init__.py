"""How people ask: in plain words, in a chat, in other languages, and for what a face does not tell."""
