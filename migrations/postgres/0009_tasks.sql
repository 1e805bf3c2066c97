-- Why: what managers measure for us is wanted by configuration; a task's number at its manager must stay the same
-- over restarts, so that what runs there can be compared with what is wanted. What is to be measured again of the
-- past is a row until it was asked for, so that a restart forgets none. So is a delay test that somebody wants.
create table pm_task (
    id bigint primary key not null,
    source_no bigint not null references peer_state (source_no),
    name text not null,
    params text not null,
    granularity bigint not null,
    objects bigint not null,
    status text not null,
    reason text not null,
    told_at bigint,
    checked_at bigint,
    pulled_until bigint not null
);
create unique index pm_task_by_name on pm_task (source_no, name);

-- task_id: a row of pm_task, which may be gone meanwhile.
create table pm_history (
    id bigint primary key not null,
    source_no bigint not null references peer_state (source_no),
    task_id bigint not null,
    start_at bigint not null,
    end_at bigint not null,
    asked_by text not null,
    asked_at bigint not null,
    state text not null,
    tries bigint not null,
    due_at bigint not null,
    sync_req_id text not null,
    reason text not null
);
create index pm_history_waiting on pm_history (source_no, due_at) where state = 'WAITING';
create index pm_history_of_source on pm_history (source_no, id);

-- test, result: as JSON; an empty result has not come yet.
create table delay_test (
    id bigint primary key not null,
    source_no bigint not null references peer_state (source_no),
    circuit_code text not null,
    test text not null,
    asked_by text not null,
    asked_at bigint not null,
    state text not null,
    due_at bigint not null,
    result text not null,
    ended_at bigint,
    reason text not null
);
create index delay_test_due on delay_test (source_no, due_at) where state in ('WAITING', 'RUNNING');
create index delay_test_of_circuit on delay_test (circuit_code, id);

insert into meta (key, value) values ('pm_task', 0), ('pm_history', 0), ('delay_test', 0);
