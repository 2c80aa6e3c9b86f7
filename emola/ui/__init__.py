"""The pages: Gradio apps over the library. The only package that imports gradio."""

from emola.ui.serving.gradio_import import import_gradio

import_gradio()
