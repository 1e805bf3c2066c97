-- Why: alarm facts are append-only and there are many, so an event holds only what varies; the rest
-- of its record is a subject, stored once. An alarm row is an episode: a function of the events of
-- its identity (source, key), kept so that lists and restarts need not compute it.
create table alarm_subject (
    id bigint primary key not null,
    digest bytea not null unique,
    object_type text not null,
    object_id text not null,
    ne_id text not null,
    content text not null
);
create index alarm_subject_of_object on alarm_subject (object_type, object_id);

-- Circuits that the records of a subject name directly.
create table alarm_subject_circuit (
    circuit_code text not null,
    subject_id bigint not null references alarm_subject (id),
    primary key (circuit_code, subject_id)
);

create table raw_block (
    id bigint primary key not null,
    at bigint not null,
    content bytea not null
);

-- An identity: a source and the peer's alarm id (or what stands for it). Its number heads the numbers
-- of its events (number * 4194304 + order of receipt), so that they lie side by side and need no index.
create table alarm_identity (
    id bigint primary key not null,
    source_no bigint not null,
    alarm_key text not null
);
create unique index alarm_identity_once on alarm_identity (source_no, alarm_key);

-- Which identities ever had a subject: the way from an object to its alarms.
create table alarm_subject_identity (
    subject_id bigint not null,
    identity_id bigint not null,
    primary key (subject_id, identity_id)
);

-- kind: 0 record without status, 1 ACTIVE, 2 CLEARED, 3 an end without a record (alarmEndNotify; told by a
-- resync: its list lacked the alarm), 4 the list of a resync names it (ne_lag, ems_lag of the raise, cleared_at
-- the instant of the list): kept only where it refutes that an earlier list lacked it.
-- flags: 1 loaded as history, 2 told by a resync, 4 the peer gave no alarmId.
-- ne_lag, ems_lag: milliseconds from neTime and emsTime to the receipt; short numbers for short times.
create table alarm_event (
    id bigint primary key not null,
    kind bigint not null,
    flags bigint not null,
    subject_id bigint,
    received_at bigint not null,
    ne_lag bigint,
    ems_lag bigint,
    cleared_at bigint,
    severity bigint not null,
    service_affecting bigint,
    clear_type bigint,
    extra text not null,
    raw_block bigint,
    raw_index bigint
);

-- An episode has the number of the first event received of a raise inside it. event_id names the event
-- whose values are in force; received_at is null where it is that event's.
-- effect: 0 NONE, 1 DEGRADED, 2 OUTAGE. flags: 1 found by sync, 2 toggling, 4 cause of its fault.
create table alarm (
    id bigint primary key not null,
    raised_at bigint not null,
    event_id bigint not null,
    received_at bigint,
    cleared_at bigint,
    clear_type bigint,
    raises bigint not null,
    flags bigint not null,
    effect bigint not null,
    fault_no bigint,
    parent_alarm bigint,
    explained_by text not null,
    circuits bigint not null
);
-- The number of the row is part of each index (SQLite) or few rows share a key, so they sort by it too.
create index alarm_active on alarm (id) where cleared_at is null;
create index alarm_of_fault on alarm (fault_no) where fault_no is not null;
create index alarm_by_time on alarm (raised_at);

-- Few alarms are acknowledged, so the words stand apart.
create table alarm_ack (
    alarm_id bigint primary key not null references alarm (id) on delete cascade,
    acked_by text not null,
    acked_at bigint not null,
    note text not null
);
