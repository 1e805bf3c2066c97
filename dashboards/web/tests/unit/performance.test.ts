// What was measured: one picture of several series, and a threshold's form.
import { describe, expect, it } from 'vitest';
import type { Performance, Series, Threshold } from '../../src/lib/api/performance';
import { having, paramsOf, pictureOf } from '../../src/lib/ui/chart';
import { bodyOf, formOf } from '../../src/noc/performance/threshold';

const at = (hour: number) => `2026-11-07T0${hour}:00:00Z`;
const series = (location: string, times: string[], params: Series['params']): Series => ({ location, granularityS: 900, completeness: 1, times, params });
const answer = (list: Series[], thresholds: Threshold[] = []): Performance => ({ from: at(0), to: at(9), resolution: 'measured', series: list, thresholds });
const threshold: Threshold = {
  id: '7', serviceType: 'SDH', serviceLevel: '', customerNo: '', customerName: '', param: 'ES', granularityS: 900, direction: 'above', set: 8, reset: 3, needed: 3, of: 4, severity: 3, enabled: true, note: '', since: at(0), changedBy: '',
};

describe('a picture', () => {
  it('puts series on one time axis and leaves gaps', () => {
    const list = [
      series('NEAR_RX', [at(1), at(2)], { ES: { kind: 'seconds', values: [1, null] } }),
      series('FAR_RX', [at(2), at(3)], { ES: { kind: 'seconds', mean: [5, 6] }, SES: { kind: 'seconds', values: [0, 0] } }),
    ];
    const picture = pictureOf(answer(list, [threshold]), 'ES', (one) => one.location);
    expect(picture.times).toEqual([at(1), at(2), at(3)].map((time) => Date.parse(time)));
    expect(picture.lines).toEqual([
      { label: 'NEAR_RX', values: [1, null, null] },
      { label: 'FAR_RX', values: [null, 5, 6] },
    ]);
    expect(picture.limits).toEqual([8]);
    expect(picture.band).toBeNull();
    expect(paramsOf(answer(list))).toEqual(['ES', 'SES']);
    expect(having(answer(list), 'SES')).toHaveLength(1);
  });
  it('shows what is usual of one series', () => {
    const baseline = { median: [2, 2], low: [1, 1], high: [3, null] };
    const list = [series('BIDIR', [at(1), at(2)], { ES: { kind: 'seconds', values: [1, 9], baseline } })];
    expect(pictureOf(answer(list, [{ ...threshold, granularityS: 86_400 }]), 'ES', () => 'x')).toMatchObject({ band: baseline, limits: [] });
  });
});

describe('a form', () => {
  it('gives back what it was filled with', () => {
    const read = bodyOf(formOf(threshold));
    expect(read).toMatchObject({ body: { param: 'ES', set: 8, reset: 3, needed: 3, of: 4, severity: 3, granularityS: 900, enabled: true } });
  });
  it('names what is no number', () => {
    expect(bodyOf({ ...formOf(threshold), set: '8,5', reset: '', needed: '1.5' })).toEqual({ wrong: ['set', 'reset', 'needed'] });
    expect(bodyOf({ ...formOf(null), set: '3e-7', reset: '1e-7' })).toEqual({ wrong: ['param'] });
  });
});
