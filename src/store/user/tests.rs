//! Users, sessions, tokens, set-up and audit on both engines.

use super::*;
use crate::audit::{AuditEntry, AuditFilter, add_audit, audit_page};
use crate::session::{
    NewSession, close_session, close_sessions_of, live_session, open_session, purge_sessions, session_seen,
};
use crate::testing::both;
use crate::token::{NewToken, add_token, delete_token, live_token, token_used, tokens_page};

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn user(login: &str, role: Role, customer_no: Option<&str>) -> User {
    User {
        login: login.to_owned(),
        role,
        customer_no: customer_no.map(str::to_owned),
        name: "张三".to_owned(),
        language: "zh".to_owned(),
        password_hash: "$argon2id$".to_owned(),
        disabled: false,
        created_at: NOW,
    }
}

#[tokio::test]
async fn users_are_added_changed_and_listed() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(count_users(&mut tx).await.unwrap(), 0);
        let mut anna = user("anna", Role::Customer, Some("C-1"));
        add_user(&mut tx, &anna).await.unwrap();
        add_user(&mut tx, &user("noc", Role::Noc, None)).await.unwrap();
        anna.disabled = true;
        put_user(&mut tx, &anna).await.unwrap();
        assert_eq!(user_by_login(&mut tx, "anna").await.unwrap().unwrap(), anna, "{}", test.engine);
        assert_eq!(users_page(&mut tx, "anna", 10).await.unwrap(), [user("noc", Role::Noc, None)]);
        assert_eq!(count_users(&mut tx).await.unwrap(), 2);
        assert!(put_user(&mut tx, &user("nobody", Role::Noc, None)).await.is_err());
        let again = add_user(&mut tx, &anna).await;
        assert!(matches!(again, Err(StoreError::Exists("a user with this login"))), "{}: {again:?}", test.engine);
    }
}

#[tokio::test]
async fn sessions_live_until_they_end_idle_or_are_closed() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        add_user(&mut tx, &user("anna", Role::Customer, Some("C-1"))).await.unwrap();
        let open = |id: u8| NewSession {
            id_sha256: [id; 32],
            login: "anna",
            created_at: NOW,
            expires_at: NOW.plus_s(1000),
            user_agent: "test",
        };
        open_session(&mut tx, &open(1)).await.unwrap();
        open_session(&mut tx, &open(2)).await.unwrap();
        let session = live_session(&mut tx, &[1; 32], NOW, NOW.plus_s(-1)).await.unwrap().unwrap();
        assert_eq!((session.login.as_str(), session.role), ("anna", Role::Customer), "{}", test.engine);
        let scope = crate::scope::CustomerScope::from_session_row(&session).unwrap();
        assert_eq!(scope.customer_no(), "C-1");
        let idle = NOW.plus_s(100);
        assert_eq!(live_session(&mut tx, &[1; 32], NOW, idle).await.unwrap(), None);
        session_seen(&mut tx, &[1; 32], NOW.plus_s(200)).await.unwrap();
        assert!(live_session(&mut tx, &[1; 32], NOW, idle).await.unwrap().is_some());
        assert_eq!(live_session(&mut tx, &[1; 32], NOW.plus_s(1000), NOW).await.unwrap(), None);
        assert_eq!(purge_sessions(&mut tx, NOW, idle).await.unwrap(), 1, "session 2 was idle");
        close_session(&mut tx, &[1; 32]).await.unwrap();
        assert_eq!(close_sessions_of(&mut tx, "anna").await.unwrap(), 0);
        open_session(&mut tx, &open(3)).await.unwrap();
        put_user(&mut tx, &User { disabled: true, ..user("anna", Role::Customer, Some("C-1")) }).await.unwrap();
        assert_eq!(live_session(&mut tx, &[3; 32], NOW, NOW.plus_s(-1)).await.unwrap(), None, "disabled at once");
        let nobody = open_session(&mut tx, &NewSession { login: "nobody", ..open(4) }).await;
        assert!(matches!(nobody, Err(StoreError::Dangling(_))), "{}", test.engine);
    }
}

#[tokio::test]
async fn tokens_end_and_are_revoked() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let new = NewToken {
            name: "report",
            sha256: [9; 32],
            role: Role::Noc,
            customer_no: None,
            created_at: NOW,
            created_by: "admin",
            expires_at: Some(NOW.plus_s(10)),
        };
        let id = add_token(&mut tx, &new).await.unwrap();
        token_used(&mut tx, id, NOW).await.unwrap();
        let token = live_token(&mut tx, &[9; 32], NOW.plus_s(9)).await.unwrap().unwrap();
        assert_eq!(token.last_used_at, Some(NOW), "{}", test.engine);
        assert_eq!(crate::scope::CustomerScope::from_token_row(&token), None);
        assert_eq!(live_token(&mut tx, &[9; 32], NOW.plus_s(10)).await.unwrap(), None);
        assert_eq!(tokens_page(&mut tx, 0, 10).await.unwrap(), [token]);
        assert!(delete_token(&mut tx, id).await.unwrap() && !delete_token(&mut tx, id).await.unwrap());
    }
}

#[tokio::test]
async fn the_setup_secret_is_replaced_and_ends() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(setup_secret(&mut tx).await.unwrap(), None);
        put_setup(&mut tx, &[1; 32]).await.unwrap();
        put_setup(&mut tx, &[2; 32]).await.unwrap();
        assert_eq!(setup_secret(&mut tx).await.unwrap(), Some([2; 32]), "{}", test.engine);
        end_setup(&mut tx).await.unwrap();
        assert_eq!(setup_secret(&mut tx).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_people_do_is_written_down() {
    for test in both().await {
        let entry = |id, object: &str| AuditEntry {
            id,
            at: NOW,
            who: "noc".to_owned(),
            what: "alarm.acknowledge".to_owned(),
            object: object.to_owned(),
            detail: "知道了".to_owned(),
        };
        let mut tx = test.db.write().await.unwrap();
        for object in ["1", "2", "1"] {
            add_audit(&mut tx, &entry(0, object)).await.unwrap();
        }
        assert_eq!(
            audit_page(&mut tx, &AuditFilter::default(), i64::MAX, 2).await.unwrap(),
            [entry(3, "1"), entry(2, "2")],
            "{}",
            test.engine
        );
        assert_eq!(
            audit_page(&mut tx, &AuditFilter { object: "1".to_owned(), ..AuditFilter::default() }, 3, 10)
                .await
                .unwrap(),
            [entry(1, "1")]
        );
    }
}
