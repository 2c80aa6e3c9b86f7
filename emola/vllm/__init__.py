"""Generation on vLLM servers: their addresses, the requests to them, and the decoder that uses them."""
