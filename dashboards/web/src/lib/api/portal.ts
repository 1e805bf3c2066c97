// Shapes of /api/v1/portal: what a customer may see, and nothing else.
import type { CircuitState, PlaceState, RibbonDay, Text2, Time, Zone } from './types';

export interface Manager {
  name: string;
  phone: string;
  email: string;
}

export interface PlannedWork {
  no: string;
  title: string;
  start: Time;
  end: Time;
  circuits: string[];
}

export interface Overview {
  customer: { no: string; name: string };
  asOf: Time;
  circuitsTotal: number;
  circuitsInService: number;
  /** Of those in service. */
  circuitsUp: number;
  availability: string | number | null;
  /** Share of that time that was measured. */
  completeness: string | null;
  atRisk: number;
  openFaults: number;
  banner: {
    state: string;
    circuits: string[];
    since: Time | null;
    where: 'carrier' | 'customer' | 'unknown';
    text: Text2;
  } | null;
  manager: Manager | null;
  nextWork: PlannedWork[];
}

export interface PortalCircuit {
  code: string;
  name: string;
  aEnd: string;
  zEnd: string;
  serviceType: string;
  rateKbps: number | null;
  serviceLevel: string;
  state: CircuitState;
  since: Time | null;
  days: RibbonDay[];
  target: number | string;
  allowedMs: number | null;
  leftMs: number | null;
  /** Share of the period so far that was measured, percent; null = not known yet. */
  completeness: string | null;
  planned: boolean;
}

/** Zones in order from A-end to Z-end; `cause` is a class in words, never an object. */
export interface PortalPath {
  aEnd: string;
  zEnd: string;
  zones: { zone: Zone; state: PlaceState; cause?: Text2 | null; since?: Time | null }[];
}

export interface OutageMinute {
  start: Time;
  end: Time;
  counted: boolean;
  class: string;
  code?: string | null;
  why: Text2;
  evidence: { kind: string; ref: string }[];
}

export interface Outage {
  start: Time;
  end: Time | null;
  downMs: number;
  countedMs: number;
  excludedMs: number;
  cause: { class: string } & Text2;
  /** Where on the line, in words of places; null = nobody knows. */
  place: Text2 | null;
  minutes: OutageMinute[];
}

/** An outage in the list of all circuits. */
export interface CircuitOutage extends Outage {
  code: string;
  aEnd: string;
  zEnd: string;
}
