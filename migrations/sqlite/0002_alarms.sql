-- Why: alarm facts are append-only and there are many, so an event holds only what varies; the rest
-- of its record is a subject, stored once. An alarm row is an episode: a function of the events of
-- its identity (source, key), kept so that lists and restarts need not compute it.
create table alarm_subject (
    id integer primary key not null,
    digest blob not null unique,
    object_type text not null,
    object_id text not null,
    ne_id text not null,
    content text not null
);
create index alarm_subject_of_object on alarm_subject (object_type, object_id);

-- Circuits that the records of a subject name directly.
create table alarm_subject_circuit (
    circuit_code text not null,
    subject_id integer not null references alarm_subject (id),
    primary key (circuit_code, subject_id)
);

create table raw_block (
    id integer primary key not null,
    at integer not null,
    content blob not null
);

-- An identity: a source and the peer's alarm id (or what stands for it). Its number heads the numbers
-- of its events (number * 4194304 + order of receipt), so that they lie side by side and need no index.
create table alarm_identity (
    id integer primary key not null,
    source_no integer not null,
    alarm_key text not null
);
create unique index alarm_identity_once on alarm_identity (source_no, alarm_key);

-- Which identities ever had a subject: the way from an object to its alarms.
create table alarm_subject_identity (
    subject_id integer not null,
    identity_id integer not null,
    primary key (subject_id, identity_id)
) without rowid;

-- kind: 0 record without status, 1 ACTIVE, 2 CLEARED, 3 an end without a record (alarmEndNotify; told by a
-- resync: its list lacked the alarm), 4 the list of a resync names it (ne_lag, ems_lag of the raise, cleared_at
-- the instant of the list): kept only where it refutes that an earlier list lacked it.
-- flags: 1 loaded as history, 2 told by a resync, 4 the peer gave no alarmId.
-- ne_lag, ems_lag: milliseconds from neTime and emsTime to the receipt; short numbers for short times.
create table alarm_event (
    id integer primary key not null,
    kind integer not null,
    flags integer not null,
    subject_id integer,
    received_at integer not null,
    ne_lag integer,
    ems_lag integer,
    cleared_at integer,
    severity integer not null,
    service_affecting integer,
    clear_type integer,
    extra text not null,
    raw_block integer,
    raw_index integer
);

-- An episode has the number of the first event received of a raise inside it. event_id names the event
-- whose values are in force; received_at is null where it is that event's.
-- effect: 0 NONE, 1 DEGRADED, 2 OUTAGE. flags: 1 found by sync, 2 toggling, 4 cause of its fault.
create table alarm (
    id integer primary key not null,
    raised_at integer not null,
    event_id integer not null,
    received_at integer,
    cleared_at integer,
    clear_type integer,
    raises integer not null,
    flags integer not null,
    effect integer not null,
    fault_no integer,
    parent_alarm integer,
    explained_by text not null,
    circuits integer not null
);
-- The number of the row is part of each index (SQLite) or few rows share a key, so they sort by it too.
create index alarm_active on alarm (id) where cleared_at is null;
create index alarm_of_fault on alarm (fault_no) where fault_no is not null;
create index alarm_by_time on alarm (raised_at);

-- Few alarms are acknowledged, so the words stand apart.
create table alarm_ack (
    alarm_id integer primary key not null references alarm (id) on delete cascade,
    acked_by text not null,
    acked_at integer not null,
    note text not null
);
