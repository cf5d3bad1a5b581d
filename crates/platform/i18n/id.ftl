# Platform: kerangka halaman, galat, tanggal, grafik.

platform-product = Jakarta One
platform-skip = Langsung ke isi
platform-nav-label = Bagian utama
platform-nav-label-phone = Bagian utama (ponsel)
platform-menu = Menu
platform-language-other = English
platform-footer-basis = Sistem Jakarta One, Peraturan Gubernur 145/2017. Data pada halaman ini buatan.
platform-foot-label = Lainnya

platform-outcome-free = Gratis
platform-outcome-paid = Membayar
platform-outcome-refused = Ditolak
platform-outcome-incident = Insiden
platform-assumed = angka contoh

platform-chart-rows = Angka grafik ini dalam tabel
platform-chart-not-yet = belum
platform-chart-hidden = disembunyikan: kurang dari batas orang

platform-month-1 = Januari
platform-month-2 = Februari
platform-month-3 = Maret
platform-month-4 = April
platform-month-5 = Mei
platform-month-6 = Juni
platform-month-7 = Juli
platform-month-8 = Agustus
platform-month-9 = September
platform-month-10 = Oktober
platform-month-11 = November
platform-month-12 = Desember

platform-weekday-1 = Senin
platform-weekday-2 = Selasa
platform-weekday-3 = Rabu
platform-weekday-4 = Kamis
platform-weekday-5 = Jumat
platform-weekday-6 = Sabtu
platform-weekday-7 = Minggu

platform-role-terminal_operator = Operator terminal
platform-role-bank = Bank
platform-role-merchant = Pedagang
platform-role-operator = Pengelola
platform-role-data_authority = Diskominfotik
platform-role-agency = Perangkat daerah
platform-role-monitoring = Tim monitoring dan evaluasi
platform-role-inspector = Inspektorat
platform-role-counter = Petugas gerbang dan loket
platform-role-console = Ruang kendali
platform-role-resident = Penduduk
platform-role-system = Sistem
platform-role-nobody = Belum masuk
platform-actor-client = Klien API
platform-actor-device = Perangkat
platform-actor-staff = Meja peragaan
platform-actor-officer = Petugas
platform-actor-resident = Penduduk
platform-actor-system = Sistem
platform-actor-nobody = Belum masuk

platform-problems-title = Kode galat
platform-problems-open = Setiap penolakan punya kode, sebab, dan langkah berikutnya.
platform-problems-lead = Kode dibaca petugas dan program; kalimatnya dibaca semua orang. Daftar ini berasal dari registri yang sama dengan jawaban API.
platform-problems-all = Semua kode
platform-problems-code = Kode
platform-problems-what = Apa yang terjadi
platform-problems-why = Sebab
platform-problems-next = Langkah berikutnya
platform-problems-status = Status HTTP
platform-problems-technical = Rincian teknis
platform-problems-back = Kembali ke daftar kode
platform-error-home = Buka halaman langsung
platform-error-home-resident = Buka kartu saya
platform-error-crumb = Permintaan ini tidak dapat dilayani

# Jejak audit: apa yang dilihat atau diubah.

platform-audit-holder_card = Kartu: saldo, hak, dan pemakaian
platform-audit-holder_balance = Saldo
platform-audit-holder_history = Riwayat pemakaian
platform-audit-holders_listed = Daftar pemegang
platform-audit-decisions_listed = Daftar keputusan
platform-audit-decision_explained = Penjelasan satu pemakaian
platform-audit-accounts_listed = Daftar rekening
platform-audit-account_shown = Satu rekening
platform-audit-identity_shown = Identitas: nama, umur, alamat, NIK tersamar
platform-audit-name_listed = Nama dalam daftar
platform-audit-medium_blocked = Media diblokir
platform-audit-grant_issued = Izin diterbitkan
platform-audit-grant_changed = Izin diubah
platform-audit-user_added = Pengguna ditambahkan
platform-audit-user_disabled = Pengguna dihentikan
platform-audit-recovery_given = Pemulihan diberikan
platform-audit-client_added = Aplikasi ditambahkan
platform-audit-client_limited = Batas aplikasi diubah
platform-audit-client_disabled = Aplikasi dihentikan
platform-audit-device_added = Alat ditambahkan
platform-audit-device_limited = Batas alat diubah
platform-audit-device_disabled = Alat dihentikan
platform-audit-request_made = Permintaan diajukan
platform-audit-request_approved = Permintaan disetujui
platform-audit-request_rejected = Permintaan ditolak
platform-audit-request_withdrawn = Permintaan ditarik
platform-audit-audit_exported = Jejak audit diunduh
platform-audit-audit_read = Jejak audit dibaca
platform-audit-letter_written = Surat kuasa dibuat
platform-audit-letter_ended = Surat kuasa dicabut
platform-audit-signed_in = Masuk
platform-audit-secrets_chosen = Kata sandi dan autentikator baru dipilih
platform-audit-tap_recorded = Tap dicatat di meja tap
platform-audit-looks_read = Daftar siapa yang melihat
platform-audit-account_opened = Satu rekening dibuka
platform-audit-account_listed = Rekening dalam daftar
platform-audit-decision_listed = Pemakaian dalam daftar
