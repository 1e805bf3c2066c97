-- Why: who may see and do what, and who did what. Secrets are kept as digests only.
create table app_user (
    login text primary key not null,
    role text not null,
    customer_no text,
    name text not null,
    language text not null,
    password_hash text not null,
    disabled boolean not null,
    created_at integer not null
);

create table session (
    id_sha256 blob primary key not null,
    login text not null references app_user (login) on delete cascade,
    created_at integer not null,
    seen_at integer not null,
    expires_at integer not null,
    user_agent text not null
);
create index session_of_user on session (login);
create index session_by_end on session (expires_at);

create table api_token (
    id integer primary key not null,
    name text not null,
    sha256 blob not null unique,
    role text not null,
    customer_no text,
    created_at integer not null,
    created_by text not null,
    expires_at integer,
    last_used_at integer
);

-- At most one row: the digest of the secret that may make the first administrator.
create table setup (
    id integer primary key not null,
    secret_sha256 blob not null
);

-- mac: keyed digest over the entry and the mac before it.
create table audit (
    id integer primary key not null,
    at integer not null,
    who text not null,
    what text not null,
    object text not null,
    detail text not null,
    mac blob not null
);
