// The customer's path: zones in order with the points where responsibility changes, never the name
// of an object.
import type { PortalPath } from '../lib/api/portal';
import type { StripHop, StripPath } from '../lib/strip';

export interface PathWords {
  demarcation: string;
  site: string;
  pick: (text: { zh: string; en: string }) => string;
}

type PathZone = PortalPath['zones'][number];

export function toStrip(path: PortalPath, words: PathWords): StripPath {
  const hops = path.zones.flatMap((zone, index) => {
    const next = path.zones[index + 1];
    return next === undefined ? [line(zone, words)] : [line(zone, words), border(zone, next, words)];
  });
  return { aEnd: path.aEnd, zEnd: path.zEnd, segments: hops.length === 0 ? [] : [{ state: 'up', lanes: [{ state: 'up', hops }] }] };
}

function line(zone: PathZone, words: PathWords): StripHop {
  const hurt = zone.state === 'down' || zone.state === 'degraded';
  const alarms = hurt && zone.cause ? [{ id: null, severity: zone.state === 'down' ? (1 as const) : (3 as const), text: words.pick(zone.cause), at: zone.since ?? '' }] : [];
  return { kind: 'line', title: '', sub: '', zone: zone.zone, state: zone.state, objectType: 'ZONE', alarms };
}

/** Between the customer and us it is the demarcation, inside our network a site of ours. */
function border(a: PathZone, b: PathZone, words: PathWords): StripHop {
  const title = a.zone === 'customer' || b.zone === 'customer' ? words.demarcation : words.site;
  return { kind: 'node', title, sub: '', zone: b.zone === 'customer' ? a.zone : b.zone, state: 'up', objectType: 'BORDER', alarms: [] };
}
