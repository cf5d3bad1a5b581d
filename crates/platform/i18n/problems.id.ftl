
# Setiap kode: apa yang terjadi, sebab, langkah berikutnya.

platform-problem-medium_unknown-title = Media tidak dikenal
platform-problem-medium_unknown-why = Nomor kartu atau QR ini tidak ada dalam daftar media kota.
platform-problem-medium_unknown-next = Periksa nomor media. Bila kartu rusak, bawa ke loket untuk diganti.

platform-problem-medium_blocked-title = Media diblokir
platform-problem-medium_blocked-why = Pemegang atau petugas telah memblokir media ini.
platform-problem-medium_blocked-next = Silakan ke loket, atau pakai media lain milik pemegang yang sama.

platform-problem-medium_inactive-title = Media belum aktif
platform-problem-medium_inactive-why = Media sudah diterbitkan tetapi belum diaktifkan, atau masa berlakunya sudah habis.
platform-problem-medium_inactive-next = Aktifkan media di loket atau di halaman kartu Anda.

platform-problem-medium_exists-title = Nomor media sudah dipakai
platform-problem-medium_exists-why = Media dengan nomor seri ini sudah pernah diterbitkan.
platform-problem-medium_exists-next = Terbitkan media dengan nomor seri lain.

platform-problem-place_unknown-title = Tempat tidak dikenal
platform-problem-place_unknown-why = Kode tempat ini belum diterbitkan dalam daftar tempat.
platform-problem-place_unknown-next = Periksa kode tempat, atau terbitkan tempatnya terlebih dahulu.

platform-problem-purse_insufficient-title = Saldo kurang
platform-problem-purse_insufficient-why = Saldo dompet lebih kecil dari jumlah yang harus dibayar.
platform-problem-purse_insufficient-next = Isi saldo lalu tap lagi.

platform-problem-account_overdraft-title = Saldo akun tidak cukup
platform-problem-account_overdraft-why = Transfer ini akan membuat saldo akun melewati batasnya.
platform-problem-account_overdraft-next = Kurangi jumlahnya, atau tambah dana pada akun itu lebih dahulu.

platform-problem-account_unknown-title = Akun tidak dikenal
platform-problem-account_unknown-why = Akun yang dituju belum dibuka.
platform-problem-account_unknown-next = Buka akunnya lebih dahulu, lalu kirim perintah dengan nomor baru.

platform-problem-fund_class_mismatch-title = Golongan dana tidak boleh bertemu
platform-problem-fund_class_mismatch-why = Kedua akun berada pada golongan dana yang tidak boleh saling memindahkan uang.
platform-problem-fund_class_mismatch-next = Pilih akun dengan golongan dana yang sesuai; matriksnya ada dalam bagan akun.

platform-problem-id_conflict-title = Nomor perintah sudah dipakai
platform-problem-id_conflict-why = Nomor ini sudah dipakai untuk perintah dengan isi lain.
platform-problem-id_conflict-next = Kirim perintah ini dengan nomor baru.

platform-problem-id_expired-title = Nomor perintah di luar masa berlaku
platform-problem-id_expired-why = Nomor ini terlalu lama, atau waktunya lebih dari lima menit di depan jam kota.
platform-problem-id_expired-next = Setel jam perangkat, lalu kirim dengan nomor baru.

platform-problem-amount_invalid-title = Jumlah tidak sah
platform-problem-amount_invalid-why = Jumlah harus rupiah bulat dan lebih dari nol.
platform-problem-amount_invalid-next = Tulis jumlah tanpa pecahan dan tanpa tanda minus.

platform-problem-amount_too_large-title = Jumlah terlalu besar
platform-problem-amount_too_large-why = Jumlah melewati batas untuk satu transaksi atau untuk dompet ini.
platform-problem-amount_too_large-next = Kurangi jumlahnya, atau bagi menjadi beberapa transaksi.

platform-problem-holder_unknown-title = Pemegang tidak dikenal
platform-problem-holder_unknown-why = Nomor pemegang ini belum terdaftar.
platform-problem-holder_unknown-next = Periksa nomor pemegang. Bentuknya seperti P-7F3K-2209.

platform-problem-holder_exists-title = Pemegang sudah ada
platform-problem-holder_exists-why = Nomor pemegang ini sudah dibuka.
platform-problem-holder_exists-next = Pakai pemegang yang ada, atau daftarkan dengan nomor lain.

platform-problem-tariff_missing-title = Tarif belum ada
platform-problem-tariff_missing-why = Belum ada tarif yang berlaku untuk layanan ini pada waktu tap.
platform-problem-tariff_missing-next = Terbitkan tarif layanan ini, lalu coba lagi.

platform-problem-benefit_unknown-title = Manfaat tidak dikenal
platform-problem-benefit_unknown-why = Kode manfaat ini belum diterbitkan.
platform-problem-benefit_unknown-next = Periksa kode manfaat, atau terbitkan definisinya.

platform-problem-subject_stale-title = Catatan sudah diperbarui
platform-problem-subject_stale-why = Perintah ini membawa versi yang lebih lama dari yang tercatat.
platform-problem-subject_stale-next = Muat ulang catatannya, lalu kirim perubahan dengan versi terbaru.

platform-problem-pending_unknown-title = Transfer tertunda tidak dikenal
platform-problem-pending_unknown-why = Tidak ada transfer tertunda dengan nomor ini.
platform-problem-pending_unknown-next = Periksa nomor transfer yang akan diselesaikan.

platform-problem-pending_resolved-title = Transfer tertunda sudah selesai
platform-problem-pending_resolved-why = Transfer ini sudah dibukukan, dibatalkan, atau kedaluwarsa, dan hanya dapat diselesaikan sekali.
platform-problem-pending_resolved-next = Tidak perlu tindakan. Lihat hasilnya pada halaman transfer.

platform-problem-pending_expired-title = Transfer tertunda kedaluwarsa
platform-problem-pending_expired-why = Batas waktu membukukan transfer ini sudah lewat.
platform-problem-pending_expired-next = Buat transfer tertunda yang baru.

platform-problem-effective_in_past-title = Tanggal berlaku sudah lewat
platform-problem-effective_in_past-why = Tarif, manfaat, dan tempat hanya dapat berubah mulai saat ini atau sesudahnya.
platform-problem-effective_in_past-next = Pilih waktu berlaku yang belum lewat. Koreksi masa lalu dilakukan dengan penilaian ulang oleh dua orang.

platform-problem-parameter_invalid-title = Nilai parameter tidak sah
platform-problem-parameter_invalid-why = Nilai berada di luar batas yang diizinkan untuk parameter ini.
platform-problem-parameter_invalid-next = Pilih nilai di dalam batas yang tercantum pada daftar parameter.

platform-problem-content_exists-title = Versi ini sudah terbit
platform-problem-content_exists-why = Isi dengan kode dan versi yang sama sudah diterbitkan dan tidak dapat ditimpa.
platform-problem-content_exists-next = Terbitkan perubahan sebagai versi berikutnya.

platform-problem-limit_reached-title = Batas sistem tercapai
platform-problem-limit_reached-why = Perintah ini akan melewati batas jumlah yang ditetapkan untuk sistem.
platform-problem-limit_reached-next = Hubungi ruang kendali; batasnya disebut dalam rincian teknis.

platform-problem-device_gap-title = Ada tap sebelumnya yang belum diterima
platform-problem-device_gap-why = Terlalu banyak nomor urut perangkat ini yang masih kosong.
platform-problem-device_gap-next = Kirim dahulu tap yang lebih lama, lalu ulangi yang ini dengan nomor yang sama. Tidak ada yang hilang.

platform-problem-internal-title = Terjadi galat pada sistem
platform-problem-internal-why = Sistem menemui keadaan yang tidak dikenalnya. Galat sudah dicatat.
platform-problem-internal-next = Coba lagi sebentar lagi. Bila berulang, sampaikan nomor permintaan ke ruang kendali.

platform-problem-request_malformed-title = Permintaan tidak terbaca
platform-problem-request_malformed-why = Isi permintaan bukan JSON yang sah atau tidak sesuai bentuk yang diminta.
platform-problem-request_malformed-next = Bandingkan dengan uraian pada halaman API (isi dan kepala permintaan), perbaiki, lalu kirim lagi.

platform-problem-request_too_large-title = Permintaan terlalu besar
platform-problem-request_too_large-why = Isi permintaan melewati batas ukuran.
platform-problem-request_too_large-next = Bagi menjadi beberapa permintaan; satu kiriman tap memuat paling banyak seribu tap.

platform-problem-request_field_unknown-title = Ada isian yang tidak dikenal
platform-problem-request_field_unknown-why = Permintaan memuat nama isian yang tidak ada dalam dokumentasi API.
platform-problem-request_field_unknown-next = Hapus atau betulkan isian yang disebut dalam rincian teknis.

platform-problem-token_missing-title = Token belum disertakan
platform-problem-token_missing-why = Alamat ini hanya melayani klien yang dikenal.
platform-problem-token_missing-next = Sertakan token klien pada kepala Authorization: Bearer.

platform-problem-token_invalid-title = Token tidak berlaku
platform-problem-token_invalid-why = Token tidak dikenal atau kliennya sudah dinonaktifkan.
platform-problem-token_invalid-next = Minta token baru kepada pengelola.

platform-problem-signature_invalid-title = Tanda tangan perangkat tidak cocok
platform-problem-signature_invalid-why = Kiriman tidak ditandatangani dengan kunci perangkat yang terdaftar.
platform-problem-signature_invalid-next = Periksa kunci perangkat, lalu tanda tangani dan kirim lagi.

platform-problem-batch_altered-title = Kiriman berubah dari yang pernah diterima
platform-problem-batch_altered-why = Rantai kiriman perangkat ini tidak menyambung dengan yang sudah tercatat.
platform-problem-batch_altered-next = Jangan dikirim ulang. Hubungi ruang kendali agar perangkat diperiksa.

platform-problem-access_denied-title = Akses ditolak
platform-problem-access_denied-why = Peran Anda, atau izin yang berlaku hari ini, tidak mencakup tindakan ini.
platform-problem-access_denied-next = Izin melihat orang diberikan Diskominfotik; lainnya tanyakan kepada atasan Anda, atau masuk dengan peran yang sesuai.

platform-problem-sign_in_refused-title = Belum bisa masuk
platform-problem-sign_in_refused-why = Nama, kata sandi, dan kode belum cocok, kodenya sudah dipakai, atau pengguna sedang dijeda setelah beberapa kali gagal.
platform-problem-sign_in_refused-next = Periksa ketiganya dan pakai kode terbaru. Setelah lima kali gagal, tunggu 15 menit.

platform-problem-code_refused-title = Kode belum cocok
platform-problem-code_refused-why = Kode salah, sudah dipakai, atau sudah lewat lima menit.
platform-problem-code_refused-next = Lihat pesan terbaru di ponsel Anda, lalu tulis enam angkanya. Bila tetap gagal, minta kode baru.

platform-problem-code_unavailable-title = Kode belum dapat dikirim
platform-problem-code_unavailable-why = Sistem ini belum terhubung dengan pengirim pesan.
platform-problem-code_unavailable-next = Datang ke loket dengan kartu dan KTP; petugas membantu Anda. Pengelola: jalankan dengan --message-gateway.

platform-problem-codes_exhausted-title = Terlalu banyak yang meminta kode
platform-problem-codes_exhausted-why = Dalam satu jam terakhir sudah banyak sekali kode yang diminta.
platform-problem-codes_exhausted-next = Tunggu beberapa menit, lalu coba lagi. Bila mendesak, datang ke loket dengan kartu dan KTP.

platform-problem-holder_number_invalid-title = Nomor pemegang belum tepat
platform-problem-holder_number_invalid-why = Nomor pemegang terdiri atas huruf P dan delapan huruf atau angka, seperti P-7F3K-2209.
platform-problem-holder_number_invalid-next = Lihat lagi nomor di kartu Anda, lalu tulis sekali lagi.

platform-problem-user_invalid-title = Data pengguna tidak lengkap
platform-problem-user_invalid-why = Nama masuk memakai 2 sampai 40 huruf kecil, angka, titik, atau tanda hubung; nama orang 1 sampai 100 huruf; perannya salah satu peran petugas.
platform-problem-user_invalid-next = Perbaiki datanya, lalu ulangi.

platform-problem-user_exists-title = Nama masuk sudah dipakai
platform-problem-user_exists-why = Pengguna dengan nama masuk ini sudah ada.
platform-problem-user_exists-next = Pilih nama masuk lain.

platform-problem-grant_invalid-title = Izin belum lengkap
platform-problem-grant_invalid-why = Izin menyebut peran, kolom yang boleh dilihat, tujuan, nomor dokumen, serta hari pertama dan terakhir; mengubahnya memerlukan alasan.
platform-problem-grant_invalid-next = Lengkapi isian yang ditandai, lalu kirim lagi.

platform-problem-grant_to_self-title = Tidak untuk diri sendiri
platform-problem-grant_to_self-why = Diskominfotik memberi izin melihat orang, tetapi tidak kepada dirinya sendiri (Pasal 7 dan 10).
platform-problem-grant_to_self-next = Pilih peran lain. Untuk analisis, pakai angka di halaman Tempat, Mobilitas, dan Program.

platform-problem-grant_revoked-title = Izin sudah dicabut
platform-problem-grant_revoked-why = Izin yang sudah dicabut tidak dapat diubah lagi.
platform-problem-grant_revoked-next = Terbitkan izin baru dengan dokumennya sendiri.

platform-problem-route_unknown-title = Halaman tidak ada
platform-problem-route_unknown-why = Alamat ini tidak dikenal.
platform-problem-route_unknown-next = Periksa alamatnya, atau mulai dari halaman langsung.

platform-problem-method_not_allowed-title = Cara memanggil tidak didukung
platform-problem-method_not_allowed-why = Alamat ini ada, tetapi tidak untuk metode HTTP yang dipakai.
platform-problem-method_not_allowed-next = Pakai metode yang tercantum pada halaman API.

platform-problem-not_found-title = Catatan tidak ditemukan
platform-problem-not_found-why = Tidak ada catatan dengan nomor itu.
platform-problem-not_found-next = Periksa nomornya, lalu cari lagi.

platform-problem-rate_limited-title = Terlalu banyak permintaan
platform-problem-rate_limited-why = Klien ini melewati batas permintaan per menit.
platform-problem-rate_limited-next = Tunggu selama waktu pada kepala Retry-After, lalu coba lagi dengan nomor yang sama.

platform-problem-queue_full-title = Antrean penuh
platform-problem-queue_full-why = Sistem sedang melayani sebanyak yang ia mampu dan belum memutuskan apa pun untuk permintaan ini.
platform-problem-queue_full-next = Coba lagi setelah waktu pada kepala Retry-After dengan nomor yang sama.

platform-problem-journal_full-title = Ruang jurnal habis
platform-problem-journal_full-why = Tidak ada ruang yang disiapkan untuk mencatat keputusan berikutnya.
platform-problem-journal_full-next = Ruang kendali perlu menambah ruang penyimpanan. Ulangi sesudahnya dengan nomor yang sama.

platform-problem-storage_full-title = Ruang basis data habis
platform-problem-storage_full-why = Tidak ada ruang di disk untuk mencatat ini. Tidak ada yang diubah.
platform-problem-storage_full-next = Ruang kendali perlu mengosongkan sebagian disk. Coba lagi setelah waktu pada kepala Retry-After.

platform-problem-clock_stepped-title = Jam sistem melompat
platform-problem-clock_stepped-why = Jam mesin berubah terlalu jauh, sehingga perintah bernilai dihentikan sampai operator menerimanya.
platform-problem-clock_stepped-next = Ruang kendali perlu memeriksa jam mesin. Ulangi sesudahnya dengan nomor yang sama.

platform-problem-timeout-title = Jawaban belum ada
platform-problem-timeout-why = Sistem belum menjawab dalam batas waktu; perintah mungkin sudah atau belum dicatat.
platform-problem-timeout-next = Ulangi dengan nomor yang sama; jawabannya akan sama dan tidak ada yang terhitung dua kali.

platform-problem-projection_behind-title = Catatan belum sampai posisi itu
platform-problem-projection_behind-why = Tabel baca belum mencapai posisi jurnal yang diminta.
platform-problem-projection_behind-next = Coba lagi sebentar lagi, atau baca tanpa min_position.

platform-problem-nik_invalid-title = NIK tidak sah
platform-problem-nik_invalid-why = NIK terdiri atas 16 angka dengan tanggal lahir dan nomor urut yang mungkin.
platform-problem-nik_invalid-next = Periksa kembali NIK pada KTP, lalu kirim lagi.

platform-problem-phone_invalid-title = Nomor ponsel tidak sah
platform-problem-phone_invalid-why = Nomor ponsel Indonesia diawali 08 atau +628 dan terdiri atas 10 sampai 13 angka.
platform-problem-phone_invalid-next = Periksa kembali nomor ponsel, lalu kirim lagi.

platform-problem-nik_registered-title = NIK sudah terdaftar
platform-problem-nik_registered-why = Seorang pemegang dengan NIK ini sudah ada.
platform-problem-nik_registered-next = Cari pemegang dengan NIK itu; jangan mendaftarkannya dua kali.

platform-problem-name_invalid-title = Nama tidak sah
platform-problem-name_invalid-why = Nama kosong, terlalu panjang, atau memuat karakter kendali.
platform-problem-name_invalid-next = Tulis nama seperti pada KTP, paling banyak 200 huruf.

platform-problem-household_registered-title = Nomor KK sudah terdaftar
platform-problem-household_registered-why = Keluarga dengan nomor KK ini sudah ada.
platform-problem-household_registered-next = Cari keluarga itu, lalu tambahkan anggotanya.

platform-problem-household_invalid-title = Keluarga tidak sah
platform-problem-household_invalid-why = Nomor KK bukan 16 angka, anggotanya tidak dikenal, atau kepalanya bukan anggota.
platform-problem-household_invalid-next = Periksa nomor KK dan daftar anggota, lalu kirim lagi.

platform-problem-account_exists-title = Akun sudah ada
platform-problem-account_exists-why = Akun dengan jenis, pemilik dan satuan itu sudah dibuka.
platform-problem-account_exists-next = Pakai akun yang ada.

platform-problem-leg_invalid-title = Kaki transfer tidak sah
platform-problem-leg_invalid-why = Kedua akun sama, berbeda satuan, atau jumlah kaki transfer di luar batas.
platform-problem-leg_invalid-next = Periksa akun debit dan kredit serta banyaknya kaki transfer.

platform-problem-organisation_unknown-title = Organisasi tidak dikenal
platform-problem-organisation_unknown-why = Bank, operator atau merchant itu belum diterbitkan, atau perannya lain.
platform-problem-organisation_unknown-next = Periksa kode organisasi, atau terbitkan dahulu isinya.

platform-problem-period_invalid-title = Masa berlaku tidak sah
platform-problem-period_invalid-why = Hari pertama terletak sesudah hari terakhir.
platform-problem-period_invalid-next = Perbaiki kedua tanggal lalu kirim dengan id baru.

platform-problem-deadline_invalid-title = Batas waktu tidak sah
platform-problem-deadline_invalid-why = Batas waktu harus di masa depan.
platform-problem-deadline_invalid-next = Pilih batas waktu sesudah saat ini lalu kirim dengan id baru.

platform-problem-version_invalid-title = Versi tidak berurutan
platform-problem-version_invalid-why = Versi yang diterbitkan harus tepat satu di atas versi terakhir.
platform-problem-version_invalid-next = Periksa nomor versi dalam berkas isi.

platform-problem-genesis_exists-title = Jurnal sudah dimulai
platform-problem-genesis_exists-why = Jurnal ini sudah memiliki catatan pendirian.
platform-problem-genesis_exists-next = Pakai direktori data lain untuk kota yang baru.

platform-problem-epoch_invalid-title = Urutan epoch salah
platform-problem-epoch_invalid-why = Epoch proses harus tepat satu di atas yang terakhir.
platform-problem-epoch_invalid-next = Mulai ulang layanan agar membaca jurnal dari awal.

platform-problem-movement_missing-title = Tempat dan waktu tidak ada
platform-problem-movement_missing-why = Perintah ini harus menyebut tempat dan waktu pemakaian.
platform-problem-movement_missing-next = Lengkapi tempat dan waktu lalu kirim lagi.

platform-problem-device_unknown-title = Perangkat tidak dikenal
platform-problem-device_unknown-why = Perangkat itu tidak terdaftar, dinonaktifkan, atau bukan milik operator ini.
platform-problem-device_unknown-next = Periksa nomor perangkat, atau daftarkan kuncinya lebih dahulu.

platform-problem-batch_too_large-title = Jumlah tap dalam kiriman salah
platform-problem-batch_too_large-why = Satu kiriman berisi 1 sampai 1.000 tap.
platform-problem-batch_too_large-next = Bagi kiriman menjadi beberapa bagian.

platform-problem-engine_stopped-title = Layanan sedang berhenti
platform-problem-engine_stopped-why = Mesin keputusan berhenti sebelum menjawab. Perintah mungkin sudah dicatat.
platform-problem-engine_stopped-next = Kirim lagi dengan id yang sama; bila sudah dicatat, hasil yang sama dijawab.

platform-problem-not_leading-title = Mesin lain yang menjawab
platform-problem-not_leading-why = Mesin ini sejenak kehilangan jurnal, dan mesin lain mungkin sudah menggantikannya. Yang diketahuinya bisa jadi sudah usang.
platform-problem-not_leading-next = Tanyakan lagi sebentar lagi, atau tanyakan kepada mesin yang lain.

platform-problem-place_closed-title = Tempat tutup
platform-problem-place_closed-why = Tempat ini tutup pada waktu itu, menurut jam buka atau hari liburnya.
platform-problem-place_closed-next = Datang lagi pada jam buka, atau pilih tempat lain.

platform-problem-place_full-title = Tempat penuh
platform-problem-place_full-why = Jumlah orang di dalam sudah sampai batas tempat ini.
platform-problem-place_full-next = Tunggu sampai ada yang keluar, lalu tap lagi.

platform-problem-party_invalid-title = Rombongan tidak sah
platform-problem-party_invalid-why = Rombongan harus memuat pemegang kartu, menyebut tiap kategori sekali, dan menghitung paling sedikit satu orang per kategori.
platform-problem-party_invalid-next = Perbaiki jumlah orang per kategori, lalu tap lagi.

platform-problem-party_too_large-title = Rombongan terlalu besar
platform-problem-party_too_large-why = Satu kartu membawa lebih banyak orang daripada yang dibolehkan di tempat ini.
platform-problem-party_too_large-next = Bagi rombongan ke kartu lain, atau pergi ke loket.

platform-problem-calendar_missing-title = Kalender belum ada
platform-problem-calendar_missing-why = Belum ada kalender terbit yang menyebut jenis hari tanggal itu.
platform-problem-calendar_missing-next = Terbitkan kalender tahun itu lebih dahulu, lalu kirim dengan id baru.

platform-problem-merchant_type_not_allowed-title = Dompet bantuan tidak berlaku di sini
platform-problem-merchant_type_not_allowed-why = Bantuan ini tidak dapat dibelanjakan di jenis pedagang ini.
platform-problem-merchant_type_not_allowed-next = Bayar dengan uang sendiri, atau pakai bantuan di jenis pedagang yang dibolehkan.

platform-problem-good_not_allowed-title = Barang tidak dibolehkan
platform-problem-good_not_allowed-why = Keranjang memuat barang yang tidak boleh dibeli dengan dana ini. Jawaban menyebut barangnya; tidak ada yang ditagih.
platform-problem-good_not_allowed-next = Keluarkan barang itu dari keranjang, atau bayar terpisah dengan uang sendiri.

platform-problem-wallet_insufficient-title = Dana bantuan tidak cukup
platform-problem-wallet_insufficient-why = Dompet bantuan berisi kurang dari jumlah yang diminta.
platform-problem-wallet_insufficient-next = Kurangi jumlahnya, atau bayar dengan uang sendiri.

platform-problem-wallet_unknown-title = Dompet bantuan tidak ada
platform-problem-wallet_unknown-why = Pemegang ini tidak memiliki dompet program tersebut.
platform-problem-wallet_unknown-next = Pilih sumber dana lain, atau tanyakan ke kantor program apakah bantuan sudah cair.

platform-problem-cash_not_allowed-title = Tidak dapat ditarik tunai
platform-problem-cash_not_allowed-why = Dana di dompet ini hanya untuk belanja dan tidak dapat ditarik tunai.
platform-problem-cash_not_allowed-next = Belanjakan di pedagang yang menerima dompet ini.

platform-problem-cash_limit_exceeded-title = Melewati batas tunai
platform-problem-cash_limit_exceeded-why = Jumlah itu lebih besar daripada sisa batas tarik tunai masa ini.
platform-problem-cash_limit_exceeded-next = Tarik jumlah yang lebih kecil, atau tunggu masa berikutnya.

platform-problem-quota_exhausted-title = Jatah sudah habis
platform-problem-quota_exhausted-why = Jatah hak ini untuk masa berjalan sudah dipakai.
platform-problem-quota_exhausted-next = Tunggu masa berikutnya, atau bayar harga biasa.

platform-problem-benefit_missing-title = Hanya untuk pemegang hak
platform-problem-benefit_missing-why = Barang ini hanya dijual kepada pemegang hak, dan pemegang kartu tidak memilikinya pada hari itu.
platform-problem-benefit_missing-next = Periksa hak dan tanggal akhirnya di kantor program.

platform-problem-good_price_mismatch-title = Bukan harga yang ditetapkan
platform-problem-good_price_mismatch-why = Jumlahnya berbeda dari harga barang yang ditetapkan.
platform-problem-good_price_mismatch-next = Pakai harga yang ditetapkan, lalu kirim pembelian dengan id baru.

platform-problem-good_quantity_exceeded-title = Jumlah barang berlebih
platform-problem-good_quantity_exceeded-why = Satu pembelian hanya boleh memuat satu dari tiap barang bersubsidi.
platform-problem-good_quantity_exceeded-next = Kurangi jumlahnya menjadi satu.

platform-problem-purchase_unknown-title = Pembelian tidak dikenal
platform-problem-purchase_unknown-why = Tidak ada pembelian Anda dengan nomor itu, atau sudah lebih lama dari masa simpan.
platform-problem-purchase_unknown-next = Periksa nomor pembelian pada struk. Untuk pembelian lama, hubungi pengelola.

platform-problem-purchase_resolved-title = Pembelian sudah selesai
platform-problem-purchase_resolved-why = Pembelian itu sudah ditagih, dibatalkan, atau kedaluwarsa.
platform-problem-purchase_resolved-next = Lihat keadaan pembelian itu. Untuk membeli lagi, kirim pembelian baru.

platform-problem-refund_exceeded-title = Melebihi yang dibayar
platform-problem-refund_exceeded-why = Pengembalian lebih besar daripada sisa baris itu.
platform-problem-refund_exceeded-next = Kurangi pengembalian sampai sebesar sisa barisnya.

platform-problem-line_unknown-title = Baris tidak ada
platform-problem-line_unknown-why = Pembelian itu tidak memiliki baris dengan nomor tersebut.
platform-problem-line_unknown-next = Hitung baris mulai dari 0, sesuai urutan saat dikirim.

platform-problem-period_too_long-title = Masa terlalu panjang
platform-problem-period_too_long-why = Penetapan lebih lama daripada yang dibolehkan hak itu.
platform-problem-period_too_long-next = Pilih tanggal akhir yang lebih awal.

platform-problem-benefit_group_taken-title = Sudah ada hak sekelompok
platform-problem-benefit_group_taken-why = Pemegang sudah memiliki hak dari kelompok yang sama pada masa itu, dan hanya satu yang dibolehkan.
platform-problem-benefit_group_taken-next = Akhiri hak yang lain lebih dahulu, atau pilih masa sesudahnya.

platform-problem-budget_exhausted-title = Anggaran habis
platform-problem-budget_exhausted-why = Anggaran hak ini untuk tahun berjalan tidak mencukupi.
platform-problem-budget_exhausted-next = Tunggu perubahan anggaran, atau tanyakan ke perangkat daerah pengelola program.

platform-problem-approval_missing-title = Perlu dua persetujuan
platform-problem-approval_missing-why = Dua orang yang berbeda harus menyetujui, dan keduanya bukan pengusul.
platform-problem-approval_missing-next = Mintakan persetujuan dua orang lain, lalu kirim dengan id baru.

platform-problem-days_forgotten-title = Hari itu sudah dilupakan
platform-problem-days_forgotten-why = Tap pada hari itu lebih lama dari masa simpan, sehingga tidak dapat dihitung ulang.
platform-problem-days_forgotten-next = Pilih hari yang lebih baru. Klaim yang lebih lama diajukan sebagai pengaduan ke pengelola.

platform-problem-definition_invalid-title = Definisi tidak sah
platform-problem-definition_invalid-why = Yang akan diterbitkan bertentangan dengan dirinya sendiri.
platform-problem-definition_invalid-next = Perbaiki berkas isi; pesan jakone publish menyebut baris dan bidangnya.

platform-problem-medium_replaced-title = Media sudah diganti
platform-problem-medium_replaced-why = Media lain milik pemegang yang sama sudah menggantikan media ini.
platform-problem-medium_replaced-next = Pakai media yang baru. Bila hilang, pergi ke loket.

platform-problem-merchant_not_allowed-title = Tidak dijual pedagang ini
platform-problem-merchant_not_allowed-why = Barang dengan harga ini hanya dijual pedagang yang ditunjuk program.
platform-problem-merchant_not_allowed-next = Pergi ke pedagang yang ditunjuk program.

platform-problem-wallet_closed-title = Dompet bantuan sudah ditutup
platform-problem-wallet_closed-why = Dompet ini sudah ditutup; sisanya kembali ke program.
platform-problem-wallet_closed-next = Bayar dengan uang sendiri, atau tanyakan ke kantor program.

platform-problem-attestation_invalid-title = Baris jejak audit tidak berurutan
platform-problem-attestation_invalid-why = Ikhtisar jejak audit harus melanjutkan baris terakhir yang sudah masuk jurnal.
platform-problem-attestation_invalid-next = Laporkan kepada pengelola: jejak audit dan jurnal harus dibandingkan dengan jakone verify.

platform-problem-record_unknown-title = Keputusan tidak ditemukan
platform-problem-record_unknown-why = Jurnal tidak memuat keputusan pada posisi atau dengan nomor ini.
platform-problem-record_unknown-next = Salin posisi (misalnya 48210.3) atau nomor perintah dari struk, daftar, atau jakone journal show. Yang ditolak sebelum diputuskan tidak dicatat di jurnal.

platform-problem-date_invalid-title = Tanggal tidak dapat dipakai
platform-problem-date_invalid-why = Tanggal pada alamat halaman ini tidak terbaca, belum tiba, atau bukan bagian dari pekan yang sudah selesai.
platform-problem-date_invalid-next = Buka halaman itu tanpa tanggal, lalu pilih tanggal atau pekan pada formulirnya. Tanggal ditulis seperti 2026-11-24.

platform-problem-choice_unknown-title = Pilihan tidak dikenal
platform-problem-choice_unknown-why = Alamat halaman ini memuat pilihan yang tidak ada, misalnya kota, jenis hari, layanan, atau posisi.
platform-problem-choice_unknown-next = Buka halaman itu tanpa pilihan, lalu pilih dari daftar pada halamannya.

platform-problem-sign_in_needed-title = Masuk dulu
platform-problem-sign_in_needed-why = Halaman ini hanya untuk orang yang sudah masuk.
platform-problem-sign_in_needed-next = Masuk dengan nama, kata sandi, dan kode Anda, lalu buka halaman ini lagi.

platform-problem-request_closed-title = Permintaan sudah diputuskan
platform-problem-request_closed-why = Permintaan ini sudah disetujui, ditolak, atau ditarik.
platform-problem-request_closed-next = Buka lagi permintaan itu untuk melihat keputusannya; bila masih perlu, ajukan yang baru.

platform-problem-approval_own-title = Permintaan sendiri
platform-problem-approval_own-why = Yang mengajukan tidak boleh memutuskan permintaannya sendiri.
platform-problem-approval_own-next = Minta orang lain yang berwenang untuk memutuskan.

platform-problem-approval_repeated-title = Sudah memutuskan satu langkah
platform-problem-approval_repeated-why = Satu orang hanya memutuskan satu langkah, juga sebagai wakil.
platform-problem-approval_repeated-next = Langkah ini harus diputuskan orang lain.

platform-problem-approval_early-title = Induknya belum disetujui
platform-problem-approval_early-why = Permintaan ini bagian dari permintaan lain yang belum disetujui.
platform-problem-approval_early-next = Putuskan dulu permintaan induknya.

platform-problem-reason_missing-title = Alasan belum diisi
platform-problem-reason_missing-why = Penolakan memerlukan alasan, paling panjang 200 huruf.
platform-problem-reason_missing-next = Tulis alasannya dengan singkat, lalu kirim lagi.

platform-problem-letter_invalid-title = Surat perwakilan belum lengkap
platform-problem-letter_invalid-why = Surat harus menyebut wakil, nomor, dan masa berlaku; wakil harus orang lain yang masih aktif.
platform-problem-letter_invalid-next = Lengkapi isian, lalu kirim lagi.

platform-problem-recovery_refused-title = Pemulihan belum berhasil
platform-problem-recovery_refused-why = Nama dan kode pemulihan tidak cocok, kodenya sudah dipakai, atau masanya habis.
platform-problem-recovery_refused-next = Periksa keduanya. Bila kodenya sudah lewat 24 jam, minta pemulihan baru.

platform-problem-password_weak-title = Kata sandi terlalu lemah
platform-problem-password_weak-why = Kata sandi baru paling sedikit 12 huruf, diketik dua kali sama, dan bukan nama Anda.
platform-problem-password_weak-next = Pilih beberapa kata yang tidak saling berhubungan, lalu ketik dua kali.

platform-problem-limit_invalid-title = Batas tidak berlaku
platform-problem-limit_invalid-why = Batas adalah jumlah permintaan per menit, dari 1 sampai 1.000.000, atau kosong.
platform-problem-limit_invalid-next = Isi angka bulat, lalu kirim lagi.

platform-problem-client_invalid-title = Data aplikasi belum lengkap
platform-problem-client_invalid-why = Aplikasi memerlukan nama dan peran.
platform-problem-client_invalid-next = Lengkapi isian, lalu kirim lagi.

platform-problem-client_exists-title = Nama aplikasi sudah dipakai
platform-problem-client_exists-why = Sudah ada aplikasi dengan nama itu.
platform-problem-client_exists-next = Pilih nama lain.

platform-problem-device_invalid-title = Data alat belum lengkap
platform-problem-device_invalid-why = Alat memerlukan nomor, aplikasi yang menjalankannya, dan kunci publik Ed25519 (64 angka heksadesimal).
platform-problem-device_invalid-next = Periksa nomor dan kunci pada alatnya, lalu kirim lagi.

platform-problem-device_exists-title = Alat sudah terdaftar
platform-problem-device_exists-why = Nomor atau kunci itu sudah terdaftar.
platform-problem-device_exists-next = Periksa nomor pada alatnya; alat yang diganti mendapat nomor dan kunci baru.
