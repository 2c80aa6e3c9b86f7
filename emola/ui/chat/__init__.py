"""The chat page: its layout, what each event changes, the visits, and the endpoints for programs."""
