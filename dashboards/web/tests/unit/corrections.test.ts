// Corrections: what is refused before it is sent, how it is sent, and moving through a review.
import { describe, expect, it } from 'vitest';
import { reasonFault, REASON_MAX, stretchFaults, stretchOf, type Proposal } from '../../src/noc/circuits/proposal';
import { afterwards, beside } from '../../src/noc/sla/review';

const ZONE = 'Asia/Shanghai';
const NOW = Date.parse('2026-11-07T00:00:00Z');
const GOOD: Proposal = { from: '2026-11-07 02:18:00', to: '2026-11-07 02:25:00', change: 'exclude', code: 'CUSTOMER_POWER', reason: 'mains failed' };

describe('a proposal', () => {
  it('is sent in UTC, with a code only if it excludes', () => {
    expect(stretchOf('C-1', GOOD, ZONE, NOW)).toEqual({ circuitCode: 'C-1', start: '2026-11-06T18:18:00.000Z', end: '2026-11-06T18:25:00.000Z', change: 'exclude', code: 'CUSTOMER_POWER' });
    expect(stretchOf('C-1', { ...GOOD, change: 'down' }, ZONE, NOW)).not.toHaveProperty('code');
  });
  it.each<[string, Partial<Proposal>, string[]]>([
    ['no time', { from: 'yesterday' }, ['start']],
    ['an end before the start', { to: GOOD.from }, ['end']],
    ['the future', { to: '2026-11-07 08:00:01' }, ['end']],
    ['no code', { code: '' }, ['code']],
  ])('is refused for %s', (_, change, fields) => {
    const wrong = { ...GOOD, ...change };
    expect(Object.keys(stretchFaults(wrong, ZONE, NOW))).toEqual(fields);
    expect(stretchOf('C-1', wrong, ZONE, NOW)).toBeNull();
  });
  it('may end now, and needs no code to say that it was up', () => {
    expect(stretchFaults({ ...GOOD, to: '2026-11-07 08:00:00', change: 'up', code: '' }, ZONE, NOW)).toEqual({});
  });
  it('needs a reason that is not too long, in letters and not in bytes', () => {
    expect(reasonFault('  ')).not.toBe('');
    expect(reasonFault('电'.repeat(REASON_MAX))).toBe('');
    expect(reasonFault('电'.repeat(REASON_MAX + 1))).not.toBe('');
  });
});

describe('a review', () => {
  const list = ['a', 'b', 'c'].map((id) => ({ id }));
  it('is walked through by keys and stops at its ends', () => {
    expect(beside(list, '', 1)?.id).toBe('a');
    expect(beside(list, 'a', 1)?.id).toBe('b');
    expect(beside(list, 'c', 1)?.id).toBe('c');
    expect(beside(list, 'a', -1)?.id).toBe('a');
    expect(beside([], 'a', 1)).toBeUndefined();
  });
  it('goes on with the next one', () => {
    expect(afterwards(list, 'a')).toBe('b');
    expect(afterwards(list, 'c')).toBe('b');
    expect(afterwards([{ id: 'a' }], 'a')).toBeNull();
  });
});
