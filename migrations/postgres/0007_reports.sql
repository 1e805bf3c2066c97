-- Why: a report that was given out stays what it was. A run makes the reports of a month for many
-- customers and can be stopped and taken up again; an issue is a revision of one customer's report with the
-- figures that it is pinned to; a document is its file; a delivery is where that went.
-- customers, done, failed: counted in customers. begun, begun_count: since when it runs, and how many were
-- over by then, for the time that the rest will take.
create table report_run (
    id bigint primary key not null,
    label text not null,
    period_start bigint not null,
    period_end bigint not null,
    language text not null,
    formats text not null,
    state text not null,
    scheduled boolean not null,
    requested_by text not null,
    requested_at bigint not null,
    customers bigint not null,
    done bigint not null,
    failed bigint not null,
    begun_at bigint,
    begun_count bigint not null,
    ended_at bigint
);
create index report_run_open on report_run (id) where state in ('queued', 'running');
create index report_run_scheduled on report_run (label, language) where scheduled;

-- content: digest of what it says, without number and time of the issue; digest: the one that is printed;
-- parts: digests of its parts, by which the next revision tells what changed.
create table report_issue (
    id bigint primary key not null,
    customer_no text not null,
    label text not null,
    language text not null,
    revision bigint not null,
    is_final boolean not null,
    content text not null,
    digest text not null,
    note text not null,
    parts text not null,
    generated_at bigint not null
);
create unique index report_issue_once on report_issue (customer_no, label, language, revision);

create table report_pin (
    issue_id bigint not null references report_issue (id),
    circuit_code text not null,
    period_start bigint not null,
    period_end bigint not null,
    version bigint not null,
    primary key (issue_id, circuit_code)
);

-- path: below the folder of reports.
create table report_document (
    id bigint primary key not null,
    issue_id bigint not null references report_issue (id),
    customer_no text not null,
    format text not null,
    path text not null,
    bytes bigint not null,
    sha256 text not null,
    created_at bigint not null
);
create unique index report_document_once on report_document (issue_id, format);
create index report_document_of_customer on report_document (customer_no, id);

create table report_file (
    id bigint primary key not null,
    run_id bigint not null references report_run (id),
    customer_no text not null,
    customer_name text not null,
    format text not null,
    state text not null,
    error text not null,
    document_id bigint references report_document (id)
);
create index report_file_of_run on report_file (run_id, id);
create index report_file_waiting on report_file (run_id, customer_no) where state = 'waiting';

-- place: the address or URL that it was sent to last; empty for the portal.
create table report_delivery (
    document_id bigint not null references report_document (id),
    channel text not null,
    state text not null,
    at bigint not null,
    tries bigint not null,
    place text not null,
    receipt text not null,
    primary key (document_id, channel)
);
create index report_delivery_waiting on report_delivery (channel, at) where state = 'waiting';

-- One that is neither superseded nor replaced counts for a circuit and month.
create table credit (
    id bigint primary key not null,
    label text not null,
    circuit_code text not null,
    customer_no text not null,
    state text not null,
    content text not null
);
create unique index credit_once on credit (circuit_code, label) where state not in ('superseded', 'replaced');
create index credit_of_customer on credit (customer_no, label);

-- The standing report of a month over all customers, with the indicator file for headquarters. circuits, done:
-- how many it looks at and has looked at.
create table report_standing (
    id bigint primary key not null,
    label text not null,
    period_start bigint not null,
    period_end bigint not null,
    state text not null,
    error text not null,
    scheduled boolean not null,
    requested_by text not null,
    requested_at bigint not null,
    circuits bigint not null,
    done bigint not null,
    ended_at bigint
);
create index report_standing_open on report_standing (id) where state in ('queued', 'running');
create index report_standing_scheduled on report_standing (label) where scheduled;

-- path: below the folder of reports.
create table report_standing_file (
    standing_id bigint not null references report_standing (id),
    name text not null,
    path text not null,
    bytes bigint not null,
    sha256 text not null,
    primary key (standing_id, name)
);

insert into meta (key, value) values ('report_run', 0), ('report_file', 0), ('report_issue', 0), ('report_document', 0), ('report_standing', 0), ('credit', 0);
