//! The socket: who connects logs in, is told what happens, and may ask.

use std::sync::Arc;

use bytes::BytesMut;
use omc::{Body, Frame, Kind, body};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Centre, ListHabit, Out, USER};
use crate::tasks::Tasks;

/// Takes connections for ever.
pub(super) async fn accept(listener: TcpListener, centre: Arc<Centre>, tasks: Tasks) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        tasks.spawn(serve(stream, Arc::clone(&centre), tasks.clone()));
    }
}

async fn serve(stream: TcpStream, centre: Arc<Centre>, tasks: Tasks) {
    let (mut reader, writer) = stream.into_split();
    let (out, queue) = unbounded_channel();
    tasks.spawn(write_all(writer, queue));
    let mut received = BytesMut::new();
    loop {
        while let Ok(Some(frame)) = Frame::read(&mut received) {
            if frame.kind == Kind::Close {
                return;
            }
            centre.hear(&frame, &out, &tasks);
        }
        if !matches!(reader.read_buf(&mut received).await, Ok(1..)) {
            return;
        }
    }
}

async fn write_all(mut writer: OwnedWriteHalf, mut queue: UnboundedReceiver<Out>) {
    while let Some(Out::Bytes(bytes)) = queue.recv().await {
        if writer.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

// === impl Centre ===

impl Centre {
    /// Does what a frame asks.
    fn hear(self: &Arc<Self>, frame: &Frame, out: &UnboundedSender<Out>, tasks: &Tasks) {
        let (said, habits) = (Body::read(&frame.body), self.state.lock().habits.clone());
        if habits.deaf && frame.kind != Kind::ReqLogin {
            return;
        }
        let req_id = said.get("reqid");
        match frame.kind {
            Kind::ReqLogin => self.log_in(&said, habits.refusing_login, out),
            Kind::ReqHeartBeat => self.say(out, Kind::AckHeartBeat, "ackHeartBeat", &[("reqId", req_id)]),
            Kind::ReqSyncMsg => self.send_again(&said, out),
            Kind::ReqSyncFile => {
                self.state.lock().asked.lists += 1;
                let refused = habits.list == ListHabit::Refused;
                self.result(out, (Kind::AckSyncFile, "ackSyncAlarmFile"), req_id, refused);
                if !refused {
                    tasks.spawn(Arc::clone(self).make_list(req_id.to_owned(), habits.list, out.clone()));
                }
            }
            _ => {}
        }
    }

    fn log_in(&self, said: &Body, refusing: bool, out: &UnboundedSender<Out>) {
        let is_known = said.get("user") == USER && said.get("key") == self.settings.key && !refusing;
        let result = if is_known { "succ" } else { "fail" };
        self.say(out, Kind::AckLogin, "ackLoginAlarm", &[("result", result), ("resDesc", "wrong user or key")]);
        if is_known {
            let mut state = self.state.lock();
            state.asked.logins += 1;
            state.heard_by.push(out.clone());
        } else {
            drop(out.send(Out::Cut));
        }
    }

    /// Sends the messages from a number on, in the order in which they were.
    fn send_again(&self, said: &Body, out: &UnboundedSender<Out>) {
        let from = said.get("alarmseq").parse().unwrap_or(0);
        let mut state = self.state.lock();
        state.asked.messages.push(from);
        let at = state.log.iter().position(|(seq, _)| *seq == from);
        let is_next = from == state.seq + 1 || (from == 1 && state.seq == omc::sequence::SEQ_MAX);
        let refused = state.habits.refusing_messages || (at.is_none() && !is_next);
        self.result(out, (Kind::AckSyncMsg, "ackSyncAlarmMsg"), said.get("reqid"), refused);
        let again = state.log.iter().skip(at.unwrap_or(usize::MAX));
        for (_, body) in again.filter(|_| !refused && !state.habits.forgetting_messages) {
            drop(out.send(Out::Bytes(self.frame(Kind::RealTimeAlarm, body))));
        }
    }

    async fn make_list(self: Arc<Self>, req_id: String, habit: ListHabit, out: UnboundedSender<Out>) {
        let made = self.list_file(habit);
        let (Ok((path, bytes)), false) = (made, habit == ListHabit::Failed) else {
            self.result(&out, (Kind::SyncFileResult, "ackSyncAlarmFileResult"), &req_id, true);
            return;
        };
        let put = || {
            if let Err(error) = self.put(&path, &bytes) {
                tracing::warn!(%error, "the OMC cannot write its list");
            }
        };
        if !matches!(habit, ListHabit::Missing | ListHabit::Late(_)) {
            put();
        }
        let fields = [("reqId", &*req_id), ("result", "succ"), ("fileName", &path), ("resDesc", "")];
        self.say(&out, Kind::SyncFileResult, "ackSyncAlarmFileResult", &fields);
        if let ListHabit::Late(ms) = habit {
            self.clock.sleep(ms).await;
            put();
        }
    }

    fn result(&self, out: &UnboundedSender<Out>, (kind, name): (Kind, &str), req_id: &str, refused: bool) {
        let (result, why) = if refused { ("fail", "not possible now") } else { ("succ", "") };
        self.say(out, kind, name, &[("reqID", req_id), ("result", result), ("resDesc", why)]);
    }

    fn say(&self, out: &UnboundedSender<Out>, kind: Kind, name: &str, fields: &[(&str, &str)]) {
        // Whoever asked may be gone.
        drop(out.send(Out::Bytes(self.frame(kind, &body::write(name, fields)))));
    }
}
