-- Why: who may see and do what, and who did what. Secrets are kept as digests only.
create table app_user (
    login text primary key not null,
    role text not null,
    customer_no text,
    name text not null,
    language text not null,
    password_hash text not null,
    disabled boolean not null,
    created_at bigint not null
);

create table session (
    id_sha256 bytea primary key not null,
    login text not null references app_user (login) on delete cascade,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    user_agent text not null
);
create index session_of_user on session (login);
create index session_by_end on session (expires_at);

create table api_token (
    id bigint primary key not null,
    name text not null,
    sha256 bytea not null unique,
    role text not null,
    customer_no text,
    created_at bigint not null,
    created_by text not null,
    expires_at bigint,
    last_used_at bigint
);

-- At most one row: the digest of the secret that may make the first administrator.
create table setup (
    id bigint primary key not null,
    secret_sha256 bytea not null
);

-- mac: keyed digest over the entry and the mac before it.
create table audit (
    id bigint primary key not null,
    at bigint not null,
    who text not null,
    what text not null,
    object text not null,
    detail text not null,
    mac bytea not null
);
