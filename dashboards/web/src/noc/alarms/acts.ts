// What an operator does to alarms: shown at once, taken back with the reason if the server refuses,
// and undone from the note at the foot of the page.
import type { Alarm } from '../../lib/api/noc';
import { del, part, post } from '../../lib/api/client';
import { clock } from '../../lib/clock.svelte';
import { t, tn } from '../../lib/i18n.svelte';
import { failed, said } from '../../lib/problem';
import { session } from '../../lib/session.svelte';
import { toast } from '../../lib/toast.svelte';
import type { Board } from './board.svelte';

/** Requests on their way at once. */
const AT_ONCE = 6;

/** Acknowledges alarms with one note; those that somebody has acknowledged already are left alone. */
export async function acknowledge(board: Board, alarms: readonly Alarm[], note: string): Promise<void> {
  const wanted = alarms.filter((alarm) => alarm.acknowledged === null);
  const mine = { by: session.who?.login ?? '', at: new Date(clock.now).toISOString(), note };
  const done = await change(board, wanted, mine, (alarm) => post(`/alarms/${part(alarm.id)}/ack`, { note }));
  tell('alarms.acked', 'alarms.ackedMany', done, { undo: () => void unacknowledge(board, done) });
}

export async function unacknowledge(board: Board, alarms: readonly Alarm[]): Promise<void> {
  const done = await change(board, alarms, null, (alarm) => del(`/alarms/${part(alarm.id)}/ack`));
  tell('alarms.unacked', 'alarms.unackedMany', done);
}

export async function sendOut(alarm: Alarm): Promise<void> {
  if (alarm.faultNo === null) return;
  try {
    await post(`/faults/${part(alarm.faultNo)}/dispatch`);
    toast(t('fault.dispatched', { no: alarm.faultNo }));
  } catch (error) {
    failed('fault.notDispatched', error);
  }
}

/** Those that the server took. */
async function change(board: Board, alarms: readonly Alarm[], acknowledged: Alarm['acknowledged'], ask: (alarm: Alarm) => Promise<unknown>): Promise<Alarm[]> {
  const before = new Map(alarms.map((alarm) => [alarm.id, alarm.acknowledged]));
  board.patch(alarms.map((alarm) => alarm.id), () => ({ acknowledged }));
  const done: Alarm[] = [];
  const refused: { alarm: Alarm; error: unknown }[] = [];
  const waiting = [...alarms];
  const work = async (): Promise<void> => {
    for (let alarm = waiting.shift(); alarm !== undefined; alarm = waiting.shift()) {
      try {
        await ask(alarm);
        done.push(alarm);
        board.refuse(alarm.id, null);
      } catch (error) {
        refused.push({ alarm, error });
        board.refuse(alarm.id, said(error).text);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const [first] = refused;
  if (first === undefined) return done;
  board.patch(refused.map(({ alarm }) => alarm.id), (alarm) => ({ acknowledged: before.get(alarm.id) ?? null }));
  if (refused.length === 1) failed('alarms.refused', first.error, { title: first.alarm.nativeCause });
  else failed('alarms.refusedMany', first.error, { n: refused.length });
  return done;
}

function tell(one: string, many: string, done: readonly Alarm[], options: { undo?: () => void } = {}): void {
  const [first] = done;
  if (first === undefined) return;
  toast(done.length === 1 ? t(one, { title: first.nativeCause }) : tn(many, done.length), options);
}
