//! Both engines have the same tables, columns, keys and indexes.

use std::collections::BTreeSet;

use super::STEPS;
use crate::testing::{postgres, sqlite};

const SQLITE_COLUMNS: &str =
    "select m.name || '.' || c.name || ' ' || c.type || case c.\"notnull\" when 1 then ' not null' else '' end
    from sqlite_schema m join pragma_table_info(m.name) c
    where m.type = 'table' and m.name not like '\\_sqlx%' escape '\\' and m.name not like 'sqlite%'";
const POSTGRES_COLUMNS: &str = "select table_name || '.' || column_name || ' ' || data_type
        || case is_nullable when 'NO' then ' not null' else '' end
    from information_schema.columns where table_schema = 'public' and table_name not like '\\_sqlx%'";
const SQLITE_INDEXES: &str = "select m.name || case l.\"unique\" when 1 then ' unique ' else ' ' end
        || case l.partial when 1 then 'partial ' else '' end
        || (select group_concat(name, ',') from (select name from pragma_index_info(l.name) order by seqno))
    from sqlite_schema m join pragma_index_list(m.name) l
    where m.type = 'table' and m.name not like '\\_sqlx%' escape '\\'";
const POSTGRES_INDEXES: &str = "select t.relname::text || case i.indisunique when true then ' unique ' else ' ' end
        || case when i.indpred is not null then 'partial ' else '' end
        || (select string_agg(a.attname, ',' order by k.place) from unnest(i.indkey::int[]) with ordinality k(number, place)
            join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number)
    from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and t.relname not like '\\_sqlx%'
    and not (i.indisprimary and i.indnatts = 1
        and (select a.atttypid = 'int8'::regtype from pg_attribute a where a.attrelid = t.oid and a.attnum = i.indkey[0]))";

async fn lines(test: &crate::testing::TestDb, sql: &'static str) -> BTreeSet<String> {
    let mut tx = test.db.read().await.unwrap();
    let rows: Vec<(String,)> = tx.fetch_all(sql, &[]).await.unwrap();
    rows.into_iter().map(|(line,)| line.to_lowercase().replace("bigint", "integer").replace("bytea", "blob")).collect()
}

#[tokio::test]
async fn schemas_are_equal() {
    let (sqlite, postgres) = (sqlite().await, postgres().await);
    let columns = (lines(&sqlite, SQLITE_COLUMNS).await, lines(&postgres, POSTGRES_COLUMNS).await);
    assert!(columns.0.len() > 40);
    assert_eq!(columns.0, columns.1);
    let indexes = (lines(&sqlite, SQLITE_INDEXES).await, lines(&postgres, POSTGRES_INDEXES).await);
    assert!(indexes.0.len() > 8);
    assert_eq!(indexes.0, indexes.1);
}

#[test]
fn migrations_are_numbered_and_say_why() {
    for (place, (number, name, sqlite, postgres)) in STEPS.iter().enumerate() {
        assert_eq!(*number, i64::try_from(place).unwrap() + 1);
        assert!(name.starts_with(&format!("{number:04}_")), "{name}");
        assert!(sqlite.starts_with("-- Why: ") && postgres.starts_with("-- Why: "), "{name}");
    }
    for engine in ["sqlite", "postgres"] {
        let folder = format!("{}/../../migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), STEPS.len(), "{engine}: every file is embedded");
    }
}
