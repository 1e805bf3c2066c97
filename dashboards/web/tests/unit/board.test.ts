// The rows of the list: what arrives while the operator holds the order waits and is counted.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Alarm } from '../../src/lib/api/noc';
import { Board } from '../../src/noc/alarms/board.svelte';
import { readFilters } from '../../src/noc/alarms/filters';

function alarm(id: number, over: Partial<Alarm> = {}): Alarm {
  return { id, severity: 2, clearedAt: null, acknowledged: null, slaLeftMs: null, raisedAt: '2026-11-06T18:00:00Z', faultNo: `F${id}`, isCause: true, symptoms: 0, source: 'S', ...over } as Alarm;
}
const ids = (board: Board) => board.rows.map((row) => row.alarm.id);
const event = (data: unknown) => [{ topic: 'alarm' as const, data }];

async function loaded(items: Alarm[]): Promise<Board> {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ items, next: null, total: items.length, asOf: '2026-11-06T18:00:00Z' })));
  const board = new Board();
  await board.load(readFilters(() => ''));
  return board;
}

describe('board', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('takes a new alarm at its place', async () => {
    const board = await loaded([alarm(1), alarm(2)]);
    board.apply(event(alarm(3, { severity: 1 })));
    expect(ids(board)[0]).toBe(3);
    expect(board.total).toBe(3);
    expect(board.fresh.has(3)).toBe(true);
    vi.advanceTimersByTime(5_000);
    expect(board.fresh.size).toBe(0);
  });

  it('holds the order, counts what waits, and applies it on demand', async () => {
    const board = await loaded([alarm(1, { slaLeftMs: 5 }), alarm(2, { slaLeftMs: 9 })]);
    board.hold(true);
    board.apply([...event(alarm(3, { severity: 1 })), ...event(alarm(2, { slaLeftMs: 1 }))]);
    expect(ids(board)).toEqual([1, 2]);
    expect(board.rows[1]?.alarm.slaLeftMs).toBe(1);
    expect(board.held).toEqual({ added: 1, moved: 2 });
    board.release();
    expect(ids(board)).toEqual([3, 2, 1]);
    expect(board.held).toEqual({ added: 0, moved: 0 });
  });

  it('keeps a row that ends where it is while the order is held', async () => {
    const board = await loaded([alarm(1, { slaLeftMs: 1 }), alarm(2, { slaLeftMs: 5 }), alarm(3, { slaLeftMs: 9 })]);
    board.hold(true);
    const acknowledged = { by: 'x', at: '', note: '' };
    board.apply([...event(alarm(1, { slaLeftMs: 1, clearedAt: '2026-11-06T18:01:00Z', acknowledged })), ...event({ id: 2, gone: true })]);
    expect(ids(board)).toEqual([1, 2, 3]);
    expect(board.total).toBe(1);
    expect(board.held.moved).toBeGreaterThanOrEqual(2);
    board.release();
    expect(ids(board)).toEqual([3]);
    expect(board.total).toBe(1);
  });

  it('keeps a cleared alarm until it is acknowledged, drops what is gone', async () => {
    const board = await loaded([alarm(1), alarm(2)]);
    board.apply(event(alarm(1, { clearedAt: '2026-11-06T18:01:00Z' })));
    expect(ids(board)).toContain(1);
    board.apply(event(alarm(1, { clearedAt: '2026-11-06T18:01:00Z', acknowledged: { by: 'x', at: '', note: '' } })));
    expect(ids(board)).toEqual([2]);
    board.apply(event({ id: 2, gone: true }));
    expect(ids(board)).toEqual([]);
    expect(board.total).toBe(0);
  });

  it('takes an optimistic change back', async () => {
    const board = await loaded([alarm(1)]);
    const before = board.patch(1, { acknowledged: { by: 'me', at: '', note: '' } });
    expect(board.find(1)?.acknowledged?.by).toBe('me');
    board.patch(1, { acknowledged: before?.acknowledged ?? null });
    board.refuse(1, 'no');
    expect(board.find(1)?.acknowledged).toBeNull();
    expect(board.refused.get(1)).toBe('no');
  });
});
