// A SharedWorker: one stream for all tabs of a browser, because browsers allow six connections per
// host on HTTP/1.1 and a seventh tab would stand still.
import { openStream, type Message } from './stream';

interface Ask {
  kind: 'subscribe' | 'retry' | 'leave';
  url: string;
}

interface Shared {
  ports: Set<MessagePort>;
  open: boolean;
  stream: { close: () => void; retry: () => void };
}

const streams = new Map<string, Shared>();

(self as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = (event) => {
  const port = event.ports[0];
  if (port === undefined) return;
  port.onmessage = (message: MessageEvent<Ask>) => answer(port, message.data);
  port.start();
};

function answer(port: MessagePort, ask: Ask): void {
  if (ask.kind === 'leave') leave(port);
  else if (ask.kind === 'retry') streams.get(ask.url)?.stream.retry();
  else join(port, ask.url);
}

function join(port: MessagePort, url: string): void {
  const shared = streams.get(url) ?? start(url);
  shared.ports.add(port);
  if (shared.open) port.postMessage({ kind: 'open' } satisfies Message);
}

function start(url: string): Shared {
  const shared: Shared = { ports: new Set(), open: false, stream: { close: () => undefined, retry: () => undefined } };
  streams.set(url, shared);
  shared.stream = openStream(url, (message) => {
    if (message.kind === 'open') shared.open = true;
    if (message.kind === 'lost') shared.open = false;
    for (const port of shared.ports) port.postMessage(message);
  });
  return shared;
}

function leave(port: MessagePort): void {
  for (const [url, shared] of streams) {
    shared.ports.delete(port);
    if (shared.ports.size > 0) continue;
    shared.stream.close();
    streams.delete(url);
  }
}
