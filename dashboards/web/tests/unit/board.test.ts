// The rows of the list: what arrives while the operator holds the order waits and is counted.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Alarm } from '../../src/lib/api/noc';
import { Board } from '../../src/noc/alarms/board.svelte';
import { readFilters } from '../../src/noc/alarms/filters';
import { Flood, FLOOD_BEGINS, FLOOD_ENDS } from '../../src/noc/alarms/flood';
import { Selection } from '../../src/noc/alarms/selection.svelte';
import { given, inUse, readViews, viewOf, writeViews } from '../../src/noc/alarms/views';

function alarm(id: number, over: Partial<Alarm> = {}): Alarm {
  return { id, severity: 2, clearedAt: null, acknowledged: null, slaLeftMs: null, raisedAt: '2026-11-06T18:00:00Z', faultNo: `F${id}`, isCause: true, symptoms: 0, source: 'S', ...over } as Alarm;
}
const ids = (board: Board) => board.rows.map((row) => row.alarm.id);
const event = (data: unknown) => [{ topic: 'alarm' as const, data }];

async function loaded(items: Alarm[], next: string | null = null): Promise<Board> {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ items, next, total: items.length, asOf: '2026-11-06T18:00:00Z' })));
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

  it('of a list that goes on at the server, it neither counts twice nor shows what others stand before', async () => {
    const board = await loaded([alarm(1, { severity: 1 }), alarm(2), alarm(3)], 'more');
    const before = { receivedAt: '2026-11-06T17:00:00Z' };
    board.apply(event(alarm(90, { severity: 1, ...before })));
    expect([ids(board)[0], board.total]).toEqual([90, 3]);
    board.apply(event(alarm(91, { severity: 4, ...before })));
    board.apply(event(alarm(3, { severity: 4 })));
    expect(ids(board)).toEqual([90, 1, 2]);
    expect(board.total).toBe(3);
    const after = alarm(92, { severity: 4, receivedAt: '2026-11-06T18:00:01Z' });
    board.apply([...event(after), ...event(after)]);
    board.apply(event(after));
    expect(ids(board)).toEqual([90, 1, 2]);
    expect(board.total).toBe(4);
  });

  it('reads again as many rows as were scrolled to', async () => {
    const all = Array.from({ length: 450 }, (_, n) => alarm(450 - n));
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: string) => {
      const query = new URL(url, 'http://x').searchParams;
      asked.push(query.get('limit') ?? '');
      const from = Number(query.get('cursor') ?? 0);
      const to = from + Math.min(Number(query.get('limit')), 300);
      return new Response(JSON.stringify({ items: all.slice(from, to), next: to < all.length ? String(to) : null, total: all.length, asOf: '2026-11-06T18:00:00Z' }));
    });
    const board = new Board();
    await board.load(readFilters(() => ''));
    await board.loadMore();
    expect(board.rows.length).toBe(400);
    await board.load(readFilters(() => ''), true);
    expect(board.rows.length).toBe(400);
    expect(asked).toEqual(['200', '200', '400', '100']);
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

  it('stands still in a flood, shows what is new on demand, and runs again when it is over', async () => {
    const board = await loaded([alarm(1)]);
    const storm = Array.from({ length: FLOOD_BEGINS }, (_, i) => event(alarm(100 + i, { severity: 1 }))[0]).flatMap((one) => one ?? []);
    board.apply(storm);
    expect(board.flood).toEqual({ on: true, perMinute: FLOOD_BEGINS });
    expect([ids(board), board.held.added]).toEqual([[1], FLOOD_BEGINS]);
    board.hold(true);
    board.hold(false);
    expect(ids(board), 'a hand that comes and goes does not let the list jump').toEqual([1]);
    board.release();
    expect(ids(board).length).toBe(FLOOD_BEGINS + 1);
    board.apply(event(alarm(500, { severity: 1 })));
    expect([ids(board).includes(500), board.held.added]).toEqual([false, 1]);
    vi.advanceTimersByTime(61_000);
    board.tick();
    expect([board.flood.on, ids(board).includes(500)]).toEqual([false, true]);
  });

  it('takes an optimistic change back', async () => {
    const board = await loaded([alarm(1)]);
    board.patch([1, 9], () => ({ acknowledged: { by: 'me', at: '', note: '' } }));
    expect(board.find(1)?.acknowledged?.by).toBe('me');
    board.patch([1], () => ({ acknowledged: null }));
    board.refuse(1, 'no');
    expect(board.find(1)?.acknowledged).toBeNull();
    expect(board.refused.get(1)).toBe('no');
  });
});

it('a flood begins at one rate and ends at a lower one', () => {
  const flood = new Flood();
  flood.count(FLOOD_BEGINS - 1, 0);
  expect(flood.on).toBe(false);
  flood.count(FLOOD_ENDS, 1_000);
  expect(flood.on).toBe(true);
  flood.count(0, 60_500);
  expect([flood.on, flood.perMinute], 'not low enough').toEqual([true, FLOOD_ENDS]);
  flood.count(0, 61_500);
  expect([flood.on, flood.perMinute]).toEqual([false, 0]);
});

it('marks rows one by one and in ranges', () => {
  const order = [5, 3, 9, 1];
  const marked = new Selection();
  marked.toggle(3);
  marked.extend(1, order);
  expect([...marked.ids].sort()).toEqual([1, 3, 9]);
  marked.toggle(9);
  expect(marked.ids.has(9)).toBe(false);
  marked.extend(77, order);
  expect(marked.ids.has(77), 'a row that left the list').toBe(true);
  marked.clear();
  expect(marked.ids.size).toBe(0);
});

it('a view is the filters of the address, whatever their order and whatever else is there', () => {
  expect(viewOf('?severity=1&open=7&q=&ack=false')).toBe('ack=false&severity=1');
  const mine = given('li 明').find((view) => view.name === 'views.mine');
  expect(mine !== undefined && inUse(mine, viewOf(new URLSearchParams({ owner: 'li 明' }).toString()))).toBe(true);
  const held = new Map<string, string>();
  vi.stubGlobal('localStorage', { getItem: (key: string) => held.get(key) ?? null, setItem: (key: string, value: string) => held.set(key, value), removeItem: (key: string) => held.delete(key) });
  writeViews('li', [{ name: 'night', query: 'severity=1' }]);
  expect([readViews('li'), readViews('wang')]).toEqual([[{ name: 'night', query: 'severity=1' }], []]);
  for (const broken of ['no json', '{}', '[3, {"name": 1}]']) {
    held.set('linesman.views.li', broken);
    expect(readViews('li')).toEqual([]);
  }
  vi.unstubAllGlobals();
});
