// Short notes at the foot of the page: what was done, with Undo where there is one.

const SHOWN_MS = 10_000;
const MOST = 3;

export interface Toast {
  id: number;
  text: string;
  /** The server's own words, below ours. */
  detail: string;
  bad: boolean;
  undo?: (() => void) | undefined;
}

let next = 1;
let list = $state.raw<Toast[]>([]);

export const toasts = {
  get list(): Toast[] {
    return list;
  },
};

export function toast(text: string, options: { undo?: () => void; bad?: boolean; detail?: string } = {}): void {
  const item: Toast = { id: next++, text, detail: options.detail ?? '', bad: options.bad === true, undo: options.undo };
  list = [...list.slice(1 - MOST), item];
  setTimeout(() => dismiss(item.id), SHOWN_MS);
}

export function dismiss(id: number): void {
  list = list.filter((item) => item.id !== id);
}
