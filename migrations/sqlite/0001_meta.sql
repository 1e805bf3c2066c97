-- Why: counters that must move in the same transaction as what they number, and what we know of
-- our peers: when each was last heard, when it was silent, which messages it has sent already.
create table meta (
    key text primary key not null,
    value integer not null
);
insert into meta (key, value) values
    ('leader_epoch', 0), ('change_seq', 0), ('source_no', 0), ('alarm_subject', 0), ('alarm_identity', 0),
    ('raw_block', 0), ('silence', 0), ('message', 0), ('fault_no', 0), ('outbox', 0),
    ('resource_change', 0), ('resource_load', 0), ('staging_slice', 0), ('quarantine', 0), ('api_token', 0),
    ('audit', 0), ('request_no', 0);

create table peer_state (
    source_no integer primary key not null,
    source text not null unique,
    kind text not null,
    last_heard_at integer,
    lag_ms integer,
    sync text not null default ''
);

create table silence (
    id integer primary key not null,
    source_no integer not null references peer_state (source_no),
    start_at integer not null,
    end_at integer
);
create index silence_of_source on silence (source_no, start_at);

create table notification (
    source_no integer not null references peer_state (source_no),
    interface text not null,
    last_id integer not null,
    gaps text not null,
    gap_since integer,
    recent text not null,
    primary key (source_no, interface)
);

-- Rows arrive in order of time, so the oldest are the lowest ids: purging needs no index on the time.
create table message (
    id integer primary key not null,
    key16 blob not null unique,
    body16 blob not null,
    at integer not null,
    answer text not null
);
