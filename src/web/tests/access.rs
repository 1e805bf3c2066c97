//! Logging in and out, roles, changes from other sites, set-up, users and tokens.

use std::time::{Duration, Instant};

use store::user::Role;

use super::support::{Login, PASSWORD, TestApp};
use crate::auth::secret;

async fn app() -> TestApp {
    TestApp::over(store::testing::sqlite().await).await
}

async fn try_login(app: &TestApp, login: &str, password: &str) -> super::support::Reply {
    let body = serde_json::json!({ "login": login, "password": password }).to_string();
    app.send(None, "POST", "/api/v1/session", Some(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_and_ends() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let noc = app.person("li", Role::Noc, None).await;
        let me = app.get(&noc, "/api/v1/session").await;
        assert_eq!(me.json(), serde_json::json!({ "login": "li", "role": "noc", "language": "zh" }));
        assert_eq!(app.send(Some(&noc), "DELETE", "/api/v1/session", None).await.status, 204);
        assert_eq!(app.get(&noc, "/api/v1/session").await.status, 401, "ended on the server");
        assert_eq!(app.send(None, "GET", "/api/v1/alarms", None).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_for_the_server_only_and_new_at_each_login() {
    let app = app().await;
    app.add_user("li", Role::Noc, None).await;
    let reply = try_login(&app, "li", PASSWORD).await;
    let cookie = reply.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("; Path=/;"), "{cookie}");
    let first = app.log_in("li").await;
    // A login that comes with a cookie gets another, and the one it came with ends.
    let body = serde_json::json!({ "login": "li", "password": PASSWORD }).to_string();
    let again = app.send(Some(&first), "POST", "/api/v1/session", Some(&body)).await;
    assert_eq!(again.status, 200);
    assert!(!again.headers["set-cookie"].to_str().unwrap().contains(first.0["cookie"].to_str().unwrap()));
    assert_eq!(app.get(&first, "/api/v1/session").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_unknown_user_and_disabled_user_look_alike() {
    let app = app().await;
    app.add_user("li", Role::Noc, None).await;
    app.add_user("gone", Role::Noc, None).await;
    let mut tx = app.app.db.write().await.unwrap();
    let mut user = store::user::user_by_login(&mut tx, "gone").await.unwrap().unwrap();
    user.disabled = true;
    store::user::put_user(&mut tx, &user).await.unwrap();
    tx.commit().await.unwrap();
    let mut texts = Vec::new();
    for (login, password) in [("li", "wrong password"), ("nobody", PASSWORD), ("gone", PASSWORD)] {
        let reply = try_login(&app, login, password).await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.headers["content-type"], "application/problem+json");
        let mut json = reply.json();
        assert!(json.as_object_mut().unwrap().remove("requestId").is_some());
        texts.push(json.to_string());
    }
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_becomes_slow_but_not_for_ever() {
    let app = app().await;
    app.add_user("li", Role::Noc, None).await;
    for _ in 0..5 {
        assert_eq!(try_login(&app, "li", "wrong password").await.status, 401);
    }
    let reply = try_login(&app, "li", PASSWORD).await;
    assert_eq!(reply.status, 429);
    let wait: u64 = reply.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait));
    tokio::time::sleep(Duration::from_secs(wait)).await;
    assert_eq!(try_login(&app, "li", PASSWORD).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_from_other_sites_are_refused() {
    let app = app().await;
    let noc = app.person("li", Role::Noc, None).await;
    let mut without = noc.0.clone();
    without.remove("x-linesman");
    let ack = |login: &Login| {
        let login = login.clone();
        let app = &app;
        async move { app.send(Some(&login), "POST", "/api/v1/alarms/1/ack", Some("{}")).await.status }
    };
    assert_eq!(ack(&Login(without)).await, 403);
    let mut foreign = noc.0.clone();
    foreign.insert("origin", "https://evil.example".parse().unwrap());
    assert_eq!(ack(&Login(foreign)).await, 403);
    let mut same = noc.0.clone();
    same.insert("origin", "https://linesman.test".parse().unwrap());
    assert_eq!(ack(&Login(same)).await, 204);
    assert_eq!(app.send(Some(&noc), "POST", "/api/v1/alarms/1/ack", None).await.status, 415, "not JSON");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_setup_secret_makes_one_administrator() {
    let app = app().await;
    let setup = |secret: &str| {
        let body = serde_json::json!({ "secret": secret, "login": "root", "password": PASSWORD }).to_string();
        let app = &app;
        async move { app.send(None, "POST", "/api/v1/setup", Some(&body)).await.status }
    };
    assert_eq!(setup("anything").await, 404, "no secret was ever made");
    let mut tx = app.app.db.write().await.unwrap();
    store::user::put_setup(&mut tx, &secret::digest("open sesame")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(setup("wrong").await, 400);
    assert_eq!(setup("open sesame").await, 201);
    assert_eq!(setup("open sesame").await, 404, "once");
    let root = app.log_in("root").await;
    assert_eq!(app.get(&root, "/api/v1/users").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_keeps_users_and_tokens() {
    let app = app().await;
    let root = app.person("root", Role::Admin, None).await;
    let add = |body: serde_json::Value| {
        let (app, root) = (&app, &root);
        async move { app.send(Some(root), "POST", "/api/v1/users", Some(&body.to_string())).await }
    };
    let bad = add(serde_json::json!({ "login": "a b", "password": "short", "role": "customer" })).await;
    assert_eq!(bad.status, 400);
    let fields: Vec<String> =
        bad.json()["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect();
    assert_eq!(fields, ["login", "customerNo", "password"], "all faults at once");
    let unknown = add(serde_json::json!({ "login": "li", "password": PASSWORD, "role": "noc", "isAdmin": true })).await;
    assert_eq!(unknown.status, 400, "unknown fields are refused");
    let new = serde_json::json!({ "login": "li", "password": PASSWORD, "role": "noc" });
    assert_eq!(add(new.clone()).await.status, 201);
    assert_eq!(add(new).await.status, 409);
    let li = app.log_in("li").await;
    let disable = app.send(Some(&root), "PATCH", "/api/v1/users/li", Some(r#"{"disabled":true}"#)).await;
    assert_eq!(disable.status, 200);
    assert_eq!(app.get(&li, "/api/v1/alarms").await.status, 401, "at once");
    let own = app.send(Some(&root), "PATCH", "/api/v1/users/root", Some(r#"{"role":"noc"}"#)).await;
    assert_eq!(own.status, 409);

    let make =
        app.send(Some(&root), "POST", "/api/v1/tokens", Some(r#"{"name":"grafana","role":"noc","days":30}"#)).await;
    assert_eq!(make.status, 201, "{}", make.text);
    let token = make.json()["token"].as_str().unwrap().to_owned();
    let mut headers = http::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    let machine = Login(headers);
    assert_eq!(app.get(&machine, "/api/v1/alarms").await.status, 200);
    assert_eq!(app.get(&machine, "/api/v1/users").await.status, 403);
    let id = make.json()["id"].as_i64().unwrap();
    assert_eq!(app.send(Some(&root), "DELETE", &format!("/api/v1/tokens/{id}"), None).await.status, 204);
    assert_eq!(app.get(&machine, "/api/v1/alarms").await.status, 401);
    assert!(!app.get(&root, "/api/v1/tokens").await.text.contains(&token));
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_change_their_own_password() {
    let app = app().await;
    let li = app.person("li", Role::Noc, None).await;
    let elsewhere = app.log_in("li").await;
    let change = async |current: &str, password: &str| {
        let body = serde_json::json!({ "current": current, "password": password }).to_string();
        app.send(Some(&li), "PUT", "/api/v1/me/password", Some(&body)).await
    };
    let wrong = change("wrong password", "a whole new one").await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["errors"][0]["field"].as_str()), (400, Some("current")));
    let weak = change(PASSWORD, "short").await;
    assert_eq!((weak.status.as_u16(), weak.json()["errors"][0]["field"].as_str()), (400, Some("password")));
    assert_eq!(app.get(&li, "/api/v1/session").await.status, 200, "nothing has changed yet");
    let changed = change(PASSWORD, "a whole new one").await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    for ended in [&li, &elsewhere] {
        assert_eq!(app.get(ended, "/api/v1/session").await.status, 401);
    }
    let cookie = changed.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let mut headers = li.0.clone();
    headers.insert("cookie", cookie.parse().unwrap());
    assert_eq!(app.get(&Login(headers), "/api/v1/session").await.status, 200, "this session goes on");
    assert_eq!(try_login(&app, "li", PASSWORD).await.status, 401);
    assert_eq!(try_login(&app, "li", "a whole new one").await.status, 200);
    assert_eq!(app.send(None, "PUT", "/api/v1/me/password", Some("{}")).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_revokes_ends_within_a_second() {
    let app = app().await;
    let li = app.person("li", Role::Noc, None).await;
    assert_eq!(app.get(&li, "/api/v1/session").await.status, 200);
    let mut tx = app.app.db.write().await.unwrap();
    store::session::close_sessions_of(&mut tx, "li").await.unwrap();
    tx.commit().await.unwrap();
    let began = Instant::now();
    while app.get(&li, "/api/v1/session").await.status == 200 {
        assert!(began.elapsed() < Duration::from_secs(1), "still open after a second");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
