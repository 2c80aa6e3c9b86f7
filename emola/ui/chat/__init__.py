"""The chat page: layout, event handlers, visits, and the endpoints for programs."""
