"""A slow connection: forwards to a local port and delays the responses."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from harness.processes import free_port


class Relay:
    """`delay`: seconds by which each chunk is delayed; may change while connections are open."""

    def __init__(self, to_port: str) -> None:
        self.port, self.delay = free_port(), 0.0
        self._to_port = to_port
        self._stopped = asyncio.Event()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answers, asked = await asyncio.open_connection("127.0.0.1", int(self._to_port))
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._pass_on(reader, asked, False), self._pass_on(answers, writer, True))

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, slowly: bool) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await asyncio.sleep(self.delay if slowly else 0)
                target.write(data)
                await target.drain()
        target.close()

    async def serve(self) -> None:
        """Run until stopped; then close the connections."""
        self._loop = asyncio.get_running_loop()
        async with await asyncio.start_server(self._connect, "127.0.0.1", self.port):
            await self._stopped.wait()

    def stop(self) -> None:
        """Stop `serve`; called from another thread."""
        self._loop.call_soon_threadsafe(self._stopped.set)


@contextmanager
def slow_connection(port: str) -> Iterator[Relay]:
    """A relay to this port, for the duration of the context."""
    relay = Relay(port)
    thread = threading.Thread(target=asyncio.run, args=(relay.serve(),), daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.stop()
        thread.join(10)
