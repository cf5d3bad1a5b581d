# Hak dalam bahasa sehari-hari.

# Daftar.
programmes-list = { $first } dan { $last }
programmes-choice = { $first } atau { $last }
programmes-everything = semua layanan
programmes-hours = { $from } sampai { $to }
programmes-dates = { $from } sampai { $to }
programmes-evidence-press = menurut pers

# Pokok.
programmes-topic-who = Siapa
programmes-topic-where = Di mana
programmes-topic-when = Kapan
programmes-topic-goods = Barang dan tunai
programmes-topic-medium = Media

# Apa yang diberikan.
programmes-gives-ride = Naik { $what } tanpa membayar.
programmes-gives-entry = Masuk { $what } tanpa membayar.
programmes-gives-free = { $what }: tanpa membayar.
programmes-gives-fixed = { $what }: membayar paling banyak { $amount }.
programmes-gives-percent = { $what }: membayar { $share } dari tarif biasa.
programmes-gives-less = { $what }: { $amount } di bawah tarif biasa.
programmes-gives-wallet = Uang bantuan di dompet tersendiri pada media pemegang.
programmes-gives-aid = Uang bantuan { $month } sebulan di dompet tersendiri pada media pemegang.
programmes-gives-aid-parts = Uang bantuan { $month } sebulan di dompet tersendiri pada media pemegang: rutin { $routine } dan berkala { $periodic }.
programmes-gives-aid-fees = Uang bantuan { $month } sebulan di dompet tersendiri pada media pemegang: rutin { $routine } dan berkala { $periodic }; siswa sekolah swasta mendapat tambahan { $fees } untuk uang sekolah.
programmes-gives-bundle = Membeli { $bundle } seharga { $amount }, atau isinya satu per satu.
programmes-gives-sale = Membeli barang pokok dengan harga program.
programmes-gives-nothing = Hak ini tidak mengubah harga dan tidak memberi uang.

# Siapa.
programmes-who-granted = Orang yang haknya ditetapkan oleh kantor program.
programmes-who-age = Berusia { $age } tahun atau lebih pada hari ditetapkan.
programmes-who-homes = Beralamat di { $regions }.
programmes-who-categories = Kategori penumpang: { $categories }.
programmes-who-exclusive = Satu orang hanya memegang satu hak dari kelompok ini.
programmes-who-companions = { $companions } ikut dalam hak ini.
programmes-who-companions-with = { $companions } ikut dalam hak ini, bila pemegang juga mempunyai { $benefits }.
programmes-companions = { $count ->
    [1] Seorang pendamping
   *[other] Paling banyak { $number } pendamping
 }

# Di mana.
programmes-where-services = Hanya untuk { $services }.
programmes-where-excluded = Tidak termasuk { $places }.
programmes-where-any-shop = Di semua pedagang yang menerima dompet bantuan.
programmes-where-shops = Di toko dengan jenis usaha { $shops }.
programmes-where-merchants = Di gerai { $merchants }.

# Kapan.
programmes-when-always = Setiap hari, selama tempatnya buka.
programmes-when-days = Pada { $days }.
programmes-when-hours = Pukul { $hours }.
programmes-when-turn = Tanggal { $first } sampai { $last }: penduduk { $regions }.
programmes-when-turn-none = Sesudah tanggal { $last } bukan giliran siapa pun.
programmes-day-weekday = hari kerja
programmes-day-saturday = Sabtu
programmes-day-sunday = Minggu
programmes-day-holiday = hari libur nasional
programmes-day-leave = cuti bersama
programmes-day-break = libur sekolah

# Barang dan tunai.
programmes-goods-any = Boleh untuk barang apa saja.
programmes-goods-some = Hanya untuk { $goods }.
programmes-goods-prices = Satu dari tiap barang: { $goods }.
programmes-cash-none = Tidak dapat ditarik tunai.
programmes-cash-quota = Sebagian dapat ditarik tunai, sebanyak jatahnya.
programmes-cash-full = Seluruhnya dapat ditarik tunai.

# Media.
programmes-medium-issued = Media yang diterbitkan bank atau pengelola; nomor yang disalin tidak cukup.
programmes-medium-keyed = Kartu chip atau ponsel dengan kunci rahasia; salinan kode QR tidak cukup.
programmes-medium-signed = Media dengan tanda tangan digital sendiri.

# Jatah dan masa berlaku.
programmes-rides = { $count ->
   *[other] { $number } perjalanan
 }
programmes-packages = { $count ->
   *[other] { $number } paket
 }
programmes-visits = { $count ->
   *[other] { $number } kunjungan
 }
programmes-quota-day = { $amount } sehari; yang tidak dipakai hangus pada akhir hari.
programmes-quota-month = { $amount } sebulan; yang tidak dipakai hangus pada akhir bulan.
programmes-quota-semester = { $amount } tiap setengah tahun; yang tidak dipakai hangus pada akhir Juni atau Desember.
programmes-quota-cycle = { $amount } tiap putaran; yang tidak dipakai hangus pada akhir putaran.
programmes-quota-cash-day = Tarik tunai paling banyak { $amount } sehari.
programmes-quota-cash-month = Tarik tunai paling banyak { $amount } sebulan; sisanya tidak dibawa ke bulan berikutnya.
programmes-quota-cash-semester = Tarik tunai paling banyak { $amount } tiap setengah tahun.
programmes-quota-cash-cycle = Tarik tunai paling banyak { $amount } tiap putaran.
programmes-quota-cycles = Putaran: { $periods }.
programmes-quota-shared = Jatah ini satu untuk semua hak yang sejenis: siapa memenuhi dua syarat tetap mendapat satu jatah.
programmes-period-months = { $count ->
   *[other] Sekali ditetapkan berlaku paling lama { $number } bulan, lalu dapat ditetapkan lagi.
 }
programmes-period-from = Ketentuan ini berlaku sejak { $from }.
programmes-period-dates = Ketentuan ini berlaku { $from } sampai { $to }.

# Uang.
programmes-money-forgone = Setiap pemakaian dicatat sebagai nilai subsidi: tarif yang tidak ditagih. Tidak ada uang yang berpindah.
programmes-money-budget-refuse = Anggaran program tahun berjalan membayar operator pada setiap pemakaian. Bila anggarannya habis, hak ini berhenti berlaku.
programmes-money-budget-record = Anggaran program tahun berjalan membayar operator pada setiap pemakaian. Bila anggarannya habis, hak tetap berlaku dan kekurangannya dicatat sebagai nilai subsidi: tarif yang tidak ditagih.
programmes-money-wallet = Uangnya dari anggaran program dan tetap uang bantuan sampai dibelanjakan; tidak dapat menjadi saldo sendiri.
programmes-money-sale = Pemegang membayar harga program di kasir. Selisih dengan harga pasar tidak lewat media ini.
