// How the state of a service is drawn. Each has a glyph and a word of its own; what nobody looks at
// and what is not in service share a grey, because neither is good or bad.

export const SHOWN = ['up', 'degraded', 'down', 'maintenance', 'not_in_service', 'unknown'] as const;
export type Shown = (typeof SHOWN)[number];
export type Tone = Exclude<Shown, 'not_in_service'>;

/** A word that this build does not know is drawn as unknown. */
export function shown(state: string): Shown {
  return SHOWN.find((known) => known === state) ?? 'unknown';
}

/** The name of its colours: `--st-<tone>-mark` and so on. */
export function tone(state: Shown): Tone {
  return state === 'not_in_service' ? 'unknown' : state;
}

/** A circuit as lists show it: while nobody looks at it, its state is not known; that it is not in service is. */
export function seen(circuit: { state: string; stale: boolean }): string {
  return circuit.stale && circuit.state !== 'not_in_service' ? 'unknown' : circuit.state;
}
