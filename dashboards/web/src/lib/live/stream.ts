// One EventSource with the rules of the contract: the browser resumes with Last-Event-ID by itself
// after a cut; after a refusal we try again with growing pauses and ask for a full refresh.

export const TOPICS = ['alarm', 'circuit', 'fault', 'ticket', 'source', 'load', 'summary'] as const;
export type Topic = (typeof TOPICS)[number];

export type Message =
  | { kind: 'open' }
  | { kind: 'lost' }
  | { kind: 'refused' }
  | { kind: 'resync' }
  | { kind: 'event'; topic: Topic; data: string };

const PAUSE_MS = [1_000, 2_000, 5_000, 10_000];

/** Runs until `close`. `url` is absolute or relative to the page's origin. */
export function openStream(url: string, tell: (message: Message) => void): { close: () => void; retry: () => void } {
  let source: EventSource | null = null;
  let tries = 0;
  let missed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(url);
    source.onopen = () => {
      tries = 0;
      tell({ kind: 'open' });
      if (missed) tell({ kind: 'resync' });
      missed = false;
    };
    source.onerror = () => {
      tell({ kind: 'lost' });
      if (source?.readyState === EventSource.CLOSED) again();
    };
    source.addEventListener('resync', () => tell({ kind: 'resync' }));
    for (const topic of TOPICS) {
      source.addEventListener(topic, (event) => tell({ kind: 'event', topic, data: String((event as MessageEvent).data) }));
    }
  }

  // A new EventSource cannot name the last id it saw, so everything is read again after it opens.
  function again(): void {
    missed = true;
    tell({ kind: 'refused' });
    timer = setTimeout(connect, PAUSE_MS[Math.min(tries++, PAUSE_MS.length - 1)]);
  }

  connect();
  return {
    close: () => {
      clearTimeout(timer);
      source?.close();
    },
    retry: () => {
      missed = true;
      connect();
    },
  };
}
