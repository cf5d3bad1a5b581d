//! Purchases, refunds and cash over HTTP: what is answered, each refusal once, and what the tables then say.

use acceptance::service::Comparison;
use axum::http::StatusCode;
use engine::ledger::Kind;
use engine::{
    AccountKey, Amount, BenefitDefinition, BenefitRules, Body, Bundle, Cash, CloseWallet, Disburse,
    GoodPrice, Leg, OpenAccount, OrganisationDefinition, Period, PriceRule, Quota, Role, Sale, Unit,
    WalletRules,
};
use fixtures::content::{benefit, organisation};
use fixtures::{City, code};
use serde_json::{Value, json};

use crate::house::{Answer, House, place};

/// A city with two wallets and goods sold under a benefit. Siti has both wallets and may buy the goods; Budi has an old
/// wallet that has ended, and money of his own.
pub fn city() -> City {
    let mut city = City::new().resident("siti").card().purse(100_000).resident("budi").card().purse(50_000);
    let now = city.now();
    let merchant = |name: &str, kind: &str| {
        let known = organisation(name, Role::Merchant);
        Body::from(OrganisationDefinition { merchant_type: Some(code(kind)), ..known })
    };
    city.must(merchant("shop_a", "bookshop"));
    city.must(merchant("grocer_a", "grocer"));
    let month =
        |limit: u64, unit: Unit| Quota { limit: Amount(limit), unit, period: Period::Month, pool: None };
    let with = |name: &str, rules: BenefitRules| {
        let plain = benefit(name, 1, "bus", PriceRule::Unchanged, now);
        Body::from(BenefitDefinition { services: Vec::new(), rules, ..plain })
    };
    let wallet = |types: &[&str], goods: &[&str], cash: Cash| WalletRules {
        merchant_types: types.iter().map(|kind| code(kind)).collect(),
        goods: goods.iter().map(|good| code(good)).collect(),
        cash,
    };
    let pupil = BenefitRules {
        wallet: Some(wallet(&["bookshop"], &["book", "pencil"], Cash::Quota)),
        quota: Some(month(100_000, Unit::Rupiah)),
        ..BenefitRules::default()
    };
    let elder = BenefitRules { wallet: Some(wallet(&[], &[], Cash::None)), ..BenefitRules::default() };
    let price = |good: &str, price: u64| GoodPrice { good: code(good), price: Amount(price) };
    let food = BenefitRules {
        quota: Some(month(1, Unit::Package)),
        sale: Some(Sale {
            merchants: vec![code("grocer_a")],
            goods: vec![price("rice", 30_000), price("egg", 10_000)],
            bundles: vec![Bundle { good: code("food_pack"), items: vec![code("rice"), code("egg")] }],
        }),
        ..BenefitRules::default()
    };
    city.must(with("pupil_aid", pupil));
    city.must(with("elder_aid", elder));
    city.must(with("food_aid", food));
    for (name, aid, amount) in
        [("siti", "pupil_aid", 300_000), ("siti", "elder_aid", 20_000), ("budi", "elder_aid", 10_000)]
    {
        disburse(&mut city, name, aid, amount);
    }
    let close = CloseWallet { holder: city.holder("budi"), benefit: code("elder_aid") };
    city.must(Body::CloseWallet(close));
    let grant = engine::Grant {
        holder: city.holder("siti"),
        benefit: code("food_aid"),
        from: now.jakarta_date(),
        to: now.jakarta_date().plus_days(60),
        version: 1,
    };
    city.must(Body::Grant(grant));
    city
}

fn disburse(city: &mut City, name: &str, aid: &str, amount: u64) {
    let owner = city.state().benefits.find(code(aid)).unwrap();
    let sub = u32::try_from(city.now().jakarta_date().year()).unwrap();
    for kind in [Kind::Appropriation, Kind::Budget] {
        if city.account(kind, owner, sub).is_none() {
            city.must(Body::OpenAccount(OpenAccount {
                key: AccountKey { kind, owner, sub, unit: Unit::Rupiah },
            }));
        }
    }
    let account = |kind| city.account(kind, owner, sub).unwrap();
    let leg =
        Leg { debit: account(Kind::Appropriation), credit: account(Kind::Budget), amount: Amount(amount) };
    city.must(Body::Transfer(vec![leg]));
    let (holder, benefit, bank) = (city.holder(name), code(aid), code("bank_a"));
    city.must(Body::Disburse(Disburse { holder, benefit, bank, amount: Amount(amount) }));
}

pub async fn buy(house: &House, name: &str, merchant: &str, from: &str, items: &[(&str, u64)]) -> Answer {
    let items: Vec<Value> =
        items.iter().map(|(good, amount)| json!({"good": good, "amount": amount})).collect();
    let body = json!({
        "medium": house.city.medium(name).0, "merchant": merchant, "from": from, "items": items,
    });
    house.post(&house.merchant, "/api/v1/purchases", house.id(), &body).await
}

pub async fn about_purchase(house: &House, number: &Value, what: &str, body: Value) -> Answer {
    house.post(&house.merchant, &format!("/api/v1/purchases/{number}/{what}"), house.id(), &body).await
}

async fn cash(house: &House, wallet: &str, amount: u64) -> Answer {
    let body =
        json!({"medium": house.city.medium("siti").0, "wallet": wallet, "bank": "bank_a", "amount": amount});
    house.post(&house.bank, "/api/v1/cash-outs", house.id(), &body).await
}

fn refused(answer: &Answer, code: &str, about: Option<&str>) {
    let (status, body) = answer;
    let said = (*status, &body["outcome"], &body["code"], &body["about"]);
    assert_eq!(said, (StatusCode::OK, &json!("refused"), &json!(code), &json!(about)), "{body}");
    assert_eq!(body["display"]["word"], json!("DITOLAK"), "{body}");
    assert!(!body["display"]["lines"][1].as_str().unwrap().is_empty(), "what to do next: {body}");
}

/// Who buys, where, with what money, which goods, and what is answered about which good.
type Case<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, u64)], &'a str, Option<&'a str>);

#[tokio::test(flavor = "multi_thread")]
async fn a_basket_is_paid_from_a_wallet_and_taken_back_line_by_line() {
    let house = House::over(city()).await;
    let (status, bought) =
        buy(&house, "siti", "shop_a", "wallet.pupil_aid", &[("book", 45_000), ("pencil", 5_000)]).await;
    assert_eq!((status, &bought["outcome"]), (StatusCode::OK, &json!("accepted")), "{bought}");
    assert_eq!((&bought["charged"], &bought["balance"]), (&json!(50_000), &json!(250_000)));
    assert_eq!(bought["display"]["word"], json!("Rp50.000"));
    let number = bought["purchase"].clone();
    let (_, back) =
        about_purchase(&house, &number, "refunds", json!({"lines": [{"line": 0, "amount": 15_000}]})).await;
    assert_eq!((&back["charged"], &back["balance"]), (&json!(-15_000), &json!(265_000)), "{back}");
    assert_eq!(back["display"]["word"], json!("KEMBALI"));
    refused(
        &about_purchase(&house, &number, "refunds", json!({"lines": [{"line": 0, "amount": 30_001}]})).await,
        "refund_exceeded",
        None,
    );
    refused(
        &about_purchase(&house, &number, "refunds", json!({"lines": [{"line": 7}]})).await,
        "line_unknown",
        None,
    );
    let (_, undone) = about_purchase(&house, &number, "void", json!({})).await;
    assert_eq!((&undone["charged"], &undone["balance"]), (&json!(-35_000), &json!(300_000)), "{undone}");
    refused(&about_purchase(&house, &number, "void", json!({})).await, "purchase_resolved", None);
    refused(&about_purchase(&house, &json!(999), "void", json!({})).await, "purchase_unknown", None);
    told(&house).await;
    assert!(house.books().await.1);
}

/// The history tells the purchase and what came back, newest first, and the tables agree with the state.
async fn told(house: &House) {
    house.caught_up().await;
    let holder = house.city.holder("siti");
    let (_, history) = house.get(&house.operator, &format!("/api/v1/holders/{holder}/history")).await;
    let kinds: Vec<&str> =
        history["items"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["void_purchase", "refund", "purchase", "disburse", "disburse", "top_up"], "{history}");
    assert_eq!(history["items"][2]["wallet"], json!("pupil_aid"));
    let (_, balance) = house.get(&house.operator, &format!("/api/v1/holders/{holder}/balance")).await;
    let expected = json!([
        {"wallet": "pupil_aid", "balance": 300_000, "cash_left": 100_000, "closed": false},
        {"wallet": "elder_aid", "balance": 20_000, "cash_left": 0, "closed": false},
    ]);
    assert_eq!(balance["wallets"], expected);
    let state = house.service.runtime().read(|engine| engine.state.clone()).await.unwrap().value;
    let tables = Comparison::open(place(house.directory())).await.unwrap().unwrap();
    assert_eq!(tables.compare(&state).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_authorised_is_captured_without_the_lines_left_out() {
    let house = House::over(city()).await;
    let body = |step: &str| {
        json!({
            "step": step, "medium": house.city.medium("siti").0, "merchant": "shop_a", "from": "wallet.pupil_aid",
            "items": [{"good": "book", "quantity": 2, "amount": 40_000}, {"good": "pencil", "amount": 5_000}],
        })
    };
    let post =
        async |step: &str| house.post(&house.merchant, "/api/v1/purchases", house.id(), &body(step)).await.1;
    let asked = post("ask").await;
    assert_eq!((&asked["charged"], &asked["balance"]), (&json!(45_000), &json!(300_000)), "{asked}");
    let held = post("authorise").await;
    let (_, captured) = about_purchase(&house, &held["purchase"], "capture", json!({"lines": [1]})).await;
    assert_eq!((&captured["charged"], &captured["balance"]), (&json!(5_000), &json!(295_000)), "{captured}");
    refused(
        &about_purchase(&house, &held["purchase"], "capture", json!({})).await,
        "purchase_resolved",
        None,
    );
    let released = post("authorise").await;
    let (_, void) = about_purchase(&house, &released["purchase"], "void", json!({})).await;
    assert_eq!(void["outcome"], json!("accepted"), "{void}");
    house.caught_up().await;
    let state = house.service.runtime().read(|engine| engine.state.clone()).await.unwrap().value;
    let tables = Comparison::open(place(house.directory())).await.unwrap().unwrap();
    assert_eq!(tables.compare(&state).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_of_a_basket_names_what_it_is_about() {
    let house = House::over(city()).await;
    let before = house.books().await;
    let pupil = "wallet.pupil_aid";
    let cases: [Case<'_>; 10] = [
        (
            "siti",
            "shop_a",
            pupil,
            &[("book", 1_000), ("tobacco", 1_000)],
            "good_not_allowed",
            Some("tobacco"),
        ),
        ("siti", "grocer_a", pupil, &[("book", 1_000)], "merchant_type_not_allowed", Some("grocer")),
        ("siti", "shop_a", pupil, &[("book", 300_001)], "wallet_insufficient", None),
        ("budi", "shop_a", pupil, &[("book", 1_000)], "wallet_unknown", None),
        ("budi", "shop_a", "wallet.elder_aid", &[("book", 1_000)], "wallet_closed", None),
        ("budi", "shop_a", "purse", &[("book", 50_001)], "purse_insufficient", None),
        ("budi", "grocer_a", "purse", &[("rice", 30_000)], "benefit_missing", Some("rice")),
        ("siti", "grocer_a", "purse", &[("rice", 29_000)], "good_price_mismatch", Some("rice")),
        (
            "siti",
            "grocer_a",
            "purse",
            &[("rice", 30_000), ("rice", 30_000)],
            "good_quantity_exceeded",
            Some("rice"),
        ),
        ("siti", "shop_a", "purse", &[("food_pack", 40_000)], "merchant_not_allowed", Some("food_pack")),
    ];
    for (name, merchant, from, items, code, about) in cases {
        refused(&buy(&house, name, merchant, from, items).await, code, about);
    }
    assert_eq!(house.books().await, before, "a refused basket moves nothing");
    let (_, pack) = buy(&house, "siti", "grocer_a", "purse", &[("food_pack", 40_000)]).await;
    assert_eq!((&pack["outcome"], &pack["benefit"]["code"]), (&json!("accepted"), &Value::Null), "{pack}");
    let again = buy(&house, "siti", "grocer_a", "purse", &[("food_pack", 40_000)]).await;
    refused(&again, "quota_exhausted", Some("food_pack"));
}

#[tokio::test(flavor = "multi_thread")]
async fn cash_comes_out_as_far_as_the_month_allows() {
    let house = House::over(city()).await;
    let (_, paid) = cash(&house, "pupil_aid", 60_000).await;
    assert_eq!((&paid["charged"], &paid["balance"]), (&json!(60_000), &json!(240_000)), "{paid}");
    refused(&cash(&house, "pupil_aid", 40_001).await, "cash_limit_exceeded", None);
    refused(&cash(&house, "elder_aid", 1_000).await, "cash_not_allowed", None);
    house.caught_up().await;
    let holder = house.city.holder("siti");
    let (_, balance) = house.get(&house.operator, &format!("/api/v1/holders/{holder}/balance")).await;
    assert_eq!(balance["wallets"][0]["cash_left"], json!(40_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_purchase_hears_its_first_answer() {
    let house = House::over(city()).await;
    let id = house.id();
    let body = json!({
        "medium": house.city.medium("siti").0, "merchant": "shop_a", "from": "wallet.pupil_aid",
        "items": [{"good": "book", "amount": 45_000}],
    });
    let first = house.post(&house.merchant, "/api/v1/purchases", id, &body).await;
    let again = house.post(&house.merchant, "/api/v1/purchases", id, &body).await;
    for field in ["outcome", "charged", "full", "balance", "purchase", "display", "position"] {
        assert_eq!(first.1[field], again.1[field], "{field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_basket_is_a_problem() {
    let house = House::over(city()).await;
    let siti = house.city.medium("siti").0;
    let body = |from: &str, items: Value| json!({"medium": siti, "merchant": "shop_a", "from": from, "items": items});
    let item = json!([{"good": "book", "amount": 1_000}]);
    let cases = [
        (body("pocket", item.clone()), StatusCode::BAD_REQUEST, "request_malformed"),
        (body("purse", json!([])), StatusCode::BAD_REQUEST, "request_malformed"),
        (
            body("purse", json!([{"good": "book", "amount": 1.5}])),
            StatusCode::UNPROCESSABLE_ENTITY,
            "amount_invalid",
        ),
        (body("wallet.No!", item), StatusCode::NOT_FOUND, "wallet_unknown"),
    ];
    for (body, status, code) in cases {
        let answer = house.post(&house.merchant, "/api/v1/purchases", house.id(), &body).await;
        assert_eq!((answer.0, &answer.1["code"]), (status, &json!(code)), "{body}");
    }
    let none = about_purchase(&house, &json!("x"), "void", json!({})).await;
    assert_eq!((none.0, &none.1["code"]), (StatusCode::NOT_FOUND, &json!("purchase_unknown")));
    let nothing = about_purchase(&house, &json!(0), "refunds", json!({"lines": []})).await;
    assert_eq!(nothing.0, StatusCode::BAD_REQUEST);
}
