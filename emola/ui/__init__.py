"""The page: a Gradio app over the library. The only place that imports gradio."""
