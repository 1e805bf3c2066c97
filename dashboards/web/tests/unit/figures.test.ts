// Figures and their reports: which period, which moment, what an outage used, which files are new.
import { describe, expect, it } from 'vitest';
import type { OwnReport, ReportFile, ReportRun } from '../../src/lib/api/figures';
import { beside, worstMoment, type Piece } from '../../src/noc/circuits/moments';
import { byCustomer, closedMonths, customersOf, shareDone } from '../../src/noc/reports/run';
import { causeOf, dateWithin, pageOf, periodName } from '../../src/noc/sla/figures';
import { budgetEffect } from '../../src/portal/effect';
import { shelves } from '../../src/portal/reports';

describe('a period', () => {
  const shanghai = { start: '2026-10-31T16:00:00Z', end: '2026-11-30T16:00:00Z' };
  const honolulu = { start: '2026-11-01T10:00:00Z', end: '2026-12-01T10:00:00Z' };
  it('is named as its contract would, whatever the zone', () => {
    for (const period of [shanghai, honolulu]) expect(periodName(period, 'en')).toBe('November 2026');
    expect(periodName({ start: '2026-09-30T16:00:00Z', end: '2026-12-31T16:00:00Z' }, 'en')).toBe('2026-10-01 – 2026-12-31');
    expect(periodName({ start: '2026-10-25T16:00:00Z', end: '2026-11-25T16:00:00Z' }, 'zh')).toBe('2026-10-26 – 2026-11-25');
  });
  it('is asked for by a date inside it', () => {
    for (const period of [shanghai, honolulu]) expect(dateWithin(period)).toMatch(/^2026-11-1[56]$/);
  });
});

describe('a cause', () => {
  it('leads to what brought it about, if that has a page', () => {
    expect(causeOf('correction:12')).toEqual({ text: 'correction', id: '12', href: '/noc/sla/review?state=all&open=12' });
    expect(causeOf('alarm:4711').href).toContain('open=4711');
    expect(causeOf('alarm:U2000/x').href, 'not our number').toBeNull();
    expect(causeOf('plan')).toEqual({ text: 'plan', id: '', href: null });
    expect(causeOf('cutover:GJ:1').id, 'numbers may hold colons').toBe('GJ:1');
    expect(pageOf('fault', 'F000012')).toBe('/noc/faults/F000012');
  });
});

describe('a moment', () => {
  const pieces: Piece[] = [
    { start: '2026-11-06T16:00:00Z', end: '2026-11-06T18:14:20.250Z', class: 'up' },
    { start: '2026-11-06T18:14:20.250Z', end: '2026-11-06T18:18:00Z', class: 'excluded' },
    { start: '2026-11-06T18:18:00Z', end: '2026-11-06T18:25:00Z', class: 'down' },
    { start: '2026-11-06T18:25:00Z', end: '2026-11-07T16:00:00Z', class: 'up', degraded: true },
  ];
  const day = Date.parse('2026-11-06T16:00:00Z');
  it('is where it hurt most', () => {
    expect(worstMoment(pieces, day, day + 86_400_000)).toBe('2026-11-06T18:18:00Z');
    expect(worstMoment(pieces.slice(0, 2), day, day + 86_400_000), 'inside the interval, not before it').toBe('2026-11-06T18:14:21Z');
    expect(worstMoment(pieces, Date.parse('2026-11-07T00:00:00Z'), Date.parse('2026-11-07T01:00:00Z')), 'cut to what was asked').toBe('2026-11-07T00:00:00Z');
    expect(worstMoment([], day, day + 1)).toBe('2026-11-06T16:00:00Z');
  });
  it('has one before and one after, outside the interval', () => {
    expect(beside({ start: '2026-11-06T18:14:20.250Z', end: '2026-11-06T18:18:00.100Z' })).toEqual({ before: '2026-11-06T18:14:20Z', after: '2026-11-06T18:18:01Z' });
    expect(beside({ start: '2026-11-06T18:18:00Z', end: '2026-11-06T18:25:00Z' })).toEqual({ before: '2026-11-06T18:17:59Z', after: '2026-11-06T18:25:00Z' });
  });
});

it('an outage takes what earlier ones left, and the parts are the whole', () => {
  const all = [{ start: '2026-11-02', countedMs: 100 }, { start: '2026-11-05', countedMs: 300 }, { start: '2026-11-09', countedMs: 50 }];
  const own = { start: '2026-11-05', countedMs: 300 };
  expect(budgetEffect(all, own, 1000)).toEqual({ beforeMs: 100, ownMs: 300, leftMs: 600, allowedMs: 1000, beforeShare: 10, ownShare: 30 });
  const over = budgetEffect(all, own, 250);
  expect([over.leftMs, over.beforeShare, over.ownShare]).toEqual([-150, 40, 60]);
  expect(budgetEffect(all, own, 0).beforeShare).toBe(100);
});

describe('reports', () => {
  it('are of months that are over', () => {
    expect(closedMonths('2026-02').slice(0, 3)).toEqual(['2026-01', '2025-12', '2025-11']);
    expect(closedMonths('2026-02')).toHaveLength(12);
  });
  it('are for customers as they are pasted', () => {
    expect(customersOf('C1, C2\nC3；C1 ')).toEqual(['C1', 'C2', 'C3']);
    expect(customersOf(' ')).toEqual([]);
  });
  it('of a run go by customer and say how far it is', () => {
    const file = (id: string, customerNo: string) => ({ id, customerNo, customerName: customerNo }) as ReportFile;
    expect(byCustomer([file('1', 'A'), file('2', 'A'), file('3', 'B'), file('4', 'A')]).map((one) => [one.no, one.files.length])).toEqual([['A', 3], ['B', 1]]);
    expect([shareDone({ customers: 200, done: 50 } as ReportRun), shareDone({ customers: 0, done: 0 } as ReportRun)]).toEqual([25, 0]);
  });
  it('of a customer stand by month and language, each format in its newest revision', () => {
    const report = (label: string, language: string, format: string, revision: number, final = true) => ({ id: `${label}${language}${format}${revision}`, label, language, format, revision, final, createdAt: label }) as OwnReport;
    const made = shelves([report('2026-08', 'zh', 'csv', 1), report('2026-10', 'zh', 'csv', 1), report('2026-10', 'zh', 'pdf', 1), report('2026-10', 'zh', 'pdf', 2), report('2026-10', 'en', 'pdf', 1, false)]);
    expect(made.map((one) => [one.label, one.language, one.revision, one.final, one.files.map((file) => `${file.format}${file.revision}`)])).toEqual([
      ['2026-10', 'en', 1, false, ['pdf1']],
      ['2026-10', 'zh', 2, true, ['pdf2', 'csv1']],
      ['2026-08', 'zh', 1, true, ['csv1']],
    ]);
  });
});
