// The server's clock. A demo's clock may run fast, so every age on screen is taken from here, never
// from the browser's own clock.
import { get } from './api/client';
import type { Clock } from './api/types';

const RESYNC_MS = 60_000;
const TICK_MS = 1_000;

let base = Date.now();
let at = performance.now();
let speed = $state(1);
let now = $state(Date.now());
let timers: ReturnType<typeof setInterval>[] = [];

export const clock = {
  /** Now, in milliseconds since 1970; changes once a second. */
  get now(): number {
    return now;
  },
  get speed(): number {
    return speed;
  },
};

export async function startClock(): Promise<void> {
  await resync();
  if (timers.length > 0) return;
  timers = [setInterval(tick, TICK_MS), setInterval(() => void resync(), RESYNC_MS)];
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void resync();
  });
}

/** Exact, for code that measures rather than shows. */
export function exactNow(): number {
  return base + (performance.now() - at) * speed;
}

async function resync(): Promise<void> {
  try {
    const answer = await get<Clock>('/me/clock');
    base = Date.parse(answer.now);
    at = performance.now();
    speed = answer.speed;
    tick();
  } catch {
    // keep running on the last answer
  }
}

function tick(): void {
  now = Math.floor(exactNow());
}
