// The alarms of a fault as a tree, flattened for drawing: cause first, children below their parent.
import type { FaultAlarm } from '../../lib/api/noc';

export interface TreeRow {
  alarm: FaultAlarm;
  depth: number;
}

/** A parent that is missing, or a loop in bad data, makes a root: every alarm appears once. */
export function flatten(alarms: readonly FaultAlarm[]): TreeRow[] {
  const known = new Set(alarms.map((alarm) => alarm.id));
  const below = new Map<number | null, FaultAlarm[]>();
  for (const alarm of alarms) {
    const parent = alarm.parent !== null && known.has(alarm.parent) && alarm.parent !== alarm.id ? alarm.parent : null;
    below.set(parent, [...(below.get(parent) ?? []), alarm]);
  }
  const rows: TreeRow[] = [];
  const seen = new Set<number>();
  const walk = (alarm: FaultAlarm, depth: number): void => {
    if (seen.has(alarm.id)) return;
    seen.add(alarm.id);
    rows.push({ alarm, depth });
    for (const child of sorted(below.get(alarm.id) ?? [])) walk(child, depth + 1);
  };
  for (const root of sorted(below.get(null) ?? [])) walk(root, 0);
  for (const alarm of alarms) walk(alarm, 0);
  return rows;
}

function sorted(alarms: readonly FaultAlarm[]): FaultAlarm[] {
  return [...alarms].sort((a, b) => (a.raisedAt < b.raisedAt ? -1 : a.raisedAt > b.raisedAt ? 1 : a.id - b.id));
}
