//! `CnmForResource`: what a resource management system tells us.

use futures_util::future::BoxFuture;
use intake::submission::{Content, Notification, ResourceChange};
use model::resource::Class;
use model::work::OpType;
use soap::contract::CNM_FOR_RESOURCE;
use soap::{Call, Contract, Element, Reply, Service};

use crate::answer::{Decoded, Desk};
use crate::fields::{Wrong, code, files, notification, required, unknown};
use crate::habits::Habits;
use crate::resource::cell::{Need, normal_cell, normal_key, normal_row};
use crate::resource::file::{Mode, read_op};
use crate::resource::parts::all_listed;

/// The service.
#[derive(Clone, Debug)]
pub struct CnmForResource {
    desk: Desk,
}

// === impl CnmForResource ===

impl CnmForResource {
    /// The service before the writer.
    pub fn new(desk: Desk) -> Self {
        CnmForResource { desk }
    }

    async fn answer(&self, call: Call) -> Reply {
        let decoded = self.desk.habits(&call).and_then(|habits| decode(&call, &habits));
        self.desk.keep(&call, decoded).await
    }
}

impl Service for CnmForResource {
    fn contract(&self) -> &'static Contract {
        &CNM_FOR_RESOURCE
    }

    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply> {
        Box::pin(self.answer(call))
    }
}

fn decode(call: &Call, habits: &Habits) -> Result<Decoded, Wrong> {
    let arguments = call.arguments();
    let content = match call.operation {
        "resourceFileReadyNotify" => Content::ResourceReady {
            sync_req_id: code(arguments, "syncReqId", 64)?.to_owned(),
            class: class(arguments)?,
            full: mode(arguments)? == Mode::Full,
            files: ready_files(arguments, habits)?,
        },
        "resourceSyncAbort" => Content::ResourceAbort {
            sync_req_id: code(arguments, "syncReqId", 64)?.to_owned(),
            reason: arguments.value("reason").unwrap_or_default().chars().take(400).collect(),
        },
        "resourceChangeNotify" => Content::ResourceChange(change(arguments, habits)?),
        other => return Err(unknown(other)),
    };
    // Unlike alarms, which are a set of facts, an old change told again would undo a newer one.
    let notification = Notification { acts_once: true, ..notification(arguments, CNM_FOR_RESOURCE.name)? };
    Ok(Decoded::whole(Some(notification), content))
}

fn ready_files(arguments: Element<'_>, habits: &Habits) -> Result<Vec<String>, Wrong> {
    let files = files(arguments, habits.site.as_ref())?;
    if files.is_empty() {
        return Err(Wrong::missing("fileList"));
    }
    all_listed(&files)?;
    Ok(files)
}

fn class(arguments: Element<'_>) -> Result<Class, Wrong> {
    let text = required(arguments, "class")?;
    let known = || Class::ALL.iter().map(|class| class.word()).collect::<Vec<_>>().join(", ");
    Class::from_word(&text.to_ascii_uppercase())
        .ok_or_else(|| Wrong::bad("class", text, &format!("it must be one of {}", known())))
}

fn mode(arguments: Element<'_>) -> Result<Mode, Wrong> {
    let text = required(arguments, "mode")?;
    Mode::from_word(&text.to_ascii_uppercase()).ok_or_else(|| Wrong::bad("mode", text, "it must be FULL or INC"))
}

/// One change. An ADD must be whole; a MOD names the cells that change; a DEL needs no cells.
fn change(arguments: Element<'_>, habits: &Habits) -> Result<ResourceChange, Wrong> {
    let class = class(arguments)?;
    let op = read_op(required(arguments, "opType")?)?;
    let given = required(arguments, "key")?;
    let key = normal_key(class, given, &habits.zone)?;
    let fields = fields(arguments, class, habits)?;
    agree(class, &key, &fields, op)?;
    let row = match op {
        OpType::Add => Some(added(class, given, arguments, habits)?),
        _ => None,
    };
    if op == OpType::Mod && fields.is_empty() {
        return Err(Wrong::missing("fields"));
    }
    Ok(ResourceChange { op, class, key, fields, row })
}

/// Fields that are part of the key must say what the key says. Only a hop's validity may be changed.
fn agree(class: Class, key: &str, fields: &[(String, String)], op: OpType) -> Result<(), Wrong> {
    for (at, part) in class.key_columns().iter().zip(key.split('|')) {
        let Some(column) = class.columns().get(*at) else { continue };
        let may_change = part.is_empty() || (op == OpType::Mod && column.name == "validFrom");
        let other = fields.iter().find(|(name, value)| name == column.name && value != part);
        if let Some((name, value)) = other.filter(|_| !may_change) {
            return Err(Wrong::bad(name, value, &format!("the key says {part:?}")));
        }
    }
    Ok(())
}

/// The row of an ADD: its fields, and the key where the fields do not repeat it.
fn added(class: Class, key: &str, arguments: Element<'_>, habits: &Habits) -> Result<model::resource::Row, Wrong> {
    let given = pairs(arguments);
    let mut cells: Vec<&str> = Vec::with_capacity(class.columns().len());
    for column in class.columns() {
        let found = given.iter().find(|(name, _)| habits.our_name(name) == column.name);
        cells.push(found.map_or("", |(_, value)| value));
    }
    for (at, part) in class.key_columns().iter().zip(key.split('|')) {
        if let Some(cell) = cells.get_mut(*at).filter(|cell| cell.is_empty()) {
            *cell = part;
        }
    }
    let (row, mut issues) = normal_row(class, cells, &habits.zone, Need::Whole)?;
    // A notice has one row and an answer: what a file would report as an issue is refused here.
    if issues.is_empty() { Ok(row) } else { Err(issues.swap_remove(0)) }
}

/// The named cells in their normal form, by our names.
fn fields(arguments: Element<'_>, class: Class, habits: &Habits) -> Result<Vec<(String, String)>, Wrong> {
    let mut fields = Vec::new();
    for (name, value) in pairs(arguments) {
        let ours = habits.our_name(name);
        let column = class.columns().iter().find(|column| column.name == ours);
        let column = column.ok_or_else(|| Wrong::bad("fields", name, &format!("{class} has no such column")))?;
        let cell = normal_cell(column, value, &habits.zone)?;
        if cell.is_empty() && column.mandatory {
            return Err(Wrong::missing(column.name));
        }
        fields.push((column.name.to_owned(), cell));
    }
    Ok(fields)
}

/// `fields` as repeated elements with `name` and `value`, or one element that holds such elements.
fn pairs<'a>(arguments: Element<'a>) -> Vec<(&'a str, &'a str)> {
    let mut pairs = Vec::new();
    for fields in arguments.children_named("fields") {
        let pair =
            |element: Element<'a>| element.value("name").map(|name| (name, element.value("value").unwrap_or_default()));
        match pair(fields) {
            Some(found) => pairs.push(found),
            None => pairs.extend(fields.children().filter_map(pair)),
        }
    }
    pairs
}
