"""What a streamed answer costs with the openai SDK alone: `python -m bench.floors.openai_stream <url> <threads>`.

Reads how many answers to fetch, a line each time, and prints the CPU seconds of this process for each of them.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import openai


def main() -> None:
    """Until the input ends."""
    url, threads = sys.argv[1], int(sys.argv[2])
    client = openai.OpenAI(
        api_key="none",
        base_url=url,
        max_retries=0,
        http_client=openai.DefaultHttpxClient(limits=httpx2.Limits(max_connections=2000)),
    )

    def fetch(number: int) -> str:
        stream = client.chat.completions.create(
            model="fake",
            stream=True,
            stream_options={"include_usage": True},
            messages=[
                {"role": "system", "content": "Answer."},
                {"role": "user", "content": f"Вопрос {number}"},
            ],
        )
        return "".join(
            chunk.choices[0].delta.content or ""
            for chunk in stream
            if chunk.choices and chunk.choices[0].delta
        )

    with ThreadPoolExecutor(threads) as pool:
        for line in sys.stdin:
            count, cpu = int(line), time.process_time()
            assert all(pool.map(fetch, range(count))), "an empty answer"
            print((time.process_time() - cpu) / count, flush=True)


if __name__ == "__main__":
    main()
