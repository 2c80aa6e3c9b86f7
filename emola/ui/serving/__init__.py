"""The server of the pages: access, uploads, limits, and cleanup around the Gradio app."""
