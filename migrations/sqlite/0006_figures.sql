-- Why: a figure that was given out must stay explainable. Corrections are facts like alarms, with who
-- proposed and who approved; a version is a figure as it was, with what made it and what it changed.
-- A mark says that something was told of a time whose figures are kept: they are computed again.
create table correction (
    id integer primary key not null,
    circuit_code text not null,
    state text not null,
    content text not null
);
create index correction_of_circuit on correction (circuit_code, id);
create index correction_by_state on correction (state, id);

create table correction_proof (
    correction_id integer primary key not null references correction (id),
    content blob not null
);

-- before: the numbers that it replaced. notable: it changed a figure that somebody may have seen.
-- figure: the whole figure as JSON, deflated.
create table figure_version (
    id integer primary key not null,
    circuit_code text not null,
    period_start integer not null,
    period_end integer not null,
    version integer not null,
    made_at integer not null,
    made_by text not null,
    cause text not null,
    plan text not null,
    as_of integer not null,
    notable boolean not null,
    digest blob not null,
    before text,
    after text not null,
    changes text not null,
    figure blob not null
);
create unique index figure_version_once on figure_version (circuit_code, period_start, period_end, version);
create index figure_version_closed on figure_version (period_end) where as_of >= period_end;
create index figure_version_notable on figure_version (id) where notable;

-- A circuit, a contract that circuits have, a network object that their routes run over, or an alarm that they
-- are touched by. revision: it is looked at with an inventory that is at least of this revision.
create table figure_mark (
    id integer primary key not null,
    circuit_code text not null,
    contract_no text not null,
    object_type text not null,
    object_id text not null,
    alarm_id integer,
    since integer not null,
    cause text not null,
    revision integer not null
);

insert into meta (key, value) values ('correction', 0), ('figure_version', 0), ('figure_mark', 0), ('begun_at', 0),
    ('inventory', 0);
