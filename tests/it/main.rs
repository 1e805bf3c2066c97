//! The integration tests, in one binary.

#[cfg(test)]
mod api;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod credits;
#[cfg(test)]
mod daemon;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod figure;
#[cfg(test)]
mod flow;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod letter;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod loads;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod measured;
#[cfg(test)]
mod nameless;
#[cfg(test)]
mod offline;
#[cfg(test)]
mod omc;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod paperwork;
#[cfg(test)]
mod past;
#[cfg(test)]
mod performance;
#[cfg(test)]
mod record;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod retold;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod sftp;
#[cfg(test)]
#[expect(dead_code, reason = "the SFTP room's own tests need more of it")]
#[path = "../../interfaces/sftp/tests/openssh/sshd.rs"]
mod sshd;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod street;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod traps;
#[cfg(test)]
mod versions;
