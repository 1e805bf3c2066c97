-- Why: performance data. What managers announce is a row before it is fetched, so an acknowledged notice is
-- never lost. A file arrives as slots: its rows as compressed columns, cut into pages of 256 subjects. Later the
-- slots of a day become blocks of 16 subjects, so that a circuit's past is a few rows; roll-ups lie beside them.
-- No table has a row for each value: 100,000 circuits measure 77 million values a day.
create table pm_file (
    id bigint primary key not null,
    source_no bigint not null references peer_state (source_no),
    path text not null,
    task_id text not null,
    period_start bigint not null,
    period_end bigint not null,
    announced_at bigint not null,
    state text not null,
    tries bigint not null,
    due_at bigint not null,
    ended_at bigint,
    expires_at bigint,
    reason text not null,
    sha256 bytea,
    rows_total bigint not null,
    rows_refused bigint not null
);
create index pm_file_waiting on pm_file (due_at, id) where state = 'WAITING';
create index pm_file_by_digest on pm_file (source_no, sha256) where sha256 is not null;
create index pm_file_of_source on pm_file (source_no, period_start);

-- Who was measured: (source, object, location); its digest finds it again.
create table pm_subject (
    id bigint primary key not null,
    source_no bigint not null references peer_state (source_no),
    object_id text not null,
    object_type text not null,
    layer_rate text not null,
    location text not null,
    digest bytea not null
);
create unique index pm_subject_by_digest on pm_subject (digest);
create index pm_subject_of_object on pm_subject (object_id);

-- For which circuit: an object may serve another one later.
create table pm_link (
    id bigint primary key not null,
    subject bigint not null references pm_subject (id),
    circuit_code text not null,
    digest bytea not null
);
create unique index pm_link_by_digest on pm_link (digest);
create index pm_link_of_circuit on pm_link (circuit_code);
create index pm_link_of_subject on pm_link (subject);

-- day: days since 1970 in UTC. ready_at: null until all of the file is here; nobody reads it before. judged_at: null
-- until its rows were judged by the thresholds; only then it becomes blocks.
create table pm_slot (
    id bigint primary key not null,
    file_id bigint not null references pm_file (id),
    granularity bigint not null,
    day bigint not null,
    ready_at bigint,
    judged_at bigint,
    params text not null,
    head bytea not null
);
create index pm_slot_by_day on pm_slot (granularity, day);
create index pm_slot_of_file on pm_slot (file_id);
create index pm_slot_to_judge on pm_slot (id) where judged_at is null;

-- page: subject / 256.
create table pm_page (
    slot bigint not null references pm_slot (id),
    page bigint not null,
    rows_total bigint not null,
    body bytea not null,
    primary key (slot, page)
);

-- bundle: subject / 16. level: 0 as measured, 1 hours, 2 days, 3 months. span: the begin of what it covers.
create table pm_block (
    bundle bigint not null,
    level bigint not null,
    granularity bigint not null,
    span bigint not null,
    params text not null,
    body bytea not null
);
create unique index pm_block_once on pm_block (bundle, level, span, granularity);
create index pm_block_by_age on pm_block (level, span);

-- The figures of these months are to be rolled up anew. month: its begin.
create table pm_mark (
    granularity bigint not null,
    page bigint not null,
    month bigint not null,
    primary key (page, month, granularity)
);

-- Thresholds, one for what each of them looks at.
create table pm_threshold (
    id bigint primary key not null,
    service_type text not null,
    service_level text not null,
    customer_no text not null,
    param text not null,
    granularity bigint not null,
    direction text not null,
    content text not null
);
create unique index pm_threshold_once on pm_threshold (param, granularity, direction, customer_no, service_level, service_type);

-- Where thresholds were crossed. value: a number as text, exact. waits: 0 the writer was told, 1 of the crossing (and of
-- its end, if there is one) it is to be told, 2 of the end. One that ended when it began is taken back.
create table pm_crossing (
    id bigint primary key not null,
    threshold bigint not null,
    version bigint not null,
    subject bigint not null references pm_subject (id),
    link bigint not null references pm_link (id),
    raised_at bigint not null,
    cleared_at bigint,
    value text not null,
    waits bigint not null
);
create index pm_crossing_of_subject on pm_crossing (subject);
create index pm_crossing_waiting on pm_crossing (id) where waits > 0;
create index pm_crossing_open on pm_crossing (id) where cleared_at is null;
create index pm_crossing_by_end on pm_crossing (cleared_at);

-- pm_dropped: what was measured before this is not kept as it was measured any more.
insert into meta (key, value) values ('pm_file', 0), ('pm_subject', 0), ('pm_link', 0), ('pm_slot', 0), ('pm_dropped', 0), ('pm_threshold', 0), ('pm_crossing', 0);
