"""Parts that the pages share: texts, HTML fragments, theme, pictures, and the model."""
