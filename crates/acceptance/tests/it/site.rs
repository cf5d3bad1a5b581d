//! The portal over a small running city, and what a browser gets from it.

use std::sync::Arc;

use acceptance::pages::{self, Pages};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use base::{CivilDate, Clock, Code, DeviceNumber, HolderNumber, ManualClock, RegionCode};
use fixtures::City;
use platform::access::{Action, Actor, Policies, Resource, authorize};
use platform::cipher::Cipher;
use platform::i18n::Texts;
use platform::outbox::Outbox;
use platform::web::{Edge, NavigationItem, Portal};
use residents::NewIndividual;
use residents::service::Residents;
use tower::ServiceExt;

use crate::house::House;

pub struct Site {
    pub house: House,
    router: Router,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Page {
    /// What a reader sees between `<main>` and `</main>`, a line per block, with what changes from run to run masked.
    pub fn text(&self) -> String {
        let main = self.html.split_once("<main id=\"isi\">").and_then(|(_, rest)| rest.split_once("</main>"));
        let main = main.map_or(self.html.as_str(), |(main, _)| main);
        let mut text = String::new();
        let mut tag = None;
        for c in main.chars() {
            match (c, &mut tag) {
                ('<', _) => tag = Some(String::new()),
                ('>', Some(name)) => {
                    let ends =
                        ["/p", "/li", "/tr", "/h1", "/h2", "/h3", "/div", "/dt", "/dd", "/label", "/option"];
                    text.push_str(if ends.contains(&name.as_str()) { "\n" } else { " " });
                    tag = None;
                }
                (_, Some(name)) => name.push(c),
                (_, None) => text.push(c),
            }
        }
        let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).map(|line| mask(&line)).collect();
        lines.join("\n").replace("&#38;", "&").replace("&#39;", "'")
    }

    pub fn gate(&self) -> &str {
        let (_, rest) = self.html.split_once("<div class=\"gate ").expect("the page shows a gate");
        rest.split_once("</div>").unwrap().0
    }
}

/// Positions and fingerprints depend on how many entries the clock wrote.
fn mask(line: &str) -> String {
    let markers = ["osisi jurnal ", "ournal position ", "seimbang pada posisi ", "balance at position "];
    let mut masked = String::new();
    let mut words = line.split(' ').peekable();
    while let Some(word) = words.next() {
        let record = word
            .split_once('/')
            .is_some_and(|(entry, index)| entry.parse::<u32>().is_ok() && index.parse::<u32>().is_ok());
        masked.push_str(if record { "*" } else { word });
        masked.push(' ');
        let hidden = match word {
            "Sidik" | "Fingerprint" => 3,
            _ => usize::from(markers.iter().any(|marker| masked.ends_with(marker))),
        };
        for _ in 0..hidden {
            let is_value = |word: &str| word.chars().all(|c| c.is_ascii_hexdigit() || "./,".contains(c));
            if words.next_if(|word| is_value(word)).is_some() {
                masked.push('*');
                masked.push(' ');
            }
        }
    }
    masked.trim_end().to_owned()
}

impl Site {
    pub async fn over(city: City) -> Self {
        Box::pin(Self::built(city)).await
    }

    async fn built(city: City) -> Self {
        let house = House::over(city).await;
        let office = house.databases.office.clone();
        let policies = Policies::embedded().unwrap();
        let permit = |action| authorize(&policies, &Actor::system(), action, &Resource::City).unwrap();
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&house.clock);
        let outbox = Outbox::new(office.clone());
        let cipher = Cipher::open(house.directory(), &office, clock.as_ref()).await.unwrap();
        let residents = Residents::open(cipher, outbox, office, clock).await.unwrap();
        if let Some(holder) = house.city.find("Siti") {
            residents.register_individual(&permit(Action::RegisterIndividual), &siti(holder)).await.unwrap();
        }
        let portal = Portal {
            texts: Arc::new(Texts::load(&[pages::texts(), programmes::service::plain::texts()]).unwrap()),
            navigation: vec![NavigationItem { href: "/tap", key: "acceptance-nav-tap", action: None }],
            foot: vec![NavigationItem { href: "/tour", key: "acceptance-nav-tour", action: None }],
            policies: Arc::new(Policies::embedded().unwrap()),
            account: None,
            actor: Actor::console(),
            samples: None,
        };
        let portal = Arc::new(portal);
        let state = Pages {
            service: house.service.clone(),
            portal: Arc::clone(&portal),
            labels: house.labels.clone(),
            residents,
            desk: DeviceNumber(900),
        };
        let router = Edge::new(portal).around(pages::routes(state));
        Self { house, router }
    }

    async fn send(&self, request: Request<Body>) -> Page {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 16 << 20).await.unwrap();
        Page { status: parts.status, headers: parts.headers, html: String::from_utf8(bytes.into()).unwrap() }
    }

    pub async fn get(&self, path: &str) -> Page {
        let page =
            self.send(Request::get(path).header("accept", "text/html").body(Body::empty()).unwrap()).await;
        assert!(!page.html.contains("acceptance-"), "a text is missing on {path}");
        assert!(
            !page.html.contains(" style=") && !page.html.contains("<script>"),
            "{path} has style or script"
        );
        page
    }

    pub async fn post(&self, site: &str, body: String) -> Page {
        self.post_to("/tap", site, body).await
    }

    pub async fn post_to(&self, path: &str, site: &str, body: String) -> Page {
        let request = Request::post(path)
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    pub async fn record(&self, name: &str, place: &str) -> Page {
        let (id, medium) = (self.house.id(), self.house.city.medium(name));
        let page = self.post("same-origin", format!("id={id}&media={medium}&tempat={place}")).await;
        self.house.caught_up().await;
        page
    }

    pub fn address(&self, name: &str) -> String {
        format!("/holders/{}", self.house.city.holder(name))
    }
}

fn siti(holder: HolderNumber) -> NewIndividual {
    NewIndividual {
        name: "Siti Kartawijaya".into(),
        nik: "3175994112590012".into(),
        birth_date: CivilDate::parse("1959-12-01").unwrap(),
        home: Some(RegionCode::parse("31.75.03.1001").unwrap()),
        category: Code::parse("adult").unwrap(),
        bank: Code::parse("bank_a").unwrap(),
        holder: Some(holder),
        phone: None,
    }
}

/// Siti rides free, Budi pays, Ani's card is blocked, Joko's purse is empty.
pub fn city() -> City {
    City::new()
        .resident("Siti")
        .card()
        .purse(20_000)
        .entitled("free_bus")
        .resident("Budi")
        .card()
        .purse(50_000)
        .resident("Ani")
        .card()
        .blocked()
        .resident("Joko")
        .card()
}

pub async fn busy() -> Site {
    let site = Site::over(city()).await;
    for (name, place) in [("Siti", "stop_1"), ("Budi", "station_1"), ("Ani", "stop_1"), ("Joko", "stop_2")] {
        let answer = site.record(name, place).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    }
    site
}
