// The customer's path: zones in order, never an object's name.
import type { PortalPath } from '../lib/api/portal';
import type { StripHop, StripPath } from '../lib/strip';

interface Words {
  zone: (zone: string) => string;
  pick: (text: { zh: string; en: string }) => string;
}

/** Each zone is a line between two places; the customer's own ends are the A and Z marks. */
export function toStrip(path: PortalPath, words: Words): StripPath {
  const hops = path.zones.map<StripHop>((zone) => ({
    kind: 'line',
    title: '',
    sub: words.zone(zone.zone),
    zone: zone.zone,
    state: zone.state,
    objectType: 'ZONE',
    alarms: zone.state === 'up' || zone.state === 'unknown' || !zone.cause ? [] : [{ id: null, severity: zone.state === 'down' ? 1 : 3, text: words.pick(zone.cause), at: zone.since ?? '' }],
  }));
  return { aEnd: path.aEnd, zEnd: path.zEnd, segments: hops.length === 0 ? [] : [{ state: 'up', lanes: [{ state: 'up', hops }] }] };
}
