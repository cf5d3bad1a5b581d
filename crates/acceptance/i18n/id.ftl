# Halaman langsung, meja tap, pemegang.

# Navigasi.
acceptance-nav-live = Langsung
acceptance-nav-holders = Pemegang
acceptance-nav-tap = Meja tap
acceptance-nav-api = API
acceptance-nav-problems = Kode galat

# Kata yang dipakai di beberapa halaman.
acceptance-word-elsewhere = Luar Jakarta
acceptance-word-forgotten = Tempat sudah dilupakan
acceptance-word-unknown = tidak dikenal
acceptance-word-top-up = Isi saldo
acceptance-word-press = menurut pers
acceptance-word-basis = Dasar
acceptance-word-code = Kode
acceptance-word-yes = Ya
acceptance-word-no = Tidak
acceptance-word-period = { $from } sampai { $to }
acceptance-word-rests-on = Posisi jurnal { $position }, { $time }
acceptance-word-at-position = Posisi jurnal { $position }

# Langsung.
acceptance-live-title = Langsung
acceptance-live-refreshed = Diperbarui setiap 5 detik.
acceptance-live-pause = Hentikan pembaruan
acceptance-live-paused = Pembaruan dihentikan.
acceptance-live-go-on = Lanjutkan pembaruan
acceptance-live-open-desk = Buka meja tap

acceptance-live-open-none = Belum ada tap hari ini.
acceptance-live-open-morning-all = Pagi ini lancar: semua { $taps } tap membuka gerbang.
acceptance-live-open-morning-smooth = Pagi ini lancar: { $share } tap membuka gerbang.
acceptance-live-open-morning-share = Pagi ini { $share } tap membuka gerbang.
acceptance-live-open-day-all = Hari ini lancar: semua { $taps } tap membuka gerbang.
acceptance-live-open-day-smooth = Hari ini lancar: { $share } tap membuka gerbang.
acceptance-live-open-day-share = Hari ini { $share } tap membuka gerbang.
acceptance-live-open-apart = Buku tidak seimbang: selisih { $difference } pada posisi jurnal { $position }.
acceptance-live-open-clock = Jam kota melompat: keputusan bernilai uang menunggu operator.
acceptance-live-open-stale = Angka di halaman ini berhenti pada { $time }.

acceptance-live-seal-balanced = Buku seimbang
acceptance-live-seal-unknown = Buku sedang dihitung
acceptance-live-seal-apart = Buku tidak seimbang
acceptance-live-seal-difference = Selisih { $difference } pada posisi jurnal { $position }
acceptance-live-seal-position = Posisi jurnal { $position }
acceptance-live-seal-hash = Sidik { $hash }, dicatat { $time }

acceptance-live-alert-apart = Tiga hitungan buku berbeda pada posisi jurnal { $position }.
acceptance-live-alert-apart-next = Jangan mengubah apa pun. Jalankan jakone verify pada direktori data; perintah itu menyebut hitungan yang berbeda.
acceptance-live-alert-clock = Jam mesin melompat lebih dari satu detik.
acceptance-live-alert-clock-next = Gerbang tetap mencatat tap. Periksa jam mesin; operator menerima jam yang baru sebelum uang bergerak lagi.
acceptance-live-alert-silent = Jurnal tidak menulis sejak { $time }.
acceptance-live-alert-silent-next = Angka di bawah adalah angka terakhir. Gerbang tetap melayani tanpa jaringan. Jalankan jakone doctor pada mesin kota.
acceptance-live-alert-behind = Tabel halaman ini tertinggal { $entries } entri dari jurnal. Angka terakhir { $time }.
acceptance-live-alert-behind-next = Keputusan di gerbang tidak terpengaruh. Angka menyusul sendiri; bila tidak, jalankan jakone doctor pada mesin kota.

acceptance-live-last-weekday = { $weekday } lalu
acceptance-live-last-sunday = pekan lalu

acceptance-live-figure-minute = Tap per menit
acceptance-live-figure-minute-note = tertinggi hari ini { $taps }, pukul { $time }
acceptance-live-figure-minute-none = belum ada tap hari ini
acceptance-live-figure-taps = Tap sejak 00.00 WIB
acceptance-live-figure-taps-note = { $weekday } sampai pukul yang sama { $taps }
acceptance-live-figure-taps-none = belum ada catatan pekan lalu
acceptance-live-figure-free = Perjalanan gratis
acceptance-live-figure-free-note = { $share } dari semua tap, termasuk layanan bertarif Rp0
acceptance-live-figure-subsidy = Nilai subsidi
acceptance-live-figure-subsidy-note = tarif yang tidak ditagih hari ini

acceptance-live-chart-title-rate = Tap per menit
acceptance-live-chart-title-hours = Tap per jam
acceptance-live-chart-note = semua tempat, WIB
acceptance-live-chart-unit-rate = tap per menit
acceptance-live-chart-unit-hours = tap per jam
acceptance-live-chart-column = Pukul (WIB)
acceptance-live-chart-label = { $value } hari ini
acceptance-live-chart-lines = Garis tebal hari ini, garis putus { $weekday }.
acceptance-live-chart-line = Garis tebal hari ini. Catatan { $weekday } belum ada.
acceptance-live-chart-newest-rate = Sejak pukul { $time } rata-rata { $value } tap per menit
acceptance-live-chart-newest-hours = Dalam satu jam sejak pukul { $time } ada { $value } tap
acceptance-live-chart-above = , { $share } di atas { $weekday }
acceptance-live-chart-below = , { $share } di bawah { $weekday }
acceptance-live-chart-same = , sama dengan { $weekday }
acceptance-live-chart-none = Belum ada tap.
acceptance-live-chart-none-next = Tap pertama akan tampak di sini begitu tercatat di jurnal.

acceptance-live-subsidy-title = Nilai subsidi hari ini
acceptance-live-subsidy-caption = Tarif yang tidak ditagih kepada pemegang hak.
acceptance-live-subsidy-service = Layanan
acceptance-live-subsidy-journeys = Perjalanan
acceptance-live-subsidy-value = Nilai
acceptance-live-subsidy-total = Jumlah
acceptance-live-subsidy-none = Belum ada hak yang dipakai hari ini.
acceptance-live-subsidy-none-next = Begitu seorang pemegang hak melewati gerbang, tarif yang tidak ditagih tercatat di sini menurut layanan.

acceptance-live-place-title = Hasil menurut tempat
acceptance-live-place-caption = Jumlah tap hari ini menurut tempat dan hasil
acceptance-live-place-place = Tempat
acceptance-live-place-spread = Sebaran
acceptance-live-place-taps = Tap
acceptance-live-place-all = Semua tempat
acceptance-live-place-unknown = Tempat tidak dikenal
acceptance-live-place-note = { $shown } tempat teramai

acceptance-live-latest-title = Keputusan terbaru
acceptance-live-latest-all = Semua pemegang
acceptance-live-latest-caption = Keputusan terakhir, yang terbaru di atas
acceptance-live-latest-none = Belum ada keputusan.
acceptance-live-latest-time = Pukul
acceptance-live-latest-holder = Pemegang
acceptance-live-latest-nobody = tidak dikenal
acceptance-live-latest-outcome = Hasil
acceptance-live-latest-charged = Ditagih
acceptance-live-latest-reason = Sebab
acceptance-live-latest-position = Posisi jurnal

acceptance-live-books-title = Buku seimbang pada posisi { $position }
acceptance-live-books-title-not = Buku pada posisi { $position }
acceptance-live-books-caption = Tiga hitungan terpisah harus sama. Bila berbeda satu rupiah pun, kalimat pertama halaman ini mengatakannya.
acceptance-live-books-unit = Satuan
acceptance-live-books-accounts = Saldo semua akun
acceptance-live-books-transfers = Jumlah transfer
acceptance-live-books-engine = Hitungan mesin
acceptance-live-books-difference = Selisih
acceptance-live-books-verdict = Hasil
acceptance-live-books-rupiah = Rupiah
acceptance-live-books-ride = Perjalanan
acceptance-live-books-package = Paket
acceptance-live-books-visit = Kunjungan
acceptance-live-books-unknown = belum
acceptance-live-books-balanced = Seimbang
acceptance-live-books-wait = Sedang dihitung
acceptance-live-books-apart = Tidak seimbang

# Sebab sebuah hasil: singkat untuk daftar, kalimat untuk riwayat.
acceptance-reason-shut-short = Gerbang tidak terbuka
acceptance-reason-shut = Gerbang tidak terbuka; tidak ada yang ditagih.
acceptance-reason-held-future-short = Jam terminal terlalu maju
acceptance-reason-held-future = Jam terminal lebih maju daripada waktu tibanya. Tap disimpan tanpa harga sampai petugas memeriksanya.
acceptance-reason-held-too_late-short = Tiba melewati batas hitung ulang
acceptance-reason-held-too_late = Tap tiba melewati batas hitung ulang. Tap disimpan tanpa harga sampai petugas memeriksanya.
acceptance-reason-incident-medium_blocked-short = Terbuka untuk media yang diblokir
acceptance-reason-incident-medium_blocked = Gerbang terbuka untuk media yang sudah diblokir. Ditagih { $charged }; petugas memeriksa siapa yang menanggungnya.
acceptance-reason-incident-medium_inactive-short = Terbuka untuk media yang belum aktif
acceptance-reason-incident-medium_inactive = Gerbang terbuka untuk media yang belum aktif. Ditagih { $charged }; petugas memeriksa siapa yang menanggungnya.
acceptance-reason-incident-debt_taken-short = Terbuka; saldo kurang { $debt } menjadi utang tarif
acceptance-reason-incident-debt_taken = Gerbang terbuka walau saldo kurang. Dari { $charged }, { $debt } menjadi utang tarif dan dilunasi dari isi saldo berikutnya.
acceptance-reason-free-right-short = { $benefit }
acceptance-reason-free-right = Gratis karena hak: { $benefit }. Tarif { $full } tidak ditagih.
acceptance-reason-free-right-until = Gratis karena hak yang berlaku sampai { $until }: { $benefit }. Tarif { $full } tidak ditagih.
acceptance-reason-free-all-short = Tarif layanan Rp0 untuk semua
acceptance-reason-free-all = Gratis karena tarif layanan ini Rp0 untuk semua.
acceptance-reason-paid-right-short = Harga dari hak: { $benefit }
acceptance-reason-paid-right = Membayar { $charged } karena hak: { $benefit }. Tarif biasa { $full }.
acceptance-reason-paid-short = Tarif biasa, tanpa hak
acceptance-reason-paid = Membayar tarif biasa, karena tidak ada hak yang berlaku di tempat dan waktu ini.
acceptance-reason-top-up-short = Saldo bertambah { $full }
acceptance-reason-top-up = Saldo bertambah { $full } lewat bank.
acceptance-reason-top-up-debt = { $full } masuk lewat bank. Dari jumlah itu { $debt } melunasi utang tarif.

# Layar gerbang.
acceptance-gate-free = GRATIS
acceptance-gate-open = TERBUKA
acceptance-gate-refused = DITOLAK
acceptance-gate-balance = Saldo { $balance } pada { $time }
acceptance-gate-why-medium_unknown = Kartu tidak dikenal
acceptance-gate-next-medium_unknown = Silakan ke loket
acceptance-gate-why-medium_blocked = Kartu ini diblokir
acceptance-gate-next-medium_blocked = Silakan ke loket
acceptance-gate-why-medium_inactive = Kartu belum aktif
acceptance-gate-next-medium_inactive = Aktifkan di loket
acceptance-gate-why-place_unknown = Gerbang belum terdaftar
acceptance-gate-next-place_unknown = Pakai gerbang lain
acceptance-gate-why-tariff_missing = Tarif belum ada
acceptance-gate-next-tariff_missing = Silakan ke loket
acceptance-gate-why-purse_insufficient = Saldo kurang { $missing }
acceptance-gate-next-purse_insufficient = Isi saldo lalu tap lagi

# Meja tap.
acceptance-desk-title = Meja tap
acceptance-desk-crumb = Meja tap. Uji coba tidak mengubah saldo.
acceptance-desk-open = Pilih orang, tempat, dan waktu. Lihat apa kata gerbang.
acceptance-desk-steps = Langkah
acceptance-desk-step-person = Orang dan media
acceptance-desk-step-place = Tempat
acceptance-desk-step-time = Waktu
acceptance-desk-step-decision = Keputusan
acceptance-desk-step-done = (selesai)
acceptance-desk-question = Yang diuji
acceptance-desk-person = Pemegang
acceptance-desk-person-hint = Nomor pemegang, misalnya P-7F3K-2209, atau nomor kartu
acceptance-desk-media = Media milik { $name }
acceptance-desk-medium-active = Aktif sejak { $since }
acceptance-desk-medium-blocked = Diblokir { $since }
acceptance-desk-medium-inactive = Diterbitkan { $since }, belum aktif
acceptance-desk-place = Tempat dan layanan
acceptance-desk-date = Tanggal
acceptance-desk-date-wrong = Tulis tanggal seperti 24 November 2026.
acceptance-desk-time = Pukul (WIB)
acceptance-desk-time-wrong = Tulis jam dan menit seperti 07.30.
acceptance-desk-show = Tampilkan keputusan
acceptance-desk-gate = Layar gerbang
acceptance-desk-badge-free = Diterima, gratis
acceptance-desk-badge-paid = Diterima, membayar
acceptance-desk-badge-refused = Ditolak
acceptance-desk-because-free = Gerbang terbuka tanpa biaya, karena:
acceptance-desk-because-paid = Gerbang terbuka dan menagih { $charged }, karena:
acceptance-desk-because-refused = Gerbang tetap tertutup, karena:
acceptance-desk-rule-label = Aturan
acceptance-desk-rule = { $code }, versi { $version }
acceptance-desk-version = versi { $version }
acceptance-desk-basis-none = belum ada aturan harga
acceptance-desk-position = Dihitung pada posisi jurnal
acceptance-desk-record = Catat sebagai tap
acceptance-desk-record-note = Dicatat di { $place } dengan waktu sekarang, { $time }. Tap itu masuk jurnal dan dapat mengubah saldo.

acceptance-desk-missing-person = Belum ada orang untuk diuji.
acceptance-desk-missing-person-next = Isi nomor pemegang yang terdaftar. Di kota yang masih kosong, daftarkan pemegang lebih dahulu.
acceptance-desk-missing-medium = Pemegang ini belum memiliki media.
acceptance-desk-missing-medium-next = Terbitkan kartu untuk pemegang ini, atau pilih pemegang lain.
acceptance-desk-missing-place = Belum ada tempat yang diterbitkan.
acceptance-desk-missing-place-next = Muat daftar tempat dengan jakone publish, lalu buka halaman ini lagi.
acceptance-desk-missing-time = Waktunya belum terbaca.
acceptance-desk-missing-time-next = Perbaiki tanggal atau pukul di formulir, lalu tampilkan keputusan.

acceptance-desk-reason-missing = Saldo kurang { $missing }. { $next }
acceptance-desk-reason-right = { $name } memegang hak { $benefit }, berlaku { $from } sampai { $to }.
acceptance-desk-reason-covered = { $service } termasuk dalam hak itu.
acceptance-desk-reason-active = { $medium } aktif sejak { $since } dan tidak diblokir.
acceptance-desk-reason-strong = { $medium } aktif sejak { $since }, tidak diblokir, dan cukup kuat buktinya untuk hak itu (tingkat { $level }).
acceptance-desk-reason-blocked = { $medium } diblokir sejak { $since }.
acceptance-desk-reason-inactive = { $medium } diterbitkan { $since } dan belum diaktifkan.
acceptance-desk-reason-price-free = Tarif { $service } adalah { $full } untuk semua.
acceptance-desk-reason-price-forgone = Tarif { $service } adalah { $full }. Jumlah ini tidak ditagih.
acceptance-desk-reason-price-lower = Tarif { $service } adalah { $full }. Karena hak, yang ditagih { $charged }.
acceptance-desk-reason-price-full = Tarif { $service } adalah { $full }.
acceptance-desk-reason-no-rights = Pemegang tidak memegang hak yang menurunkan harga.
acceptance-desk-reason-lost = { $benefit } tidak dipakai. { $reason }.
acceptance-desk-reason-purse = Dompet berisi { $balance }; sesudah tap { $after }.
acceptance-desk-reason-purse-short = Dompet berisi { $balance }, yang harus dibayar { $charged }.
acceptance-desk-reason-future = Waktu ini belum datang. Tarif dan hak dihitung dari yang sudah terbit; saldo dan keadaan media adalah keadaan pada posisi jurnal { $position }.
acceptance-desk-reason-past = Waktu ini sudah lewat. Tarif dan hak dihitung untuk waktu itu; saldo dan keadaan media adalah keadaan pada posisi jurnal { $position }.

acceptance-desk-verdict-won = Harga terendah
acceptance-desk-verdict-not-lowest = Ada harga yang lebih rendah atau sama
acceptance-desk-verdict-service = { $service } tidak termasuk dalam hak ini
acceptance-desk-verdict-place = { $place } tidak termasuk dalam hak ini
acceptance-desk-verdict-assurance = Bukti media ini tingkat { $level }, hak ini meminta lebih kuat
acceptance-desk-verdict-not-yet = Baru berlaku mulai { $from }
acceptance-desk-verdict-ended = Berlaku sampai { $to }
acceptance-desk-verdict-revoked = Hak ini sudah dicabut
acceptance-desk-verdict-no-version = Belum ada versi yang berlaku pada waktu itu

acceptance-desk-prices = Harga yang dipertimbangkan
acceptance-desk-prices-note = harga terendah bagi pemegang menang
acceptance-desk-prices-none = Tidak ada harga yang dapat dihitung.
acceptance-desk-prices-none-next = Terbitkan tarif layanan ini, atau pilih waktu ketika tarifnya berlaku.
acceptance-desk-price = Harga
acceptance-desk-used = Dipakai?
acceptance-desk-why = Sebab
acceptance-desk-price-tariff = Tarif biasa { $service }
acceptance-desk-price-free = Rp0 untuk semua
acceptance-desk-price-only = Tidak ada hak dengan harga lebih rendah
acceptance-desk-price-higher = Lebih mahal
acceptance-desk-price-not-held = Pemegang tidak terdaftar untuk hak ini

acceptance-desk-transfers = Transfer yang akan dicatat
acceptance-desk-transfers-note = semua atau tidak sama sekali
acceptance-desk-transfers-balanced = Debit sama dengan kredit untuk setiap satuan.
acceptance-desk-transfers-nothing = Tap akan dicatat tanpa transfer, karena tarifnya Rp0.
acceptance-desk-transfers-refused = Tidak ada transfer, karena gerbang tetap tertutup.
acceptance-desk-transfers-refused-incident = Tidak ada transfer, karena gerbang tetap tertutup. Bila gerbang tanpa jaringan terbuka juga, tap dicatat sebagai insiden.
acceptance-desk-leg = Kaki
acceptance-desk-debit = Dari akun (debit)
acceptance-desk-credit = Ke akun (kredit)
acceptance-desk-fund = Golongan dana
acceptance-desk-fund-both = { $from } ke { $to }
acceptance-desk-amount = Jumlah
acceptance-desk-balance-after = Saldo debit sesudahnya
acceptance-desk-purse-same = Dompet { $name } tidak berubah: { $after }.
acceptance-desk-purse-changed = Dompet { $name } akan berubah dari { $before } menjadi { $after }.

acceptance-desk-if = Bila keadaannya lain
acceptance-desk-if-note = yang lain tetap sama; dihitung mesin yang sama pada posisi yang sama
acceptance-desk-if-without = Tanpa hak itu
acceptance-desk-if-ended = Sesudah hak berakhir, { $date }
acceptance-desk-if-blocked = { $medium } diblokir
acceptance-desk-if-active = { $medium } diaktifkan lagi
acceptance-desk-if-own-purse = Membayar dari dompet sendiri.
acceptance-desk-if-right = Hak yang dipakai: { $benefit }.

# Akun dan golongan dana.
acceptance-account-holder-purse = Dompet { $owner }
acceptance-account-holder-debt = Utang tarif { $owner }
acceptance-account-float-expected = { $owner }, titipan menurut catatan kota
acceptance-account-float-confirmed = { $owner }, titipan menurut rekening koran
acceptance-account-merchant-receivable = { $owner }, pendapatan tarif
acceptance-account-benefit-forgone = { $owner }, nilai subsidi { $year }
acceptance-account-merchant-forgone = { $owner }, tarif yang tidak ditagih { $year }
acceptance-account-programme-budget = { $owner }, anggaran { $year }
acceptance-account-operator-cost = { $owner }, biaya pengelola
acceptance-fund-holder = Pemegang
acceptance-fund-programme = Program
acceptance-fund-operator = Pengelola
acceptance-fund-bank = Bank
acceptance-fund-merchant = Penerima
acceptance-fund-memo = Memo

# Daftar pemegang.
acceptance-holders-title = Pemegang
acceptance-holders-crumb = Orang yang memegang media Jakarta One
acceptance-holders-search = Cari
acceptance-holders-field = Pemegang atau kartu
acceptance-holders-hint = Nomor pemegang, misalnya P-7F3K-2209, atau nomor kartu, misalnya 000042
acceptance-holders-find = Cari pemegang
acceptance-holders-how = Yang dapat dicari
acceptance-holders-how-number = Nomor pemegang: huruf P dan delapan tanda. Angka terakhirnya memeriksa salah ketik.
acceptance-holders-how-card = Nomor kartu: enam angka pada kartu atau kode QR.
acceptance-holders-how-name = Nama tidak dapat dicari di sini, karena registri menyimpannya tersandi.
acceptance-holders-list = Daftar pemegang
acceptance-holders-first = Ke awal daftar
acceptance-holders-next = Lanjutkan daftar
acceptance-holders-name = Nama
acceptance-holders-number = Nomor pemegang
acceptance-holders-home = Wilayah
acceptance-holders-category = Kategori penumpang
acceptance-holders-nameless = Belum ada dalam registri
acceptance-holders-none = Belum ada pemegang.
acceptance-holders-none-next = Daftarkan penduduk dan terbitkan medianya; pemegang pertama akan tampak di sini.

# Catatan seorang pemegang.
acceptance-holder-masked = (disamarkan)
acceptance-holder-age-and-home = Umur dan alamat KTP
acceptance-holder-age = { $years } tahun
acceptance-holder-registry = Registri
acceptance-holder-registry-none = Nomor ini belum tercatat di registri penduduk
acceptance-holder-since = Pemegang sejak
acceptance-holder-seal = { $count ->
    [0] Tanpa hak hari ini
   *[other] { $count } hak hari ini
  }
acceptance-holder-seal-media = { $count ->
    [0] Tanpa media aktif
   *[other] { $count } media aktif
  }
acceptance-holder-seal-debt-none = tanpa utang tarif
acceptance-holder-seal-debt-some = utang tarif { $debt }
acceptance-holder-recorded = Tap dicatat pada posisi jurnal { $position }.
acceptance-holder-media = Media
acceptance-holder-media-none = Belum ada media.
acceptance-holder-media-none-next = Terbitkan kartu di loket; media yang terbit akan tampak di sini.
acceptance-holder-medium-state = Keadaan
acceptance-holder-medium-since = Sejak
acceptance-holder-medium-action = Tindakan
acceptance-holder-medium-try = Uji di meja tap
acceptance-medium-active = Aktif
acceptance-medium-blocked = Diblokir
acceptance-medium-inactive = Belum aktif
acceptance-medium-reason-lost = dilaporkan hilang
acceptance-medium-reason-stolen = dilaporkan dicuri
acceptance-medium-reason-damaged = rusak
acceptance-medium-reason-office = keputusan kantor
acceptance-holder-purse = Dompet
acceptance-holder-balance-note = pada { $time }
acceptance-holder-balance = Saldo
acceptance-holder-purpose = Untuk apa
acceptance-holder-own = Uang sendiri
acceptance-holder-own-purpose = Semua pembayaran
acceptance-holder-debt = Utang tarif
acceptance-holder-debt-none = Tidak ada
acceptance-holder-debt-some = Dilunasi dari isi saldo berikutnya
acceptance-holder-rights = Hak yang dapat dipakai hari ini
acceptance-holder-rights-none = Pemegang ini belum memiliki hak.
acceptance-holder-rights-none-next = Di gerbang berlaku tarif biasa. Hak tampak di sini begitu ditetapkan.
acceptance-holder-right = Hak
acceptance-holder-right-today = Hari ini
acceptance-holder-right-conditions = Syarat
acceptance-holder-right-period = Berlaku
acceptance-right-usable = Dapat dipakai
acceptance-right-not-yet = Belum
acceptance-right-ended = Berakhir
acceptance-right-revoked = Dicabut
acceptance-right-everywhere = Semua layanan.
acceptance-right-services = { $services }.
acceptance-right-assurance = Bukti media tingkat { $level } atau lebih kuat.
acceptance-holder-history = Riwayat
acceptance-holder-newest = Ke yang terbaru
acceptance-holder-older = Riwayat yang lebih lama
acceptance-holder-history-caption = Pemakaian dengan penjelasan, yang terbaru di atas
acceptance-holder-history-none = Belum ada pemakaian.
acceptance-holder-history-none-next = Tap dan isi saldo akan tampak di sini dengan penjelasannya.
acceptance-holder-when = Waktu
acceptance-holder-explained = Penjelasan
