// Geometry of the circuit strip, by numbers.
import { describe, expect, it } from 'vitest';
import { layout, mergeNodes, textWidth, type StripHop, type StripPath, twoLines } from '../../src/lib/strip';

function hop(kind: 'node' | 'line', over: Partial<StripHop> & { element?: string } = {}): StripHop & { element?: string } {
  return { kind, title: kind === 'node' ? 'NE' : '', sub: 'x', zone: 'backbone', state: 'up', objectType: 'PORT', alarms: [], ...over };
}
const ALARM = { id: 1, severity: 1 as const, text: 'R_LOS', at: '2026-11-06T18:14:20Z' };
const label = (one: StripHop) => one.alarms[0]?.text ?? '';

function path(lanes: StripHop[][]): StripPath {
  return {
    aEnd: 'A',
    zEnd: 'Z',
    segments: [
      { state: 'up', lanes: [{ state: 'up', hops: [hop('line', { zone: 'access' })] }] },
      { state: 'up', lanes: lanes.map((hops) => ({ state: 'up', hops })) },
    ],
  };
}

describe('layout', () => {
  it('runs from A to Z without a gap on the working lane', () => {
    const view = layout(path([[hop('node'), hop('line'), hop('node')]]), 1080, label);
    const wires = view.wires.filter((wire) => wire.y1 === view.midY && wire.y2 === view.midY).sort((a, b) => a.x1 - b.x1);
    expect(wires[0]?.x1).toBeGreaterThan(view.aX);
    expect(wires.at(-1)?.x2).toBeLessThan(view.zX);
    wires.slice(1).forEach((wire, i) => expect(wire.x1 - (wires[i]?.x2 ?? 0)).toBeLessThanOrEqual(22.01));
  });
  it('pins the flag to its hop and breaks the line there', () => {
    const view = layout(path([[hop('node'), hop('line', { state: 'down', alarms: [ALARM] }), hop('node')]]), 1080, label);
    const broken = view.wires.filter((wire) => wire.broken);
    expect(broken).toHaveLength(1);
    expect(view.flags).toHaveLength(1);
    expect(view.flags[0]?.x).toBeCloseTo(((broken[0]?.x1 ?? 0) + (broken[0]?.x2 ?? 0)) / 2, 6);
  });
  it('gives protection its own lane below', () => {
    const view = layout(path([[hop('node')], [hop('node'), hop('line')]]), 1080, label);
    const ys = new Set(view.hops.map((at) => at.y));
    expect(ys.size).toBe(2);
    expect(view.hops.filter((at) => at.lane === 1).every((at) => at.y > view.midY)).toBe(true);
    expect(view.height).toBeGreaterThan(Math.max(...ys));
  });
  it('keeps flags apart and inside', () => {
    const view = layout(path([[hop('node', { alarms: [ALARM] }), hop('line', { alarms: [ALARM] }), hop('node', { alarms: [ALARM] })]]), 300, () => 'a rather long label here');
    view.flags.slice(1).forEach((flag, i) => {
      const before = view.flags[i];
      expect(flag.x - flag.width / 2).toBeGreaterThanOrEqual((before?.x ?? 0) + (before?.width ?? 0) / 2);
    });
    expect((view.flags[0]?.x ?? 0) - (view.flags[0]?.width ?? 0) / 2).toBeGreaterThanOrEqual(0);
  });
  it('brackets the zones end to end', () => {
    const view = layout(path([[hop('line')]]), 1080, label);
    expect(view.brackets.map((bracket) => bracket.zone)).toEqual(['customer', 'access', 'backbone', 'customer']);
    view.brackets.slice(1).forEach((bracket, i) => expect(bracket.x1).toBeCloseTo(view.brackets[i]?.x2 ?? 0, 6));
  });
  it('grows with the number of hops and survives none', () => {
    const many = Array.from({ length: 30 }, () => hop('line'));
    expect(layout(path([many]), 1080, label).width).toBeGreaterThan(2500);
    // A route of eleven hops still fits beside the rail of a 1440 px screen, ends included.
    expect(layout(path([many.slice(0, 11)]), 1170, label).width).toBeLessThanOrEqual(1170);
    expect(layout({ aEnd: 'A', zEnd: 'Z', segments: [] }, 1080, label).hops).toEqual([]);
  });
});

it('ports of one element are one place with the worst state', () => {
  const merged = mergeNodes([hop('node', { element: 'N1', sub: 'p1' }), hop('node', { element: 'N1', sub: 'p2', state: 'down', alarms: [ALARM] }), hop('line'), hop('node', { element: 'N1' })]);
  expect(merged).toHaveLength(3);
  expect(merged[0]).toMatchObject({ state: 'down', sub: 'p1 · p2', alarms: [ALARM] });
});

it('Han characters are wider than Latin', () => {
  expect(textWidth('光缆')).toBeGreaterThan(textWidth('ab'));
});

it('a label takes two lines before it is cut, and breaks between words', () => {
  expect(twoLines('天津—济南', 70)).toEqual(['天津—济南']);
  expect(twoLines('天津—济南 1系统', 70)).toEqual(['天津—济南', '1系统']);
  const long = twoLines('北京市海淀区中关村南大街甲十二号院', 70);
  expect(long).toHaveLength(2);
  expect(long[1]?.endsWith('…')).toBe(true);
  for (const line of long) expect(textWidth(line)).toBeLessThanOrEqual(71);
});
