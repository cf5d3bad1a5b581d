# Pesan yang pada kenyataannya sampai di ponsel.

sandbox-gateway-title = Pesan di ponsel
sandbox-gateway-crumb = Peragaan. Nomor dan orangnya rekaan; tidak ada pesan yang benar-benar dikirim.
sandbox-gateway-open = Pesan di ponsel
sandbox-gateway-lead = Pada kenyataannya pesan ini sampai di ponsel pemegang kartu. Yang terbaru di atas.
sandbox-gateway-list = Pesan masuk
sandbox-gateway-none = Belum ada pesan.
sandbox-gateway-none-next = Minta kode di halaman masuk, lalu muat ulang halaman ini.
sandbox-gateway-again = Muat ulang
sandbox-gateway-back = Kembali untuk menulis kode
