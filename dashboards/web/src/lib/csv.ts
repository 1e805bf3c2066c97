// CSV that a spreadsheet opens safely: cells that look like formulas are made text, and a mark at
// the start says UTF-8 so that Han characters survive.

import type { Page } from './api/types';
import { get, url } from './api/client';

export type Cell = string | number;
export type Columns<T> = readonly (readonly [head: string, of: (row: T) => Cell])[];
/** Rows of an export: a spreadsheet takes no more with grace. */
export const EXPORT_MAX = 20_000;

/** Every row that a list's filters let through, not only those on the screen. */
export async function everyRow<T>(path: string, query: Record<string, string | null>, limit: number): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await get<Page<T>>(url(path, { ...query, limit, cursor }));
    rows.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && rows.length < EXPORT_MAX);
  return rows.slice(0, EXPORT_MAX);
}

export function tableOf<T>(columns: Columns<T>, rows: readonly T[]): string {
  return toCsv(columns.map(([head]) => head), rows.map((row) => columns.map(([, of]) => of(row))));
}

export function toCsv(head: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  return `\ufeff${[head, ...lines].map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function download(name: string, text: string, type = 'text/csv'): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
