//! Names put together from common Indonesian given names. Any likeness to a living person is chance.

use base::Sex;

use super::chance::Chance;

const FEMALE: &[&str] = &[
    "Siti",
    "Dewi",
    "Sri",
    "Nur",
    "Putri",
    "Rina",
    "Ayu",
    "Wati",
    "Lestari",
    "Fitri",
    "Indah",
    "Ratna",
    "Yuni",
    "Sari",
    "Kartika",
    "Mega",
    "Nurhayati",
    "Rahmawati",
    "Wulandari",
    "Aminah",
    "Suminah",
    "Kusuma",
    "Anggraini",
    "Maharani",
    "Permata",
    "Cahya",
    "Melati",
    "Zahra",
    "Aisyah",
    "Khadijah",
    "Halimah",
    "Rohani",
    "Maria",
    "Magdalena",
    "Kristina",
    "Theresia",
    "Ningsih",
    "Utami",
    "Puspita",
    "Larasati",
    "Kirana",
    "Nabila",
    "Salsabila",
    "Intan",
    "Mutiara",
    "Oktavia",
    "Julianti",
    "Marlina",
    "Yuliana",
    "Herlina",
    "Suryani",
    "Hartati",
    "Rosmawati",
    "Nuraini",
    "Fatimah",
    "Komala",
    "Tini",
    "Endang",
    "Wahyuni",
    "Astuti",
    "Susanti",
    "Meilani",
    "Veronika",
    "Safira",
];

const MALE: &[&str] = &[
    "Budi",
    "Agus",
    "Andi",
    "Ahmad",
    "Muhammad",
    "Eko",
    "Dwi",
    "Joko",
    "Bambang",
    "Slamet",
    "Suparman",
    "Hendra",
    "Rudi",
    "Yusuf",
    "Ibrahim",
    "Hasan",
    "Umar",
    "Rahmat",
    "Hidayat",
    "Saputra",
    "Pratama",
    "Wijaya",
    "Setiawan",
    "Nugroho",
    "Santoso",
    "Kurniawan",
    "Firmansyah",
    "Ramadhan",
    "Maulana",
    "Fauzi",
    "Rizki",
    "Fajar",
    "Dimas",
    "Bayu",
    "Galih",
    "Adi",
    "Arif",
    "Iwan",
    "Gunawan",
    "Darmawan",
    "Hartono",
    "Susanto",
    "Wahyudi",
    "Supriyadi",
    "Mulyadi",
    "Yohanes",
    "Petrus",
    "Stefanus",
    "Paulus",
    "Antonius",
    "Made",
    "Ketut",
    "Wayan",
    "Asep",
    "Dadang",
    "Ujang",
    "Jajang",
    "Sutrisno",
    "Sugeng",
    "Teguh",
    "Wibowo",
    "Prasetyo",
    "Hakim",
    "Zulkifli",
];

/// A full name of one to three parts. One in four is a single name, as is common.
pub fn full_name(chance: &mut Chance, sex: Sex) -> String {
    let list = match sex {
        Sex::Female => FEMALE,
        Sex::Male => MALE,
    };
    let length = [1, 2, 3].get(chance.weighted(&[25, 55, 20])).copied().unwrap_or(2);
    let mut parts: Vec<&str> = Vec::with_capacity(length);
    while parts.len() < length {
        if let Some(part) = chance.pick(list).filter(|part| !parts.contains(part)) {
            parts.push(part);
        }
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_a_quarter_have_a_single_name_and_no_name_repeats_itself() {
        let mut chance = Chance::new(1, "names", 0);
        let names: Vec<String> = (0..1_000).map(|_| full_name(&mut chance, Sex::Female)).collect();
        let single = names.iter().filter(|name| !name.contains(' ')).count();
        assert!((200..300).contains(&single), "{single}");
        for name in names {
            let mut parts: Vec<&str> = name.split(' ').collect();
            let before = parts.len();
            parts.sort_unstable();
            parts.dedup();
            assert_eq!(parts.len(), before, "{name}");
        }
    }
}
