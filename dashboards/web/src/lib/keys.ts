// Letter keys for the operator. They stay silent in inputs, with modifiers, and while a Chinese
// input method is composing (isComposing, or keyCode 229 in older engines).
import { readPref, writePref } from './prefs';

export type Keys = Record<string, (event: KeyboardEvent) => void>;

export function keysOn(): boolean {
  return readPref('keys') !== 'off';
}

export function setKeysOn(on: boolean): void {
  writePref('keys', on ? null : 'off');
}

/** True if this key press is a command and not text. */
export function isCommand(event: KeyboardEvent): boolean {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  return !isEditable(event.target as Element | null);
}

/** Runs the handler of a key; letters only if they are switched on. Esc always works. */
export function dispatch(keys: Keys, event: KeyboardEvent): void {
  if (!isCommand(event)) return;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const handler = keys[name];
  if (handler === undefined) return;
  if (name.length === 1 && !keysOn()) return;
  event.preventDefault();
  handler(event);
}

function isEditable(element: Element | null): boolean {
  if (element === null || typeof element.closest !== 'function') return false;
  return element.closest('input, textarea, select, [contenteditable=true], dialog[open]') !== null;
}
