// How far a run of reports is, its files by customer, and what one asks for.
import type { ReportFile, ReportRun } from '../../lib/api/figures';

export function active(run: ReportRun): boolean {
  return run.state === 'queued' || run.state === 'running';
}

/** Percent of the customers that are through. */
export function shareDone(run: ReportRun): number {
  return run.customers === 0 ? 0 : Math.min(100, (run.done / run.customers) * 100);
}

export interface CustomerFiles {
  no: string;
  name: string;
  files: ReportFile[];
}

/** In the order of their first file. */
export function byCustomer(files: readonly ReportFile[]): CustomerFiles[] {
  const found = new Map<string, CustomerFiles>();
  for (const file of files) {
    const customer = found.get(file.customerNo) ?? { no: file.customerNo, name: file.customerName, files: [] };
    customer.files.push(file);
    found.set(file.customerNo, customer);
  }
  return [...found.values()];
}

/** The month before this one and the eleven before that: the running one has no report yet. */
export function closedMonths(running: string): string[] {
  const [year = 0, month = 1] = running.split('-').map(Number);
  return Array.from({ length: 12 }, (_, back) => new Date(Date.UTC(year, month - 2 - back, 15)).toISOString().slice(0, 7));
}

/** Customer numbers as they are typed or pasted: by blanks, commas or lines, each once. */
export function customersOf(text: string): string[] {
  return [...new Set(text.split(/[\s,，;；、]+/).filter((one) => one !== ''))];
}
