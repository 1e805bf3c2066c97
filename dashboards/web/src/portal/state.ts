// What a customer's circuit is shown as: a working circuit inside a planned-work window says so.
import type { PortalCircuit } from '../lib/api/portal';

export function shownState(circuit: PortalCircuit, now: number): string {
  if (circuit.state !== 'up') return circuit.state;
  const planned = circuit.planned;
  if (planned === true) return 'maintenance';
  if (planned === null || planned === false) return 'up';
  return Date.parse(planned.start) <= now && now < Date.parse(planned.end) ? 'maintenance' : 'up';
}
