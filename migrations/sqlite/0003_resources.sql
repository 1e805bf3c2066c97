-- Why: the inventory as the resource system gave it, one table for all classes because loading,
-- comparing and holding back are the same for all; what a load changed; and what was refused.
create table resource (
    class text not null,
    key text not null,
    parent text not null,
    content text not null,
    changed_at integer not null,
    primary key (class, key)
) without rowid;
-- A hop's key begins with its circuit, so that the key itself finds the hops of a circuit.
create index resource_of_parent on resource (class, parent, key) where parent <> '' and class <> 'ROUTE';

-- What a row was before it changed or went, from when (since) until when (at). A row that was added
-- says so itself (changed_at).
create table resource_change (
    id integer primary key not null,
    since integer not null,
    at integer not null,
    class text not null,
    key text not null,
    op text not null,
    before text not null
);
create index resource_change_of_key on resource_change (class, key, id);

create table resource_load (
    id integer primary key not null,
    source text not null,
    sync_req_id text not null unique,
    class text not null,
    mode text not null,
    state text not null,
    started_at integer not null,
    ended_at integer,
    content text not null
);
create index resource_load_open on resource_load (state) where ended_at is null;

-- Rows whose mandatory parent is absent: they wait here until it comes.
create table resource_hold (
    class text not null,
    key text not null,
    content text not null,
    reason text not null,
    since integer not null,
    primary key (class, key)
);

-- Rows that a peer told of by notice: a file that was asked for before must not change them back.
create table resource_notice (
    class text not null,
    place text not null,
    at integer not null,
    primary key (class, place)
);
create index resource_notice_by_time on resource_notice (class, at);

-- What a load will change, put aside in slices that are applied one by one, in this order.
create table staging_slice (
    id integer primary key not null,
    load_id integer not null,
    changes text not null
);
create index staging_slice_of_load on staging_slice (load_id, id);

-- What was refused. What comes again is counted on its row (likeness), not kept a second time.
create table quarantine (
    id integer primary key not null,
    at integer not null,
    source text not null,
    address text not null,
    kind text not null,
    name text not null,
    reason text not null,
    size integer not null,
    repeats integer not null,
    last_at integer not null,
    likeness blob not null,
    kept integer not null,
    content blob not null
);
create index quarantine_of_likeness on quarantine (likeness, id);
create index quarantine_of_kind on quarantine (kind, id);
