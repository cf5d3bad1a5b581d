//! Residents sign in with a code that reaches their phone, and what happens when the gateway does not do its part.

use std::time::Instant;

use axum::http::StatusCode;
use base::Timestamp;
use sandbox::gateway::Fault;

use crate::desk::Desk;
use crate::phones::{PHONES, Street, budi, digits, mute, nobody, siti, until};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_types_the_code_from_their_phone_is_in_and_acts_as_themselves_until_they_sign_out() {
    let street = Street::open().await;
    let (answer, kept) = street.ask(&siti().to_string().to_lowercase().replace('-', " ")).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/resident/code?bahasa=id"));
    until(|| !street.gateway.messages().is_empty()).await;
    let message = street.gateway.messages().remove(0);
    assert_eq!(message.to.reveal(), PHONES[0]);
    assert!(message.text.starts_with("Jakarta One: kode Anda ") && message.text.contains("5 menit"));
    let answer = street.enter(&kept, &format!(" {} ", digits(&message))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    assert_eq!(answer.location(), format!("/phone/{}?bahasa=id", siti()));
    assert_eq!(
        answer.cookie_of("__Host-jakone-code=").as_deref(),
        Some("__Host-jakone-code="),
        "not needed more"
    );
    let session = answer.cookie().unwrap();
    assert_eq!(street.desk.role(Some(&session)).await, "resident");
    assert_eq!(street.desk.may(&session).await, "", "nothing of somebody else");
    for path in ["/resident", "/sign-in"] {
        let led = street.desk.get(path, Some(&session)).await;
        assert_eq!(led.status, StatusCode::SEE_OTHER, "{path}");
    }
    let out = street.desk.post("/sign-out", Some(&session), "").await;
    assert_eq!((out.location(), out.cookie().as_deref()), ("/resident?bahasa=id", Some("__Host-jakone=")));
    assert_eq!(street.desk.role(Some(&session)).await, "console", "the old cookie is worth nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_fifteen_minutes_without_use_and_signing_in_makes_a_new_one() {
    let street = Street::open().await;
    let session = street.sign_in(siti()).await;
    for _ in 0..5 {
        street.desk.clock.advance(14 * Timestamp::MINUTE);
        assert_eq!(street.desk.role(Some(&session)).await, "resident");
    }
    street.desk.clock.advance(15 * Timestamp::MINUTE + Timestamp::SECOND);
    assert_eq!(street.desk.role(Some(&session)).await, "console");
    let session = street.sign_in(siti()).await;
    let (code, kept) = street.code(budi()).await;
    let next = street.enter(&format!("{kept}; {session}"), &code).await.cookie().unwrap();
    assert_ne!(next, session);
    assert_eq!(street.desk.role(Some(&session)).await, "console", "the one before ends");
    assert_eq!(street.desk.role(Some(&next)).await, "resident");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_lasts_five_minutes_and_is_used_once_by_the_browser_that_asked() {
    let street = Street::open().await;
    let (code, kept) = street.code(siti()).await;
    street.desk.clock.advance(5 * Timestamp::MINUTE + Timestamp::SECOND);
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::FORBIDDEN, "too late");
    let (code, kept) = street.code(siti()).await;
    let (_, other) = street.ask(&budi().to_string()).await;
    for stranger in [other.as_str(), "", "__Host-jakone-code=jakone_00"] {
        assert_eq!(street.enter(stranger, &code).await.status, StatusCode::FORBIDDEN, "{stranger}");
    }
    street.desk.clock.advance(4 * Timestamp::MINUTE);
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::SEE_OTHER);
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::FORBIDDEN, "seen over a shoulder");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_pressed_twice_sends_one_code() {
    let street = Street::open().await;
    let form = street.desk.get("/resident", None).await.html;
    let mark = form.split("name=\"tanda\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = format!("nomor={}&tanda={mark}", siti());
    let first = street.desk.post("/resident", None, &fields).await;
    let again = street.desk.post("/resident", None, &fields).await;
    assert_eq!((first.status, first.location()), (again.status, again.location()));
    // Whoever goes back and types another number is sent a code for that one.
    street.desk.post("/resident", None, &fields.replace(&siti().to_string(), &budi().to_string())).await;
    until(|| street.gateway.messages().len() >= 2).await;
    let messages = street.gateway.messages();
    assert_eq!(messages.len(), 2, "one for each of them");
    let of_budi = messages.iter().find(|message| message.to.reveal() == PHONES[1]).unwrap();
    let code = digits(of_budi);
    let kept = again.cookie_of("__Host-jakone-code=").unwrap();
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::FORBIDDEN);
    let own = street.gateway.messages().into_iter().find(|message| message.to.reveal() == PHONES[0]);
    assert_eq!(street.enter(&kept, &digits(&own.unwrap())).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_hears_the_same_whether_or_not_anybody_has_the_number() {
    let street = Street::open().await;
    let (known, kept_known) = street.ask(&siti().to_string()).await;
    until(|| street.gateway.messages().len() == 1).await;
    for number in [mute(), nobody()] {
        let (answer, kept) = street.ask(&number.to_string()).await;
        assert_eq!((answer.status, answer.location()), (known.status, known.location()));
        assert_eq!(answer.html, known.html);
        let names = |answer: &crate::desk::Answer| -> Vec<String> {
            answer.headers.keys().map(ToString::to_string).collect()
        };
        assert_eq!(names(&answer), names(&known));
        let wrong = street.enter(&kept, "000000").await;
        let wrong_known = street.enter(&kept_known, "abc").await;
        assert_eq!((wrong.status, &wrong.html), (wrong_known.status, &wrong_known.html));
    }
    let (code, _) = street.code(budi()).await;
    assert!(!code.is_empty());
    assert_eq!(street.gateway.asked(), 2, "nobody else was written to");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_does_not_wait_for_the_gateway_and_an_unknown_outcome_doubles_no_code() {
    let street = Street::open().await;
    street.fail(Fault::Slow { ms: 30_000 }, 1);
    let begun = Instant::now();
    let (answer, kept) = street.ask(&siti().to_string()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(begun.elapsed().as_secs() < 10, "the page waited for the gateway");
    // The first answer never comes in time; the same message goes out again under its key, and is known.
    until(|| street.gateway.asked() >= 2).await;
    let messages = street.gateway.messages();
    assert_eq!(messages.len(), 1, "the phone got it once");
    assert_eq!(street.enter(&kept, &digits(&messages[0])).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_doubled_lets_in_once() {
    let street = Street::open().await;
    street.fail(Fault::Duplicate, 1);
    let (code, kept) = street.code(siti()).await;
    let messages = street.gateway.messages();
    assert_eq!((messages.len(), digits(&messages[0]), digits(&messages[1])), (2, code.clone(), code.clone()));
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::SEE_OTHER);
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_gateway_is_asked_again_and_a_refusing_or_losing_one_is_not() {
    let street = Street::open().await;
    street.fail(Fault::Busy, 2);
    let (code, kept) = street.code(siti()).await;
    assert_eq!((street.gateway.asked(), street.gateway.messages().len()), (3, 1));
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::SEE_OTHER);
    for (fault, asked) in [(Fault::Refuse, 4), (Fault::Lost, 5)] {
        street.fail(fault, 1);
        let (answer, _) = street.ask(&siti().to_string()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fault:?}: the page says nothing of it");
        until(|| street.gateway.asked() == asked).await;
    }
    // Whoever got no message asks again; what went wrong before does not stand in the way.
    street.desk.clock.advance(Timestamp::HOUR + Timestamp::SECOND);
    let (code, kept) = street.code(siti()).await;
    assert_eq!((street.gateway.asked(), street.gateway.messages().len()), (6, 2));
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_gone_changes_nothing_about_the_page() {
    let street = Street::open().await;
    street.gateway.abort();
    let (answer, kept) = street.ask(&siti().to_string()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(street.enter(&kept, "123456").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gateway_the_page_says_so_and_takes_no_number() {
    let desk = Desk::open().await;
    for (language, says) in [("id", "Kode belum dapat dikirim"), ("en", "No code can be sent")] {
        let page = desk.get(&format!("/resident?bahasa={language}"), None).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.html.contains(says) && !page.html.contains("name=\"nomor\""), "{}", page.html);
    }
    let posted = desk.post("/resident", None, &format!("nomor={}", siti())).await;
    assert_eq!((posted.status, posted.cookie()), (StatusCode::SERVICE_UNAVAILABLE, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_ask_one_question_each_in_both_languages_and_say_what_to_do_when_nothing_comes() {
    let street = Street::open().await;
    for (language, question, code, late) in [
        ("id", "Berapa nomor pemegang Anda?", "Kode apa yang Anda terima?", "Pesan belum datang?"),
        ("en", "What is your holder number?", "Which code did you receive?", "No message yet?"),
    ] {
        let page = street.desk.get(&format!("/resident?bahasa={language}"), None).await;
        assert!(
            page.html.contains("<body class=\"warga\">") && page.html.contains(question),
            "{}",
            page.html
        );
        assert!(page.html.contains(&siti().to_string()), "a number to try with");
        assert!(!page.html.contains("<nav") && !page.html.contains("governance-"), "{}", page.html);
        let wait = street.desk.get(&format!("/resident/code?bahasa={language}"), None).await;
        assert!(wait.html.contains(code) && wait.html.contains(late), "{}", wait.html);
        assert!(wait.html.contains(&format!("{}/?bahasa={language}", street.gateway.base_url())));
        assert!(wait.html.contains("autocomplete=\"one-time-code\"") && !wait.html.contains("governance-"));
        let typed = street.desk.post(&format!("/resident?bahasa={language}"), None, "nomor=P-1%3Cb%3E").await;
        assert_eq!(typed.status, StatusCode::BAD_REQUEST);
        assert!(typed.html.contains("P-1&#60;b&#62;"), "what was typed comes back: {}", typed.html);
        let sign_in = street.desk.get(&format!("/sign-in?bahasa={language}"), None).await;
        assert!(sign_in.html.contains("href=\"/resident?"), "{}", sign_in.html);
    }
    let form = street.desk.get("/resident?bahasa=en", None).await.html;
    let mark = form.split("name=\"tanda\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    street.desk.post("/resident?bahasa=en", None, &format!("nomor={}&tanda={mark}", siti())).await;
    until(|| !street.gateway.messages().is_empty()).await;
    assert!(street.gateway.messages()[0].text.contains("your code is"), "in the reader's language");
}

#[tokio::test(flavor = "multi_thread")]
async fn cross_site_request_forgery_forms_of_other_sites_send_and_enter_nothing() {
    let street = Street::open().await;
    let (code, kept) = street.code(siti()).await;
    let form = format!("nomor={}", siti());
    let asked = street.desk.post_from("cross-site", "/resident", None, &form).await;
    let entered =
        street.desk.post_from("cross-site", "/resident/code", Some(&kept), &format!("kode={code}")).await;
    for answer in [asked, entered] {
        assert_eq!((answer.status, answer.cookie()), (StatusCode::FORBIDDEN, None));
    }
    assert_eq!(street.gateway.asked(), 1);
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::SEE_OTHER, "and no try was spent");
}
