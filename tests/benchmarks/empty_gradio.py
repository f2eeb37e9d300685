"""The least a Gradio application can be: import it, mount an empty Blocks on FastAPI, serve."""

import sys

import gradio as gr
import uvicorn
from fastapi import FastAPI

if __name__ == "__main__":
    with gr.Blocks() as blocks:
        pass
    app = gr.mount_gradio_app(FastAPI(), blocks, path="/")
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
