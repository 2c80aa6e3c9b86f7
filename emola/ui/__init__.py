"""The pages: Gradio apps over the library. The only package that imports gradio."""

from emola.ui.gradio_import import import_gradio

import_gradio()
