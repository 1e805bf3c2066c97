-- Why: faults and their tickets, what is to be sent for them (written in the transaction of its
-- cause), and planned work in all its revisions, because figures must be explained later.
create table fault (
    fault_no bigint primary key not null,
    state text not null,
    last_at bigint not null,
    content text not null
);
create index fault_by_time on fault (last_at, fault_no);
create index fault_open on fault (fault_no) where state in ('open', 'cleared', 'closed_still_down');

create table ticket (
    alarm_id text primary key not null,
    fault_no bigint not null,
    sheet_no text,
    state text not null,
    changed_at bigint not null,
    content text not null
);
-- EOMS may merge several of our keys into one sheet.
create index ticket_sheet on ticket (sheet_no) where sheet_no is not null;
create index ticket_of_fault on ticket (fault_no);
create index ticket_by_time on ticket (changed_at, alarm_id);

create table outbox (
    id bigint primary key not null,
    kind text not null,
    key text not null,
    content text not null,
    state text not null,
    tries bigint not null,
    next_at bigint not null,
    first_sent_at bigint,
    error text not null
);
create unique index outbox_once on outbox (kind, key);
create index outbox_due on outbox (next_at) where state in ('queued', 'unknown');

create table cutover (
    cutover_no text not null,
    revision bigint not null,
    received_at bigint not null,
    affect_start bigint,
    affect_end bigint,
    content text not null,
    primary key (cutover_no, revision)
);
create index cutover_by_window on cutover (affect_end);

-- Which circuits any revision of a cutover names: the figure of one circuit reads its own.
create table cutover_circuit (
    circuit_code text not null,
    cutover_no text not null,
    primary key (circuit_code, cutover_no)
);

-- Circuits that are protected for a time: of each task the notice in force. Gone from lists when it is over.
create table key_protection (
    task_no text primary key not null,
    window_end bigint,
    content text not null
);
