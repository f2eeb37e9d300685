"""A plain `gr.ChatInterface`: port, the text it says, seconds between words, messages of history."""

import re
import sys
import time
from collections.abc import Iterator

import gradio as gr

from tests.benchmarks.browser import answer_with_code


def _history(messages: int) -> list[dict[str, str]]:
    return [
        {"role": "assistant", "content": answer_with_code(60)}
        if n % 2
        else {"role": "user", "content": f"Question number {n}: how does it work?"}
        for n in range(messages)
    ]


def main() -> None:
    port, text, delay, messages = sys.argv[1:]
    words = re.findall(r"\s*\S+", text)

    def say(message: str, history: list[dict[str, str]]) -> Iterator[str]:
        said = ""
        for word in words:
            said += word
            time.sleep(float(delay))
            yield said

    with gr.Blocks() as blocks:
        gr.ChatInterface(say, chatbot=gr.Chatbot(_history(int(messages)), height=700))
    blocks.queue(default_concurrency_limit=40)
    blocks.launch(server_name="127.0.0.1", server_port=int(port), quiet=True)


if __name__ == "__main__":
    main()
