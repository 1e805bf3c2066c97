//! What an operator asks of the daemon: handed to the writer like everything else, answered when it
//! is noted, not when it is done.

use intake::{Command, Content, Refusal, Submission};

use crate::app::App;

impl App {
    /// Hands a command over.
    ///
    /// # Errors
    /// What the writer says: the thing does not exist, or its state forbids it.
    pub(crate) async fn command(&self, command: Command, by: &str) -> Result<(), Refusal> {
        let submission = Submission {
            source: self.settings.sys_code.clone(),
            received_at: self.clock.now(),
            message: None,
            notification: None,
            raw: Vec::new(),
            content: Content::Command { by: by.to_owned(), command },
            refused: Vec::new(),
        };
        self.intake.submit(submission).await.map(drop)
    }
}
