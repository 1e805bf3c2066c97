// Geometry of the circuit strip, without any drawing: where each hop, lane, alarm flag and zone
// bracket sits. Pure, so that it can be tested by numbers.
import type { PlaceState, Severity, Zone } from './api/types';

export interface StripHop {
  /** Line between two places, or a place. */
  kind: 'node' | 'line';
  title: string;
  sub: string;
  zone: Zone;
  state: PlaceState;
  objectType: string;
  alarms: { id: number | null; severity: Severity; text: string; at: string }[];
}

export interface StripSegment {
  state: PlaceState;
  lanes: { state: PlaceState; hops: StripHop[] }[];
}

export interface StripPath {
  aEnd: string;
  zEnd: string;
  segments: StripSegment[];
}

export interface Placed {
  hop: StripHop;
  x: number;
  y: number;
  lane: number;
  segment: number;
}

export interface Wire {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  state: PlaceState;
  broken: boolean;
}

export interface Flag {
  x: number;
  y: number;
  top: number;
  width: number;
  text: string;
  hop: StripHop;
}

export interface Bracket {
  x1: number;
  x2: number;
  zone: Zone;
}

export interface Layout {
  width: number;
  height: number;
  step: number;
  aX: number;
  zX: number;
  midY: number;
  hops: Placed[];
  wires: Wire[];
  flags: Flag[];
  brackets: Bracket[];
  bracketY: number;
}

export const RADIUS = 11;
const END = 92;
const LABEL_STEP = 78;
const BARE_STEP = 72;
const FLAG_H = 32;
const WIDEST_FLAG = 340;
const LABEL_TOP = 34;
const LABEL_BOTTOM = 64;

/** Consecutive ports and boards of one element are one place on the strip. */
export function mergeNodes(hops: (StripHop & { element?: string })[]): StripHop[] {
  const merged: (StripHop & { element?: string })[] = [];
  for (const hop of hops) {
    const last = merged.at(-1);
    const same = last !== undefined && last.kind === 'node' && hop.kind === 'node' && hop.element !== undefined && hop.element !== '' && last.element === hop.element && last.zone === hop.zone;
    if (same) merged[merged.length - 1] = { ...last, state: worse(last.state, hop.state), alarms: [...last.alarms, ...hop.alarms], sub: last.sub === hop.sub ? last.sub : `${last.sub} · ${hop.sub}` };
    else merged.push(hop);
  }
  return merged;
}

export function worse(a: PlaceState, b: PlaceState): PlaceState {
  const rank: Record<PlaceState, number> = { down: 3, degraded: 2, unknown: 1, up: 0 };
  return rank[a] >= rank[b] ? a : b;
}

/** Places everything; the strip is at least `room` wide and grows with the number of hops. */
export function layout(path: StripPath, room: number, label: (hop: StripHop) => string): Layout {
  const slots = path.segments.map((segment) => Math.max(1, ...segment.lanes.map((lane) => lane.hops.length)));
  const total = slots.reduce((sum, n) => sum + n, 0);
  const labelled = path.segments.some((segment) => segment.lanes.some((lane) => lane.hops.some((hop) => hop.kind === 'line' && hop.sub !== '')));
  const step = Math.max(labelled ? LABEL_STEP : BARE_STEP, (room - 2 * END) / Math.max(1, total));
  const width = Math.round(2 * END + step * Math.max(1, total));
  const lanes = Math.max(1, ...path.segments.map((segment) => segment.lanes.length));
  const flagged = (lane: number) => path.segments.some((s) => s.lanes[lane]?.hops.some((hop) => hop.alarms.length > 0));
  const ys: number[] = [];
  let bottom = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const y = bottom + (flagged(lane) ? FLAG_H : 4) + LABEL_TOP;
    ys.push(y);
    bottom = y + LABEL_BOTTOM;
  }
  const midY = ys[0] ?? LABEL_TOP;
  const result: Layout = { width, height: bottom + 26, step, aX: END / 2, zX: width - END / 2, midY, hops: [], wires: [], flags: [], brackets: [], bracketY: bottom + 6 };
  let x = END;
  path.segments.forEach((segment, index) => {
    const span = (slots[index] ?? 1) * step;
    segment.lanes.forEach((lane, at) => place(result, lane, { x, span, y: ys[at] ?? midY, lane: at, segment: index, midY }));
    x += span;
  });
  ends(result, path);
  flags(result, label);
  result.brackets = brackets(result, path);
  return result;
}

interface Box {
  x: number;
  span: number;
  y: number;
  lane: number;
  segment: number;
  midY: number;
}

function place(result: Layout, lane: { state: PlaceState; hops: StripHop[] }, box: Box): void {
  const cell = box.span / Math.max(1, lane.hops.length);
  let from = box.x;
  if (box.lane > 0) result.wires.push({ x1: box.x, y1: box.midY, x2: box.x, y2: box.y, state: 'unknown', broken: false });
  lane.hops.forEach((hop, at) => {
    const x = box.x + cell * (at + 0.5);
    result.hops.push({ hop, x, y: box.y, lane: box.lane, segment: box.segment });
    const left = hop.kind === 'node' ? x - RADIUS : x;
    const right = hop.kind === 'node' ? x + RADIUS : x;
    const end = box.x + cell * (at + 1);
    if (hop.kind === 'line') result.wires.push({ x1: from, y1: box.y, x2: end, y2: box.y, state: hop.state, broken: hop.state === 'down' });
    else {
      const plain = hop.state === 'unknown' ? 'unknown' : 'up';
      result.wires.push({ x1: from, y1: box.y, x2: left, y2: box.y, state: plain, broken: false });
      result.wires.push({ x1: right, y1: box.y, x2: end, y2: box.y, state: plain, broken: false });
    }
    from = end;
  });
  const out = box.x + box.span;
  if (lane.hops.length === 0) result.wires.push({ x1: box.x, y1: box.y, x2: out, y2: box.y, state: 'unknown', broken: false });
  if (box.lane > 0) result.wires.push({ x1: out, y1: box.y, x2: out, y2: box.midY, state: 'unknown', broken: false });
}

function ends(result: Layout, path: StripPath): void {
  const y = result.midY;
  const state: PlaceState = path.segments.length === 0 ? 'unknown' : 'up';
  result.wires.push({ x1: result.aX + RADIUS, y1: y, x2: END, y2: y, state, broken: false });
  result.wires.push({ x1: result.width - END, y1: y, x2: result.zX - RADIUS, y2: y, state, broken: false });
}

/** A label in at most two lines of a width; what does not fit ends in dots. */
export function twoLines(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text];
  let first = '';
  for (const char of text) {
    if (textWidth(first + char) > width) break;
    first += char;
  }
  // Better between words than inside one, if that leaves a good part of the line.
  const space = first.lastIndexOf(' ');
  if (space > first.length / 2) first = first.slice(0, space);
  return [first, cutTo(text.slice(first.length).trimStart(), width)];
}

/** As much of a text as a width takes. */
export function cutTo(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const kept = [...text];
  while (kept.length > 1 && textWidth(`${kept.join('')}…`) > width) kept.pop();
  return `${kept.join('')}…`;
}

/** Width of a text in a 12 px font, near enough for a pill around it. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += char > '\u2e80' ? 12.4 : 6.9;
  return width;
}

function flags(result: Layout, label: (hop: StripHop) => string): void {
  const edge = new Map<number, number>();
  for (const at of result.hops) {
    if (at.hop.alarms.length === 0) continue;
    const text = label(at.hop);
    const width = Math.min(WIDEST_FLAG, textWidth(text) + 26);
    const wanted = Math.max(width / 2 + 2, Math.min(result.width - width / 2 - 2, at.x));
    const x = Math.max(wanted, (edge.get(at.lane) ?? 0) + width / 2 + 6);
    edge.set(at.lane, x + width / 2);
    result.flags.push({ x, y: at.y, top: at.y - LABEL_TOP - FLAG_H + 4, width, text, hop: at.hop });
  }
}

/** Responsibility along the working path; both ends are the customer's. */
function brackets(result: Layout, path: StripPath): Bracket[] {
  const runs: Bracket[] = [{ x1: 6, x2: END, zone: 'customer' }];
  for (const at of result.hops) {
    if (at.lane !== 0) continue;
    const half = cellOf(result, path, at.segment) / 2;
    const last = runs.at(-1);
    if (last !== undefined && last.zone === at.hop.zone) last.x2 = at.x + half;
    else runs.push({ x1: at.x - half, x2: at.x + half, zone: at.hop.zone });
  }
  const last = runs.at(-1);
  if (last !== undefined && last.zone === 'customer' && runs.length > 1) last.x2 = result.width - 6;
  else runs.push({ x1: result.width - END, x2: result.width - 6, zone: 'customer' });
  return runs;
}

function cellOf(result: Layout, path: StripPath, segment: number): number {
  const lanes = path.segments[segment]?.lanes ?? [];
  const most = Math.max(1, ...lanes.map((lane) => lane.hops.length));
  return (most * result.step) / Math.max(1, lanes[0]?.hops.length ?? 1);
}
