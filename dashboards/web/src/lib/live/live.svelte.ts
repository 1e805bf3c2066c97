// The page's end of the live stream: its health, and who listens to what. Events are gathered for
// 250 ms and handed on together, so that a storm is one paint.
import { exactNow } from '../clock.svelte';
import { invalidate } from '../query.svelte';
import { loadSession, signedOut } from '../session.svelte';
import { openStream, type Message, type Topic } from './stream';

export interface LiveEvent {
  topic: Topic;
  data: unknown;
}

export type Health = 'starting' | 'live' | 'reconnecting' | 'lost';

const GATHER_MS = 250;
const BATCH = 'linesman-live';
const RECONNECTING_AFTER_MS = 5_000;
const LOST_AFTER_MS = 14_000;
const WAITING_LIMIT = 20_000;

let health = $state<Health>('starting');
let lastAt = $state(0);
let connected = false;
let waiting: LiveEvent[] = [];
let gather: ReturnType<typeof setTimeout> | undefined;
let trouble: ReturnType<typeof setTimeout>[] = [];
let retryStream: () => void = () => undefined;
const listeners = new Set<(events: LiveEvent[]) => void>();
const resyncs = new Set<() => void>();

export const live = {
  get health(): Health {
    return health;
  },
  /** The server's time when the stream was last known to be good. */
  get lastAt(): number {
    return lastAt;
  },
};

export function startLive(path: string): void {
  const url = new URL(path, location.origin).href;
  const stop = typeof SharedWorker === 'undefined' ? direct(url) : shared(url);
  addEventListener('pagehide', stop);
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
  troubleAfter();
}

/** Batches of events; the returned function ends it. */
export function onEvents(listener: (events: LiveEvent[]) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Some events were missed: read everything again. */
export function onResync(listener: () => void): () => void {
  resyncs.add(listener);
  return () => resyncs.delete(listener);
}

export function retryLive(): void {
  retryStream();
}

function direct(url: string): () => void {
  const stream = openStream(url, receive);
  retryStream = stream.retry;
  return stream.close;
}

function shared(url: string): () => void {
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'linesman-live' });
  worker.port.onmessage = (event: MessageEvent<Message>) => receive(event.data);
  worker.port.start();
  worker.port.postMessage({ kind: 'subscribe', url });
  retryStream = () => worker.port.postMessage({ kind: 'retry', url });
  worker.onerror = () => {
    // An engine without module workers: this tab gets its own stream.
    if (!connected) direct(url);
  };
  return () => worker.port.postMessage({ kind: 'leave', url });
}

function receive(message: Message): void {
  switch (message.kind) {
    case 'open':
      connected = true;
      good();
      return;
    case 'lost':
      if (connected || trouble.length === 0) troubleAfter();
      connected = false;
      return;
    case 'refused':
      void checkSession();
      return;
    case 'resync':
      invalidate('*');
      for (const listener of resyncs) listener();
      return;
    case 'event':
      push(message.topic, message.data);
  }
}

function push(topic: Topic, text: string): void {
  lastAt = exactNow();
  if (waiting.length >= WAITING_LIMIT) return;
  waiting.push({ topic, data: parse(text) });
  gather ??= setTimeout(flush, GATHER_MS);
}

function flush(): void {
  gather = undefined;
  const events = waiting;
  waiting = [];
  // A mark on the browser's timeline: from it to the paint is what the operator waits for.
  performance.clearMarks(BATCH);
  performance.mark(BATCH);
  for (const listener of listeners) listener(events);
  for (const topic of new Set(events.map((event) => event.topic))) invalidate(topic);
}

function good(): void {
  for (const timer of trouble) clearTimeout(timer);
  trouble = [];
  health = 'live';
  lastAt = exactNow();
}

function troubleAfter(): void {
  lastAt = exactNow();
  trouble = [
    setTimeout(() => (health = 'reconnecting'), health === 'starting' ? RECONNECTING_AFTER_MS : 2_000),
    setTimeout(() => (health = 'lost'), LOST_AFTER_MS),
  ];
}

async function checkSession(): Promise<void> {
  try {
    if ((await loadSession()) === null) signedOut();
  } catch {
    // the server is away; the stream keeps trying
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
