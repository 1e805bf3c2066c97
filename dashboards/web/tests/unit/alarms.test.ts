// The alarm list: order, filters, columns, the fault tree and the CSV.
import { describe, expect, it } from 'vitest';
import type { Alarm, FaultAlarm } from '../../src/lib/api/noc';
import { COLUMNS, FIXED, fold, tracks } from '../../src/noc/alarms/columns';
import { activeFilters, compareAlarms, fits, listPath, readFilters } from '../../src/noc/alarms/filters';
import { toCsv } from '../../src/lib/csv';
import { flatten } from '../../src/noc/faults/tree';

function alarm(over: Partial<Alarm>): Alarm {
  return { id: 1, severity: 1, clearedAt: null, acknowledged: null, slaLeftMs: null, raisedAt: '2026-11-06T18:00:00Z', faultNo: 'F000001', isCause: true, source: 'S', ...over } as Alarm;
}
const ACK = { by: 'x', at: '2026-11-06T18:00:00Z', note: '' };
const filters = (query: Record<string, string>) => readFilters((name) => query[name] ?? '');

describe('order', () => {
  it('is severity, unacknowledged, least left, newest', () => {
    const wanted = [
      alarm({ id: 1, severity: 1, slaLeftMs: 5 }),
      alarm({ id: 2, severity: 1, slaLeftMs: 9 }),
      alarm({ id: 3, severity: 1, raisedAt: '2026-11-06T19:00:00Z' }),
      alarm({ id: 4, severity: 1 }),
      alarm({ id: 5, severity: 1, slaLeftMs: 1, acknowledged: ACK }),
      alarm({ id: 6, severity: 4 }),
      alarm({ id: 7, severity: 0 }),
    ];
    expect([...wanted].reverse().sort(compareAlarms).map((one) => one.id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('filters', () => {
  it('come from the address and go to the server', () => {
    const read = filters({ severity: '1,2,9', ack: 'false', q: 'SH-OTN' });
    expect(read.severity).toEqual(['1', '2']);
    expect(listPath(read, 200, 'c')).toBe('/alarms?state=active&severity=1%2C2&causes=true&acknowledged=false&q=SH-OTN&limit=200&cursor=c');
    expect(activeFilters(read).map((chip) => chip.name)).toEqual(['severity', 'severity', 'ack', 'q']);
    expect(activeFilters(filters({}))).toEqual([]);
  });
  it('judge a live alarm', () => {
    const none = filters({});
    expect(fits(none, alarm({}), false)).toBe('yes');
    expect(fits(none, alarm({ isCause: false }), false)).toBe('no');
    expect(fits(none, alarm({ isCause: false, faultNo: null }), false)).toBe('yes');
    expect(fits(none, alarm({ clearedAt: 'x' }), false)).toBe('no');
    expect(fits(none, alarm({ clearedAt: 'x' }), true)).toBe('yes');
    expect(fits(none, alarm({ clearedAt: 'x', acknowledged: ACK }), true)).toBe('no');
    expect(fits(filters({ severity: '2' }), alarm({}), true)).toBe('no');
    expect(fits(filters({ customer: 'C1' }), alarm({}), false)).toBe('ask');
  });
});

describe('columns', () => {
  it('fold by priority and never lose what matters', () => {
    expect(fold(COLUMNS, 5000)).toEqual([...COLUMNS]);
    expect(fold(COLUMNS, 300)).toEqual([...FIXED]);
    expect(fold(COLUMNS, 800)).toContain('age');
    expect(tracks(['severity', 'age'])).toBe('112px 78px');
  });
});

describe('tree', () => {
  const one = (id: number, parent: number | null): FaultAlarm => ({ id, parent, raisedAt: `2026-11-06T18:00:0${id}Z` }) as FaultAlarm;
  it('puts children below their parent', () => {
    expect(flatten([one(3, 2), one(2, 1), one(1, null)]).map((row) => [row.alarm.id, row.depth])).toEqual([[1, 0], [2, 1], [3, 2]]);
  });
  it('shows every alarm once, also in a loop or without its parent', () => {
    const rows = flatten([one(1, 2), one(2, 1), one(3, 99), one(4, 4)]);
    expect(rows.map((row) => row.alarm.id).sort()).toEqual([1, 2, 3, 4]);
  });
});

it('CSV cells cannot become formulas', () => {
  expect(toCsv(['a', 'b'], [['=1+1', 'x,"y"'], [-5, '@x']])).toBe('\ufeffa,b\r\n\'=1+1,"x,""y"""\r\n-5,\'@x\r\n');
});
