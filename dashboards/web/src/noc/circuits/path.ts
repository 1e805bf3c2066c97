// From the API's route to the strip: links are lines, everything else is a place.
import type { Hop, Path } from '../../lib/api/noc';
import { mergeNodes, type StripHop, type StripPath } from '../../lib/strip';
import { severityRank } from '../../lib/words';

export function toStrip(path: Path): StripPath {
  return {
    aEnd: path.aEnd,
    zEnd: path.zEnd,
    segments: path.segments.map((segment) => ({
      state: segment.state,
      lanes: segment.alternatives.map((lane) => ({ state: lane.state, hops: mergeNodes(lane.hops.map(toHop)) })),
    })),
  };
}

function toHop(hop: Hop): StripHop & { element: string } {
  const line = hop.objectType === 'LINK';
  const alarms = [...hop.alarms].sort((a, b) => severityRank(a.severity) - severityRank(b.severity));
  return {
    kind: line ? 'line' : 'node',
    title: line ? '' : hop.neName || hop.name,
    sub: line ? hop.name || hop.objectId : hop.name === hop.neName ? hop.objectId : hop.name || hop.objectId,
    element: line ? '' : hop.neName,
    zone: hop.zone,
    state: hop.state,
    objectType: hop.objectType,
    alarms: alarms.map((alarm) => ({ id: alarm.id, severity: alarm.severity, text: alarm.nativeCause, at: alarm.raisedAt })),
  };
}

/** The first broken hop, for the sentence beside the title. */
export function brokenHop(path: Path): Hop | null {
  const hops = path.segments.flatMap((segment) => segment.alternatives.flatMap((lane) => lane.hops));
  return hops.find((hop) => hop.state === 'down') ?? hops.find((hop) => hop.state === 'degraded') ?? null;
}
