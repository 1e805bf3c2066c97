// The columns of the alarm list's file: what the list shows and what its panel adds.
import type { Alarm } from '../../lib/api/noc';
import { dateTime, minutes, zoneName } from '../../lib/fmt';
import { t, word } from '../../lib/i18n.svelte';
import { severityName } from '../../lib/words';
import type { Columns } from '../../lib/csv';

export function exported(): Columns<Alarm> {
  const zoned = (key: string) => `${t(key)} (${zoneName()})`;
  const time = (at: string | null) => (at === null ? '' : dateTime(at));
  return [
    [t('detail.alarmId'), (a) => a.alarmId],
    [t('col.severity'), (a) => t(`severity.${severityName(a.severity)}`)],
    [t('filter.state'), (a) => t(a.clearedAt === null ? 'alarmstate.active' : 'alarmstate.cleared')],
    [zoned('fault.raised'), (a) => time(a.raisedAt)],
    [zoned('severity.cleared'), (a) => time(a.clearedAt)],
    [t('col.cause'), (a) => a.nativeCause],
    [t('detail.probable'), (a) => a.probableCause],
    [t('detail.text'), (a) => a.title],
    [t('alarms.symptomsOf'), (a) => a.symptoms],
    [t('col.sla'), (a) => (a.slaLeftMs === null ? '' : minutes(a.slaLeftMs))],
    [zoned('alarms.breachAt'), (a) => time(a.breachAt)],
    [t('col.customers'), (a) => a.customers.map((c) => `${c.name} (${word('level', c.level)})`).join('; ')],
    [t('alarms.customersTotal'), (a) => a.customersTotal],
    [t('col.circuits'), (a) => a.circuits],
    [t('alarms.circuitsDown'), (a) => a.circuitsDown],
    [t('circuits.unprotected'), (a) => a.circuitsUnprotected],
    [t('object.NE'), (a) => a.neName],
    [t('col.where'), (a) => a.objectName || a.objectId],
    [t('col.owner'), (a) => a.acknowledged?.by ?? ''],
    [t('ack.note'), (a) => a.acknowledged?.note ?? ''],
    [t('fault.no'), (a) => a.faultNo ?? ''],
    [t('col.ticket'), (a) => a.ticket?.sheetNo ?? ''],
    [t('col.source'), (a) => a.source],
  ];
}
