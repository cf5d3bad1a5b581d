# Masuk dan keluar.

governance-nav-sign-in = Masuk
governance-sign-in-title = Masuk
governance-sign-in-crumb = Untuk petugas. Pemegang kartu tidak perlu masuk di sini.
governance-sign-in-open = Siapa yang bekerja di sini?
governance-sign-in-login = Nama masuk
governance-sign-in-password = Kata sandi
governance-sign-in-code = Kode enam angka
governance-sign-in-code-hint = Dari aplikasi autentikator di ponsel Anda. Berganti setiap 30 detik; setiap kode dipakai sekali.
governance-sign-in-help = Belum bisa masuk?
governance-sign-in-help-lost = Ponsel hilang atau kata sandi lupa: hubungi dua petugas Diskominfotik. Satu petugas saja tidak dapat memulihkannya.
governance-sign-in-help-end = Anda keluar sendiri setelah 30 menit tidak dipakai, atau 12 jam sejak masuk.
governance-sign-in-hello = Anda masuk sebagai { $name }.
governance-sign-in-ways = Yang dapat Anda buka
governance-sign-out = Keluar
governance-sign-out-note = Keluarlah bila Anda meninggalkan meja atau komputer ini dipakai orang lain.
governance-samples-title = Akun contoh
governance-samples-note = hanya pada peragaan ini; semua orang boleh memakainya
governance-samples-who = Nama dan peran
governance-samples-code = Kode sekarang
