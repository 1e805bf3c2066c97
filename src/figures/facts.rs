//! From the store's events to episodes, as the pipeline and the offline command read them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use engine::episode::{Event, TimeRule, episodes};
use engine::hits::EvidencedEpisode;
use engine::inventory::{CircuitIx, Inventory};
use engine::telling::{self, Said, Telling};
use model::alarm::{AlarmRecord, AlarmStatus, ClearType};
use model::source::SourceId;
use model::time::{Time, Window};
use model::work::Cutover;
use store::alarm::{AlarmEvent, AlarmRow, IdentityNo, Told, alarms_of, events_of_circuit};
use store::peer::Silence;
use store::work::cutovers_of_circuit;
use store::{StoreError, Tx};

use crate::Cited;

/// What the store knows of a circuit.
pub(crate) struct Known {
    pub(crate) episodes: Vec<EvidencedEpisode>,
    pub(crate) cutovers: Vec<Cutover>,
    pub(crate) silences: Vec<Window>,
    pub(crate) cited: HashMap<Arc<str>, Cited>,
}

/// Reads it.
pub(crate) async fn load(
    ems_names: &BTreeMap<SourceId, Vec<String>>,
    tx: &mut Tx,
    inventory: &Inventory,
    circuit: CircuitIx,
    since: Time,
) -> Result<Known, StoreError> {
    let code = inventory.circuit_code(circuit).to_owned();
    let keys = inventory.subject_keys(circuit);
    let events = events_of_circuit(tx, &keys, std::slice::from_ref(&code)).await?;
    let silences = silences(ems_names, tx, inventory, circuit, since).await?;
    let mut lives: BTreeMap<IdentityNo, Vec<AlarmEvent>> = BTreeMap::new();
    for event in events {
        lives.entry(event.identity()).or_default().push(event);
    }
    let identities: Vec<IdentityNo> = lives.keys().copied().collect();
    let rows = alarms_of(tx, &identities).await?;
    let mut cited = HashMap::new();
    let mut all = Vec::new();
    for (no, told) in &lives {
        let Some(first) = told.first() else { continue };
        let mine: Vec<Silence> = silences.iter().filter(|silence| silence.source == first.source).cloned().collect();
        for evidenced in lives_of(&first.alarm_key, told, &mine) {
            let raised = evidenced.episode.raised;
            let is = |row: &&AlarmRow| IdentityNo::of(row.alarm.id) == *no && row.alarm.raised_at == raised;
            let row = rows.iter().find(is);
            let title = evidenced.episode.values.last().map(|(_, record)| record.alarm_title.clone());
            let cite = Cited {
                alarm: row.map(|row| row.alarm.id),
                title: title.map(|title| title.to_string()).unwrap_or_default(),
                fault: row.and_then(|row| row.alarm.fault),
            };
            cited.insert(Arc::clone(&evidenced.evidence), cite);
            all.push(evidenced);
        }
    }
    let cutovers = cutovers_of_circuit(tx, &code, Window { start: since, end: Time::MAX }).await?;
    let silences = silences.iter().map(|silence| Window::new(silence.start, silence.end.unwrap_or(Time::MAX)));
    Ok(Known { episodes: all, cutovers, silences: silences.collect(), cited })
}

/// Silences of the sources that observe the circuit.
async fn silences(
    ems_names: &BTreeMap<SourceId, Vec<String>>,
    tx: &mut Tx,
    inventory: &Inventory,
    circuit: CircuitIx,
    since: Time,
) -> Result<Vec<Silence>, StoreError> {
    let observers = inventory.observers_of(circuit);
    let speaks_for = |names: &Vec<String>| names.iter().any(|name| observers.contains(&name.as_str()));
    let sources = ems_names.iter().filter(|(_, names)| speaks_for(names)).map(|(source, _)| source);
    let sources: Vec<_> = sources.collect();
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for peer in store::peer::peer_states(tx).await?.iter().filter(|peer| sources.contains(&&peer.source)) {
        all.extend(store::peer::silences_of(tx, peer.source_no, Window { start: since, end: Time::MAX }).await?);
    }
    Ok(all)
}

/// The episodes of one identity.
fn lives_of(key: &str, told: &[AlarmEvent], silences: &[Silence]) -> Vec<EvidencedEpisode> {
    let mut evidenced = Vec::new();
    for episode in episodes(&events(told)) {
        let mut life = EvidencedEpisode::new(key, episode);
        life.sync_after_silence = doubt(&life, told, silences);
        evidenced.push(life);
    }
    evidenced
}

/// The facts as events, in order of receipt.
fn events(told: &[AlarmEvent]) -> Vec<Event<Arc<AlarmRecord>>> {
    let mut in_order: Vec<&AlarmEvent> = told.iter().collect();
    in_order.sort_by_key(|event| event.id);
    let tellings = in_order.into_iter().map(|event| Telling {
        rule: if event.history { TimeRule::History } else { TimeRule::Live { received: event.received_at } },
        said: match &event.told {
            Told::Record(record) => Said::Record(record),
            Told::End(end) if event.by_sync => Said::Unlisted(end),
            Told::End(end) => Said::End(end),
            Told::Listed(listed) => Said::Listed(listed),
        },
    });
    telling::events(tellings, |record| value(record))
}

/// What a record says beside its times and identity: two tellings of one alarm are one value.
fn value(record: &AlarmRecord) -> Arc<AlarmRecord> {
    Arc::new(AlarmRecord {
        alarm_id: "".into(),
        alarm_status: None,
        clear_type: None,
        ne_time: None,
        ems_time: None,
        clear_time: None,
        ..record.clone()
    })
}

/// The time from the beginning of a silence to the sync that cleared the alarm after it: nobody
/// knows whether it was active. Unless it was reported again meanwhile.
fn doubt(life: &EvidencedEpisode, told: &[AlarmEvent], silences: &[Silence]) -> Option<Window> {
    let cleared = life.episode.cleared.filter(|_| life.episode.clear_kind == Some(ClearType::Sync))?;
    let before = silences.iter().filter(|silence| {
        silence.start >= life.episode.raised && silence.start < cleared && silence.end.is_some_and(|end| end <= cleared)
    });
    let silence = before.max_by_key(|silence| silence.start)?;
    let heard_again = silence.end?;
    let told_again = told.iter().any(|event| {
        let at = match &event.told {
            Told::Record(record) if record.alarm_status == Some(AlarmStatus::Cleared) => None,
            Told::Record(_) => Some(event.received_at),
            Told::Listed(listed) => Some(listed.listed_at),
            Told::End(_) => None,
        };
        at.is_some_and(|at| heard_again <= at && at < cleared)
    });
    (!told_again).then_some(Window { start: silence.start, end: cleared })
}
