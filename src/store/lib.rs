//! The only SQL of the house. SQLite (default) and PostgreSQL behind one text for each statement.
//!
//! [`Db::open`] checks that the database keeps what it commits, takes its lock and migrates it.
//! [`Db::write`] begins the one write transaction, [`Db::read`] an unchanging view; both are a
//! [`Tx`], and everything else is a plain function on `&mut Tx`, one module a table family. Whoever
//! began a transaction commits it, so a fact and the position it came from are kept together.
//!
//! - [`alarm`]: `identities_by_keys`, `add_identities`, `put_events`, `events_of` (identities),
//!   `events_of_circuit`: what peers told, for ever; `put_alarms`, `delete_alarms`, `alarms_of` (identities),
//!   `alarm_by_id`, `alarms_by_ids`, `alarms_of_fault`, `alarms_of_faults`, `each_active_alarm`, `each_past_alarm_of_open_faults`,
//!   `alarms_page`, `acknowledge`: the episodes; `pack_raw`, `next_raw_block`, `put_raw_block`, `raw_by_place`,
//!   `raw_bytes`: the bytes
//! - [`message`]: `remember_messages`, `replayed`, `purge_messages`: a message is answered once
//! - [`peer`]: `register_source`, `peer_states`, `heard`, `put_sync`, `open_silence`, `close_silence`,
//!   `silences_of`, `notification_states`, `put_notification_state`: how our peers are
//! - [`meta`]: `allocate`, `last_of`: the change sequence and every running number
//! - [`resource`]: `put_rows`, `delete_rows`, `rows_of_class`, `rows_of_keys`, `rows_of_parent`,
//!   `count_of_class`, `changes_of_row`, `versions_of_row`: the inventory and what it was
//! - [`notice`]: `put_notice`, `places_told`, `purge_notices`: rows that a load under way leaves alone
//! - [`staging`]: `stage_slice`, `apply_slice`, `drop_slices`, `count_slices`: a load in slices
//! - [`load`]: `add_load`, `put_load`, `load_by_id`, `load_by_request`, `open_loads`, `loads_page`;
//!   `hold_rows`, `release_rows`, `held_rows`, `count_held`: loads and the rows that wait
//! - [`quarantine`]: `put_quarantine`, `quarantine_page`, `quarantined_by_id`, `quarantine_content`, `count_quarantine`,
//!   `purge_quarantine`: what was refused, and why
//! - [`fault`]: `put_faults`, `fault_by_no`, `each_open_fault`, `faults_page`: faults
//! - [`ticket`]: `put_ticket`, `ticket_by_key`, `tickets_by_sheet`, `tickets_of_faults`, `tickets_page`,
//!   `each_ticket_of_open_faults`
//! - [`outbox`]: `add_outbox`, `put_outbox`, `withdraw_outbox`, `outbox_by_key`, `outbox_by_id`, `due_outbox`, `next_due`,
//!   `count_waiting`, `outbox_page`: what is to be sent
//! - [`work`]: `put_cutover`, `each_cutover`, `cutovers_of_circuit`, `revisions_of`: planned work; `put_key_protection`,
//!   `key_protection_by_no`, `key_protections_page`: circuits that are protected for a time
//! - [`correction`]: `add_correction`, `decide_correction`, `correction_by_id`, `corrections_of_circuit`,
//!   `corrections_page`, `correction_proof`: what people correct in a ledger
//! - [`version`]: `add_version`, `latest_version`, `versions_of_period`, `version_by_number`, `closed_periods`,
//!   `closed_numbers`, `closed_until`, `versions_page`: figures as they were; `put_mark`, `oldest_marks`, `drop_marks`: what asks for a
//!   new look at them; `begun_at`, `begun`; [`touched`]: `mark_touched`: what a change of the inventory asks for
//! - [`report`]: `add_run`, `run_by_id`, `runs_page`, `next_run`, `begin_run`, `requeue_runs`, `cancel_run`, `resume_run`,
//!   `end_run`, `count_customer`, `is_scheduled`; `files_page`, `file_by_id`, `next_customer`, `finish_file`, `fail_file`: runs of
//!   reports; [`report::issue`]: `add_issue`, `latest_issue`, `pins_of_issue`, `add_document`, `document_by_id`,
//!   `documents_of_issue`, `documents_of_customer`; [`report::delivery`]: `add_delivery`, `put_delivery`,
//!   `deliveries_of_document`, `due_deliveries`, `try_again`: what was given out, and where it went;
//!   [`report::standing`]: `add_standing`, `standing_by_id`, `standings_page`, `next_standing`, `is_standing_scheduled`,
//!   `advance_standing`, `end_standing`, `cancel_standing`, `add_standing_file`, `files_of_standing`
//! - [`credit`]: `add_credit`, `put_credit`, `credit_by_id`, `current_credit`, `current_credits_of_customer`,
//!   `credits_page`: what circuits are to be given back
//! - [`user`]: `add_user`, `put_user`, `user_by_login`, `users_page`, `count_users`; `put_setup`,
//!   `setup_secret`, `end_setup`: people, and the secret that makes the first of them
//! - [`session`]: `open_session`, `live_session`, `session_seen`, `close_session`, `close_sessions_of`,
//!   `purge_sessions`; [`token`]: `add_token`, `live_token`, `tokens_page`, `token_used`, `delete_token`
//! - [`scope`]: whose data a customer query may touch
//! - [`audit`]: `add_audit`, `audit_page`, `verify`, `end_of_chain`: who did what, in a
//!   chain
//!
//! Every list is bounded. Names: `foo_by_bar` reads one, `foos_of_bar` many, `put_foo` inserts or
//! replaces, `add_foo` gives a number, `each_foo` visits all with bounded memory.
//!
//! Texts go in as they are; PostgreSQL refuses a NUL character in one, so decoders keep it out.

mod cells;
mod db;
mod engine;
mod error;
mod local;
mod migrate;
mod readers;
mod tx;
mod value;

pub mod alarm;
pub mod audit;
pub mod correction;
pub mod credit;
pub mod fault;
pub mod load;
pub mod message;
pub mod meta;
pub mod notice;
pub mod outbox;
pub mod peer;
pub mod performance;
pub mod quarantine;
pub mod report;
pub mod resource;
pub mod scope;
pub mod session;
pub mod staging;
#[cfg(any(test, feature = "test-postgres"))]
pub mod testing;
pub mod ticket;
pub mod token;
pub mod touched;
pub mod user;
pub mod version;
pub mod work;

pub use db::{Db, Place, Settings};
pub use error::StoreError;
pub use tx::Tx;
